/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Machines of vrrp_fsm.h on a network that delays and loses, with a clock of
 * its own.  Whenever one renews its lease no other's may be fresh, and it
 * must be master: checked here, for every test that passes time.
 */
#ifndef XLBD_VRRP_NETWORK_H
#define XLBD_VRRP_NETWORK_H

#include "core/vrrp_fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_NODES  3
#define MAX_FRAMES 512

struct node {
	struct vrrp v;
	bool dead, stopped; /* killed; SIGSTOP */
	struct usec lease; /* what the data plane has; it outlives the node */
	struct usec wakes; /* the timer, some microseconds late */
	unsigned int announced_lower, became_master;
};

struct frame {
	struct usec arrives;
	unsigned int to;
	struct vrrp_advert advert;
};

static struct {
	struct node nodes[MAX_NODES];
	unsigned int n;
	struct frame frames[MAX_FRAMES];
	size_t n_frames;
	bool lost[MAX_NODES][MAX_NODES]; /* the last one from, to */
	unsigned int loss; /* in a thousand */
	bool cut; /* nodes[0] from the others */
	bool contended; /* two masters are to be expected */
	struct usec now, interval;
	uint64_t seed, random;
} net;

static inline uint32_t pick(uint32_t below)
{
	net.random ^= net.random << 13;
	net.random ^= net.random >> 7;
	net.random ^= net.random << 17;
	return (uint32_t)(net.random >> 20) % below;
}

#define CHECK(condition, ...)                                     \
	do {                                                      \
		if (!(condition)) {                               \
			print_error("SEED=%llu at %.6f s: ",      \
				    (unsigned long long)net.seed, \
				    (double)net.now.us / 1e6);    \
			fail_msg(__VA_ARGS__);                    \
		}                                                 \
	} while (0)

/* --- what the pulse would do -----------------------------------------------*/

static inline void renew(unsigned int i)
{
	struct node *self = &net.nodes[i];

	for (unsigned int j = 0; j < net.n; j++) {
		struct node *other = &net.nodes[j];

		CHECK(net.contended || j == i ||
			      !usec_before(net.now, other->lease),
		      "node %u (%s) owns until %.6f s, and node %u, too (%s)",
		      j, other->v.cause, (double)other->lease.us / 1e6, i,
		      self->v.cause);
	}
	CHECK(self->v.state == VRRP_MASTER, "node %u renews as %s", i,
	      vrrp_state_name(self->v.state));
	self->lease = self->v.lease_until;
}

/* One way takes at most half the time between a claim's advertisements. */
static inline void send_to(unsigned int from, unsigned int to, uint8_t priority)
{
	const struct vrrp *v = &net.nodes[from].v;
	uint32_t delay = (uint32_t)vrrp_claim(v).us / 4;
	bool *lost = &net.lost[from][to];
	struct frame *f = &net.frames[net.n_frames];

	if (net.cut && (from == 0 || to == 0))
		return;
	*lost = !*lost && pick(1000) < net.loss;
	if (*lost || net.nodes[to].dead)
		return;
	CHECK(net.n_frames < MAX_FRAMES, "a storm: %zu frames under way",
	      net.n_frames);
	memset(f, 0, sizeof(*f));
	f->arrives.us = net.now.us + 1 + pick(delay);
	f->to = to;
	f->advert.version = v->conf.version;
	f->advert.priority = priority;
	f->advert.advert_int = v->conf.advert_int;
	f->advert.source = v->primary;
	net.n_frames++;
}

static inline void send_all(unsigned int from, uint8_t priority)
{
	for (unsigned int to = 0; to < net.n; to++) {
		if (to != from)
			send_to(from, to, priority);
	}
}

static inline void step(unsigned int i, enum vrrp_event event,
			const struct vrrp_advert *advert)
{
	struct node *n = &net.nodes[i];
	unsigned int effects = vrrp_step(&n->v, event, advert, net.now);

	if (effects & VRRP_END_LEASE)
		n->lease = USEC_ZERO;
	if (effects & VRRP_SEND)
		send_all(i, n->v.priority);
	if (effects & VRRP_SEND_STOP)
		send_all(i, VRRP_PRIORITY_STOP);
	if (effects & VRRP_RENEW_LEASE)
		renew(i);
	if (effects & VRRP_ANNOUNCE_LOWER)
		n->announced_lower++;
	if (effects & VRRP_OWN)
		n->became_master++;
	n->wakes = n->v.deadline;
	if (n->wakes.us != VRRP_NEVER.us)
		n->wakes.us += pick(100);
}

/* --- time ------------------------------------------------------------------*/

static inline bool runs(const struct node *n)
{
	return !n->dead && !n->stopped;
}

/* Frames that arrive at who is stopped wait; they are read before timers. */
static inline size_t next_frame(void)
{
	size_t best = MAX_FRAMES;

	for (size_t i = 0; i < net.n_frames; i++) {
		if (!net.nodes[net.frames[i].to].stopped &&
		    (best == MAX_FRAMES ||
		     usec_before(net.frames[i].arrives,
				 net.frames[best].arrives)))
			best = i;
	}
	return best;
}

static inline unsigned int next_node(void)
{
	unsigned int best = MAX_NODES;

	for (unsigned int i = 0; i < net.n; i++) {
		if (runs(&net.nodes[i]) &&
		    (best == MAX_NODES ||
		     usec_before(net.nodes[i].wakes, net.nodes[best].wakes)))
			best = i;
	}
	return best;
}

static inline void deliver(size_t i)
{
	struct frame f = net.frames[i];

	net.frames[i] = net.frames[--net.n_frames];
	if (!net.nodes[f.to].dead)
		step(f.to, VRRP_EVENT_ADVERT, &f.advert);
}

static inline struct usec not_before(struct usec a, struct usec b)
{
	return usec_before(a, b) ? b : a;
}

static inline void pass(struct usec until)
{
	for (;;) {
		struct usec frame = VRRP_NEVER, timer = VRRP_NEVER;
		unsigned int i = next_node();
		size_t f = next_frame();

		if (f < MAX_FRAMES)
			frame = not_before(net.frames[f].arrives, net.now);
		if (i < MAX_NODES)
			timer = not_before(net.nodes[i].wakes, net.now);
		if (!usec_before(frame, until) && !usec_before(timer, until))
			break;
		net.now = usec_before(timer, frame) ? timer : frame;
		if (usec_before(timer, frame))
			step(i, VRRP_EVENT_TIMER, NULL);
		else
			deliver(f);
	}
	net.now = until;
}

static inline void pass_intervals(unsigned int thousandths)
{
	pass((struct usec){net.now.us + net.interval.us * thousandths / 1000});
}

#endif
