/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watched addresses.  Whatever happens puts them into one queue, which is
 * worked off a slice at a time: ten thousand of them hold nobody up.
 */
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLICE 64 /* at most three questions each, some 5 us a question */

/* Changes come in bursts (an interface goes: dozens of routes): wait for it. */
#define SETTLE      USEC_MS(20)
#define AFTER_ERROR USEC_SECONDS(1)

void netlink_schedule(struct netlink *n, struct usec after)
{
	struct usec due = usec_add(loop_now(), after);

	if (n->work_armed && !usec_before(due, n->work_due))
		return;
	n->work_armed = true;
	n->work_due = due;
	loop_timer_set(n->work, after);
}

static void enqueue(struct netlink *n, struct target *t)
{
	if (t->dirty)
		return;
	t->dirty = true;
	TAILQ_INSERT_TAIL(&n->queue, t, queued);
}

static void dequeue(struct netlink *n, struct target *t)
{
	if (!t->dirty)
		return;
	t->dirty = false;
	TAILQ_REMOVE(&n->queue, t, queued);
}

void netlink_target_dirty(struct netlink *n, struct target *t)
{
	enqueue(n, t);
	netlink_schedule(n, USEC_ZERO);
}

void netlink_route_changed(struct netlink *n, const struct prefix *p)
{
	if (n->n_changes < NETLINK_MAX_CHANGES)
		n->changes[n->n_changes++] = *p;
	else
		n->reroute_all = true;
	netlink_schedule(n, SETTLE);
}

void netlink_all_changed(struct netlink *n, bool neighbours_too)
{
	n->reroute_all = true;
	n->check_all |= neighbours_too;
	netlink_schedule(n, SETTLE);
}

static bool is_affected(const struct netlink *n, const struct target *t)
{
	if (n->reroute_all)
		return true;
	for (unsigned int i = 0; i < n->n_changes; i++) {
		if (prefix_contains(&n->changes[i], &t->addr))
			return true;
	}
	return false;
}

/* Turns what has been noted since into queued targets. */
static void spread_changes(struct netlink *n)
{
	struct neighbour *nb;
	struct target *t;

	if (!n->reroute_all && !n->n_changes)
		return;
	if (n->check_all) {
		LIST_FOREACH(nb, &n->all_neighbours, all)
			nb->check = true;
	}
	LIST_FOREACH(t, &n->all_targets, all) {
		if (is_affected(n, t)) {
			t->reroute = true;
			enqueue(n, t);
		}
	}
	n->reroute_all = n->check_all = false;
	n->n_changes = 0;
}

static bool same_hop(const struct next_hop *a, const struct next_hop *b)
{
	return a->state == b->state && addr_equal(&a->gateway, &b->gateway) &&
	       a->on_link == b->on_link && a->ifindex == b->ifindex &&
	       a->mtu == b->mtu && !memcmp(a->mac, b->mac, sizeof(a->mac)) &&
	       !memcmp(a->source_mac, b->source_mac, sizeof(a->source_mac));
}

static int reroute(struct netlink *n, struct target *t)
{
	struct next_hop route;
	int err = netlink_get_route(n, &t->addr, &route);

	if (err)
		return err;
	t->route = route;
	t->reroute = false;
	return netlink_neighbour_join(n, t);
}

/* The callback may unwatch `t`: nothing may touch it afterwards. */
static int refresh(struct netlink *n, struct target *t)
{
	struct next_hop now;
	int err = 0;

	if (t->reroute)
		err = reroute(n, t);
	if (!err && t->neighbour && t->neighbour->check)
		err = netlink_neighbour_check(n, t->neighbour);
	if (err)
		return err;
	dequeue(n, t);
	now = t->route;
	if (t->neighbour)
		netlink_complete(n, &now, &t->neighbour->entry);
	if (t->told && same_hop(&now, &t->answer))
		return 0;
	t->told = true;
	t->answer = now;
	if (n->handlers.next_hop) {
		struct addr addr = t->addr;

		n->handlers.next_hop(n->arg, &addr, &now);
	}
	return 0;
}

void netlink_work(void *arg)
{
	struct netlink *n = arg;
	struct target *t;

	n->work_armed = false;
	if (n->resync && netlink_resync(n)) {
		netlink_schedule(n, AFTER_ERROR);
		return;
	}
	spread_changes(n);
	for (int i = 0; i < SLICE; i++) {
		t = TAILQ_FIRST(&n->queue);
		if (!t)
			return;
		if (refresh(n, t)) {
			/* asked in vain: till then the old answer stands */
			netlink_schedule(n, AFTER_ERROR);
			return;
		}
	}
	netlink_schedule(n, USEC_ZERO);
}

static struct target *find_target(struct netlink *n, const struct addr *addr)
{
	uint32_t hash = hash_bytes(addr, sizeof(*addr), HASH_SEED);
	struct hash_node *node = hash_table_first(&n->targets, hash);

	for (; node; node = hash_table_next(node)) {
		struct target *t = container_of(node, struct target, by_addr);

		if (addr_equal(&t->addr, addr))
			return t;
	}
	return NULL;
}

int netlink_watch(struct netlink *n, const struct addr *addr)
{
	struct target *t = find_target(n, addr);

	if (!t) {
		t = calloc(1, sizeof(*t));
		if (!t)
			return -ENOMEM;
		t->addr = *addr;
		t->reroute = true;
		LIST_INSERT_HEAD(&n->all_targets, t, all);
		hash_table_add(&n->targets, &t->by_addr,
			       hash_bytes(addr, sizeof(*addr), HASH_SEED));
	}
	t->watchers++;
	t->told = false; /* a second watcher wants a first answer, too */
	netlink_target_dirty(n, t);
	return 0;
}

static void drop_target(struct netlink *n, struct target *t)
{
	dequeue(n, t);
	netlink_neighbour_leave(n, t);
	LIST_REMOVE(t, all);
	hash_table_remove(&n->targets, &t->by_addr);
	free(t);
}

void netlink_unwatch(struct netlink *n, const struct addr *addr)
{
	struct target *t = find_target(n, addr);

	if (t && --t->watchers == 0)
		drop_target(n, t);
}

int netlink_resolve(struct netlink *n, const struct addr *addr,
		    struct next_hop *out)
{
	struct neighbour_entry entry;
	struct next_hop hop;
	int err;

	err = netlink_get_route(n, addr, &hop);
	if (err)
		return err;
	if (hop.state == NEXT_HOP_RESOLVING) {
		err = netlink_get_neighbour(n, hop.ifindex, &hop.gateway,
					    &entry);
		if (err)
			return err;
		netlink_complete(n, &hop, &entry);
	}
	*out = hop;
	return 0;
}

void netlink_watch_free(struct netlink *n)
{
	struct target *t;

	while ((t = LIST_FIRST(&n->all_targets)))
		drop_target(n, t);
	hash_table_fini(&n->targets);
	hash_table_fini(&n->neighbours);
}
