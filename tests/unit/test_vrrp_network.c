/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two and three machines on a network that delays and loses, under daemons
 * that are stopped, killed, restarted and told things: thousands of random
 * schedules.  While at most one advertisement in a row is lost, and one node
 * at a time is in trouble, no two leases are fresh at once; and when trouble
 * ends there is one master.  SEED=N ROUNDS=1 runs a schedule again.
 */
#include "unit/vrrp_network.h"

#include <stdlib.h>

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
