/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes over the network by libcurl, which is hidden here, on our loop:
 * HTTP/1.1 GET and SMTP.  Each transfer is a connection of its own, bounded in
 * time and in bytes; redirects and the environment's proxies are not followed.
 * What an answer is worth is the caller's business.
 */
#ifndef XLBD_TRANSFER_H
#define XLBD_TRANSFER_H

#include "xlbd/loop.h"

#include <stddef.h>
#include <stdint.h>

struct transfer_client; /* what transfers share */
struct transfer;

struct transfer_result {
	int status; /* HTTP 200..599, SMTP 200..599; 0: there was none */
	int err; /* an errno, when connecting failed with one */
	const char *reason; /* NULL: answered; else what went wrong */
};

struct transfer_get {
	const char *url; /* http://10.0.4.31:8080/healthz; copied */
	const char *host; /* the Host header, or NULL: the URL's; copied */
	struct usec timeout; /* from connecting to the last byte */
	int (*open_socket)(void *arg); /* a TCP socket, or -errno */
	/* Once, from the loop; the transfer is freed already. */
	void (*done)(void *arg, const struct transfer_result *result);
	void *arg;
};

struct transfer_mail { /* all copied */
	const char *server; /* a name or an address */
	uint16_t port;
	const char *helo;
	const char *from; /* name@host, without brackets */
	char *const *to; /* NULL-terminated */
	const char *message; /* RFC 5322, with its headers, CRLF */
	struct usec timeout; /* from looking the server up to its last word */
	void (*done)(void *arg, const struct transfer_result *result);
	void *arg;
};

int transfer_client_new(struct loop *l, struct transfer_client **out);
/* After its last transfer.  NULL-safe. */
void transfer_client_free(struct transfer_client *c);

int transfer_get(struct transfer_client *c, const struct transfer_get *get,
		 struct transfer **out); /* -ENOMEM */
int transfer_mail(struct transfer_client *c, const struct transfer_mail *mail,
		  struct transfer **out); /* -ENOMEM */
void transfer_cancel(struct transfer *t); /* done() is not called; NULL-safe */

#endif
