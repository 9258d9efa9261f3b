/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two and three machines on a network that delays and loses, under daemons
 * that are stopped, killed, restarted and told things: thousands of random
 * schedules.  While at most one advertisement in a row is lost, and one node
 * at a time is in trouble, no two leases are fresh at once; and when trouble
 * ends there is one master.  SEED=N ROUNDS=1 runs a schedule again.
 */
#include "core/vrrp_fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static uint32_t pick(uint32_t below)
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

static void renew(unsigned int i)
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
static void send_to(unsigned int from, unsigned int to, uint8_t priority)
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

static void send_all(unsigned int from, uint8_t priority)
{
	for (unsigned int to = 0; to < net.n; to++) {
		if (to != from)
			send_to(from, to, priority);
	}
}

static void step(unsigned int i, enum vrrp_event event,
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

static bool runs(const struct node *n)
{
	return !n->dead && !n->stopped;
}

/* Frames that arrive at who is stopped wait; they are read before timers. */
static size_t next_frame(void)
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

static unsigned int next_node(void)
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

static void deliver(size_t i)
{
	struct frame f = net.frames[i];

	net.frames[i] = net.frames[--net.n_frames];
	if (!net.nodes[f.to].dead)
		step(f.to, VRRP_EVENT_ADVERT, &f.advert);
}

static struct usec not_before(struct usec a, struct usec b)
{
	return usec_before(a, b) ? b : a;
}

static void pass(struct usec until)
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

static void pass_intervals(unsigned int thousandths)
{
	pass((struct usec){net.now.us + net.interval.us * thousandths / 1000});
}

/* --- trouble ---------------------------------------------------------------*/

static bool somebody_claims(void)
{
	for (unsigned int i = 0; i < net.n; i++) {
		if (net.nodes[i].v.claims)
			return true;
	}
	return false;
}

/*
 * Who preempts relies on a master that it has heard just now: for these few
 * milliseconds nobody is stopped, killed, or given another priority.
 */
static void outlast_claims(void)
{
	while (somebody_claims() || net.n_frames)
		pass_intervals(10);
}

static void restart(unsigned int i)
{
	struct node *n = &net.nodes[i];
	struct addr primary = n->v.primary;
	struct vrrp_conf conf = n->v.conf;

	n->dead = false;
	vrrp_init(&n->v, &conf);
	n->v.primary = primary;
	n->v.lease_until = n->lease;
	step(i, VRRP_EVENT_ADOPT, NULL);
}

/* Also again when it has hardly come back, or while its lease runs. */
static unsigned int pause_length(void)
{
	return pick(2) ? pick(2200) : pick(9000);
}

static void stop_and_resume(unsigned int i)
{
	do {
		outlast_claims();
		net.nodes[i].stopped = true;
		pass_intervals(pause_length());
		net.nodes[i].stopped = false;
		pass_intervals(50);
	} while (pick(2));
	pass_intervals(1500);
}

static void kill_and_restart(unsigned int i)
{
	do {
		outlast_claims();
		net.nodes[i].dead = true;
		pass_intervals(pause_length());
		restart(i);
		pass_intervals(50);
	} while (pick(2));
	pass_intervals(1500);
}

static void fail_and_recover(unsigned int i)
{
	step(i, VRRP_EVENT_FAULT, NULL);
	pass_intervals(pick(6000));
	step(i, VRRP_EVENT_RECOVER, NULL);
}

static void fail_over_and_cancel(unsigned int i)
{
	step(i, VRRP_EVENT_FAILOVER, NULL);
	pass_intervals(pick(8000));
	step(i, VRRP_EVENT_CANCEL, NULL);
}

static void change_priority(unsigned int i)
{
	outlast_claims();
	net.nodes[i].v.priority = (uint8_t)(1 + pick(254));
	step(i, VRRP_EVENT_PRIORITY, NULL);
}

static void stop_and_start(unsigned int i)
{
	step(i, VRRP_EVENT_STOP, NULL);
	pass_intervals(pick(5000));
	step(i, VRRP_EVENT_START, NULL);
}

static void trouble(void)
{
	unsigned int i = pick(net.n);

	pass_intervals(pick(4000));
	switch (pick(7)) {
	case 0:
		stop_and_resume(i);
		break;
	case 1:
		kill_and_restart(i);
		break;
	case 2:
		fail_and_recover(i);
		break;
	case 3:
		fail_over_and_cancel(i);
		break;
	case 4:
		change_priority(i);
		break;
	case 5:
		stop_and_start(i);
		break;
	case 6:
		break;
	}
}

/* --- schedules -------------------------------------------------------------*/

static void set_up(uint64_t seed, unsigned int n)
{
	static const unsigned int intervals[] = {10, 100, 1000};
	bool nopreempt;

	memset(&net, 0, sizeof(net));
	net.seed = seed;
	net.random = seed * 0x9e3779b97f4a7c15 + 1;
	net.n = n;
	net.now = USEC_SECONDS(1000);
	net.interval = USEC_MS(intervals[pick(3)]);
	nopreempt = pick(3) == 0;
	for (unsigned int i = 0; i < n; i++) {
		struct vrrp_conf conf = {
			.version = 3,
			.priority = (uint8_t)(1 + pick(254)),
			.advert_int = net.interval,
			.down_timer_adverts = 3 + pick(3) / 2,
			.nopreempt = nopreempt,
			.garp_master_delay = USEC_SECONDS(5),
		};

		if (pick(4) == 0)
			conf.preempt_delay.us = net.interval.us * pick(5);
		if (i && pick(5) == 0)
			conf.priority = net.nodes[0].v.conf.priority;
		vrrp_init(&net.nodes[i].v, &conf);
		net.nodes[i].v.primary = addr_from_v4(0x1404000a + (i << 24));
		net.nodes[i].wakes = VRRP_NEVER;
	}
	/* one down_timer_adverts for all: who waits longest may have less */
	for (unsigned int i = 1; i < n; i++)
		net.nodes[i].v.conf.down_timer_adverts =
			net.nodes[0].v.conf.down_timer_adverts;
}

static void start_all(bool at_once)
{
	for (unsigned int i = 0; i < net.n; i++) {
		step(i, VRRP_EVENT_START, NULL);
		if (!at_once)
			pass_intervals(pick(5000));
	}
}

static unsigned int best_node(void)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < net.n; i++) {
		if (net.nodes[i].v.priority >= net.nodes[best].v.priority)
			best = i;
	}
	return best;
}

