/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_command.h"
#include "core/conf_text.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* Up to `most` digits of `base`; at least one is there. */
static char take_number(const char **text, int base, size_t most)
{
	unsigned int value = 0;
	int digit;

	for (; most; most--, (*text)++) {
		digit = conf_hex_digit(**text);
		if (digit < 0 || digit >= base)
			break;
		value = value * (unsigned int)base + (unsigned int)digit;
	}
	return (char)value;
}

/* What a backslash makes of what follows it; *text is moved behind that. */
static char take_escape(const char **text)
{
	static const char letters[] = "abEfnrtv";
	static const char values[] = "\a\b\033\f\n\r\t\v";
	char c = *(*text)++;
	const char *letter = strchr(letters, c);

	if (c >= '0' && c <= '7') {
		(*text)--;
		return take_number(text, 8, 3);
	}
	if (c == 'x' && conf_hex_digit(**text) >= 0)
		return take_number(text, 16, SIZE_MAX);
	if (c == 'c' && **text)
		return *(*text)++ & 0x1f;
	return letter ? values[letter - letters] : c;
}

/* One argument, unquoted, to *to, with its NUL.  0/-EINVAL */
static int take_argument(const char **text, bool escapes, char **to)
{
	bool quoted = false;
	char c;

	while (**text && (quoted || !conf_is_blank(**text))) {
		c = *(*text)++;
		if (c == '\'') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && escapes && **text) {
			c = take_escape(text);
			if (!c)
				return -EINVAL;
		}
		*(*to)++ = c;
	}
	*(*to)++ = '\0';
	return quoted ? -EINVAL : 0;
}

int conf_command_split(struct conf_arena *a, const char *text, bool escapes,
		       char ***argv)
{
	size_t length = strlen(text), n = 0;
	char *to = conf_arena_alloc(a, length + 1);
	char **list = conf_arena_alloc(a, (length / 2 + 2) * sizeof(*list));

	if (!to || !list)
		return -ENOMEM;
	for (;;) {
		while (conf_is_blank(*text))
			text++;
		if (!*text)
			break;
		list[n++] = to;
		if (take_argument(&text, escapes, &to))
			return -EINVAL;
	}
	*argv = list;
	return 0;
}
