/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notify_fifo: lines written to a named pipe, whole and in order, without ever
 * waiting for who reads it.  The pipe is held open for both directions, so that
 * what is in it (64 KiB) survives the reader's restart; beyond that lines wait
 * here, and beyond `limit` the oldest that wait are dropped, and said.
 *
 * notify_fifo_script is started with the pipe's path as its last argument and
 * again when it ends.
 */
#ifndef XLBD_NOTIFY_FIFO_H
#define XLBD_NOTIFY_FIFO_H

#include "xlbd/loop.h"
#include "xlbd/script.h"

#include <stddef.h>

struct notify_fifo;

struct notify_fifo_conf {
	const char *path;
	const struct script_user *user; /* owns the pipe if we make it */
	char *const *script; /* its argv, or NULL; runs as `user` */
	unsigned int limit; /* lines that wait */
};

/* Copies `conf`.  -ENOTSUP: there is something, and it is no pipe; -errno */
int notify_fifo_open(struct loop *l, struct script_runner *r,
		     const struct notify_fifo_conf *conf,
		     struct notify_fifo **out);
/* Removes the pipe if we made it, and ends the script.  NULL-safe. */
void notify_fifo_close(struct notify_fifo *f);

/* With its newline, less than PIPE_BUF (4096).  Pipe removed: made again. */
void notify_fifo_write(struct notify_fifo *f, const char *line);

#endif
