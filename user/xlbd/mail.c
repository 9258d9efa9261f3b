/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/mail.h"

#include "core/notify_text.h"
#include "xlbd/log.h"
#include "xlbd/transfer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAME_SIZE 256

struct mail {
	struct mail *next;
	char *message, *subject; /* the subject is for the log */
};

struct mailer {
	struct transfer_client *client;
	struct transfer *transfer;
	char *server, *from;
	char **to, **envelope; /* as said, and the bare addresses */
	char sender[NAME_SIZE], helo[NAME_SIZE];
	uint16_t port;
	struct usec timeout;
	unsigned int limit;

	struct mail *current;
	struct mail *first, **last; /* what waits */
	unsigned int waiting, sequence;
};

static void mail_free(struct mail *mail)
{
	if (!mail)
		return;
	free(mail->message);
	free(mail->subject);
	free(mail);
}

static struct mail *take_first(struct mailer *m)
{
	struct mail *mail = m->first;

	m->first = mail->next;
	if (!m->first)
		m->last = &m->first;
	m->waiting--;
	return mail;
}

static void drop_first(struct mailer *m, const char *why)
{
	struct mail *mail = take_first(m);

	log_warning("mail not sent: %s: %s", why, mail->subject);
	mail_free(mail);
}

static void start_next(struct mailer *m);

static void log_failure(const struct mailer *m,
			const struct transfer_result *result)
{
	const char *why = result->err ? strerror(result->err) : result->reason;
	char code[16] = "";

	if (result->status >= 400)
		snprintf(code, sizeof(code), " (%d)", result->status);
	log_warning("mail not sent: %s port %u: %s%s: %s", m->server, m->port,
		    why, code, m->current->subject);
}

static void sent(void *arg, const struct transfer_result *result)
{
	struct mailer *m = arg;

	if (result->reason)
		log_failure(m, result);
	mail_free(m->current);
	m->current = NULL;
	m->transfer = NULL;
	start_next(m);
}

static void start_next(struct mailer *m)
{
	struct transfer_mail transfer = {
		.server = m->server,
		.port = m->port,
		.helo = m->helo,
		.from = m->sender,
		.to = m->envelope,
		.timeout = m->timeout,
		.done = sent,
		.arg = m,
	};

	while (!m->current && m->first) {
		transfer.message = m->first->message;
		if (transfer_mail(m->client, &transfer, &m->transfer))
			drop_first(m, strerror(ENOMEM));
		else
			m->current = take_first(m);
	}
}

static char *build(struct mailer *m, const char *subject, const char *body)
{
	char date[64], id[NAME_SIZE + 64];
	const struct mail_text text = {
		.from = m->from,
		.to = m->to,
		.subject = subject,
		.body = body,
		.date = date,
		.id = id,
	};
	time_t now = time(NULL);
	struct tm utc = {0};

	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &utc);
	snprintf(id, sizeof(id), "%lld.%d.%u@%s", (long long)now, getpid(),
		 m->sequence++, m->helo);
	return mail_text_build(&text);
}

void mail_send(struct mailer *m, const char *subject, const char *body)
{
	struct mail *mail = calloc(1, sizeof(*mail));

	if (mail) {
		mail->message = build(m, subject, body);
		mail->subject = strdup(subject);
	}
	if (!mail || !mail->message || !mail->subject) {
		log_warning("mail not sent: %s: %s", strerror(ENOMEM), subject);
		mail_free(mail);
		return;
	}
	if (m->waiting >= m->limit && m->first)
		drop_first(m, "too many wait");
	*m->last = mail;
	m->last = &mail->next;
	m->waiting++;
	start_next(m);
}

unsigned int mail_pending(const struct mailer *m)
{
	return m->waiting + !!m->current;
}

static void list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

/* `bare`: the addresses alone.  NULL: no memory */
static char **list_copy(char *const *list, bool bare)
{
	char address[NAME_SIZE];
	size_t n = 0;
	char **copy;

	while (list[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		mail_address(list[i], address, sizeof(address));
		copy[i] = strdup(bare ? address : list[i]);
		if (!copy[i]) {
			list_free(copy);
			return NULL;
		}
	}
	return copy;
}

static int copy_conf(struct mailer *m, const struct mail_conf *conf)
{
	m->port = conf->port;
	m->timeout = conf->timeout;
	m->limit = conf->limit;
	mail_address(conf->from, m->sender, sizeof(m->sender));
	if (conf->helo)
		snprintf(m->helo, sizeof(m->helo), "%s", conf->helo);
	else if (gethostname(m->helo, sizeof(m->helo) - 1))
		snprintf(m->helo, sizeof(m->helo), "localhost");
	m->server = strdup(conf->server);
	m->from = strdup(conf->from);
	m->to = list_copy(conf->to, false);
	m->envelope = list_copy(conf->to, true);
	return m->server && m->from && m->to && m->envelope ? 0 : -ENOMEM;
}

void mailer_free(struct mailer *m)
{
	if (!m)
		return;
	if (m->current)
		log_warning("mail not sent: stopping: %s", m->current->subject);
	while (m->first)
		drop_first(m, "stopping");
	transfer_cancel(m->transfer);
	mail_free(m->current);
	transfer_client_free(m->client);
	list_free(m->to);
	list_free(m->envelope);
	free(m->server);
	free(m->from);
	free(m);
}

int mailer_new(struct loop *l, const struct mail_conf *conf,
	       struct mailer **out)
{
	struct mailer *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return -ENOMEM;
	m->last = &m->first;
	err = copy_conf(m, conf);
	if (!err)
		err = transfer_client_new(l, &m->client);
	if (err) {
		mailer_free(m);
		return err;
	}
	*out = m;
	return 0;
}
