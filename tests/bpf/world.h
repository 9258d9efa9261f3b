/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The little network that every fixture starts from, and the maps' contents
 * for it.  One node with two links, two clients, a peer node, backends:
 *
 *	clients .50 .51 --+-- node (link 1) .20      node (link 2) --- far .61
 *	peer node .21 ----+      VIPs .99 (owned), .100 (not), SNAT .98
 *	backends .31 .32 -+
 */
#ifndef XLBD_TESTS_WORLD_H
#define XLBD_TESTS_WORLD_H

#include "frame.h"

#include <linux/types.h>

#include "xlbd_maps.h"

#define CLIENT     IPV4(10, 0, 4, 50)
#define CLIENT2    IPV4(10, 0, 4, 51)
#define PEER       IPV4(10, 0, 4, 21)
#define BACKEND1   IPV4(10, 0, 4, 31)
#define BACKEND2   IPV4(10, 0, 4, 32)
#define FAR        IPV4(10, 0, 9, 61) /* a backend by way of link 2 */
#define VIP        IPV4(10, 0, 4, 99)
#define VIP_OTHERS IPV4(10, 0, 4, 100) /* a peer's */
#define SNAT       IPV4(10, 0, 4, 98)
#define STRANGER   IPV4(192, 0, 2, 7)

extern const __u8 node_mac[6], node2_mac[6], client_mac[6], client2_mac[6],
	peer_mac[6], backend1_mac[6], backend2_mac[6], far_mac[6],
	broadcast_mac[6];

#define LINK1 1 /* loopback of the test's own namespace */
#define LINK2 42 /* one end of a veth */

/* What the VIPs serve. */
enum world_service {
	API, /* .99:80/tcp   FNAT: backend1, backend2 */
	DNS, /* .99:53/udp   FNAT: backend1 */
	WEB, /* .99:81/tcp   DR: backend1 */
	LOG, /* .99:514/udp  DR: backend1 */
	HERE, /* .99:82/tcp   local */
	EMPTY, /* .99:83/tcp   no backend is up */
	SILENT, /* .99:84/tcp   likewise, and no reset for it */
	LOST, /* .99:85/tcp   next hop unknown */
	AWAY, /* .99:86/tcp   FNAT: far, by link 2 */
	SNATTED, /* .99:87/tcp   FNAT from .98: backend1 */
	THEIRS, /* .100:80/tcp  of a VIP that is a peer's */
	THEIRS_HERE, /* .100:82/tcp  likewise, local */
	EMPTY_UDP, /* .99:83/udp */
	NO_RING, /* .99:88/tcp   its ring was never set */
	HALF, /* .99:89/tcp   DR to backend2; peers' go to local */
	WORLD_SERVICES
};

enum world_backend {
	API1,
	API2,
	DNS1,
	WEB1,
	LOG1,
	HERE1,
	LOST1,
	AWAY1,
	SNATTED1,
	THEIRS1,
	THEIRS_HERE1,
	HALF1,
	HALF_HERE,
	WORLD_BACKENDS
};

enum world_vip { VIP_MINE, VIP_PEERS };

struct xlbd_bpf;

/*
 * Empties sessions, fragments, counters and cursors, and writes everything
 * else as drawn.  Asserts that every write succeeds.
 */
void world_reset(struct xlbd_bpf *bpf);

/* Changes to it. */
void world_set_ring(struct xlbd_bpf *bpf, __u32 service, const __u32 *backends,
		    __u32 length);
void world_set_lease(struct xlbd_bpf *bpf, __u32 vip, __u64 lease_until);
void world_end_sessions(struct xlbd_bpf *bpf, __u32 backend);
/* By way of backend 1's MAC. */
void world_set_reachable(struct xlbd_bpf *bpf, __u32 backend, bool yes);
void world_set_cursors(struct xlbd_bpf *bpf, __u32 cursor); /* all */
void world_exclude_port(struct xlbd_bpf *bpf, __u16 port);
/* Fills sessions4 but for `leave` records. */
void world_fill_sessions(struct xlbd_bpf *bpf, __u32 leave);
__u32 world_count_sessions(struct xlbd_bpf *bpf);

/* sessions4 by what a packet carries, host order. */
struct session4_key world_session_key(__u32 saddr, __u16 sport, __u32 daddr,
				      __u16 dport, __u8 protocol);
int world_get_session(struct xlbd_bpf *bpf, const struct session4_key *key,
		      struct session4 *out);

#endif
