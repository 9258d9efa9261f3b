/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The head of an HTTP/1 request, as far as a server with one page needs it:
 * method and path.  Pure; the bytes are a stranger's.
 */
#ifndef XLBD_HTTP_HEAD_H
#define XLBD_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OTHER_METHOD };

struct http_head {
	enum http_method method;
	const char *path; /* into the bytes parsed, without a query */
	size_t path_length;
};

/*
 * 0; -EAGAIN: the empty line that ends a head is not there yet; -EINVAL: not
 * a request line of HTTP/1.0 or 1.1 (RFC 9112, 3).
 */
int http_head_parse(const char *bytes, size_t length, struct http_head *out);

bool http_head_is_path(const struct http_head *h, const char *path);

#endif
