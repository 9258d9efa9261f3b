/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session records compared field by field with what is expected of them.
 * Not their checksum deltas: frames show whether those are right.
 */
#ifndef XLBD_TESTS_RECORDS_H
#define XLBD_TESTS_RECORDS_H

#include "world.h"

/* All numbers host order, generation and service those of the backend. */
struct record {
	__u32 key_saddr, key_daddr;
	__u16 key_sport, key_dport;
	__u8 protocol; /* 0: TCP */
	__u32 saddr, daddr;
	__u16 sport, dport;
	__u32 backend;
	__u8 kind, direction, seen;
	__u32 ifindex; /* 0: LINK1 */
	const __u8 *client_mac, *own_mac; /* NULL: the client's, the node's */
};

/* Says itself what differs.  last_seen and created: within a second of now. */
bool record_is(struct xlbd_bpf *bpf, const struct record *expected);
bool record_absent(struct xlbd_bpf *bpf, const struct session4_key *key);
bool record_count_is(struct xlbd_bpf *bpf, __u32 n);

#endif
