/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stretch of one config line in which every byte knows the column that it
 * came from; what a definition put there has the column of its `$`.  Never
 * changed in place, not NUL-terminated.
 */
#ifndef XLBD_CONF_TEXT_H
#define XLBD_CONF_TEXT_H

#include "core/conf_arena.h"

#include <stdbool.h>
#include <stdint.h>

struct conf_text {
	const char *bytes;
	const uint16_t *columns; /* 1-based */
	size_t length;
};

bool conf_is_blank(char c);
int conf_hex_digit(char c); /* its value, or -1 */
bool conf_is_name(char c, bool first); /* may stand in a definition's name */

struct conf_text conf_text_slice(struct conf_text t, size_t from, size_t to);
struct conf_text conf_text_trim(struct conf_text t);
bool conf_text_starts(struct conf_text t, const char *prefix);
size_t conf_text_find(struct conf_text t, size_t from, char c); /* or length */

/* The bytes are one source line from its first column on.  0 or -ENOMEM. */
int conf_text_new(struct conf_arena *a, const char *bytes, size_t length,
		  struct conf_text *out);

/* `t` with [from, to) replaced; the new bytes get the column of `from`. */
int conf_text_splice(struct conf_arena *a, struct conf_text t, size_t from,
		     size_t to, const char *bytes, size_t length,
		     struct conf_text *out);

#endif
