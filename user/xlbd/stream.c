/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/stream.h"

#include "xlbd/log.h"
#include "xlbd/stream_socket.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long to leave the queue alone when there is no descriptor for it. */
#define ACCEPT_PAUSE USEC_MS(200)

struct stream_server {
	struct loop *loop;
	struct stream_limits limits;
	struct stream_handlers handlers;
	void *arg;
	char *path;
	struct stream_socket socket;
	struct evconnlistener *listener;
	struct loop_timer *resume;
	bool starved; /* said once, until an accept() succeeds */
	struct stream_client *clients;
	size_t n_clients;
};

struct stream_client {
	struct stream_server *server;
	struct stream_client *prev, *next;
	struct bufferevent *bev;
	struct loop_timer *timer; /* idle; or at once, when dead */
	struct usec last; /* line, or answer bytes taken */
	size_t scanned; /* so much input holds no newline */
	bool eof; /* the client has ended its half */
	bool deaf; /* a line was too long: what still comes is dropped */
	bool held;
	bool closing; /* when the output is drained */
	bool dead; /* freed when the loop comes round */
	void *data;
};

static void client_free(struct stream_client *c)
{
	struct stream_server *s = c->server;

	if (c->prev)
		c->prev->next = c->next;
	else
		s->clients = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->n_clients--;
	s->handlers.closed(s->arg, c);
	loop_timer_free(c->timer);
	bufferevent_free(c->bev);
	free(c);
}

/*
 * Any call of ours may find that a client must go while its caller, or the
 * caller's caller, still works with it: so it only dies here.
 */
static void client_die(struct stream_client *c)
{
	if (c->dead)
		return;
	c->dead = true;
	bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL);
	bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	loop_timer_set(c->timer, USEC_ZERO);
}

static void client_timer(void *arg)
{
	struct stream_client *c = arg;
	struct usec left;

	if (c->dead) {
		client_free(c);
		return;
	}
	if (c->held && !stream_pending(c)) /* nothing to read, yet */
		c->last = loop_now();
	left = usec_sub(usec_add(c->last, c->server->limits.idle), loop_now());
	if (left.us > 0)
		loop_timer_set(c->timer, left);
	else
		client_die(c);
}

static void drop_input(struct stream_client *c)
{
	struct evbuffer *input = bufferevent_get_input(c->bev);

	evbuffer_drain(input, evbuffer_get_length(input));
}

/*
 * Not closed at once: with bytes unread, the kernel would take the answer
 * back from a client that is still writing.
 */
static void refuse_line(struct stream_client *c)
{
	c->deaf = true;
	drop_input(c);
	c->server->handlers.too_long(c->server->arg, c);
	if (c->eof)
		stream_close(c);
}

/* The length of the first line of the input; -1: not complete yet. */
static ssize_t find_line(struct stream_client *c, struct evbuffer *input)
{
	size_t length = evbuffer_get_length(input);
	struct evbuffer_ptr at;

	if (!length)
		return -1;
	if (c->scanned < length) {
		evbuffer_ptr_set(input, &at, c->scanned, EVBUFFER_PTR_SET);
		at = evbuffer_search(input, "\n", 1, &at);
		if (at.pos >= 0)
			return at.pos;
	}
	c->scanned = length;
	if (length > c->server->limits.max_line || c->eof)
		return (ssize_t)length;
	return -1;
}

/* Hands over one line; false if there is none. */
static bool take_line(struct stream_client *c)
{
	struct evbuffer *input = bufferevent_get_input(c->bev);
	ssize_t length = find_line(c, input);
	char *line;

	if (length < 0)
		return false;
	c->scanned = 0;
	if ((size_t)length > c->server->limits.max_line) {
		refuse_line(c);
		return false;
	}
	line = malloc((size_t)length + 1);
	if (!line) {
		client_die(c);
		return false;
	}
	evbuffer_remove(input, line, (size_t)length);
	evbuffer_drain(input, 1); /* nothing left of it at EOF: no harm */
	line[length] = '\0';
	c->last = loop_now();
	c->server->handlers.line(c->server->arg, c, line, (size_t)length);
	free(line);
	return true;
}

static bool is_answering(const struct stream_client *c)
{
	return c->dead || c->closing || c->held || stream_pending(c);
}

static void client_serve(struct stream_client *c)
{
	while (!c->deaf && !is_answering(c)) {
		if (take_line(c))
			continue;
		if (c->eof)
			stream_close(c);
		return;
	}
}

static void client_readable(struct bufferevent *bev, void *arg)
{
	struct stream_client *c = arg;

	(void)bev;
	if (c->deaf)
		drop_input(c);
	else
		client_serve(c);
}

static void client_drained(struct bufferevent *bev, void *arg)
{
	struct stream_client *c = arg;
	const struct stream_handlers *handlers = &c->server->handlers;

	if (c->closing) {
		client_die(c);
		return;
	}
	if (c->deaf) {
		shutdown(bufferevent_getfd(bev), SHUT_WR);
		return;
	}
	if (handlers->drained)
		handlers->drained(c->server->arg, c);
	client_serve(c);
}

static void client_event(struct bufferevent *bev, short what, void *arg)
{
	struct stream_client *c = arg;

	(void)bev;
	if (!(what & BEV_EVENT_EOF)) {
		client_die(c);
		return;
	}
	c->eof = true;
	if (c->deaf)
		stream_close(c);
	else
		client_serve(c);
}

