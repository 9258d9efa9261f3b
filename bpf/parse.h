/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes to fields.  Fills the first part of struct packet and judges nothing
 * but whether the bytes can be understood.  Pure; compiles on the host, where
 * it is fuzzed.
 */
#ifndef XLBD_BPF_PARSE_H
#define XLBD_BPF_PARSE_H

#include "packet.h"

#define FRAGMENT_OFFSET 0x1fff
#define FRAGMENT_MORE   0x2000
#define IPV4_HEADER_MIN 20

struct arp_ipv4 { /* RFC 826, for Ethernet and IPv4 */
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
} __attribute__((packed));

static __always_inline int parse_arp(struct packet *p, const void *data,
				     const void *data_end)
{
	const struct arp_ipv4 *arp = data + ETH_HEADER;

	p->length = data_end - data;
	if ((const void *)(arp + 1) > data_end)
		return XLBD_REASON_truncated;
	__builtin_memcpy(&p->arp.sender, arp->sender, 4);
	__builtin_memcpy(&p->arp.target, arp->target, 4);
	p->arp.asked = arp->hardware == bpf_htons(1) &&
		       arp->protocol == bpf_htons(ETHERTYPE_IPV4) &&
		       arp->operation == bpf_htons(1) &&
		       p->arp.sender != p->arp.target;
	return NEXT;
}

/* `end` is the packet's, from the frame's start. */
static __always_inline int parse_tcp(struct packet *p, const void *data,
				     const void *data_end, __u32 end)
{
	const __u8 *tcp = data + p->l4;

	if ((const void *)(tcp + sizeof(struct tcphdr)) > data_end ||
	    p->l4 + sizeof(struct tcphdr) > end)
		return XLBD_REASON_truncated;
	__builtin_memcpy(&p->key.sport, tcp, 2);
	__builtin_memcpy(&p->key.dport, tcp + 2, 2);
	p->tcp_flags = tcp[13];
	return NEXT;
}

static __always_inline int parse_udp(struct packet *p, const void *data,
				     const void *data_end, __u32 end)
{
	const struct udphdr *udp = data + p->l4;

	if ((const void *)(udp + 1) > data_end ||
	    p->l4 + sizeof(struct udphdr) > end)
		return XLBD_REASON_truncated;
	p->key.sport = udp->source;
	p->key.dport = udp->dest;
	return NEXT;
}

static __always_inline int parse_ipv4(struct packet *p, const void *data,
				      const void *data_end)
{
	const struct iphdr *ip = data + ETH_HEADER;
	__u16 header, total, fragment;
	int why = NEXT;

	p->length = data_end - data;
	if ((const void *)(ip + 1) > data_end || ip->version != 4)
		return XLBD_REASON_truncated;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (header < IPV4_HEADER_MIN || total < header)
		return XLBD_REASON_truncated;
	p->l4 = ETH_HEADER + header;
	p->key.saddr = ip->saddr;
	p->key.daddr = ip->daddr;
	p->key.protocol = ip->protocol;
	p->ip_id = ip->id;
	p->ttl = ip->ttl;
	fragment = bpf_ntohs(ip->frag_off);
	p->later_fragment = fragment & FRAGMENT_OFFSET;
	p->first_fragment = !p->later_fragment && (fragment & FRAGMENT_MORE);
	if (ip->protocol == PROTO_TCP && !p->later_fragment)
		why = parse_tcp(p, data, data_end, ETH_HEADER + total);
	else if (ip->protocol == PROTO_UDP && !p->later_fragment)
		why = parse_udp(p, data, data_end, ETH_HEADER + total);
	if (why == NEXT)
		p->length = ETH_HEADER + total;
	return why;
}

static __always_inline int parse(struct packet *p, const void *data,
				 const void *data_end)
{
	const struct ethhdr *eth = data;

	p->length = data_end - data;
	if ((const void *)(eth + 1) > data_end)
		return XLBD_REASON_truncated;
	mac_copy(p->destination_mac, eth->h_dest);
	mac_copy(p->source_mac, eth->h_source);
	p->ethertype = eth->h_proto;
	switch (bpf_ntohs(eth->h_proto)) {
	case ETHERTYPE_IPV4:
		return parse_ipv4(p, data, data_end);
	case ETHERTYPE_ARP:
		return parse_arp(p, data, data_end);
	case ETHERTYPE_IPV6:
		return XLBD_REASON_not_ours;
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
		return XLBD_REASON_vlan;
	}
	return XLBD_REASON_not_ip;
}

#endif
