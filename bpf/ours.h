/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is it about us?  The small hot set of VIPs and SNAT addresses: what is for
 * another address leaves here, before anything cold is touched.
 */
#ifndef XLBD_BPF_OURS_H
#define XLBD_BPF_OURS_H

#include "maps.h"
#include "packet.h"

/* Whether this node may act as the VIP's owner now, by a clock in ns. */
static __always_inline bool ours_owned(__u32 vip, __u64 now)
{
	struct owner *o = bpf_map_lookup_elem(&owner, &vip);

	return o && o->lease_until > now;
}

/* A bit tells nearly all that is not ours from the rest. */
static __always_inline int likely_ours(struct packet *p)
{
	__u32 bit = ours_bit(p->key.daddr), word = bit / 64;
	__u64 *bits = bpf_map_lookup_elem(&ours_filter, &word);

	return bits && *bits >> (bit % 64) & 1 ? NEXT : XLBD_REASON_not_ours;
}

/* And for what is of no known session, the address itself. */
static __always_inline int ours(struct packet *p)
{
	__be32 address = p->key.daddr;

	return bpf_map_lookup_elem(&ours4, &address) ? NEXT
						     : XLBD_REASON_not_ours;
}

/*
 * The first fragment of a packet tells its ports to the others.  One that is
 * ahead of its first goes to the kernel, whose reassembly gives it up.
 */
static __always_inline int fragment(struct packet *p)
{
	struct fragment4_key train = {
		.saddr = p->key.saddr,
		.daddr = p->key.daddr,
		.id = p->ip_id,
		.protocol = p->key.protocol,
	};
	struct fragment_ports *known, ports = {
					      .sport = p->key.sport,
					      .dport = p->key.dport,
				      };

	if (!p->first_fragment && !p->later_fragment)
		return NEXT;
	if (p->key.protocol != PROTO_TCP && p->key.protocol != PROTO_UDP)
		return NEXT;
	if (ours(p) != NEXT)
		return XLBD_REASON_not_ours;
	if (p->first_fragment) {
		bpf_map_update_elem(&fragments4, &train, &ports, BPF_ANY);
		return NEXT;
	}
	known = bpf_map_lookup_elem(&fragments4, &train);
	if (!known)
		return XLBD_REASON_fragment;
	p->key.sport = known->sport;
	p->key.dport = known->dport;
	return NEXT;
}

#endif
