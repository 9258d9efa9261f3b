/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lexer's state, for its three files alone: conf_lex.c reads lines and
 * takes apart what stands for others, conf_lex_include.c opens files,
 * conf_lex_words.c makes words of what is left.
 */
#ifndef XLBD_CONF_LEX_STATE_H
#define XLBD_CONF_LEX_STATE_H

#include "core/conf_expand.h"
#include "core/conf_lex.h"

struct conf_lex {
	struct conf_arena *scratch, *names;
	const struct conf_source *source;
	struct conf_messages *messages;
	struct conf_expand expand;
	struct conf_line *first, **last;
	struct conf_pos pos; /* file and line being read */
	unsigned int checks; /* include_check */
	unsigned int included, nested;
	size_t lines, bytes;
	bool full; /* a limit was met, and said */
	/* a definition of several lines being read; NULL: none */
	const char *defining;
	size_t defining_length;
	char *definition;
	size_t definition_length;
};

/* Where the first byte of `t` was read. */
struct conf_pos conf_lex_at(const struct conf_lex *lx, struct conf_text t);

/* Takes a line that needs no more expansion.  0 or -ENOMEM. */
int conf_lex_finish(struct conf_lex *lx, struct conf_text t);
int conf_lex_finish_all(struct conf_lex *lx); /* CONF_LINE_END */

/* Is there an odd number of backslashes at its end? */
bool conf_lex_goes_on(struct conf_text t);

/* `t` is what stands behind the word include, which stands at `pos`. */
int conf_lex_include(struct conf_lex *lx, struct conf_text t,
		     struct conf_pos pos, unsigned int checks);
int conf_lex_file(struct conf_lex *lx, const char *file, const char *bytes,
		  size_t length);

#endif
