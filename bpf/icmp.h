/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ICMP for an address of ours is the kernel's: it owns the VIP and answers
 * pings; errors about sockets of this node find them there.
 */
#ifndef XLBD_BPF_ICMP_H
#define XLBD_BPF_ICMP_H

#include "packet.h"

static __always_inline int icmp(struct packet *p)
{
	return p->key.protocol == PROTO_ICMP ? XLBD_REASON_icmp : NEXT;
}

#endif
