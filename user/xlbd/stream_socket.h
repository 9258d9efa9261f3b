/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket file of stream.c: made with its directories and its mode, a
 * stale one replaced.  Knows nothing of clients.
 */
#ifndef XLBD_STREAM_SOCKET_H
#define XLBD_STREAM_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

struct stream_socket {
	int fd; /* the caller's to close */
	size_t made; /* path's first so many bytes: directories made for it */
	dev_t device; /* of the socket file, to remove none but our own */
	ino_t inode;
};

/*
 * A non-blocking listening socket at `path`, mode 0660.  0;
 * -EADDRINUSE if somebody answers there; -ENOTSOCK if something else is
 * there; -ENAMETOOLONG; -errno.
 */
int stream_socket_open(const char *path, struct stream_socket *out);

/* The file, and the directories that were made for it, if empty. */
void stream_socket_remove(const char *path, const struct stream_socket *s);

/*
 * A file that nobody answers at is removed; none is fine.  0; -EADDRINUSE,
 * -ENOTSOCK as above; -errno.
 */
int stream_socket_sweep(const char *path);

#endif
