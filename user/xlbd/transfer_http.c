/* SPDX-License-Identifier: GPL-2.0-only */
/* HTTP/1.1 GET, one connection each. */
#include "xlbd/transfer_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_HEADERS 65536
#define MAX_BODY    (1 << 20) /* more is not read, and no error */

struct http {
	struct transfer transfer; /* first */
	struct transfer_get get;
	struct curl_slist *headers;
	int socket_error; /* errno, if there was no socket to be had */
	size_t header_bytes, body_bytes;
};

/* Called by curl while it transfers; less than all ends the transfer. */
static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	(void)bytes;
	h->header_bytes += size * n;
	return h->header_bytes > MAX_HEADERS ? 0 : size * n;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	(void)bytes;
	h->body_bytes += size * n;
	return h->body_bytes > MAX_BODY ? 0 : size * n;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct http *h = arg;
	int fd = h->get.open_socket(h->get.arg);

	(void)purpose;
	(void)address;
	if (fd < 0) {
		h->socket_error = -fd;
		return CURL_SOCKET_BAD;
	}
	return fd;
}

static int add_header(struct http *h, const char *name, const char *value)
{
	struct curl_slist *list;
	char *line;

	if (asprintf(&line, "%s: %s", name, value) < 0)
		return -ENOMEM;
	list = curl_slist_append(h->headers, line);
	free(line);
	if (!list)
		return -ENOMEM;
	h->headers = list;
	return 0;
}

static void set_manners(struct http *h)
{
	CURL *easy = h->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "xlbd/" XLBD_VERSION);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, h);
}

static const char *reason_of(struct http *h, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return NULL;
	case CURLE_WRITE_ERROR: /* we ended it */
		return h->body_bytes > MAX_BODY ? NULL : "header too long";
	case CURLE_OUT_OF_MEMORY: /* curl's word for a line of 100 KiB */
		return "header too long";
	case CURLE_OPERATION_TIMEDOUT:
		return transfer_timeout_reason(&h->transfer);
	case CURLE_COULDNT_CONNECT:
		return "cannot connect";
	case CURLE_GOT_NOTHING:
		return "closed without an answer";
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return "connection reset";
	case CURLE_PARTIAL_FILE:
		return "answer cut short";
	case CURLE_UNSUPPORTED_PROTOCOL: /* what curl calls HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
		return "not an HTTP answer";
	default:
		return curl_easy_strerror(code);
	}
}

static void http_finish(struct transfer *t, CURLcode code)
{
	struct http *h = (struct http *)t;
	struct transfer_result result = {
		.reason = reason_of(h, code),
		.err = h->socket_error,
	};
	const struct transfer_get get = h->get;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200) /* 100 is no answer yet */
		result.status = (int)status;
	if (code == CURLE_COULDNT_CONNECT && !result.err)
		result.err = transfer_errno(t);
	transfer_cancel(t);
	get.done(get.arg, &result);
}

static void http_free(struct transfer *t)
{
	struct http *h = (struct http *)t;

	curl_slist_free_all(h->headers);
	free(h);
}

static const struct transfer_kind http = {
	.finish = http_finish,
	.free = http_free,
};

static int http_begin(struct http *h, struct transfer_client *c)
{
	int err = transfer_prepare(&h->transfer, c, &http, h->get.timeout);

	if (err)
		return err;
	set_manners(h);
	if (curl_easy_setopt(h->transfer.easy, CURLOPT_URL, h->get.url) ||
	    add_header(h, "Connection", "close") ||
	    (h->get.host && add_header(h, "Host", h->get.host)))
		return -ENOMEM;
	curl_easy_setopt(h->transfer.easy, CURLOPT_HTTPHEADER, h->headers);
	return transfer_begin(&h->transfer);
}

int transfer_get(struct transfer_client *c, const struct transfer_get *get,
		 struct transfer **out)
{
	struct http *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	h->get = *get;
	err = http_begin(h, c);
	if (err) {
		transfer_cancel(&h->transfer);
		return err;
	}
	*out = &h->transfer;
	return 0;
}
