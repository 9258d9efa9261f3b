/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Destination to service, for packets of no known session: is it one, may we
 * serve it now, and may a packet like this open a session?
 */
#ifndef XLBD_BPF_SERVICE_H
#define XLBD_BPF_SERVICE_H

#include "icmp.h"
#include "maps.h"
#include "ours.h"
#include "packet.h"
#include "session.h"

static __always_inline struct service *service_find(__be32 address, __be16 port,
						    __u8 protocol)
{
	struct endpoint_key key = {.port = port, .protocol = protocol};

	address_from_v4(key.address, address);
	return bpf_map_lookup_elem(&services, &key);
}

/* A FNAT backend answering nobody: the kernel, which has the VIP, would reset
 * it. */
static __always_inline bool service_is_reply(const struct packet *p)
{
	struct endpoint_key key = {
		.port = p->key.sport,
		.protocol = p->key.protocol,
	};

	__u32 *flags;

	address_from_v4(key.address, p->key.saddr);
	flags = bpf_map_lookup_elem(&endpoints, &key);
	return flags && (*flags & ENDPOINT_REPLIES);
}

static __always_inline int service(struct packet *p)
{
	p->service = service_find(p->key.daddr, p->key.dport, p->key.protocol);
	if (p->service)
		return session_link_mac(p) ? NEXT : XLBD_REASON_other_host;
	return service_is_reply(p) ? XLBD_REASON_reply_no_session
				   : kernels(p, XLBD_REASON_no_service);
}

/*
 * What a peer has scheduled is for this node's own backend, or nobody's.  What
 * it sends as itself it has not scheduled: it is a client, and one only once,
 * because whoever passes its frame on does so with a MAC of his own.
 */
static __always_inline int peer(struct packet *p)
{
	struct peer *from = session_peer(p);

	p->now = session_ticks(bpf_ktime_get_coarse_ns());
	if (!from)
		return NEXT;
	p->backend_slot = p->service->local_backend;
	p->backend = bpf_map_lookup_elem(&backends, &p->backend_slot);
	if (p->backend || address_is_v4(from->address, p->key.saddr))
		return NEXT;
	return XLBD_REASON_from_peer;
}

static __always_inline int owned(struct packet *p)
{
	if (p->backend) /* scheduled by the owner, which is not us */
		return NEXT;
	return ours_owned(p->service->vip, bpf_ktime_get_ns())
		       ? NEXT
		       : XLBD_REASON_not_owner;
}

/* A connection of a local backend may outlive what was known of it here. */
static __always_inline bool service_has_socket(const struct packet *p,
					       struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = {
		.ipv4.saddr = p->key.saddr,
		.ipv4.daddr = p->key.daddr,
		.ipv4.sport = p->key.sport,
		.ipv4.dport = p->key.dport,
	};
	struct bpf_sock *sk;
	bool connected;

	if (p->service->local_backend == XLBD_NO_BACKEND)
		return false;
	sk = bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4),
				BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	connected = sk->state != SOCKET_LISTEN;
	bpf_sk_release(sk);
	return connected;
}

/* May a packet like this open a session?  If not, whose is it? */
static __always_inline int opens(struct packet *p, struct xdp_md *ctx)
{
	if (session_opens(p))
		return NEXT;
	/* A peer's are for the kernel to answer: our RST would go to the peer,
	 * not to the client. */
	if (p->backend || service_has_socket(p, ctx))
		return XLBD_REASON_local;
	return XLBD_REASON_no_session;
}

#endif
