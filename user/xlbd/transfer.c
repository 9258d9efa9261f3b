/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libcurl's multi interface: curl says which sockets and which timer it waits
 * for, we tell it what happened.
 */
#include "xlbd/transfer_internal.h"

#include <errno.h>
#include <stdlib.h>

struct transfer_client {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
};

struct transfer_watch { /* a socket of curl's */
	struct transfer_client *client;
	curl_socket_t fd;
	struct loop_fd *watch;
};

void transfer_cancel(struct transfer *t)
{
	if (!t)
		return;
	if (t->added)
		curl_multi_remove_handle(t->client->multi, t->easy);
	curl_easy_cleanup(t->easy);
	t->kind->free(t);
}

int transfer_prepare(struct transfer *t, struct transfer_client *c,
		     const struct transfer_kind *kind, struct usec timeout)
{
	long ms = (long)(timeout.us / 1000);

	if (ms < 1)
		ms = 1; /* 0 is curl's "no limit" */
	t->kind = kind;
	t->client = c;
	t->easy = curl_easy_init();
	if (!t->easy)
		return -ENOMEM;
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_PROXY, ""); /* nor environment's */
	curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, ms);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
	/* Else the end of a transfer waits for a name server that is silent. */
	curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	return 0;
}

int transfer_begin(struct transfer *t)
{
	if (curl_multi_add_handle(t->client->multi, t->easy))
		return -ENOMEM;
	t->added = true;
	return 0;
}

const char *transfer_timeout_reason(struct transfer *t)
{
	curl_off_t connected = 0;

	curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connected);
	return connected ? "read timed out" : "connect timed out";
}

int transfer_errno(struct transfer *t)
{
	long err = 0;

	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &err);
	return (int)err;
}

static void collect(struct transfer_client *c)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(c->multi, &left))) {
		CURLcode code = message->data.result;
		struct transfer *t;
		char *private = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  &private);
		t = (struct transfer *)private;
		t->kind->finish(t, code);
	}
}

static void timer_fired(void *arg)
{
	struct transfer_client *c = arg;
	int running;

	curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(c);
}

static void socket_ready(void *arg, unsigned int events)
{
	struct transfer_watch *w = arg;
	struct transfer_client *c = w->client; /* curl may drop the watch */
	int bits = 0, running;

	if (events & LOOP_READ)
		bits |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		bits |= CURL_CSELECT_OUT;
	curl_multi_socket_action(c->multi, w->fd, bits, &running);
	collect(c);
}

static struct transfer_watch *watch_new(struct transfer_client *c,
					curl_socket_t fd)
{
	struct transfer_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->client = c;
	w->fd = fd;
	if (loop_fd_new(c->loop, fd, 0, socket_ready, w, &w->watch)) {
		free(w);
		return NULL;
	}
	return w;
}

static void watch_free(struct transfer_watch *w)
{
	if (!w)
		return;
	loop_fd_free(w->watch);
	free(w);
}

/*
 * Returns 0 come what may: anything else would end curl's multi handle for
 * good.  A socket that nobody watches runs into its timeout.
 */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
			void *watch)
{
	struct transfer_client *c = arg;
	struct transfer_watch *w = watch;
	unsigned int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(c->multi, fd, NULL);
		watch_free(w);
		return 0;
	}
	if (!w) {
		w = watch_new(c, fd);
		curl_multi_assign(c->multi, fd, w);
	}
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	if (w)
		loop_fd_set(w->watch, events);
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct transfer_client *c = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_stop(c->timer);
	else
		loop_timer_set(c->timer, USEC_MS(ms));
	return 0;
}

void transfer_client_free(struct transfer_client *c)
{
	if (!c)
		return;
	curl_multi_cleanup(c->multi);
	loop_timer_free(c->timer);
	free(c);
	curl_global_cleanup();
}

int transfer_client_new(struct loop *l, struct transfer_client **out)
{
	struct transfer_client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(c);
		return -ENOMEM;
	}
	c->loop = l;
	c->multi = curl_multi_init();
	if (!c->multi || loop_timer_new(l, timer_fired, c, &c->timer)) {
		transfer_client_free(c);
		return -ENOMEM;
	}
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	*out = c;
	return 0;
}