/* A client that reads its answer is not idle, however long that takes. */
static void output_changed(struct evbuffer *output,
			   const struct evbuffer_cb_info *info, void *arg)
{
	struct stream_client *c = arg;

	(void)output;
	if (info->n_deleted)
		c->last = loop_now();
}

static int client_new(struct stream_server *s, int fd)
{
	struct stream_client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	if (loop_timer_new(s->loop, client_timer, c, &c->timer)) {
		free(c);
		return -ENOMEM;
	}
	c->bev = bufferevent_socket_new(loop_event_base(s->loop), fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev) {
		loop_timer_free(c->timer);
		free(c);
		return -ENOMEM;
	}
	c->server = s;
	c->last = loop_now();
	c->next = s->clients;
	if (c->next)
		c->next->prev = c;
	s->clients = c;
	s->n_clients++;
	evbuffer_add_cb(bufferevent_get_output(c->bev), output_changed, c);
	/* Room for the longest line and its newline, and no more than that. */
	bufferevent_setwatermark(c->bev, EV_READ, 0, s->limits.max_line + 1);
	bufferevent_setcb(c->bev, client_readable, client_drained, client_event,
			  c);
	loop_timer_set(c->timer, s->limits.idle);
	/* EV_WRITE is enabled from birth; saying so again would call drained */
	bufferevent_enable(c->bev, EV_READ);
	return 0;
}

/* Those that only hang around must not lock out who has something to say. */
static bool make_room(struct stream_server *s)
{
	struct stream_client *c, *idlest = NULL;

	if (s->n_clients < s->limits.max_clients)
		return true;
	for (c = s->clients; c; c = c->next)
		if (!is_answering(c) &&
		    (!idlest || usec_before(c->last, idlest->last)))
			idlest = c;
	if (idlest)
		client_die(idlest);
	return idlest;
}

static void accepted(struct evconnlistener *listener, evutil_socket_t fd,
		     struct sockaddr *from, int length, void *arg)
{
	struct stream_server *s = arg;

	(void)listener;
	(void)from;
	(void)length;
	s->starved = false;
	if (!make_room(s) || client_new(s, fd))
		close(fd);
}

/* The queue stays readable: pausing is what keeps this from spinning. */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
	struct stream_server *s = arg;
	int err = errno;

	if (!s->starved)
		log_warning("%s: cannot accept a client: %s", s->path,
			    strerror(err));
	s->starved = true;
	evconnlistener_disable(listener);
	loop_timer_set(s->resume, ACCEPT_PAUSE);
}

static void accept_again(void *arg)
{
	struct stream_server *s = arg;

	evconnlistener_enable(s->listener);
}

static int listener_open(struct stream_server *s, const char *path)
{
	int err = stream_socket_open(path, &s->socket);

	if (err)
		return err;
	s->listener = evconnlistener_new(
		loop_event_base(s->loop), accepted, s,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, s->socket.fd);
	if (!s->listener) {
		close(s->socket.fd);
		stream_socket_remove(path, &s->socket);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(s->listener, accept_failed);
	return 0;
}

int stream_listen(struct loop *l, const char *path,
		  const struct stream_limits *limits,
		  const struct stream_handlers *handlers, void *arg,
		  struct stream_server **out)
{
	struct stream_server *s = calloc(1, sizeof(*s));
	int err = -ENOMEM;

	if (!s)
		return -ENOMEM;
	s->loop = l;
	s->limits = *limits;
	s->handlers = *handlers;
	s->arg = arg;
	s->path = strdup(path);
	if (!s->path)
		goto out;
	err = loop_timer_new(l, accept_again, s, &s->resume);
	if (err)
		goto out;
	err = listener_open(s, path);
	if (err)
		goto out;
	*out = s;
	return 0;
out:
	stream_free(s);
	return err;
}

void stream_free(struct stream_server *s)
{
	if (!s)
		return;
	while (s->clients)
		client_free(s->clients);
	if (s->listener) {
		stream_socket_remove(s->path, &s->socket);
		evconnlistener_free(s->listener);
	}
	loop_timer_free(s->resume);
	free(s->path);
	free(s);
}

void stream_write(struct stream_client *c, const char *bytes, size_t length)
{
	if (c->dead || c->closing)
		return;
	if (length > c->server->limits.max_backlog ||
	    stream_pending(c) > c->server->limits.max_backlog - length ||
	    bufferevent_write(c->bev, bytes, length))
		client_die(c);
}

void stream_close(struct stream_client *c)
{
	if (c->dead || c->closing)
		return;
	c->closing = true;
	bufferevent_disable(c->bev, EV_READ);
	if (!stream_pending(c))
		client_die(c);
}

size_t stream_pending(const struct stream_client *c)
{
	if (c->dead)
		return 0;
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

void stream_hold(struct stream_client *c, bool hold)
{
	if (c->held == hold)
		return;
	c->held = hold;
	c->last = loop_now();
	/* From the loop: whoever releases may be in the midst of a line. */
	if (!hold && !c->dead)
		bufferevent_trigger(c->bev, EV_READ,
				    BEV_TRIG_IGNORE_WATERMARKS |
					    BEV_TRIG_DEFER_CALLBACKS);
}

void stream_set_data(struct stream_client *c, void *data)
{
	c->data = data;
}

void *stream_data(const struct stream_client *c)
{
	return c->data;
}
