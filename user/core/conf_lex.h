/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A config file and what it includes, as logical lines of words: comments,
 * quotes, conditionals, definitions and repetitions are gone, braces are
 * lines of their own.  Knows no keyword but those that steer reading itself.
 */
#ifndef XLBD_CONF_LEX_H
#define XLBD_CONF_LEX_H

#include "core/conf.h"
#include "core/conf_arena.h"

enum conf_line_type {
	CONF_LINE_WORDS,
	CONF_LINE_OPEN, /* { */
	CONF_LINE_CLOSE, /* } */
	CONF_LINE_END, /* of everything; always the last */
};

struct conf_word {
	const char *text; /* without its quotes */
	struct conf_pos pos;
	bool quoted;
};

struct conf_line {
	struct conf_line *next;
	enum conf_line_type type;
	struct conf_pos pos; /* of the first word, or the brace */
	struct conf_word *words;
	size_t count; /* at least 1 for CONF_LINE_WORDS */
};

#define CONF_MAX_LINE 1024 /* bytes; keepalived's */
#define CONF_MAX_WORD 512

/*
 * What is wrong goes to `messages`.  Lines live in `scratch`, the file names
 * in their positions in `names`.  0 or -ENOMEM.
 */
int conf_lex(const char *file, const char *bytes, size_t length,
	     const struct conf_source *source, struct conf_arena *scratch,
	     struct conf_arena *names, struct conf_messages *messages,
	     const struct conf_line **out);

#endif
