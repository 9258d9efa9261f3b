/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configs on disk: reads a file and what it includes for core/conf.h, prints
 * what was found, and says which exit code that is.
 */
#ifndef XLBD_CONFFILE_H
#define XLBD_CONFFILE_H

#include "core/conf.h"

#include <stdio.h>

/*
 * `config_id` NULL: the host's short name.  Returns 0 and *out (to
 * conf_free()); -ENOENT, -EACCES, -EISDIR, ... if the file itself cannot be
 * read; -EINVAL on config errors, which are in `messages`; -ENOMEM.
 */
int conffile_load(const char *path, const char *config_id, struct conf **out,
		  struct conf_messages *messages);

/* "lb.conf:12:9: error: unknown keyword ..." a line each. */
void conffile_print_messages(FILE *f, const struct conf_messages *messages);

/* The exit code of `-t` and of a start, from what conffile_load() returned. */
int conffile_exit_code(int rc, const struct conf_messages *messages,
		       bool strict);

#endif
