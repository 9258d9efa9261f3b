/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_words.h"

#include <errno.h>

/* Is there a word right before it, which the operator may have meant whole? */
static bool cuts_word(struct conf_text t, size_t i)
{
	return i && !conf_is_blank(t.bytes[i - 1]) && t.bytes[i - 1] != '{' &&
	       t.bytes[i - 1] != '}' && t.bytes[i - 1] != '"' &&
	       t.bytes[i - 1] != '#' && t.bytes[i - 1] != '!';
}

int conf_uncomment(struct conf_arena *a, struct conf_text t,
		   struct conf_text *out, uint16_t *cut)
{
	bool quoted = false;

	*cut = 0;

	for (size_t i = 0; i < t.length; i++) {
		char c = t.bytes[i];
		bool last = i + 1 == t.length;

		if (c == '\\' && !last) {
			if (!quoted &&
			    (t.bytes[i + 1] == '#' || t.bytes[i + 1] == '!')) {
				if (conf_text_splice(a, t, i, i + 1, "", 0, &t))
					return -ENOMEM;
				continue;
			}
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '#' || c == '!')) {
			*cut = cuts_word(t, i) ? t.columns[i] : 0;
			t = conf_text_slice(t, 0, i);
		}
	}
	*out = t;
	return 0;
}

/* A quoted word's end: the next `"` that no backslash stands before. */
static size_t quote_end(struct conf_text t, size_t i)
{
	for (; i < t.length && t.bytes[i] != '"'; i++) {
		if (t.bytes[i] == '\\' && i + 1 < t.length)
			i++;
	}
	return i;
}

static size_t word_end(struct conf_text t)
{
	size_t i, close;

	for (i = 0; i < t.length; i++) {
		char c = t.bytes[i];

		if (conf_is_blank(c) || c == '"' || c == '{' || c == '}')
			break;
		if (i + 1 == t.length)
			continue;
		if (c == '\\') {
			i += t.bytes[i + 1] == '\\' || t.bytes[i + 1] == '"';
		} else if (c == '$' && t.bytes[i + 1] == '{') {
			/* an undefined ${NAME} stays a word */
			close = conf_text_find(t, i, '}');
			i = close < t.length ? close : i + 1;
		}
	}
	return i;
}

enum conf_token_type conf_token_next(struct conf_text *t,
				     struct conf_text *word)
{
	struct conf_text text = conf_text_trim(*t);
	enum conf_token_type type = CONF_TOKEN_WORD;
	size_t from = 0, to, end;

	if (!text.length)
		return CONF_TOKEN_END;
	switch (text.bytes[0]) {
	case '{':
	case '}':
		type = text.bytes[0] == '{' ? CONF_TOKEN_OPEN
					    : CONF_TOKEN_CLOSE;
		to = end = 1;
		break;
	case '"':
		from = 1;
		to = quote_end(text, from);
		type = to < text.length ? CONF_TOKEN_QUOTED
					: CONF_TOKEN_UNCLOSED;
		end = to < text.length ? to + 1 : to;
		break;
	default:
		to = end = word_end(text);
	}
	*word = conf_text_slice(text, from, to);
	*t = conf_text_slice(text, end, text.length);
	return type;
}
