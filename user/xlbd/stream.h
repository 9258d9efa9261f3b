/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Unix stream server that speaks lines: accepts, limits, splits, writes.
 * What a line means is the caller's business.
 *
 * A client's next line is handed over only when the answer to the last one is
 * written out and nobody holds the client: answers never mix, and who does not
 * read is not read from.  A client that has ended its half (EOF) still gets
 * its answers; its last line may lack the newline.  `closed` always comes
 * from the loop, never from within another call, except stream_free().
 */
#ifndef XLBD_STREAM_H
#define XLBD_STREAM_H

#include "core/usec.h"
#include "xlbd/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct stream_server;
struct stream_client;

struct stream_limits {
	size_t max_line; /* longer: refused with on_too_long */
	size_t max_clients; /* one more: who is idle longest goes, or it */
	struct usec idle; /* without a line or reading: closed */
	size_t max_backlog; /* unread answer bytes before it is closed */
};

struct stream_handlers {
	/* one line, without its newline, NUL-terminated; may hold NULs */
	void (*line)(void *arg, struct stream_client *c, char *line,
		     size_t length);
	/* line longer than max_line; after the answer nothing more is heard */
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

/* Closes all clients, removes the file and what was made for it. NULL-safe. */
void stream_free(struct stream_server *s);

void stream_write(struct stream_client *c, const char *bytes, size_t length);
void stream_close(struct stream_client *c); /* once the output is drained */
size_t stream_pending(const struct stream_client *c); /* unread bytes */

/*
 * For an answer that takes time to make: until released, the client is not
 * done, no further line is handed over, and having nothing to read is no
 * idleness.
 */
void stream_hold(struct stream_client *c, bool hold);

/* A place for the caller's state of this client. */
void stream_set_data(struct stream_client *c, void *data);
void *stream_data(const struct stream_client *c);

#endif
