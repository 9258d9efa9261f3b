/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fence's inner half: who has a VIP is only the owner's to say.  A
 * question about a VIP that this node does not own, or may no longer, is not
 * heard here.  What leaves is guarded by egress.bpf.c.
 */
#ifndef XLBD_BPF_GUARD_H
#define XLBD_BPF_GUARD_H

#include "maps.h"
#include "ours.h"
#include "packet.h"

static __always_inline int guard(struct packet *p)
{
	__be32 target = p->arp.target;
	struct ours *o;

	if (p->ethertype != bpf_htons(ETHERTYPE_ARP))
		return NEXT;
	if (!p->arp.asked)
		return XLBD_REASON_arp;
	o = bpf_map_lookup_elem(&ours4, &target);
	if (!o || !(o->flags & OURS_VIP))
		return XLBD_REASON_arp;
	return ours_owned(o->vip, bpf_ktime_get_ns())
		       ? XLBD_REASON_arp
		       : XLBD_REASON_arp_not_owner;
}

#endif
