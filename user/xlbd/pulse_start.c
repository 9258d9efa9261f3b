/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pulse's beginning and end, on the loop's thread.  Real-time priority
 * and locked memory are wishes: without them it is late when others are busy.
 */
#include "xlbd/log.h"
#include "xlbd/pulse_internal.h"
#include "xlbd/pulse_socket.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE (256 * 1024)

/*
 * All that is mapped now: the thread's code, stack and rings.  Routers come
 * later and are locked one by one; the loop's memory may be paged, and its
 * allocations shall not fail for want of lockable memory (MCL_FUTURE).
 */
static void lock_memory(void)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	/* With CAP_IPC_LOCK there is no limit, whatever this says. */
	setrlimit(RLIMIT_MEMLOCK, &all);
	if (mlockall(MCL_CURRENT))
		log_warning("memory: cannot lock it (%s): adverts may be late "
			    "when it is short",
			    strerror(errno));
}

static void on_ready(void *p, unsigned int events)
{
	(void)events;
	pulse_hear(p);
}

static int open_descriptors(struct pulse_thread *t)
{
	struct epoll_event event = {.events = EPOLLIN};

	t->command_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (t->command_fd < 0 || t->event_fd < 0 || t->timer_fd < 0 ||
	    t->epoll_fd < 0 ||
	    epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, t->command_fd, &event) ||
	    epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, t->timer_fd, &event))
		return -errno;
	t->link_fd = pulse_socket_open_link();
	return t->link_fd < 0 ? t->link_fd : 0;
}

static void close_descriptors(const struct pulse_thread *t)
{
	const int fds[] = {t->command_fd, t->event_fd, t->timer_fd, t->epoll_fd,
			   t->link_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

/* Signals are the loop's. */
static int create_thread(struct pulse *p)
{
	const struct sched_param realtime = {
		.sched_priority = PULSE_REALTIME,
	};
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&p->id, &attr, pulse_thread_run, &p->thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (err)
		return -err;
	pthread_setname_np(p->id, "pulse");
	err = pthread_setschedparam(p->id, SCHED_FIFO, &realtime);
	if (err)
		log_warning("real-time priority: refused (%s): adverts may be "
			    "late when others are busy",
			    strerror(err));
	return 0;
}

static void free_all(struct pulse *p)
{
	struct pulse_command c;

	loop_fd_free(p->watch);
	/* What it was not told any more. */
	while (p->thread.commands && message_ring_pop(p->thread.commands, &c)) {
		pulse_router_free(c.router);
		pulse_setup_free(c.setup);
	}
	message_ring_free(p->thread.commands);
	message_ring_free(p->thread.events);
	close_descriptors(&p->thread);
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++)
		free(p->known[i]);
	free(p);
}

int pulse_start(struct loop *l, const struct vrrp_digest *digest,
		const struct pulse_handlers *handlers, void *arg,
		struct pulse **out)
{
	struct pulse *p = calloc(1, sizeof(*p));
	struct pulse_thread *t;
	int err;

	if (!p)
		return -ENOMEM;
	t = &p->thread;
	p->handlers = *handlers;
	p->arg = arg;
	t->digest = digest;
	t->loop_heard = pulse_thread_now();
	t->command_fd = t->event_fd = t->timer_fd = t->epoll_fd = -1;
	t->link_fd = -1;
	err = open_descriptors(t);
	if (!err)
		err = message_ring_new(sizeof(struct pulse_command),
				       PULSE_COMMANDS, &t->commands);
	if (!err)
		err = message_ring_new(sizeof(struct pulse_event), PULSE_EVENTS,
				       &t->events);
	if (!err)
		err = loop_fd_new(l, t->event_fd, LOOP_READ, on_ready, p,
				  &p->watch);
	if (!err)
		err = create_thread(p);
	if (err) {
		free_all(p);
		return err;
	}
	lock_memory();
	*out = p;
	return 0;
}

/* It always has room soon: the thread does nothing but make it. */
static void tell_to_stop(struct pulse *p)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	const struct pulse_command c = {.type = PULSE_STOP};
	const uint64_t one = 1;

	while (!message_ring_push(p->thread.commands, &c))
		nanosleep(&pause, NULL);
	while (write(p->thread.command_fd, &one, sizeof(one)) < 0)
		nanosleep(&pause, NULL);
}

void pulse_stop(struct pulse *p)
{
	if (!p)
		return;
	tell_to_stop(p);
	pthread_join(p->id, NULL);
	/* The thread is gone: what it had no room to say is said for it. */
	pulse_hear(p);
	while (!pulse_report_is_done(&p->thread)) {
		pulse_report(&p->thread);
		pulse_hear(p);
	}
	free_all(p);
}
