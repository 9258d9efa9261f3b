/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internet checksums by difference (RFC 1624, equation 3): what a rewrite
 * changes is a constant of its session, summed once and added to the checksum
 * of every packet.  Words are as loaded from the packet; the one's complement
 * sum does not mind the byte order (RFC 1071, 2B).  Compiles on the host too.
 */
#ifndef XLBD_BPF_CSUM_H
#define XLBD_BPF_CSUM_H

#include "packet.h"

/* One word less TTL: the word (ttl, protocol) loses 0x0100. */
#define CSUM_TTL_DECREMENT ((__u16)bpf_htons(0xfeff))

static __always_inline __u16 csum_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)sum;
}

static __always_inline __u16 csum_add(__u16 a, __u16 b)
{
	return csum_fold((__u32)a + b);
}

/* The delta that undoes `delta`. */
static __always_inline __u16 csum_negate(__u16 delta)
{
	return (__u16)~delta;
}

/* Adds to `delta` that a 16-bit word `from` becomes `to`. */
static __always_inline __u16 csum_delta16(__u16 delta, __be16 from, __be16 to)
{
	return csum_fold((__u32)delta + (__u16)~from + to);
}

/* Adds to `delta` that an IPv4 address `from` becomes `to`. */
static __always_inline __u16 csum_delta32(__u16 delta, __be32 from, __be32 to)
{
	return csum_fold((__u32)delta + (__u16)~from + (__u16) ~(from >> 16) +
			 (__u16)to + (__u16)(to >> 16));
}

static __always_inline __u16 csum_apply(__u16 check, __u16 delta)
{
	return (__u16)~csum_fold((__u32)(__u16)~check + delta);
}

/* UDP: 0 says "no checksum" and stays; a sum of 0 is sent as 0xffff. */
static __always_inline __u16 csum_apply_udp(__u16 check, __u16 delta)
{
	if (!check)
		return 0;
	return csum_apply(check, delta) ?: 0xffff;
}

/* The one's complement sum of `words` 16-bit words at `at`, folded. */
static __always_inline __u16 csum_words(const __u16 *at, int words)
{
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < words; i++)
		sum += at[i];
	return csum_fold(sum);
}

#endif
