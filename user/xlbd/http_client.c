/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libcurl's multi interface: curl says which sockets and which timer it waits
 * for, we tell it what happened.
 */
#include "xlbd/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_HEADERS 65536
#define MAX_BODY    (1 << 20) /* more is not read, and no error */

struct http_client {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
};

struct http_watch { /* a socket of curl's */
	struct http_client *client;
	curl_socket_t fd;
	struct loop_fd *watch;
};

struct http_request {
	struct http_client *client;
	struct http_get get;
	CURL *easy;
	struct curl_slist *headers;
	int socket_error; /* errno, if there was no socket to be had */
	size_t header_bytes, body_bytes;
};

/* Called by curl while it transfers; less than all ends the transfer. */
static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_request *r = arg;

	(void)bytes;
	r->header_bytes += size * n;
	return r->header_bytes > MAX_HEADERS ? 0 : size * n;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_request *r = arg;

	(void)bytes;
	r->body_bytes += size * n;
	return r->body_bytes > MAX_BODY ? 0 : size * n;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct http_request *r = arg;
	int fd = r->get.open_socket(r->get.arg);

	(void)purpose;
	(void)address;
	if (fd < 0) {
		r->socket_error = -fd;
		return CURL_SOCKET_BAD;
	}
	return fd;
}

void http_cancel(struct http_request *r)
{
	if (!r)
		return;
	if (r->easy) {
		curl_multi_remove_handle(r->client->multi, r->easy);
		curl_easy_cleanup(r->easy);
	}
	curl_slist_free_all(r->headers);
	free(r);
}

static int add_header(struct http_request *r, const char *name,
		      const char *value)
{
	struct curl_slist *list;
	char *line;

	if (asprintf(&line, "%s: %s", name, value) < 0)
		return -ENOMEM;
	list = curl_slist_append(r->headers, line);
	free(line);
	if (!list)
		return -ENOMEM;
	r->headers = list;
	return 0;
}

static void set_bounds(struct http_request *r)
{
	long ms = (long)(r->get.timeout.us / 1000);

	if (ms < 1)
		ms = 1; /* 0 is curl's "no limit" */
	curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, ms);
	curl_easy_setopt(r->easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
	curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
}

static void set_manners(struct http_request *r)
{
	CURL *easy = r->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* nor the environment's */
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "xlbd/" XLBD_VERSION);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
}

static int request_begin(struct http_request *r)
{
	r->easy = curl_easy_init();
	if (!r->easy)
		return -ENOMEM;
	set_bounds(r);
	set_manners(r);
	if (curl_easy_setopt(r->easy, CURLOPT_URL, r->get.url) ||
	    add_header(r, "Connection", "close") ||
	    (r->get.host && add_header(r, "Host", r->get.host)))
		return -ENOMEM;
	curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->headers);
	if (curl_multi_add_handle(r->client->multi, r->easy))
		return -ENOMEM;
	return 0;
}

int http_get(struct http_client *c, const struct http_get *get,
	     struct http_request **out)
{
	struct http_request *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->client = c;
	r->get = *get;
	err = request_begin(r);
	if (err) {
		http_cancel(r);
		return err;
	}
	*out = r;
	return 0;
}

static const char *timeout_reason(struct http_request *r)
{
	curl_off_t connected = 0;

	curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connected);
	return connected ? "read timed out" : "connect timed out";
}

static const char *reason_of(struct http_request *r, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return NULL;
	case CURLE_WRITE_ERROR: /* we ended it */
		return r->body_bytes > MAX_BODY ? NULL : "header too long";
	case CURLE_OUT_OF_MEMORY: /* curl's word for a line of 100 KiB */
		return "header too long";
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_reason(r);
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

static void request_done(struct http_request *r, CURLcode code)
{
	void (*done)(void *arg, const struct http_result *result) = r->get.done;
	struct http_result result = {.reason = reason_of(r, code)};
	long status = 0, err = r->socket_error;
	void *arg = r->get.arg;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200) /* 100 is no answer yet */
		result.status = (int)status;
	if (code == CURLE_COULDNT_CONNECT && !err)
		curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &err);
	result.err = (int)err;
	http_cancel(r);
	done(arg, &result);
}

static void collect(struct http_client *c)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(c->multi, &left))) {
		CURLcode code = message->data.result;
		char *r = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &r);
		request_done((struct http_request *)r, code);
	}
}

static void timer_fired(void *arg)
{
	struct http_client *c = arg;
	int running;

	curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(c);
}

static void socket_ready(void *arg, unsigned int events)
{
	struct http_watch *w = arg;
	struct http_client *c = w->client; /* curl may drop the watch here */
	int bits = 0, running;

	if (events & LOOP_READ)
		bits |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		bits |= CURL_CSELECT_OUT;
	curl_multi_socket_action(c->multi, w->fd, bits, &running);
	collect(c);
}

static struct http_watch *watch_new(struct http_client *c, curl_socket_t fd)
{
	struct http_watch *w = calloc(1, sizeof(*w));

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

static void watch_free(struct http_watch *w)
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
	struct http_client *c = arg;
	struct http_watch *w = watch;
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
	struct http_client *c = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_stop(c->timer);
	else
		loop_timer_set(c->timer, USEC_MS(ms));
	return 0;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	curl_multi_cleanup(c->multi);
	loop_timer_free(c->timer);
	free(c);
	curl_global_cleanup();
}

int http_client_new(struct loop *l, struct http_client **out)
{
	struct http_client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(c);
		return -ENOMEM;
	}
	c->loop = l;
	c->multi = curl_multi_init();
	if (!c->multi || loop_timer_new(l, timer_fired, c, &c->timer)) {
		http_client_free(c);
		return -ENOMEM;
	}
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	*out = c;
	return 0;
}
