/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What notifications say, in keepalived's forms: words for scripts, lines for
 * the pipe, subjects and messages for mail.  Pure.
 */
#ifndef XLBD_NOTIFY_TEXT_H
#define XLBD_NOTIFY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum notify_state {
	NOTIFY_MASTER,
	NOTIFY_BACKUP,
	NOTIFY_FAULT,
	NOTIFY_STOP,
	NOTIFY_DELETED,
	NOTIFY_MASTER_RX_LOWER_PRI,
	NOTIFY_MASTER_PRIORITY, /* vrrp_notify_priority_changes */
	NOTIFY_BACKUP_PRIORITY,
	NOTIFY_STATES
};

struct notify_event {
	bool group; /* a sync group; its priority is 0 */
	const char *name;
	enum notify_state state;
	unsigned int priority;
};

const char *notify_state_name(enum notify_state s); /* "MASTER" */

/* What is appended to `notify`'s command: INSTANCE VI_1 MASTER 100 */
struct notify_words {
	char *argv[5]; /* NULL-terminated; into the event and this struct */
	char priority[12];
};
void notify_words(const struct notify_event *e, struct notify_words *out);

/* INSTANCE "VI_1" MASTER 100\n; the length, as snprintf() returns it. */
int notify_line(const struct notify_event *e, char *buf, size_t size);

/* [router_id] VRRP Instance VI_1 - Entering MASTER state */
int notify_subject(const struct notify_event *e, const char *router_id,
		   char *buf, size_t size);
/* One sentence, and `why` below it if not NULL. */
int notify_body(const struct notify_event *e, const char *why, char *buf,
		size_t size);
/* [router_id] Realserver B of virtual server S - UP */
int notify_backend_subject(const char *router_id, const char *backend,
			   const char *service, bool up, char *buf,
			   size_t size);

/* The address in "Name <name@host>", or all of it. */
int mail_address(const char *mailbox, char *buf, size_t size);

struct mail_text {
	const char *from;
	char *const *to; /* NULL-terminated */
	const char *subject;
	const char *body; /* lines end with \n */
	const char *date; /* RFC 5322's form */
	const char *id; /* what is in the Message-ID's brackets */
};

/*
 * The whole message, RFC 5322: CRLF, headers folded between recipients, no
 * control characters in headers.  For free(); NULL: no memory.  Dots at the
 * start of a line are the transport's business.
 */
char *mail_text_build(const struct mail_text *m);

#endif
