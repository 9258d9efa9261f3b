/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers a TCP segment that cannot be served with a RST, as a host without
 * that connection would (RFC 9293, 3.10.7.1), so that the client need not
 * wait for a timeout.
 */
#ifndef XLBD_BPF_RESET_H
#define XLBD_BPF_RESET_H

#include "csum.h"
#include "packet.h"

#define RESET_LENGTH (ETH_HEADER + sizeof(struct iphdr) + sizeof(struct tcphdr))

static __always_inline void reset_ip(struct iphdr *ip, const struct packet *p)
{
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = bpf_htons(sizeof(struct iphdr) + sizeof(struct tcphdr));
	ip->frag_off = bpf_htons(0x4000); /* don't fragment: id may be 0 */
	ip->ttl = 64;
	ip->protocol = PROTO_TCP;
	ip->saddr = p->key.daddr;
	ip->daddr = p->key.saddr;
	ip->check = ~csum_words((__u16 *)ip, sizeof(*ip) / 2);
}

static __always_inline void reset_tcp(struct tcphdr *tcp,
				      const struct packet *p, __be32 seq,
				      __be32 ack, bool with_ack)
{
	__u16 sum;

	__builtin_memset(tcp, 0, sizeof(*tcp));
	tcp->source = p->key.dport;
	tcp->dest = p->key.sport;
	tcp->seq = seq;
	tcp->ack_seq = ack;
	tcp->doff = sizeof(*tcp) / 4;
	tcp->rst = 1;
	tcp->ack = with_ack;
	sum = csum_words((__u16 *)tcp, sizeof(*tcp) / 2);
	sum = csum_delta32(sum, 0, p->key.saddr);
	sum = csum_delta32(sum, 0, p->key.daddr);
	sum = csum_add(sum, bpf_htons(PROTO_TCP));
	sum = csum_add(sum, bpf_htons(sizeof(*tcp)));
	tcp->check = ~sum;
}

/* An XDP action: sent, or dropped if there is no answer to that. */
static __always_inline int reset(struct packet *p, struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct iphdr *ip = data + ETH_HEADER;
	struct tcphdr *segment;
	struct ethhdr *eth;
	__be32 seq, ack;
	__u32 length;

	if (p->key.protocol != PROTO_TCP || p->later_fragment ||
	    (p->tcp_flags & TCP_RST))
		return XDP_DROP;
	if ((void *)(ip + 1) > data_end)
		return XDP_DROP;
	segment = (void *)ip + ip->ihl * 4;
	if ((void *)(segment + 1) > data_end)
		return XDP_DROP;
	length = p->length - p->l4 - segment->doff * 4 + segment->syn +
		 segment->fin;
	seq = segment->ack ? segment->ack_seq : 0;
	ack = segment->ack ? 0 : bpf_htonl(bpf_ntohl(segment->seq) + length);
	if (bpf_xdp_adjust_tail(ctx, (int)RESET_LENGTH -
					     (int)bpf_xdp_get_buff_len(ctx)))
		return XDP_DROP;
	data_end = (void *)(long)ctx->data_end;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	if ((void *)eth + RESET_LENGTH > data_end)
		return XDP_DROP;
	mac_copy(eth->h_dest, p->source_mac);
	mac_copy(eth->h_source, p->destination_mac);
	eth->h_proto = bpf_htons(ETHERTYPE_IPV4);
	reset_ip(ip, p);
	reset_tcp((void *)(ip + 1), p, seq, ack, !(p->tcp_flags & TCP_ACK));
	return XDP_TX;
}

#endif
