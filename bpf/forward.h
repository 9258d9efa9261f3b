/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out what the session says: rewrite, and send.
 */
#ifndef XLBD_BPF_FORWARD_H
#define XLBD_BPF_FORWARD_H

#include "csum.h"
#include "maps.h"
#include "packet.h"

static __always_inline void forward_count_in(struct traffic_stats *t, __u32 n)
{
	t->packets_in++;
	t->bytes_in += n;
}

static __always_inline void forward_count_out(struct traffic_stats *t, __u32 n)
{
	t->packets_out++;
	t->bytes_out += n;
}

static __always_inline void forward_count(const struct packet *p)
{
	__u32 service = p->session->service, backend = p->backend_slot;
	struct traffic_stats *of_service, *of_backend;

	of_service = bpf_map_lookup_elem(&service_stats, &service);
	of_backend = bpf_map_lookup_elem(&backend_stats, &backend);
	if (!of_service || !of_backend)
		return;
	if (p->session->direction == SESSION_REPLY) {
		forward_count_out(of_service, p->length);
		forward_count_out(of_backend, p->length);
	} else {
		forward_count_in(of_service, p->length);
		forward_count_in(of_backend, p->length);
	}
}

static __always_inline int forward_tcp(const struct session4 *s,
				       struct tcphdr *tcp, void *data_end)
{
	if ((void *)(tcp + 1) > data_end)
		return XLBD_REASON_internal;
	tcp->source = s->sport;
	tcp->dest = s->dport;
	tcp->check = csum_apply(tcp->check, s->l4_delta);
	return NEXT;
}

static __always_inline int forward_udp(const struct session4 *s,
				       struct udphdr *udp, void *data_end)
{
	if ((void *)(udp + 1) > data_end)
		return XLBD_REASON_internal;
	udp->source = s->sport;
	udp->dest = s->dport;
	udp->check = csum_apply_udp(udp->check, s->l4_delta);
	return NEXT;
}

static __always_inline int forward_rewrite(struct packet *p, void *data,
					   void *data_end)
{
	struct iphdr *ip = data + ETH_HEADER;
	const struct session4 *s = p->session;
	void *l4;

	if ((void *)(ip + 1) > data_end)
		return XLBD_REASON_internal;
	ip->ttl--;
	ip->check = csum_apply(ip->check, s->ip_delta);
	if (s->kind != BACKEND_FNAT)
		return NEXT;
	ip->saddr = s->saddr;
	ip->daddr = s->daddr;
	if (p->later_fragment)
		return NEXT;
	/* From the packet again: the verifier has lost p->l4's bounds. */
	l4 = (void *)ip + ip->ihl * 4;
	return p->key.protocol == PROTO_TCP ? forward_tcp(s, l4, data_end)
					    : forward_udp(s, l4, data_end);
}

/* What was known of it when the session began may be known no more. */
static __always_inline bool forward_has_next_hop(const struct packet *p)
{
	return p->session->kind == BACKEND_LOCAL ||
	       p->session->direction == SESSION_REPLY ||
	       (p->backend->flags & BACKEND_REACHABLE);
}

/* Out of the link it came in by, or by way of another. */
static __always_inline int forward_verdict(const struct packet *p,
					   __u32 ifindex)
{
	return ifindex == p->ifindex ? XDP_TX : bpf_redirect(ifindex, 0);
}

static __always_inline int forward(struct packet *p, struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	const struct session4 *s = p->session;
	struct ethhdr *eth = data;
	int why;

	if (s->kind != BACKEND_LOCAL && p->ttl <= 1)
		return XLBD_REASON_ttl_expired;
	if (!forward_has_next_hop(p))
		return XLBD_REASON_no_next_hop;
	forward_count(p);
	if (s->kind == BACKEND_LOCAL)
		return XLBD_REASON_local;
	why = forward_rewrite(p, data, data_end);
	if (why != NEXT)
		return why;
	if ((void *)(eth + 1) > data_end)
		return XLBD_REASON_internal;
	if (s->direction == SESSION_REPLY) {
		mac_copy(eth->h_dest, s->client_mac);
		mac_copy(eth->h_source, s->own_mac);
		p->verdict = forward_verdict(p, s->ifindex);
		return XLBD_REASON_reply;
	}
	mac_copy(eth->h_dest, p->backend->mac);
	mac_copy(eth->h_source, p->backend->source_mac);
	p->verdict = forward_verdict(p, p->backend->ifindex);
	return XLBD_REASON_forward;
}

#endif
