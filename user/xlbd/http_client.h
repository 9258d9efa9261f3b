/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HTTP/1.1 GET on our loop, behind which libcurl is hidden.  Each request is a
 * connection of its own, bounded in time and in bytes; redirects and the
 * environment's proxies are not followed.  What an answer is worth is the
 * caller's business.
 */
#ifndef XLBD_HTTP_CLIENT_H
#define XLBD_HTTP_CLIENT_H

#include "xlbd/loop.h"

struct http_client; /* what all requests share */
struct http_request;

struct http_result {
	int status; /* 200..599; 0: there was none */
	int err; /* an errno, when connecting failed with one */
	const char *reason; /* NULL: answered; else what went wrong */
};

struct http_get {
	const char *url; /* http://10.0.4.31:8080/healthz; copied */
	const char *host; /* the Host header, or NULL: the URL's; copied */
	struct usec timeout; /* from connecting to the last byte */
	int (*open_socket)(void *arg); /* a TCP socket, or -errno */
	/* Once, from the loop; the request is freed already. */
	void (*done)(void *arg, const struct http_result *result);
	void *arg;
};

int http_client_new(struct loop *l, struct http_client **out);
/* After its last request.  NULL-safe. */
void http_client_free(struct http_client *c);

int http_get(struct http_client *c, const struct http_get *get,
	     struct http_request **out); /* -ENOMEM */
void http_cancel(struct http_request *r); /* done() is not called; NULL-safe */

#endif
