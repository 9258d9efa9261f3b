/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Service to backend.  The order is computed by the daemon; here it is only
 * walked, by one counter that all CPUs and the cgroup hooks share, so that
 * round robin is exact.
 */
#ifndef XLBD_BPF_SCHEDULE_H
#define XLBD_BPF_SCHEDULE_H

#include "maps.h"
#include "packet.h"
#include "session.h"

static __always_inline struct ring_head
schedule_ring(const struct service *service)
{
	struct ring_head ring = {}, *head;
	__u32 slot = service->slot;

	head = bpf_map_lookup_elem(&ring_heads, &slot);
	/* at once: as the one word that the daemon stores */
	if (head)
		*(__u64 *)&ring = *(volatile __u64 *)head;
	return ring;
}

/* Takes a ticket.  NULL, and none taken, if no backend is up. */
static __always_inline struct backend *
schedule_pick(const struct service *service, __u32 *slot)
{
	struct ring_head ring = schedule_ring(service);
	__u32 id = service->slot, number;
	__u64 *ticket = bpf_map_lookup_elem(&tickets, &id);
	struct ring_place *place;
	struct backend *b;

	if (!ring.length || !ticket)
		return NULL;
	number = ring.first +
		 (__u32)(__sync_fetch_and_add(ticket, 1) % ring.length);
	place = bpf_map_lookup_elem(&rings, &number);
	if (!place)
		return NULL;
	*slot = place->backend;
	b = bpf_map_lookup_elem(&backends, slot);
	/* the place may have become another ring's since */
	return b && b->service == id ? b : NULL;
}

/* Before anything is claimed: a flood at a dead service costs little. */
static __always_inline int served(struct packet *p)
{
	return p->backend || schedule_ring(p->service).length
		       ? NEXT
		       : XLBD_REASON_no_backend;
}

static __always_inline int schedule(struct packet *p)
{
	if (!p->backend)
		p->backend = schedule_pick(p->service, &p->backend_slot);
	if (!p->backend)
		return session_disclaim(p, XLBD_REASON_no_backend);
	if (p->backend->kind != BACKEND_LOCAL &&
	    !(p->backend->flags & BACKEND_REACHABLE))
		return session_disclaim(p, XLBD_REASON_no_next_hop);
	if (p->backend->kind != BACKEND_LOCAL && p->ttl <= 1)
		return session_disclaim(p, XLBD_REASON_ttl_expired);
	if (session_comes_round(p))
		return session_disclaim(p, XLBD_REASON_from_peer);
	return NEXT;
}

#endif
