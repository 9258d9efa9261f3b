/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread: one wait for sockets, commands and the next deadline.  Sockets
 * come first, then what the loop wants, then timers, each after its socket
 * was read again: a process that was stopped hears what it missed before it
 * does what it had meant to do.
 */
#include "xlbd/pulse_internal.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static struct usec read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (struct usec){ts.tv_sec * 1000000LL + ts.tv_nsec / 1000};
}

struct usec pulse_thread_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

struct usec pulse_thread_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

static void drain(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) > 0)
		;
}

static void add(struct pulse_thread *t, struct pulse_router *r)
{
	t->routers[r->id] = r;
	pulse_router_listen(t, r);
}

/* The rest of its sync group goes on without it. */
static void leave(struct pulse_thread *t, struct pulse_router *r)
{
	r->leaving = true;
	pulse_router_step(t, r, VRRP_EVENT_STOP, NULL);
	pulse_end_lease(r);
	pulse_router_deafen(t, r);
}

/* Every lease ends before the first peer hears of it. */
static void stop(struct pulse_thread *t)
{
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		if (t->routers[i])
			pulse_end_lease(t->routers[i]);
	}
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		if (t->routers[i] && !t->routers[i]->leaving)
			leave(t, t->routers[i]);
	}
	t->stopping = true;
}

static void tell(struct pulse_thread *t, struct pulse_router *r,
		 enum vrrp_event event, uint8_t priority)
{
	if (event == VRRP_EVENT_ADOPT) {
		pulse_router_adopt(t, r);
		return;
	}
	if (event == VRRP_EVENT_PRIORITY)
		r->fsm.priority = priority;
	pulse_router_step(t, r, event, NULL);
	r->status_due = true;
}

static void obey(struct pulse_thread *t, const struct pulse_command *c)
{
	struct pulse_router *r = t->routers[c->id];

	switch (c->type) {
	case PULSE_ADD:
		add(t, c->router);
		break;
	case PULSE_REMOVE:
		leave(t, r);
		break;
	case PULSE_UPDATE:
		pulse_router_update(t, r, c->setup);
		break;
	case PULSE_TELL:
		tell(t, r, c->event, c->priority);
		break;
	case PULSE_TICK:
		pulse_report_stats(t);
		break;
	case PULSE_STOP:
		stop(t);
		break;
	}
}

/* Whatever it says, the loop lives. */
static void obey_all(struct pulse_thread *t)
{
	struct pulse_command command;

	while (!t->stopping && message_ring_pop(t->commands, &command)) {
		if (t->loop_hung)
			t->silence =
				usec_sub(pulse_thread_now(), t->loop_heard);
		t->loop_hung = false;
		t->loop_heard = pulse_thread_now();
		obey(t, &command);
	}
}

static void expire(struct pulse_thread *t, struct pulse_router *r)
{
	if (r->leaving || usec_before(pulse_thread_now(), r->fsm.deadline))
		return;
	pulse_router_receive(t, r);
	if (!usec_before(pulse_thread_now(), r->fsm.deadline))
		pulse_router_step(t, r, VRRP_EVENT_TIMER, NULL);
}

static void expire_all(struct pulse_thread *t)
{
	struct usec silence = usec_sub(pulse_thread_now(), t->loop_heard);

	t->loop_hung = usec_before(PULSE_LOOP_SILENCE, silence);
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		if (t->routers[i])
			expire(t, t->routers[i]);
	}
}

static void arm(struct pulse_thread *t)
{
	struct usec next = VRRP_NEVER;
	struct itimerspec when = {0};

	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		const struct pulse_router *r = t->routers[i];

		if (r && !r->leaving && usec_before(r->fsm.deadline, next))
			next = r->fsm.deadline;
	}
	/* What is due already is due at once: zero would disarm. */
	if (next.us < 1)
		next.us = 1;
	if (next.us != VRRP_NEVER.us) {
		when.it_value.tv_sec = next.us / 1000000;
		when.it_value.tv_nsec = next.us % 1000000 * 1000;
	}
	timerfd_settime(t->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void wake_loop(struct pulse_thread *t)
{
	uint64_t one = 1;

	/* It fails only if the count is at its end: then it is awake. */
	if (t->woke_loop && write(t->event_fd, &one, sizeof(one)) < 0)
		return;
	t->woke_loop = false;
}

void *pulse_thread_run(void *thread)
{
	struct epoll_event ready[PULSE_MAX_INSTANCES + 2];
	struct pulse_thread *t = thread;

	while (!t->stopping) {
		int n;

		arm(t);
		n = epoll_wait(t->epoll_fd, ready,
			       sizeof(ready) / sizeof(ready[0]), -1);
		drain(t->timer_fd);
		drain(t->command_fd);
		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr)
				pulse_router_receive(t, ready[i].data.ptr);
		}
		obey_all(t);
		expire_all(t);
		pulse_report(t);
		wake_loop(t);
	}
	return NULL;
}
