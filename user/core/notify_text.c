/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/notify_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HEADER 900 /* bytes of its text; RFC 5322 2.1.1 says 998 */

static const char *const state_names[NOTIFY_STATES] = {
	[NOTIFY_MASTER] = "MASTER",
	[NOTIFY_BACKUP] = "BACKUP",
	[NOTIFY_FAULT] = "FAULT",
	[NOTIFY_STOP] = "STOP",
	[NOTIFY_DELETED] = "DELETED",
	[NOTIFY_MASTER_RX_LOWER_PRI] = "MASTER_RX_LOWER_PRI",
	[NOTIFY_MASTER_PRIORITY] = "MASTER_PRIORITY",
	[NOTIFY_BACKUP_PRIORITY] = "BACKUP_PRIORITY",
};

const char *notify_state_name(enum notify_state s)
{
	return state_names[s];
}

static const char *kind_of(const struct notify_event *e)
{
	return e->group ? "GROUP" : "INSTANCE";
}

static unsigned int priority_of(const struct notify_event *e)
{
	return e->group ? 0 : e->priority;
}

void notify_words(const struct notify_event *e, struct notify_words *out)
{
	snprintf(out->priority, sizeof(out->priority), "%u", priority_of(e));
	out->argv[0] = (char *)kind_of(e);
	out->argv[1] = (char *)e->name;
	out->argv[2] = (char *)state_names[e->state];
	out->argv[3] = out->priority;
	out->argv[4] = NULL;
}

int notify_line(const struct notify_event *e, char *buf, size_t size)
{
	return snprintf(buf, size, "%s \"%s\" %s %u\n", kind_of(e), e->name,
			state_names[e->state], priority_of(e));
}

int notify_subject(const struct notify_event *e, const char *router_id,
		   char *buf, size_t size)
{
	static const struct {
		const char *before, *after;
	} words[NOTIFY_STATES] = {
		[NOTIFY_MASTER] = {"Entering ", " state"},
		[NOTIFY_BACKUP] = {"Entering ", " state"},
		[NOTIFY_FAULT] = {"Entering ", " state"},
	};
	const char *before = words[e->state].before;
	const char *after = words[e->state].after;

	return snprintf(buf, size, "[%s] VRRP %s %s - %s%s%s", router_id,
			e->group ? "Group" : "Instance", e->name,
			before ? before : "", state_names[e->state],
			after ? after : "");
}

int notify_body(const struct notify_event *e, const char *why, char *buf,
		size_t size)
{
	static const char *const sentences[NOTIFY_STATES] = {
		[NOTIFY_MASTER] = "This node owns the addresses now.",
		[NOTIFY_BACKUP] = "This node does not own the addresses.",
		[NOTIFY_FAULT] = "This node cannot own the addresses.",
		[NOTIFY_STOP] = "This node gives the addresses up and stops.",
		[NOTIFY_DELETED] = "It is no longer configured on this node.",
		[NOTIFY_MASTER_RX_LOWER_PRI] =
			"A node of lower priority claims the addresses.",
		[NOTIFY_MASTER_PRIORITY] = "The priority has changed.",
		[NOTIFY_BACKUP_PRIORITY] = "The priority has changed.",
	};

	return snprintf(buf, size, "%s \"%s\": %s%s%s\n",
			e->group ? "Sync group" : "Instance", e->name,
			sentences[e->state], why ? "\n" : "", why ? why : "");
}

int notify_backend_subject(const char *router_id, const char *backend,
			   const char *service, bool up, char *buf, size_t size)
{
	return snprintf(buf, size,
			"[%s] Realserver %s of virtual server %s - %s",
			router_id, backend, service, up ? "UP" : "DOWN");
}

int mail_address(const char *mailbox, char *buf, size_t size)
{
	const char *open = strrchr(mailbox, '<');
	const char *from = open ? open + 1 : mailbox;

	return snprintf(buf, size, "%.*s", (int)strcspn(from, ">"), from);
}

struct text { /* written as far as there is room, counted all the way */
	char *buf;
	size_t size, used;
};

static void put(struct text *t, char c)
{
	if (t->used < t->size)
		t->buf[t->used] = c;
	t->used++;
}

static void put_text(struct text *t, const char *text)
{
	while (*text)
		put(t, *text++);
}

/* What is no header's: a line end would begin another one. */
static void put_clean(struct text *t, const char *text)
{
	for (size_t i = 0; text[i] && i < MAX_HEADER; i++)
		put(t, text[i] < ' ' || text[i] > '~' ? '?' : text[i]);
}

static void put_header(struct text *t, const char *name, const char *value)
{
	put_text(t, name);
	put_clean(t, value);
	put_text(t, "\r\n");
}

static void put_recipients(struct text *t, char *const *to)
{
	put_text(t, "To: ");
	for (size_t i = 0; to[i]; i++) {
		put_text(t, i ? ",\r\n\t" : "");
		put_clean(t, to[i]);
	}
	put_text(t, "\r\n");
}

static void put_body(struct text *t, const char *body)
{
	char last = '\n';

	for (; *body; body++) {
		if (*body == '\n')
			put(t, '\r');
		if (*body != '\r')
			put(t, *body);
		last = *body;
	}
	put_text(t, last == '\n' ? "" : "\r\n");
}

static void put_message(struct text *t, const struct mail_text *m)
{
	put_header(t, "Date: ", m->date);
	put_header(t, "From: ", m->from);
	put_recipients(t, m->to);
	put_header(t, "Subject: ", m->subject);
	put_text(t, "Message-ID: <");
	put_clean(t, m->id);
	put_text(t, ">\r\nX-Mailer: xlbd\r\n"
		    "Auto-Submitted: auto-generated\r\n" /* RFC 3834 */
		    "MIME-Version: 1.0\r\n"
		    "Content-Type: text/plain; charset=utf-8\r\n"
		    "Content-Transfer-Encoding: 8bit\r\n"
		    "\r\n");
	put_body(t, m->body);
	put(t, '\0');
}

char *mail_text_build(const struct mail_text *m)
{
	struct text t = {0};

	put_message(&t, m);
	t.buf = malloc(t.used);
	if (!t.buf)
		return NULL;
	t.size = t.used;
	t.used = 0;
	put_message(&t, m);
	return t.buf;
}
