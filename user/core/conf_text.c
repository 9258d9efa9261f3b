/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

bool conf_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int conf_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool conf_is_name(char c, bool first)
{
	unsigned char u = (unsigned char)c;

	return c == '_' || (first ? isalpha(u) : isalnum(u));
}

struct conf_text conf_text_slice(struct conf_text t, size_t from, size_t to)
{
	t.bytes += from;
	t.columns += from;
	t.length = to - from;
	return t;
}

struct conf_text conf_text_trim(struct conf_text t)
{
	size_t from = 0, to = t.length;

	while (from < to && conf_is_blank(t.bytes[from]))
		from++;
	while (to > from && conf_is_blank(t.bytes[to - 1]))
		to--;
	return conf_text_slice(t, from, to);
}

bool conf_text_starts(struct conf_text t, const char *prefix)
{
	size_t length = strlen(prefix);

	return t.length >= length && !memcmp(t.bytes, prefix, length);
}

size_t conf_text_find(struct conf_text t, size_t from, char c)
{
	while (from < t.length && t.bytes[from] != c)
		from++;
	return from;
}

static int text_alloc(struct conf_arena *a, size_t length, char **bytes,
		      uint16_t **columns)
{
	*columns = conf_arena_alloc(a, length * sizeof(**columns) + length);
	if (!*columns)
		return -ENOMEM;
	*bytes = (char *)(*columns + length);
	return 0;
}

int conf_text_new(struct conf_arena *a, const char *bytes, size_t length,
		  struct conf_text *out)
{
	uint16_t *columns;
	char *copy;

	if (text_alloc(a, length, &copy, &columns))
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		copy[i] = bytes[i];
		columns[i] = (uint16_t)(i + 1);
	}
	*out = (struct conf_text){copy, columns, length};
	return 0;
}

int conf_text_splice(struct conf_arena *a, struct conf_text t, size_t from,
		     size_t to, const char *bytes, size_t length,
		     struct conf_text *out)
{
	size_t rest = t.length - to, i;
	uint16_t *columns;
	char *copy;

	if (text_alloc(a, from + length + rest, &copy, &columns))
		return -ENOMEM;
	memcpy(copy, t.bytes, from);
	memcpy(columns, t.columns, from * sizeof(*columns));
	for (i = 0; i < length; i++) {
		copy[from + i] = bytes[i];
		columns[from + i] = t.columns[from];
	}
	memcpy(copy + from + length, t.bytes + to, rest);
	memcpy(columns + from + length, t.columns + to,
	       rest * sizeof(*columns));
	*out = (struct conf_text){copy, columns, from + length + rest};
	return 0;
}
