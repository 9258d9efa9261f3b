/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only exit: counts the reason, and does what the table of reasons says.
 */
#ifndef XLBD_BPF_LEAVE_H
#define XLBD_BPF_LEAVE_H

#include "maps.h"
#include "packet.h"
#include "reset.h"

static __always_inline enum xlbd_action leave_action(int reason)
{
	switch (reason) {
#define X(name, action, help)    \
	case XLBD_REASON_##name: \
		return XLBD_ACTION_##action;
		XLBD_REASONS(X)
#undef X
	}
	return XLBD_ACTION_DROP;
}

static __always_inline bool leave_quietly(const struct packet *p, int reason)
{
	return reason == XLBD_REASON_no_backend && p->service &&
	       (p->service->flags & SERVICE_DROP_WITHOUT_BACKEND);
}

/* The map's one value is an array of counters, by reason. */
static __always_inline void leave_count(int reason, __u32 bytes)
{
	struct reason_stats *counters;
	__u32 key = 0;

	counters = bpf_map_lookup_elem(&reasons, &key);
	if (!counters || reason < 0 || reason >= XLBD_REASON_MAX)
		return;
	counters[reason].packets++;
	counters[reason].bytes += bytes;
}

static __always_inline int leave(struct packet *p, struct xdp_md *ctx,
				 int reason)
{
	leave_count(reason, p->length);
	switch (leave_action(reason)) {
	case XLBD_ACTION_PASS:
		return XDP_PASS;
	case XLBD_ACTION_SEND:
		return p->verdict;
	case XLBD_ACTION_RESET:
		return leave_quietly(p, reason) ? XDP_DROP : reset(p, ctx);
	case XLBD_ACTION_DROP:
		break;
	}
	return XDP_DROP;
}

#endif
