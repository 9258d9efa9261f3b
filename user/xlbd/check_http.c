/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HTTP_GET: every URL, one after the other, must answer with a status that is
 * wanted.
 *
 * keepalived gives connect_timeout to the connection and again to each read,
 * so that a server which sends a byte now and then keeps a probe alive for
 * ever.  Here it bounds the whole probe, all of its URLs.
 */
#include "xlbd/check_internal.h"
#include "xlbd/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct http_probe {
	struct check_probe *probe;
	struct usec deadline;
	size_t url; /* which one is asked */
	struct transfer *request;
};

static const struct conf_url *current_url(const struct http_probe *h)
{
	static const struct conf_url root = {.path = "/"};
	const struct conf_checker *conf = h->probe->conf;

	return conf->n_urls ? &conf->urls[h->url] : &root;
}

static bool is_wanted(const struct conf_url *url, int status)
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

static void probe_free(struct http_probe *h)
{
	transfer_cancel(h->request);
	h->probe->state = NULL;
	free(h);
}

static void probe_errno(struct http_probe *h, int err)
{
	struct check_probe *p = h->probe;

	probe_free(h);
	check_probe_fail(p, err);
}

/* `what` is wrong with the URL at hand; which one, if there are several. */
static void probe_failed(struct http_probe *h, const char *what)
{
	struct check_probe *p = h->probe;
	char reason[CHECK_REASON_SIZE];

	if (p->conf->n_urls > 1)
		snprintf(reason, sizeof(reason), "%.80s: %s",
			 current_url(h)->path, what);
	else
		snprintf(reason, sizeof(reason), "%s", what);
	probe_free(h);
	check_probe_end(p, CHECK_FAILED, reason);
}

static int open_socket(void *arg)
{
	struct http_probe *h = arg;

	return check_socket(h->probe);
}

static void answered(void *arg, const struct transfer_result *result);

static void ask(struct http_probe *h)
{
	const struct conf_url *conf_url = current_url(h);
	struct endpoint target = h->probe->target;
	struct transfer_get get = {
		.host = conf_url->virtualhost ? conf_url->virtualhost
					      : h->probe->conf->virtualhost,
		.timeout = usec_sub(h->deadline, loop_now()),
		.open_socket = open_socket,
		.done = answered,
		.arg = h,
	};
	const char *path = conf_url->path;
	char text[ENDPOINT_PRINT_SIZE], *url;
	int err;

	target.protocol = 0; /* not to be printed */
	/* Never "http://10.0.4.31:80@elsewhere/". */
	if (asprintf(&url, "http://%s%s%s",
		     endpoint_print(&target, text, sizeof(text)),
		     *path == '/' ? "" : "/", path) < 0) {
		probe_errno(h, ENOMEM);
		return;
	}
	get.url = url;
	err = transfer_get(h->probe->shared, &get, &h->request);
	free(url);
	if (err)
		probe_errno(h, -err);
}

static void answered(void *arg, const struct transfer_result *result)
{
	struct http_probe *h = arg;
	struct check_probe *p = h->probe;
	char status[16];

	h->request = NULL;
	if (result->err) {
		probe_errno(h, result->err);
	} else if (result->status &&
		   !is_wanted(current_url(h), result->status)) {
		snprintf(status, sizeof(status), "HTTP %d", result->status);
		probe_failed(h, status);
	} else if (result->reason) {
		probe_failed(h, result->reason);
	} else if (h->url + 1 < p->conf->n_urls) {
		h->url++;
		ask(h);
	} else {
		probe_free(h);
		check_probe_end(p, CHECK_PASSED, "");
	}
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
	ask(h);
}

static void http_stop(struct check_probe *p)
{
	probe_free(p->state);
}

static int http_open(struct loop *l, void **shared)
{
	struct transfer_client *client;
	int err = transfer_client_new(l, &client);

	if (!err)
		*shared = client;
	return err;
}

static void http_close(void *shared)
{
	transfer_client_free(shared);
}

const struct check_type check_http = {
	.name = "HTTP_GET",
	.open = http_open,
	.close = http_close,
	.start = http_start,
	.cancel = http_stop,
};
