/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMTP (RFC 5321): one mail, one connection.  curl looks the server's name up
 * in a thread of its own, so that a silent name server holds nobody.
 */
#include "xlbd/transfer_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct smtp {
	struct transfer transfer; /* first */
	void (*done)(void *arg, const struct transfer_result *result);
	void *arg;
	char *message;
	size_t length, sent;
	struct curl_slist *to;
	bool greeted;
	long refused; /* the last reply that said no */
};

static size_t give_message(char *buf, size_t size, size_t n, void *arg)
{
	struct smtp *s = arg;
	size_t left = s->length - s->sent;
	size_t take = left < size * n ? left : size * n;

	memcpy(buf, s->message + s->sent, take);
	s->sent += take;
	return take;
}

static size_t ignore(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * n;
}

/*
 * A line of a reply.  What is refused after the greeting, in a mail that is
 * sent all the same, is a recipient.
 */
static size_t take_reply(char *bytes, size_t size, size_t n, void *arg)
{
	struct smtp *s = arg;
	long code = 0;

	for (size_t i = 0; i < 3 && i < size * n; i++)
		code = code * 10 + bytes[i] - '0';
	if (code == 250)
		s->greeted = true;
	else if (s->greeted && code >= 400 && code <= 599)
		s->refused = code;
	return size * n;
}

static int add_recipients(struct smtp *s, char *const *to)
{
	for (; *to; to++) {
		struct curl_slist *list = curl_slist_append(s->to, *to);

		if (!list)
			return -ENOMEM;
		s->to = list;
	}
	return 0;
}

/* smtp://server:port/helo; an IPv6 address in brackets */
static int set_url(CURL *easy, const struct transfer_mail *mail)
{
	bool v6 = strchr(mail->server, ':') && *mail->server != '[';
	char *url;
	int err;

	if (asprintf(&url, "smtp://%s%s%s:%u/%s", v6 ? "[" : "", mail->server,
		     v6 ? "]" : "", mail->port, mail->helo) < 0)
		return -ENOMEM;
	err = curl_easy_setopt(easy, CURLOPT_URL, url) ? -ENOMEM : 0;
	free(url);
	return err;
}

static int set_envelope(struct smtp *s, const struct transfer_mail *mail)
{
	CURL *easy = s->transfer.easy;

	if (set_url(easy, mail) ||
	    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from) ||
	    add_recipients(s, mail->to))
		return -ENOMEM;
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, s->to);
	/* One recipient that is refused costs the others nothing. */
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp");
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_message);
	curl_easy_setopt(easy, CURLOPT_READDATA, s);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_reply);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
	return 0;
}

static const char *timeout_reason(struct smtp *s)
{
	curl_off_t found = 0;

	curl_easy_getinfo(s->transfer.easy, CURLINFO_NAMELOOKUP_TIME_T, &found);
	return found ? transfer_timeout_reason(&s->transfer)
		     : "looking its name up timed out";
}

static const char *reason_of(struct smtp *s, CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
		return s->refused ? "some recipients refused" : NULL;
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_reason(s);
	case CURLE_COULDNT_CONNECT:
		return "cannot connect";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "no such host";
	case CURLE_SEND_ERROR:
		/* curl's word for a recipient or sender that is refused, too */
		return status >= 400 ? "refused" : "connection lost";
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
		return "connection lost";
	default:
		return curl_easy_strerror(code);
	}
}

static void smtp_finish(struct transfer *t, CURLcode code)
{
	struct smtp *s = (struct smtp *)t;
	void (*done)(void *arg, const struct transfer_result *) = s->done;
	struct transfer_result result = {0};
	void *arg = s->arg;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	result.reason = reason_of(s, code, status);
	if (status >= 200)
		result.status = (int)(s->refused ? s->refused : status);
	if (code == CURLE_COULDNT_CONNECT)
		result.err = transfer_errno(t);
	transfer_cancel(t);
	done(arg, &result);
}

static void smtp_free(struct transfer *t)
{
	struct smtp *s = (struct smtp *)t;

	curl_slist_free_all(s->to);
	free(s->message);
	free(s);
}

static const struct transfer_kind smtp = {
	.finish = smtp_finish,
	.free = smtp_free,
};

static int smtp_begin(struct smtp *s, struct transfer_client *c,
		      const struct transfer_mail *mail)
{
	int err = transfer_prepare(&s->transfer, c, &smtp, mail->timeout);

	if (err)
		return err;
	s->message = strdup(mail->message);
	if (!s->message)
		return -ENOMEM;
	s->length = strlen(s->message);
	err = set_envelope(s, mail);
	return err ? err : transfer_begin(&s->transfer);
}

int transfer_mail(struct transfer_client *c, const struct transfer_mail *mail,
		  struct transfer **out)
{
	struct smtp *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->done = mail->done;
	s->arg = mail->arg;
	err = smtp_begin(s, c, mail);
	if (err) {
		transfer_cancel(&s->transfer);
		return err;
	}
	*out = &s->transfer;
	return 0;
}