static unsigned int only_master(void)
{
	unsigned int masters = 0, who = MAX_NODES;

	for (unsigned int i = 0; i < net.n; i++) {
		if (net.nodes[i].v.state != VRRP_MASTER)
			continue;
		who = i;
		masters++;
		CHECK(usec_before(net.now, net.nodes[i].lease),
		      "master %u has no fresh lease", i);
	}
	CHECK(masters == 1, "%u masters", masters);
	return who;
}

/* Preempting nodes: the master's priority is the highest. */
static void check_settled(void)
{
	unsigned int who;

	net.loss = 0;
	pass_intervals(20000);
	who = only_master();
	CHECK(net.nodes[who].v.conf.nopreempt ||
		      net.nodes[who].v.priority ==
			      net.nodes[best_node()].v.priority,
	      "node %u is master, node %u has a higher priority", who,
	      best_node());
}

static uint64_t from_env(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void each_seed(unsigned int rounds, void (*run)(void))
{
	uint64_t first = from_env("SEED", 1);

	rounds = (unsigned int)from_env("ROUNDS", rounds);
	for (uint64_t seed = first; seed < first + rounds; seed++) {
		set_up(seed, 2 + seed % 2);
		run();
	}
	print_message("# seeds %llu to %llu\n", (unsigned long long)first,
		      (unsigned long long)(first + rounds - 1));
}

static void run_trouble(void)
{
	net.loss = pick(2) * pick(400);
	start_all(pick(2));
	for (unsigned int i = 0; i < 12; i++)
		trouble();
	check_settled();
}

static void test_never_two_owners(void **state)
{
	(void)state;
	each_seed(4000, run_trouble);
}

static unsigned int best_master(void)
{
	unsigned int best = MAX_NODES;

	for (unsigned int i = 0; i < net.n; i++) {
		if (net.nodes[i].v.state == VRRP_MASTER &&
		    (best == MAX_NODES ||
		     net.nodes[i].v.priority >= net.nodes[best].v.priority))
			best = i;
	}
	return best;
}

static void run_partition(void)
{
	unsigned int winner, announced;

	start_all(true);
	pass_intervals(20000);
	only_master();
	net.cut = net.contended = true;
	pass_intervals(20000 + pick(6000));
	outlast_claims();
	CHECK(net.nodes[0].v.state == VRRP_MASTER,
	      "node 0 is no master on its side");
	winner = best_master();
	announced = net.nodes[winner].announced_lower;
	net.cut = false;
	pass_intervals(1100);
	net.contended = false;
	CHECK(only_master() == winner, "not the best master stays");
	CHECK(net.nodes[winner].announced_lower > announced,
	      "node %u does not correct caches", winner);
	check_settled();
}

static void test_partition_heals(void **state)
{
	(void)state;
	each_seed(1000, run_partition);
}

/* However they start, a nopreempt master of lower priority stays. */
static void run_nopreempt(void)
{
	unsigned int master;

	for (unsigned int i = 0; i < net.n; i++) {
		net.nodes[i].v.conf.nopreempt = true;
		net.nodes[i].v.conf.priority = net.nodes[i].v.priority =
			(uint8_t)(100 + 50 * i);
	}
	net.loss = pick(400);
	step(0, VRRP_EVENT_START, NULL);
	pass_intervals(6000);
	for (unsigned int i = 1; i < net.n; i++)
		step(i, VRRP_EVENT_START, NULL);
	pass_intervals(60000);
	CHECK(!only_master(), "nopreempt: a higher priority took over");
	step(0, VRRP_EVENT_FAULT, NULL);
	pass_intervals(6000);
	master = only_master();
	step(0, VRRP_EVENT_RECOVER, NULL);
	pass_intervals(20000);
	CHECK(only_master() == master, "nopreempt: it moved back");
}

static void test_nopreempt_stays(void **state)
{
	(void)state;
	each_seed(500, run_nopreempt);
}

/* Killed and restarted within the lease: the others see no change. */
static void run_adopt(void)
{
	unsigned int master, moves = 0;
	struct node *n;

	start_all(true);
	pass_intervals(20000);
	net.loss = pick(400);
	master = only_master();
	n = &net.nodes[master];
	for (unsigned int i = 0; i < net.n; i++)
		moves += net.nodes[i].became_master;
	outlast_claims();
	n->dead = true;
	pass_intervals(pick(900));
	restart(master);
	CHECK(n->v.state == VRRP_MASTER, "not adopted: %s", n->v.cause);
	pass_intervals(10000);
	for (unsigned int i = 0; i < net.n; i++)
		moves -= net.nodes[i].became_master;
	CHECK(only_master() == master && moves + 1 == 0,
	      "another became master");
}

static void test_adopted_unnoticed(void **state)
{
	(void)state;
	each_seed(500, run_adopt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_two_owners),
		cmocka_unit_test(test_partition_heals),
		cmocka_unit_test(test_nopreempt_stays),
		cmocka_unit_test(test_adopted_unnoticed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
