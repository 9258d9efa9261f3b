/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smtp_alert: mails leave one after the other, each tried once and bounded in
 * time; nobody waits for them.  What fails is logged.  Beyond `limit` the
 * oldest that waits is dropped, and said.
 */
#ifndef XLBD_MAIL_H
#define XLBD_MAIL_H

#include "xlbd/loop.h"

#include <stdint.h>

struct mailer;

struct mail_conf { /* all copied */
	const char *server; /* a name or an address */
	uint16_t port;
	const char *helo; /* or NULL: this host's name */
	const char *from;
	char *const *to; /* NULL-terminated, at least one */
	struct usec timeout; /* from connecting to the server's last word */
	unsigned int limit; /* mails that wait */
};

int mailer_new(struct loop *l, const struct mail_conf *conf,
	       struct mailer **out); /* -ENOMEM */
/* Drops what is not sent yet, and says so.  NULL-safe. */
void mailer_free(struct mailer *m);

/* Copies both; core/notify_text makes them. */
void mail_send(struct mailer *m, const char *subject, const char *body);
unsigned int mail_pending(const struct mailer *m); /* that under way too */

#endif
