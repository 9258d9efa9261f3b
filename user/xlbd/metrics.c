/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Not on libevent's evhttp: its release 2.1 cannot bound the number of
 * connections, and a hundred lines can.
 */
#include "xlbd/metrics.h"

#include "core/http_head.h"
#include "core/sockaddr.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CLIENTS 16
#define MAX_REQUEST 8192
#define BACKLOG     16
#define DEADLINE    USEC_SECONDS(10) /* Prometheus' own default */
#define PAUSE       USEC_MS(200) /* without a descriptor to accept with */

struct metrics_client {
	struct metrics *metrics;
	struct metrics_client *prev, *next;
	struct bufferevent *bev;
	struct loop_timer *deadline;
	bool answered;
	bool eof; /* the client has ended its half */
};

struct metrics {
	struct loop *loop;
	char *(*render)(void *arg, size_t *length);
	void *arg;
	struct evconnlistener *listener;
	struct loop_timer *resume;
	struct metrics_client *clients;
	size_t n_clients;
};

static void client_free(struct metrics_client *c)
{
	struct metrics *m = c->metrics;

	if (c->prev)
		c->prev->next = c->next;
	else
		m->clients = c->next;
	if (c->next)
		c->next->prev = c->prev;
	m->n_clients--;
	loop_timer_free(c->deadline);
	bufferevent_free(c->bev);
	free(c);
}

static void client_late(void *arg)
{
	client_free(arg);
}

static void answer(struct metrics_client *c, const char *status,
		   const char *body, size_t length, bool with_body)
{
	struct evbuffer *from = bufferevent_get_input(c->bev);
	struct evbuffer *to = bufferevent_get_output(c->bev);

	c->answered = true;
	evbuffer_drain(from, evbuffer_get_length(from));
	if (evbuffer_add_printf(
		    to,
		    "HTTP/1.1 %s\r\n"
		    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
		    "Content-Length: %zu\r\n"
		    "Connection: close\r\n\r\n",
		    status, length) < 0 ||
	    (with_body && evbuffer_add(to, body, length)))
		client_free(c);
}

static void answer_error(struct metrics_client *c, const char *status)
{
	char body[64];
	int length = snprintf(body, sizeof(body), "%s\n", status);

	answer(c, status, body, (size_t)length, true);
}

static void answer_head(struct metrics_client *c, const struct http_head *head)
{
	struct metrics *m = c->metrics;
	size_t length = 0;
	char *body;

	if (head->method == HTTP_OTHER_METHOD) {
		answer_error(c, "405 Method Not Allowed");
		return;
	}
	if (!http_head_is_path(head, "/metrics")) {
		answer_error(c, "404 Not Found");
		return;
	}
	body = m->render(m->arg, &length);
	if (body)
		answer(c, "200 OK", body, length, head->method == HTTP_GET);
	else
		answer_error(c, "503 Service Unavailable");
	free(body);
}

static void client_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t length = evbuffer_get_length(input);
	struct metrics_client *c = arg;
	struct http_head head;
	const char *bytes;
	int err;

	if (c->answered) {
		evbuffer_drain(input, length);
		return;
	}
	bytes = (const char *)evbuffer_pullup(input, -1);
	err = bytes ? http_head_parse(bytes, length, &head) : -EAGAIN;
	if (err == -EINVAL)
		answer_error(c, "400 Bad Request");
	else if (!err)
		answer_head(c, &head);
	else if (length >= MAX_REQUEST)
		answer_error(c, "431 Request Header Fields Too Large");
}

/*
 * Our end is said, then the client's is waited for: closing on bytes not read
 * would be a reset, which may overtake the answer.
 */
static void client_drained(struct bufferevent *bev, void *arg)
{
	struct metrics_client *c = arg;

	if (c->eof)
		client_free(c);
	else
		shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void client_event(struct bufferevent *bev, short what, void *arg)
{
	struct metrics_client *c = arg;

	if ((what & BEV_EVENT_EOF) &&
	    evbuffer_get_length(bufferevent_get_output(bev)))
		c->eof = true; /* it still gets its answer */
	else
		client_free(c);
}

static int client_new(struct metrics *m, int fd)
{
	struct metrics_client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	if (loop_timer_new(m->loop, client_late, c, &c->deadline)) {
		free(c);
		return -ENOMEM;
	}
	c->bev = bufferevent_socket_new(loop_event_base(m->loop), fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev) {
		loop_timer_free(c->deadline);
		free(c);
		return -ENOMEM;
	}
	c->metrics = m;
	c->next = m->clients;
	if (c->next)
		c->next->prev = c;
	m->clients = c;
	m->n_clients++;
	bufferevent_setwatermark(c->bev, EV_READ, 0, MAX_REQUEST);
	bufferevent_setcb(c->bev, client_readable, client_drained, client_event,
			  c);
	loop_timer_set(c->deadline, DEADLINE);
	/* EV_WRITE is enabled from birth; saying so again would call drained */
	bufferevent_enable(c->bev, EV_READ);
	return 0;
}

static void accepted(struct evconnlistener *listener, evutil_socket_t fd,
		     struct sockaddr *from, int length, void *arg)
{
	struct metrics *m = arg;

	(void)listener;
	(void)from;
	(void)length;
	if (m->n_clients >= MAX_CLIENTS || client_new(m, fd))
		close(fd);
}

static void accept_failed(struct evconnlistener *listener, void *arg)
{
	struct metrics *m = arg;

	evconnlistener_disable(listener);
	loop_timer_set(m->resume, PAUSE);
}

static void accept_again(void *arg)
{
	struct metrics *m = arg;

	evconnlistener_enable(m->listener);
}

static int listen_on(const struct endpoint *e)
{
	struct sockaddr_storage at;
	socklen_t length = sockaddr_from(&e->addr, e->port, &at);
	const int on = 1;
	int fd, err;

	fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    IPPROTO_TCP);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, length) || listen(fd, BACKLOG)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int metrics_open(struct loop *l, const struct endpoint *listen,
		 char *(*render)(void *arg, size_t *length), void *arg,
		 struct metrics **out)
{
	struct metrics *m = calloc(1, sizeof(*m));
	int fd;

	if (!m)
		return -ENOMEM;
	m->loop = l;
	m->render = render;
	m->arg = arg;
	fd = listen_on(listen);
	if (fd < 0) {
		free(m);
		return fd;
	}
	m->listener = evconnlistener_new(
		loop_event_base(l), accepted, m,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!m->listener)
		close(fd);
	if (!m->listener || loop_timer_new(l, accept_again, m, &m->resume)) {
		metrics_close(m);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(m->listener, accept_failed);
	*out = m;
	return 0;
}

void metrics_close(struct metrics *m)
{
	if (!m)
		return;
	while (m->clients)
		client_free(m->clients);
	if (m->listener)
		evconnlistener_free(m->listener);
	loop_timer_free(m->resume);
	free(m);
}
