/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as the head of an HTTP request: what is accepted is a path inside
 * the bytes, and more bytes after it change nothing.
 */
#include "core/http_head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct http_head head, again;
	char *longer;

	if (http_head_parse(bytes, size, &head))
		return 0;
	if (head.path < bytes || head.path_length == 0 ||
	    head.path + head.path_length > bytes + size || *head.path != '/' ||
	    memchr(head.path, '?', head.path_length) ||
	    memchr(head.path, '\n', head.path_length))
		abort();
	longer = malloc(size + 4);
	if (!longer)
		return 0;
	memcpy(longer, bytes, size);
	memcpy(longer + size, "\r\n\r\n", 4);
	if (http_head_parse(longer, size + 4, &again) ||
	    again.method != head.method ||
	    again.path_length != head.path_length ||
	    again.path - longer != head.path - bytes)
		abort();
	free(longer);
	return 0;
}
