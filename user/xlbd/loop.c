/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/loop.h"

#include "xlbd/log.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct loop {
	struct event_base *base;
};

struct loop_timer {
	struct event event;
	void (*fire)(void *arg);
	void *arg;
};

struct loop_fd {
	struct event event;
	struct event_base *base;
	int fd;
	void (*ready)(void *arg, unsigned int events);
	void *arg;
};

struct loop_signal {
	struct event event;
	void (*got)(void *arg);
	void *arg;
};

static void libevent_says(int severity, const char *message)
{
	if (severity >= EVENT_LOG_WARN)
		log_warning("libevent: %s", message);
	else
		log_debug("libevent: %s", message);
}

int loop_new(struct loop **out)
{
	struct event_config *config = event_config_new();
	struct loop *l = calloc(1, sizeof(*l));

	if (!config || !l)
		goto fail;
	/* No cached time: a timer set late in a long round must not be early */
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV |
					      EVENT_BASE_FLAG_NO_CACHE_TIME);
	event_set_log_callback(libevent_says);
	l->base = event_base_new_with_config(config);
	if (!l->base)
		goto fail;
	/* A peer that went away is an error code, not the end of us. */
	signal(SIGPIPE, SIG_IGN);
	event_config_free(config);
	*out = l;
	return 0;
fail:
	if (config)
		event_config_free(config);
	free(l);
	return -ENOMEM;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	event_base_free(l->base);
	free(l);
}

int loop_run(struct loop *l)
{
	if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

struct usec loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (struct usec){now.tv_sec * 1000000LL + now.tv_nsec / 1000};
}

/*
 * The trampolines touch nothing after the call: the callback may have freed
 * the watcher.  libevent 2.1 does not touch an event either, once its callback
 * runs, and event_del() takes back what is active but has not run yet.
 */
static void timer_fires(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd;
	(void)what;
	t->fire(t->arg);
}

int loop_timer_new(struct loop *l, void (*fire)(void *arg), void *arg,
		   struct loop_timer **out)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->fire = fire;
	t->arg = arg;
	evtimer_assign(&t->event, l->base, timer_fires, t);
	*out = t;
	return 0;
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	event_del(&t->event);
	free(t);
}

void loop_timer_set(struct loop_timer *t, struct usec after)
{
	int64_t us = after.us > 0 ? after.us : 0;
	struct timeval tv = {
		.tv_sec = us / 1000000,
		.tv_usec = us % 1000000,
	};

	event_add(&t->event, &tv);
}

void loop_timer_stop(struct loop_timer *t)
{
	event_del(&t->event);
}

static void fd_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *f = arg;
	unsigned int events = 0;

	(void)fd;
	if (what & EV_READ)
		events |= LOOP_READ;
	if (what & EV_WRITE)
		events |= LOOP_WRITE;
	f->ready(f->arg, events);
}

int loop_fd_set(struct loop_fd *f, unsigned int events)
{
	short what = EV_PERSIST;

	event_del(&f->event);
	if (!events)
		return 0;
	if (events & LOOP_READ)
		what |= EV_READ;
	if (events & LOOP_WRITE)
		what |= EV_WRITE;
	event_assign(&f->event, f->base, f->fd, what, fd_ready, f);
	errno = 0;
	if (event_add(&f->event, NULL))
		return errno ? -errno : -EINVAL;
	return 0;
}

int loop_fd_new(struct loop *l, int fd, unsigned int events,
		void (*ready)(void *arg, unsigned int events), void *arg,
		struct loop_fd **out)
{
	struct loop_fd *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->base = l->base;
	f->fd = fd;
	f->ready = ready;
	f->arg = arg;
	event_assign(&f->event, l->base, fd, EV_PERSIST, fd_ready, f);
	err = loop_fd_set(f, events);
	if (err) {
		loop_fd_free(f);
		return err;
	}
	*out = f;
	return 0;
}

void loop_fd_free(struct loop_fd *f)
{
	if (!f)
		return;
	event_del(&f->event);
	free(f);
}

static void signal_arrives(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)signo;
	(void)what;
	s->got(s->arg);
}

int loop_signal_new(struct loop *l, int signo, void (*got)(void *arg),
		    void *arg, struct loop_signal **out)
{
	struct loop_signal *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->got = got;
	s->arg = arg;
	evsignal_assign(&s->event, l->base, signo, signal_arrives, s);
	if (event_add(&s->event, NULL)) {
		free(s);
		return -EINVAL;
	}
	*out = s;
	return 0;
}

void loop_signal_free(struct loop_signal *s)
{
	if (!s)
		return;
	event_del(&s->event);
	free(s);
}

void *loop_event_base(struct loop *l)
{
	return l->base;
}
