/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is the kernel's: it owns the VIP, answers pings, and finds the sockets
 * that errors are about.
 */
#ifndef XLBD_BPF_ICMP_H
#define XLBD_BPF_ICMP_H

#include "maps.h"
#include "ours.h"
#include "packet.h"
#include "session.h"

/*
 * The fence around the kernel: it has the VIP as a local destination on every
 * node, and would answer, or reset, in the VIP's name to whom a stale ARP entry
 * leads here.  What peers send is meant for this node.
 */
static __always_inline int kernels(const struct packet *p, int why)
{
	__be32 address = p->key.daddr;
	struct ours *o = bpf_map_lookup_elem(&ours4, &address);

	if (!o || !(o->flags & OURS_VIP) ||
	    ours_owned(o->vip, bpf_ktime_get_ns()))
		return why;
	if (!session_link_mac(p) || session_from_peer(p))
		return why;
	return XLBD_REASON_not_owner;
}

static __always_inline int icmp(const struct packet *p)
{
	return p->key.protocol == PROTO_ICMP ? kernels(p, XLBD_REASON_icmp)
					     : NEXT;
}

#endif
