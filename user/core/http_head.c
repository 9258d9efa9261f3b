/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/http_head.h"

#include <errno.h>
#include <string.h>

/* A lone LF may end a line as well: RFC 9112, 2.2. */
static bool is_complete(const char *bytes, size_t length)
{
	return memmem(bytes, length, "\r\n\r\n", 4) ||
	       memmem(bytes, length, "\n\n", 2);
}

static bool is_text(const char *bytes, size_t length, const char *text)
{
	return length == strlen(text) && !memcmp(bytes, text, length);
}

static enum http_method method_of(const char *bytes, size_t length)
{
	if (is_text(bytes, length, "GET"))
		return HTTP_GET;
	if (is_text(bytes, length, "HEAD"))
		return HTTP_HEAD;
	return HTTP_OTHER_METHOD;
}

int http_head_parse(const char *bytes, size_t length, struct http_head *out)
{
	const char *end, *path, *version, *query;
	size_t path_length;

	if (!is_complete(bytes, length))
		return -EAGAIN;
	end = memchr(bytes, '\n', length);
	if (end > bytes && end[-1] == '\r')
		end--;
	path = memchr(bytes, ' ', (size_t)(end - bytes));
	if (!path || path == bytes)
		return -EINVAL;
	path++;
	version = memchr(path, ' ', (size_t)(end - path));
	if (!version || *path != '/')
		return -EINVAL;
	path_length = (size_t)(version - path);
	version++;
	if (!is_text(version, (size_t)(end - version), "HTTP/1.1") &&
	    !is_text(version, (size_t)(end - version), "HTTP/1.0"))
		return -EINVAL;
	query = memchr(path, '?', path_length);
	out->method = method_of(bytes, (size_t)(path - 1 - bytes));
	out->path = path;
	out->path_length = query ? (size_t)(query - path) : path_length;
	return 0;
}

bool http_head_is_path(const struct http_head *h, const char *path)
{
	return is_text(h->path, h->path_length, path);
}
