/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `~SEQ(var, start, step, end)`, `~SEQx(...)`, `~LST(var, a, b)` and
 * `~LST({v, w}, {1, 2}, {3, 4})` at the start of a line: which variables take
 * which values.  Repeating the line is the lexer's.
 */
#ifndef XLBD_CONF_REPEAT_H
#define XLBD_CONF_REPEAT_H

#include "core/conf_expand.h"

#define CONF_REPEAT_MAX_VARIABLES 8

struct conf_repeat {
	struct conf_text variables[CONF_REPEAT_MAX_VARIABLES];
	size_t n_variables;
	bool list; /* ~LST */
	bool hex; /* ~SEQx */
	int64_t next, step, end;
	struct conf_text rest; /* ~LST: the values to come */
	struct conf_text line; /* what is to be repeated */
};

/* Is this such a line?  Then conf_repeat_parse() may still refuse it. */
bool conf_repeat_is(struct conf_text t);

/* NULL, or what is wrong with it. */
const char *conf_repeat_parse(struct conf_text t, struct conf_repeat *out);

/* Defines the variables anew: 1; 0: there are no more; -ENOMEM, -EINVAL. */
int conf_repeat_next(struct conf_repeat *r, struct conf_expand *e);

#endif
