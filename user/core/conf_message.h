/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Findings about a config: collecting, ordering, and guessing what was meant.
 * Printing them is the caller's.
 */
#ifndef XLBD_CONF_MESSAGE_H
#define XLBD_CONF_MESSAGE_H

#include "core/conf.h"

/* Files are reported in the order in which they were named here. */
void conf_message_name_file(struct conf_messages *m, const char *file);

__attribute__((format(printf, 3, 4))) void
conf_error(struct conf_messages *m, const struct conf_pos *pos,
	   const char *format, ...);
__attribute__((format(printf, 3, 4))) void conf_warn(struct conf_messages *m,
						     const struct conf_pos *pos,
						     const char *format, ...);
/* A warning that is exit code 6 under --strict. */
__attribute__((format(printf, 3, 4))) void
conf_warn_script(struct conf_messages *m, const struct conf_pos *pos,
		 const char *format, ...);

/* By file, line and column. */
void conf_messages_sort(struct conf_messages *m);

/* Keeps the best of the candidates offered one after the other. */
struct conf_guess {
	const char *word; /* what was written */
	const char *best; /* NULL: nothing near enough */
	unsigned int distance;
};

void conf_guess_offer(struct conf_guess *g, const char *candidate);

#define CONF_GUESS_SIZE 80
/* " (did you mean 'weight'?)", or "" */
const char *conf_guess_print(const struct conf_guess *g, char *buf,
			     size_t size);

#endif
