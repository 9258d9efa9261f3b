/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ends of the lexer that need no state: what is left of a source line
 * without its comment, and the words and braces of a finished one.
 */
#ifndef XLBD_CONF_WORDS_H
#define XLBD_CONF_WORDS_H

#include "core/conf_text.h"

/*
 * Without the comment; `\#` and `\!` have lost their backslash.  *cut: the
 * column where the comment begins inside a word, else 0.  0 or -ENOMEM.
 */
int conf_uncomment(struct conf_arena *a, struct conf_text t,
		   struct conf_text *out, uint16_t *cut);

enum conf_token_type {
	CONF_TOKEN_END,
	CONF_TOKEN_WORD,
	CONF_TOKEN_QUOTED,
	CONF_TOKEN_UNCLOSED, /* quoted to the end of the line */
	CONF_TOKEN_OPEN,
	CONF_TOKEN_CLOSE,
};

/* Cuts the next token off `t`; `word` is without quotes. */
enum conf_token_type conf_token_next(struct conf_text *t,
				     struct conf_text *word);

#endif
