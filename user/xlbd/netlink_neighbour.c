/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gateways and their MACs.  Each is asked for once and followed by events.
 *
 * A managed entry (NTF_EXT_MANAGED) is kept reachable by the kernel, and one
 * that failed is tried again every interval_probe_time_ms (5 s): tried on
 * 6.18, where also: setting the flag on a permanent entry takes its
 * permanence away, so those are let alone; the garbage collector may remove
 * a failed entry, managed or not, when there are many (gc_thresh1), so one
 * that went is made again; an entry's originator can be set but never unset,
 * so undoing means deleting, and who still needs the entry asks anew.
 */
#include "xlbd/log.h"
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_AFTER  USEC_SECONDS(5)
#define SWEEP_ROUNDS 8

static uint32_t key_hash(unsigned int ifindex, const struct addr *addr)
{
	return hash_bytes(addr, sizeof(*addr),
			  hash_bytes(&ifindex, sizeof(ifindex), HASH_SEED));
}

static struct neighbour *find(struct netlink *n, unsigned int ifindex,
			      const struct addr *addr)
{
	struct hash_node *node =
		hash_table_first(&n->neighbours, key_hash(ifindex, addr));

	for (; node; node = hash_table_next(node)) {
		struct neighbour *nb =
			container_of(node, struct neighbour, by_key);

		if (nb->ifindex == ifindex && addr_equal(&nb->addr, addr))
			return nb;
	}
	return NULL;
}

/* Fills all of it; false: not about an IP neighbour. */
static bool parse(struct nlmsghdr *hdr, unsigned int *ifindex,
		  struct addr *addr, struct neighbour_entry *out)
{
	struct neighbour_entry e = {.state = 0};
	struct nlattr *attrs[NDA_MAX + 1];
	const struct ndmsg *info;

	if (nlmsg_parse(hdr, sizeof(*info), attrs, NDA_MAX, NULL))
		return false;
	info = nlmsg_data(hdr);
	if ((info->ndm_family != AF_INET && info->ndm_family != AF_INET6) ||
	    info->ndm_flags & NTF_PROXY ||
	    !netlink_get_addr(attrs[NDA_DST], addr))
		return false;
	e.state = info->ndm_state;
	e.learned = info->ndm_flags & NTF_EXT_LEARNED;
	e.managed = attrs[NDA_FLAGS_EXT] &&
		    nla_get_u32(attrs[NDA_FLAGS_EXT]) & NTF_EXT_MANAGED;
	e.ours = attrs[NDA_PROTOCOL] &&
		 nla_get_u8(attrs[NDA_PROTOCOL]) == NETLINK_ORIGINATOR;
	e.has_mac = attrs[NDA_LLADDR] && nla_len(attrs[NDA_LLADDR]) == 6;
	if (e.has_mac)
		memcpy(e.mac, nla_data(attrs[NDA_LLADDR]), sizeof(e.mac));
	*ifindex = (unsigned int)info->ndm_ifindex;
	*out = e;
	return true;
}

static bool usable(const struct neighbour_entry *e)
{
	return e->has_mac &&
	       (e->held || e->state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY |
				       NUD_PROBE | NUD_PERMANENT | NUD_NOARP));
}

static bool same_answer(const struct neighbour_entry *a,
			const struct neighbour_entry *b)
{
	return usable(a) == usable(b) &&
	       (!usable(a) || !memcmp(a->mac, b->mac, sizeof(a->mac)));
}

/* Is it for us to keep alive?  Not what somebody else has taken care of. */
static bool may_manage(const struct neighbour_entry *e)
{
	return !(e->state & (NUD_PERMANENT | NUD_NOARP)) && !e->learned &&
	       (!e->managed || e->ours);
}

static struct nl_msg *request(int type, int flags, unsigned int ifindex,
			      const struct addr *addr, uint8_t ntf)
{
	struct ndmsg info = {.ndm_family = netlink_family(addr),
			     .ndm_ifindex = (int)ifindex,
			     .ndm_flags = ntf};
	struct nl_msg *msg = netlink_request(type, flags, &info, sizeof(info));

	if (msg)
		netlink_put_addr(msg, NDA_DST, addr);
	return msg;
}

