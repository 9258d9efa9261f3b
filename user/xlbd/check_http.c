/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HTTP_GET: every URL must answer with a status that is wanted.  libcurl's
 * multi interface on our loop: curl says which sockets and which timer it
 * waits for, we tell it what happened.
 *
 * Timeouts: keepalived gives connect_timeout to the connection, and again to
 * each read, so that a server which sends a byte now and then keeps a probe
 * alive for ever.  Here it bounds the whole probe, all of its URLs.
 */
#include "xlbd/check_internal.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HEADERS 65536
/* The verdict is the status: what follows is read to be polite. */
#define MAX_BODY    (1 << 20)

struct http { /* what all HTTP probes share */
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
};

struct http_watch { /* a socket of curl's */
	struct http *http;
	curl_socket_t fd;
	struct loop_fd *watch;
};

struct http_probe {
	struct check_probe *probe;
	struct usec deadline;
	size_t url; /* which one is asked */
	CURL *easy;
	struct curl_slist *headers;
	int socket_error; /* errno, if there was no socket to be had */
	size_t header_bytes, body_bytes;
	bool enough; /* we ended the transfer: the status decides */
	bool flooded; /* by headers */
};

static const struct conf_url *current_url(const struct http_probe *h)
{
	static const struct conf_url root = { .path = "/" };
	const struct conf_checker *conf = h->probe->conf;

	return conf->n_urls ? &conf->urls[h->url] : &root;
}

static bool is_wanted(const struct conf_url *url, long status)
{
	if (!url->statuses)
		return status >= 200 && status <= 299;
	for (size_t i = 0; i < url->statuses; i++) {
		if (status >= url->status[i].low &&
		    status <= url->status[i].high)
			return true;
	}
	return false;
}

static long response_status(const struct http_probe *h)
{
	long status = 0;

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}


static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_probe *h = arg;

	(void)bytes;
	h->header_bytes += size * n;
	h->flooded = h->header_bytes > MAX_HEADERS;
	return h->flooded ? 0 : size * n;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_probe *h = arg;

	(void)bytes;
	h->body_bytes += size * n;
	h->enough = h->body_bytes > MAX_BODY ||
		    !is_wanted(current_url(h), response_status(h));
	return h->enough ? 0 : size * n;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct http_probe *h = arg;
	int fd = check_socket(h->probe);

	(void)purpose;
	(void)address; /* from our URL: the target's */
	if (fd < 0) {
		h->socket_error = -fd;
		return CURL_SOCKET_BAD;
	}
	return fd;
}


static void url_end(struct http_probe *h)
{
	struct http *http = h->probe->shared;

	if (h->easy) {
		curl_multi_remove_handle(http->multi, h->easy);
		curl_easy_cleanup(h->easy);
	}
	curl_slist_free_all(h->headers);
	h->easy = NULL;
	h->headers = NULL;
}

static int add_header(struct http_probe *h, const char *name, const char *value)
{
	struct curl_slist *list = NULL;
	char *line;

	if (asprintf(&line, "%s: %s", name, value) < 0)
		return -ENOMEM;
	list = curl_slist_append(h->headers, line);
	free(line);
	if (!list)
		return -ENOMEM;
	h->headers = list;
	return 0;
}

static int set_headers(struct http_probe *h)
{
	const char *host = current_url(h)->virtualhost;
	int err = add_header(h, "Connection", "close");

	if (!host)
		host = h->probe->conf->virtualhost;
	if (!err && host)
		err = add_header(h, "Host", host);
	if (err)
		return err;
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
	return 0;
}

static int set_url(struct http_probe *h)
{
	const char *path = current_url(h)->path;
	struct endpoint target = h->probe->target;
	char text[ENDPOINT_PRINT_SIZE], *url;
	CURLcode code;

	target.protocol = 0;
	if (!path)
		path = "/";
	/* Never "http://10.0.4.31:80@elsewhere/". */
	if (asprintf(&url, "http://%s%s%s",
		     endpoint_print(&target, text, sizeof(text)),
		     *path == '/' ? "" : "/", path) < 0)
		return -ENOMEM;
	code = curl_easy_setopt(h->easy, CURLOPT_URL, url);
	free(url);
	return code ? -ENOMEM : 0;
}

static void set_options(struct http_probe *h)
{
	int64_t left = usec_sub(h->deadline, loop_now()).us / 1000;
	long ms = left > 1 ? (long)left : 1; /* 0 is curl's "no limit" */
	CURL *easy = h->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, h);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
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
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
}

static int url_begin(struct http_probe *h)
{
	struct http *http = h->probe->shared;

	h->header_bytes = 0;
	h->body_bytes = 0;
	h->enough = false;
	h->easy = curl_easy_init();
	if (!h->easy)
		return -ENOMEM;
	set_options(h);
	if (set_url(h) || set_headers(h) ||
	    curl_multi_add_handle(http->multi, h->easy)) {
		url_end(h);
		return -ENOMEM;
	}
	return 0;
}


static void http_free(struct http_probe *h)
{
	url_end(h);
	h->probe->state = NULL;
	free(h);
}

