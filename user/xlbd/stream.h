/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Unix stream server that speaks lines: accepts, limits, splits, writes.
 * What a line means is the caller's business.
 */
#ifndef XLBD_STREAM_H
#define XLBD_STREAM_H

#include "core/usec.h"
#include "xlbd/loop.h"

#include <stddef.h>

struct stream_server;
struct stream_client;

struct stream_limits {
	size_t max_line;      /* longer: refused with on_too_long */
	size_t max_clients;   /* one more is closed at once */
	struct usec idle;     /* without a complete line: closed */
	size_t max_backlog;   /* unread answer bytes before it is closed */
};

struct stream_handlers {
	/* one line, without its newline, NUL-terminated; may hold NULs */
	void (*line)(void *arg, struct stream_client *c, char *line,
		     size_t length);
	/* line longer than max_line; the client is closed after the answer */
	void (*too_long)(void *arg, struct stream_client *c);
	/* output drained: more of a long answer may be written; or NULL */
	void (*drained)(void *arg, struct stream_client *c);
	void (*closed)(void *arg, struct stream_client *c);
};

/*
 * Listens on `path` (mode 0660; a stale socket file is replaced).  Returns 0;
 * -EADDRINUSE if somebody answers there; -errno.
 */
int stream_listen(struct loop *l, const char *path,
		  const struct stream_limits *limits,
		  const struct stream_handlers *handlers, void *arg,
		  struct stream_server **out);

/* Closes all clients, removes the socket file. NULL-safe. */
void stream_free(struct stream_server *s);

void stream_write(struct stream_client *c, const char *bytes, size_t length);
void stream_close(struct stream_client *c); /* once the output is drained */
size_t stream_pending(const struct stream_client *c); /* unread bytes */

/* A place for the caller's state of this client. */
void stream_set_data(struct stream_client *c, void *data);
void *stream_data(const struct stream_client *c);

#endif
