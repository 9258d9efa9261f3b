/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Definitions: `$NAME=value` and the predefined ones, and where a line refers
 * to them.  One reference at a time; repeating until none is left, and
 * bounding that, is the lexer's.
 */
#ifndef XLBD_CONF_EXPAND_H
#define XLBD_CONF_EXPAND_H

#include "core/conf.h"
#include "core/conf_text.h"

struct conf_definition {
	struct conf_definition *next;
	const char *name;
	const char *value; /* NULL: not defined (any more) */
	size_t length;
};

struct conf_expand {
	struct conf_arena *arena;
	const struct conf_source *source;
	const char *file; /* being read: for ${_PWD} */
	uint64_t random;
	struct conf_definition *definitions;
};

/* 0 or -ENOMEM; `value` must live as long as the arena; NULL undefines. */
int conf_define(struct conf_expand *e, const char *name, size_t name_length,
		const char *value, size_t length);
/* NULL if there never was one of that name. */
struct conf_definition *conf_definition_find(const struct conf_expand *e,
					     const char *name, size_t length);

struct conf_reference {
	size_t from, to; /* in the text, `$` and braces included */
	const char *value;
	size_t length;
};

/*
 * Finds the first reference to something that is defined: `${NAME}` anywhere,
 * `$NAME` before a blank or the end.  1: found, 0: none, -ENOMEM.
 */
int conf_reference_find(struct conf_expand *e, struct conf_text t,
			struct conf_reference *out);

struct conf_unreplaced {
	char name[128];
	bool defined;
};

/*
 * Is there something in `word` that was not replaced although it looks like a
 * reference: `${NAME}` of something undefined, `$NAME` of something defined
 * but not followed by a blank?
 */
bool conf_reference_left(const struct conf_expand *e, const char *word,
			 bool quoted, struct conf_unreplaced *out);

/* "dir/lb.conf" -> "dir", "lb.conf" -> "."; NULL if there is no memory */
char *conf_directory(struct conf_arena *a, const char *file);

#endif