/* `what` of the URL at hand; named if there are several. */
static void http_fail(struct http_probe *h, const char *what)
{
	struct check_probe *p = h->probe;
	char reason[CHECK_REASON_SIZE];

	if (p->conf->n_urls > 1)
		snprintf(reason, sizeof(reason), "%.80s: %s",
			 current_url(h)->path, what);
	else
		snprintf(reason, sizeof(reason), "%s", what);
	http_free(h);
	check_probe_end(p, CHECK_FAILED, reason);
}

static void http_fail_errno(struct http_probe *h, int err)
{
	struct check_probe *p = h->probe;

	http_free(h);
	check_probe_fail(p, err);
}

static void could_not_connect(struct http_probe *h)
{
	long err = h->socket_error;

	if (!err)
		curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &err);
	if (err)
		http_fail_errno(h, (int)err);
	else
		http_fail(h, "cannot connect");
}

static void timed_out(struct http_probe *h)
{
	curl_off_t connected = 0;

	curl_easy_getinfo(h->easy, CURLINFO_CONNECT_TIME_T, &connected);
	http_fail(h, connected ? "read timed out" : "connect timed out");
}

static void failed(struct http_probe *h, CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		could_not_connect(h);
		return;
	case CURLE_OPERATION_TIMEDOUT:
		timed_out(h);
		return;
	case CURLE_OUT_OF_MEMORY: /* curl's word for a header of 100 KiB */
		http_fail(h, "header too long");
		return;
	case CURLE_GOT_NOTHING:
		http_fail(h, "closed without an answer");
		return;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		http_fail(h, "connection reset");
		return;
	case CURLE_PARTIAL_FILE:
		http_fail(h, "answer cut short");
		return;
	case CURLE_UNSUPPORTED_PROTOCOL: /* what curl calls HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
		http_fail(h, "not an HTTP answer");
		return;
	default:
		http_fail(h, h->flooded ? "too many headers" :
					  curl_easy_strerror(code));
	}
}

static void passed(struct http_probe *h)
{
	struct check_probe *p = h->probe;

	url_end(h);
	h->url++;
	if (h->url < p->conf->n_urls) {
		if (url_begin(h))
			http_fail_errno(h, ENOMEM);
		return;
	}
	http_free(h);
	check_probe_end(p, CHECK_PASSED, "");
}

static void url_done(struct http_probe *h, CURLcode code)
{
	long status = response_status(h);
	char reason[32];

	if (code && !h->enough) {
		failed(h, code);
	} else if (!is_wanted(current_url(h), status)) {
		snprintf(reason, sizeof(reason), "HTTP %ld", status);
		http_fail(h, reason);
	} else {
		passed(h);
	}
}


static void collect(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		CURLcode code = message->data.result;
		char *h = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &h);
		url_done((struct http_probe *)h, code);
	}
}

static void timer_fired(void *arg)
{
	struct http *http = arg;
	int running;

	curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(http);
}

static void socket_ready(void *arg, unsigned int events)
{
	struct http_watch *w = arg;
	struct http *http = w->http; /* curl may drop the watch meanwhile */
	int bits = 0, running;

	if (events & LOOP_READ)
		bits |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		bits |= CURL_CSELECT_OUT;
	curl_multi_socket_action(http->multi, w->fd, bits, &running);
	collect(http);
}

static void watch_free(struct http_watch *w)
{
	if (!w)
		return;
	loop_fd_free(w->watch);
	free(w);
}

static struct http_watch *watch_new(struct http *http, curl_socket_t fd)
{
	struct http_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->http = http;
	w->fd = fd;
	if (loop_fd_new(http->loop, fd, 0, socket_ready, w, &w->watch)) {
		free(w);
		return NULL;
	}
	return w;
}

/*
 * Returns 0 come what may: anything else would end curl's multi handle for
 * good.  A socket that nobody watches runs into its deadline.
 */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
			void *watch)
{
	struct http *http = arg;
	struct http_watch *w = watch;
	unsigned int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(http->multi, fd, NULL);
		watch_free(w);
		return 0;
	}
	if (!w) {
		w = watch_new(http, fd);
		curl_multi_assign(http->multi, fd, w);
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
	struct http *http = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_stop(http->timer);
	else
		loop_timer_set(http->timer, USEC_MS(ms));
	return 0;
}


static void http_close(void *shared)
{
	struct http *http = shared;

	curl_multi_cleanup(http->multi);
	loop_timer_free(http->timer);
	free(http);
	curl_global_cleanup();
}

static int http_open(struct loop *l, void **shared)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(http);
		return -ENOMEM;
	}
	http->loop = l;
	http->multi = curl_multi_init();
	if (!http->multi ||
	    loop_timer_new(l, timer_fired, http, &http->timer)) {
		http_close(http);
		return -ENOMEM;
	}
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	*shared = http;
	return 0;
}

static void http_start(struct check_probe *p)
{
	struct http_probe *h = calloc(1, sizeof(*h));

	if (!h) {
		check_probe_fail(p, ENOMEM);
		return;
	}
	h->probe = p;
	h->deadline = usec_add(loop_now(), p->conf->connect_timeout);
	p->state = h;
	if (url_begin(h))
		http_fail_errno(h, ENOMEM);
}

static void http_cancel(struct check_probe *p)
{
	http_free(p->state);
}

const struct check_type check_http = {
	.name = "HTTP_GET",
	.open = http_open,
	.close = http_close,
	.start = http_start,
	.cancel = http_cancel,
};
