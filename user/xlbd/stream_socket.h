/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket file of stream.c: made with its directories and its mode, a
 * stale one replaced.  Knows nothing of clients.
 */
#ifndef XLBD_STREAM_SOCKET_H
#define XLBD_STREAM_SOCKET_H

/*
 * A non-blocking listening socket at `path`, mode 0660, to close().  0;
 * -EADDRINUSE if somebody answers there; -ENOTSOCK if something else is
 * there; -ENAMETOOLONG; -errno.
 */
int stream_socket_open(const char *path, int *fd);

#endif