static void read_entry(void *arg, struct nlmsghdr *hdr)
{
	struct neighbour_entry *entry = arg;
	unsigned int ifindex;
	struct addr addr;

	if (hdr->nlmsg_type == RTM_NEWNEIGH)
		parse(hdr, &ifindex, &addr, entry);
}

int netlink_get_neighbour(struct netlink *n, unsigned int ifindex,
			  const struct addr *addr, struct neighbour_entry *out)
{
	struct neighbour_entry found = {.state = 0};
	int err = netlink_ask(n->requests,
			      request(RTM_GETNEIGH, 0, ifindex, addr, 0),
			      read_entry, &found);

	if (err && err != -ENOENT && err != -ENODEV)
		return err;
	*out = found;
	return 0;
}

void netlink_complete(struct netlink *n, struct next_hop *hop,
		      const struct neighbour_entry *entry)
{
	struct netlink_link link;

	if (hop->state != NEXT_HOP_RESOLVING || !usable(entry) ||
	    !netlink_get_link(n, hop->ifindex, &link) || !link.up)
		return;
	hop->state = NEXT_HOP_READY;
	hop->mtu = link.mtu;
	memcpy(hop->mac, entry->mac, sizeof(hop->mac));
	memcpy(hop->source_mac, link.mac, sizeof(hop->source_mac));
}

static void tell_targets(struct netlink *n, struct neighbour *nb)
{
	struct target *t;

	LIST_FOREACH(t, &nb->targets, same_neighbour)
		netlink_target_dirty(n, t);
}

/*
 * An entry that somebody deleted, or that the kernel asks for anew, is no
 * verdict: the last answer holds until the kernel gives up.
 */
static void hold_answer(const struct neighbour *nb, struct neighbour_entry *now)
{
	if (now->state & ~NUD_INCOMPLETE || !usable(&nb->entry))
		return;
	now->has_mac = now->held = true;
	memcpy(now->mac, nb->entry.mac, sizeof(now->mac));
}

static void set_entry(struct netlink *n, struct neighbour *nb,
		      struct neighbour_entry *now)
{
	bool same;

	hold_answer(nb, now);
	same = same_answer(&nb->entry, now);
	nb->entry = *now;
	if (!same)
		tell_targets(n, nb);
}

static void say_table_full(struct netlink *n)
{
	if (n->table_full_said)
		return;
	n->table_full_said = true;
	log_warning("neighbour table full: next hops cannot be kept; raise "
		    "net.ipv4.neigh.default.gc_thresh3 (or ipv6)");
}

static int manage(struct netlink *n, struct neighbour *nb)
{
	struct nl_msg *msg =
		request(RTM_NEWNEIGH, NLM_F_CREATE, nb->ifindex, &nb->addr, 0);

	if (msg) {
		nla_put_u32(msg, NDA_FLAGS_EXT, NTF_EXT_MANAGED);
		nla_put_u8(msg, NDA_PROTOCOL, NETLINK_ORIGINATOR);
	}
	return netlink_ask(n->requests, msg, NULL, NULL);
}

/* Has the kernel resolve it now, as if somebody had sent a packet. */
static void probe(struct netlink *n, struct neighbour *nb)
{
	netlink_ask(n->requests,
		    request(RTM_NEWNEIGH, NLM_F_CREATE, nb->ifindex, &nb->addr,
			    NTF_USE),
		    NULL, NULL);
}

static void keep(struct netlink *n, struct neighbour *nb)
{
	struct netlink_link link;
	int err;

	nb->refused = false;
	if (!netlink_get_link(n, nb->ifindex, &link) || !link.up ||
	    !may_manage(&nb->entry) ||
	    (nb->entry.managed && usable(&nb->entry)))
		return;
	err = manage(n, nb);
	if (!err) {
		nb->entry.managed = nb->entry.ours = true;
		return;
	}
	if (err == -ENOBUFS)
		say_table_full(n);
	probe(n, nb);
	nb->refused = true;
	loop_timer_set(n->retry, RETRY_AFTER);
}

void netlink_neighbour_retry(void *arg)
{
	struct netlink *n = arg;
	struct neighbour *nb;

	LIST_FOREACH(nb, &n->all_neighbours, all) {
		if (nb->refused)
			keep(n, nb);
	}
}

