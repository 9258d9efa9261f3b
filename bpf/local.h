/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a backend listens, for sockets of this node (steer, connect): XDP
 * has no use for this.
 */
#ifndef XLBD_BPF_LOCAL_H
#define XLBD_BPF_LOCAL_H

#include "maps.h"
#include "packet.h"

#define LOCAL_LOOPBACK bpf_htonl(0x7f000001)

/* Its address, or 127.0.0.1 if that is all it listens on. */
static __always_inline __be32 local_address(const struct backend *b)
{
	__be32 address;

	if (b->flags & BACKEND_LOOPBACK)
		return LOCAL_LOOPBACK;
	__builtin_memcpy(&address, b->address + 12, 4);
	return address;
}

#endif
