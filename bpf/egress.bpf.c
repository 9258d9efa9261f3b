// SPDX-License-Identifier: GPL-2.0-only
/*
 * tc egress, the fence's outer half: no ARP leaves that claims a VIP as its
 * sender, unless this node owns the VIP and its lease is fresh.  A local
 * route for the VIP is enough for the kernel to ask "who-has CLIENT tell
 * VIP", from which third hosts learn the wrong owner.
 */
#include "maps.h"
#include "packet.h"

#include "leave.h"
#include "ours.h"

/* RFC 826, for Ethernet and IPv4. */
#define ARP_SENDER_OFFSET (ETH_HEADER + sizeof(struct arphdr) + 6)

SEC("tc")
int egress(struct __sk_buff *skb)
{
	__be32 sender;
	struct ours *o;

	if (skb->protocol != bpf_htons(ETHERTYPE_ARP))
		return TC_ACT_UNSPEC;
	if (bpf_skb_load_bytes(skb, ARP_SENDER_OFFSET, &sender, 4))
		return TC_ACT_UNSPEC;
	o = bpf_map_lookup_elem(&ours4, &sender);
	if (!o || !(o->flags & OURS_VIP) ||
	    ours_owned(o->vip, bpf_ktime_get_ns()))
		return TC_ACT_UNSPEC;
	leave_count(XLBD_REASON_arp_not_owner, skb->len);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") __weak = "GPL";