int netlink_neighbour_check(struct netlink *n, struct neighbour *nb)
{
	struct neighbour_entry now;
	int err;

	err = netlink_get_neighbour(n, nb->ifindex, &nb->addr, &now);
	if (err)
		return err;
	nb->check = false;
	set_entry(n, nb, &now);
	keep(n, nb);
	return 0;
}

/*
 * An entry that went, or that somebody made an ordinary one again, is put
 * back: soon rather than here, so that a flush of thousands is one stroke.
 */
void netlink_neighbour_event(struct netlink *n, struct nlmsghdr *hdr)
{
	const struct neighbour_entry none = {.state = 0};
	struct neighbour_entry now;
	struct neighbour *nb;
	unsigned int ifindex;
	struct addr addr;

	if (!parse(hdr, &ifindex, &addr, &now))
		return;
	nb = find(n, ifindex, &addr);
	if (!nb)
		return;
	if (hdr->nlmsg_type == RTM_DELNEIGH)
		now = none;
	set_entry(n, nb, &now);
	if (!nb->refused && may_manage(&now) && !now.managed) {
		nb->check = true;
		netlink_target_dirty(n, LIST_FIRST(&nb->targets));
	}
}

static struct neighbour *add(struct netlink *n, unsigned int ifindex,
			     const struct addr *addr)
{
	struct neighbour *nb = calloc(1, sizeof(*nb));

	if (!nb)
		return NULL;
	nb->ifindex = ifindex;
	nb->addr = *addr;
	nb->check = true;
	LIST_INIT(&nb->targets);
	LIST_INSERT_HEAD(&n->all_neighbours, nb, all);
	hash_table_add(&n->neighbours, &nb->by_key, key_hash(ifindex, addr));
	return nb;
}

/* Asks first: a permanent entry must not be mistaken for ours. */
static void undo(struct netlink *n, unsigned int ifindex,
		 const struct addr *addr)
{
	struct neighbour_entry now;

	if (netlink_get_neighbour(n, ifindex, addr, &now) || !now.managed ||
	    !now.ours)
		return;
	netlink_ask(n->requests, request(RTM_DELNEIGH, 0, ifindex, addr, 0),
		    NULL, NULL);
}

void netlink_neighbour_leave(struct netlink *n, struct target *t)
{
	struct neighbour *nb = t->neighbour;

	if (!nb)
		return;
	t->neighbour = NULL;
	LIST_REMOVE(t, same_neighbour);
	if (!LIST_EMPTY(&nb->targets))
		return;
	if (nb->entry.ours)
		undo(n, nb->ifindex, &nb->addr);
	LIST_REMOVE(nb, all);
	hash_table_remove(&n->neighbours, &nb->by_key);
	free(nb);
}

int netlink_neighbour_join(struct netlink *n, struct target *t)
{
	const struct next_hop *r = &t->route;
	struct neighbour *nb = NULL;

	if (r->state == NEXT_HOP_RESOLVING) {
		nb = find(n, r->ifindex, &r->gateway);
		if (nb && nb == t->neighbour)
			return 0;
		if (!nb)
			nb = add(n, r->ifindex, &r->gateway);
		if (!nb)
			return -ENOMEM;
	}
	netlink_neighbour_leave(n, t);
	if (nb) {
		LIST_INSERT_HEAD(&nb->targets, t, same_neighbour);
		t->neighbour = nb;
	}
	return 0;
}

struct sweep {
	struct netlink *netlink;
	unsigned int found;
};

static void sweep_one(void *arg, struct nlmsghdr *hdr)
{
	struct neighbour_entry entry;
	struct sweep *s = arg;
	unsigned int ifindex;
	struct addr addr;

	if (hdr->nlmsg_type != RTM_NEWNEIGH ||
	    !parse(hdr, &ifindex, &addr, &entry) || !entry.managed ||
	    !entry.ours)
		return;
	s->found++;
	undo(s->netlink, ifindex, &addr);
}

/* Deleting while the kernel lists makes it skip some: list until none is. */
void netlink_neighbour_sweep(struct netlink *n)
{
	struct sweep s = {.netlink = n};

	for (int i = 0; i < SWEEP_ROUNDS; i++) {
		s.found = 0;
		if (netlink_dump(RTM_GETNEIGH, sweep_one, &s) || !s.found)
			break;
	}
}
