/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Destination to service, for packets of no known session: is it one, may we
 * serve it now, and may a packet like this open a session?
 */
#ifndef XLBD_BPF_SERVICE_H
#define XLBD_BPF_SERVICE_H

#include "maps.h"
#include "ours.h"
#include "packet.h"
#include "session.h"

static __always_inline struct service *service_find(__be32 address, __be16 port,
						    __u8 protocol)
{
	struct endpoint_key key = { .port = port, .protocol = protocol };

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

	address_from_v4(key.address, p->key.saddr);
	return bpf_map_lookup_elem(&endpoints, &key);
}

static __always_inline int service(struct packet *p)
{
	p->service = service_find(p->key.daddr, p->key.dport, p->key.protocol);
	if (p->service)
		return session_link_mac(p) ? NEXT : XLBD_REASON_other_host;
	return service_is_reply(p) ? XLBD_REASON_reply_no_session :
				     XLBD_REASON_no_service;
}

static __always_inline int owned(struct packet *p)
{
	if (!ours_owned(p->service->vip, bpf_ktime_get_ns()))
		return XLBD_REASON_not_owner;
	p->now = session_ticks(bpf_ktime_get_coarse_ns());
	return session_opens(p) ? NEXT : XLBD_REASON_no_session;
}

#endif
