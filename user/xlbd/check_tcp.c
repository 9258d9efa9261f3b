/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP_CHECK: a connection that comes about is enough. */
#include "xlbd/check_internal.h"

#include "core/sockaddr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tcp_probe {
	struct check_probe *probe;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *timer;
};

static void tcp_free(struct tcp_probe *t)
{
	loop_fd_free(t->watch);
	loop_timer_free(t->timer);
	if (t->fd >= 0)
		close(t->fd);
	t->probe->state = NULL;
	free(t);
}

static void tcp_end(struct tcp_probe *t, int err)
{
	struct check_probe *p = t->probe;

	tcp_free(t);
	if (err)
		check_probe_fail(p, err);
	else
		check_probe_end(p, CHECK_PASSED, "");
}

/*
 * A connect() to a free port of this node's own ephemeral range may be given
 * that very port as its source, and then meets itself.
 */
static bool met_itself(int fd)
{
	struct sockaddr_storage here = {0}, there = {0};
	socklen_t a = sizeof(here), b = sizeof(there);

	return !getsockname(fd, (struct sockaddr *)&here, &a) &&
	       !getpeername(fd, (struct sockaddr *)&there, &b) && a == b &&
	       !memcmp(&here, &there, a);
}

static void tcp_ready(void *arg, unsigned int events)
{
	struct tcp_probe *t = arg;
	socklen_t length = sizeof(int);
	int err = 0;

	(void)events;
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &err, &length))
		err = errno;
	if (!err && met_itself(t->fd))
		err = ECONNREFUSED;
	tcp_end(t, err);
}

static void tcp_timeout(void *arg)
{
	tcp_end(arg, ETIMEDOUT);
}

static int tcp_connect(struct tcp_probe *t)
{
	struct check_probe *p = t->probe;
	struct sockaddr_storage to;
	socklen_t length;
	int err;

	t->fd = check_socket(p);
	if (t->fd < 0)
		return t->fd;
	length = sockaddr_from(&p->target.addr, p->target.port, &to);
	if (connect(t->fd, (struct sockaddr *)&to, length) &&
	    errno != EINPROGRESS)
		return -errno;
	err = loop_timer_new(p->loop, tcp_timeout, t, &t->timer);
	if (!err)
		err = loop_fd_new(p->loop, t->fd, LOOP_WRITE, tcp_ready, t,
				  &t->watch);
	if (!err)
		loop_timer_set(t->timer, p->conf->connect_timeout);
	return err;
}

static void tcp_start(struct check_probe *p)
{
	struct tcp_probe *t = calloc(1, sizeof(*t));
	int err;

	if (!t) {
		check_probe_fail(p, ENOMEM);
		return;
	}
	t->probe = p;
	t->fd = -1;
	p->state = t;
	err = tcp_connect(t);
	if (err)
		tcp_end(t, -err);
}

static void tcp_cancel(struct check_probe *p)
{
	tcp_free(p->state);
}

const struct check_type check_tcp = {
	.name = "TCP_CHECK",
	.start = tcp_start,
	.cancel = tcp_cancel,
};
