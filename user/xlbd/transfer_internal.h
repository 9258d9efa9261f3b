/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between transfer.c, which runs curl's transfers on our loop, and the
 * protocols, which say what is transferred.
 */
#ifndef XLBD_TRANSFER_INTERNAL_H
#define XLBD_TRANSFER_INTERNAL_H

#include "xlbd/transfer.h"

#include <curl/curl.h>
#include <stdbool.h>

struct transfer_kind {
	/* Hands the result to the caller, having freed the transfer. */
	void (*finish)(struct transfer *t, CURLcode code);
	void (*free)(struct transfer *t); /* the whole struct; not NULL */
};

struct transfer { /* a protocol's own struct begins with it */
	const struct transfer_kind *kind;
	struct transfer_client *client;
	CURL *easy;
	bool added; /* to the client's */
};

/* Makes t->easy, with what all protocols have in common.  0/-ENOMEM */
int transfer_prepare(struct transfer *t, struct transfer_client *c,
		     const struct transfer_kind *kind, struct usec timeout);
int transfer_begin(struct transfer *t); /* 0/-ENOMEM */

/* "connect timed out" or "read timed out" */
const char *transfer_timeout_reason(struct transfer *t);
/* The errno of a connection that failed, or 0. */
int transfer_errno(struct transfer *t);

#endif
