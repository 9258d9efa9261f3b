/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys, values and limits of the BPF maps, as both sides see them.
 *
 * Addresses are 16 bytes, IPv4 as v4-mapped (::ffff:a.b.c.d), so that a dump
 * reads byte by byte; IPv4-only records keep the packet's own __be32.  __be*
 * is network order, everything else host order.  No implicit padding: keys
 * are compared byte by byte.  Fixed-width types come from the includer
 * (vmlinux.h in bpf/, <linux/types.h> elsewhere).
 */
#ifndef XLBD_MAPS_H
#define XLBD_MAPS_H

#include "xlbd_reasons.h"

#define XLBD_MAX_SERVICES     4096
#define XLBD_MAX_BACKENDS     16384
#define XLBD_MAX_VIPS         1024
#define XLBD_MAX_PEERS        256
#define XLBD_MAX_LINKS        256
#define XLBD_MAX_RING         4096 /* places in one service's ring */
#define XLBD_RING_PLACES      (1 << 20) /* in all of them */
#define XLBD_MAX_FRAGMENTS    8192
#define XLBD_SNAT_CURSOR_BITS 10
#define XLBD_SNAT_CURSORS     (1 << XLBD_SNAT_CURSOR_BITS)
#define XLBD_SNAT_PORT_MIN    1024
#define XLBD_SNAT_PORTS       (65536 - XLBD_SNAT_PORT_MIN)
#define XLBD_LEASE_FOREVER    (~0ULL)
#define XLBD_LAST_SEEN_SHIFT  24 /* CLOCK_MONOTONIC_COARSE ns -> 16.8 ms ticks */

/* Which address and port: of a service, or of a backend. */
struct endpoint_key {
	__u8 address[16];
	__be16 port;
	__u8 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	__u8 pad;
};
_Static_assert(sizeof(struct endpoint_key) == 20, "endpoint_key");

enum service_flag {
	SERVICE_DROP_WITHOUT_BACKEND = 1 << 0, /* on_no_backend drop */
};

#define XLBD_NO_BACKEND (~0U)

/* Map `services`, by endpoint_key.  Daemon writes; XDP and connect read. */
struct service {
	__u32 slot; /* into rings, tickets, service_stats */
	__u32 vip; /* into owner */
	__u32 flags;
	__u32 local_backend; /* slot: who gets what a peer has scheduled */
};
_Static_assert(sizeof(struct service) == 16, "service");

/*
 * Map `ring_heads`, by service slot: where in `rings` its backend slots stand.
 * One aligned word, which the daemon stores at once: a ring is swapped as a
 * whole.
 */
struct ring_head {
	__u32 first;
	__u32 length; /* 0: no backend */
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct ring_head) == 8, "ring_head");

/* Map `rings`.  8 bytes: an array's elements are, mapped, if told or not. */
struct ring_place {
	__u32 backend; /* slot */
	__u32 pad;
};
_Static_assert(sizeof(struct ring_place) == 8, "ring_place");

enum backend_kind {
	BACKEND_NONE = 0, /* free slot; in a session: still being created */
	BACKEND_DR = 1,
	BACKEND_TUN = 2,
	BACKEND_NAT = 3,
	BACKEND_FNAT = 4,
	BACKEND_LOCAL = 5,
};

enum backend_flag {
	BACKEND_REACHABLE = 1 << 0, /* mac, source_mac and ifindex are valid */
	BACKEND_LOOPBACK = 1 << 1, /* local, and listening on loopback only */
};

/*
 * Map `backends`, by slot; one slot per service and backend.  Daemon writes,
 * data plane reads.  A session is valid while its generation is the slot's:
 * raising it ends all sessions of the backend at once.
 */
struct backend {
	__u8 address[16];
	__u8 snat_address[16]; /* FNAT: what the backend sees as the source */
	__be16 port;
	__u8 protocol;
	__u8 kind;
	__u32 flags;
	__u32 generation;
	__u32 service; /* slot */
	__u32 ifindex; /* towards the backend */
	__u8 mac[6]; /* next hop's */
	__u8 source_mac[6];
};
_Static_assert(sizeof(struct backend) == 64, "backend: one cache line");

/* Map `owner`, by VIP slot.  Daemon writes; guard, egress and XDP read. */
struct owner {
	__u8 address[16];
	__u64 lease_until; /* CLOCK_MONOTONIC ns; 0: not owner */
};
_Static_assert(sizeof(struct owner) == 24, "owner");

enum ours_flag {
	OURS_VIP = 1 << 0,
	OURS_SNAT = 1 << 1,
};

/* Map `ours4`, by __be32 address: the small hot set.  Daemon writes. */
struct ours {
	__u32 vip; /* into owner */
	__u32 flags;
};
_Static_assert(sizeof(struct ours) == 8, "ours");

/*
 * Map `ours_filter`: a bit for each value of ours_bit(), set if any address in
 * ours4 has it.  What has no bit is not ours, and that is nearly all of it.
 * Daemon writes; XDP reads.
 */
#define XLBD_OURS_BITS 65536

static inline __u32 ours_bit(__be32 address)
{
	return (address ^ address >> 16) & (XLBD_OURS_BITS - 1);
}

/* Map `peers`: MACs of other nodes that schedule for the same VIPs. */
struct mac_key {
	__u8 mac[6];
	__u8 pad[2];
};
_Static_assert(sizeof(struct mac_key) == 8, "mac_key");

struct peer {
	__u8 address[16]; /* what it sends as itself, not as a balancer */
};
_Static_assert(sizeof(struct peer) == 16, "peer");

/* Map `endpoints`, by endpoint_key: what backends' addresses are here. */
enum endpoint_flag {
	ENDPOINT_REPLIES = 1 << 0, /* FNAT: what comes from it answers us */
	ENDPOINT_LOOPBACK = 1 << 1, /* ours, and only 127.0.0.1 listens there */
};

/* Map `links`, by ifindex: the interfaces that the program runs on. */
struct link {
	__u8 mac[6];
	__u8 pad[2];
};
_Static_assert(sizeof(struct link) == 8, "link");

/* Map `sessions4`: addresses and ports as the packet carries them. */
struct session4_key {
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u8 protocol;
	__u8 pad[3];
};
_Static_assert(sizeof(struct session4_key) == 16, "session4_key");

/* What a direction of a session has seen; TCP states are made of both. */
enum session_seen {
	SEEN_SYN = 1 << 0,
	SEEN_ACK = 1 << 1, /* any segment after the SYN of this direction */
	SEEN_FIN = 1 << 2,
	SEEN_RST = 1 << 3,
	SEEN_DATA = 1 << 4, /* UDP: any datagram */
};

enum session_direction {
	SESSION_FORWARD = 0, /* client to backend */
	SESSION_REPLY = 1, /* backend to client */
};

/*
 * One direction of a session, and the whole rewrite for it.  Data plane
 * writes, daemon reads and deletes.  A FNAT session is two records, each
 * other's key being the reversed result of the rewrite; DR and local are one.
 */
struct session4 {
	__be32 saddr; /* as sent on; DR and local: as received */
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u16 ip_delta; /* see bpf/csum.h; a TTL decrement is in it */
	__u16 l4_delta;
	__u32 backend; /* slot */
	__u32 generation;
	__u32 service; /* slot */
	__u32 last_seen; /* XLBD_LAST_SEEN_SHIFT ticks */
	__u32 created; /* likewise */
	__u32 ifindex; /* towards the client */
	__u16 vip; /* into owner */
	__u8 kind; /* enum backend_kind; BACKEND_NONE: being created */
	__u8 direction;
	__u8 client_mac[6]; /* what the client's packets come from */
	__u8 own_mac[6]; /* what they were sent to */
	__u8 seen; /* enum session_seen, of this direction */
	__u8 pad[3];
};
_Static_assert(sizeof(struct session4) == 60, "session4");

/* Map `fragments4`: which ports a fragment train has; from its first one. */
struct fragment4_key {
	__be32 saddr;
	__be32 daddr;
	__be16 id;
	__u8 protocol;
	__u8 pad;
};
_Static_assert(sizeof(struct fragment4_key) == 12, "fragment4_key");

struct fragment_ports {
	__be16 sport;
	__be16 dport;
};
_Static_assert(sizeof(struct fragment_ports) == 4, "fragment_ports");

struct reason_stats {
	__u64 packets;
	__u64 bytes;
};
_Static_assert(sizeof(struct reason_stats) == 16, "reason_stats");

/*
 * Map `reasons`, per CPU, one entry (key 0): a field a reason, so that a dump
 * has their names.  Also an array of struct reason_stats by enum xlbd_reason.
 */
struct reasons {
#define X(name, action, help) struct reason_stats name;
	XLBD_REASONS(X)
#undef X
};
_Static_assert(sizeof(struct reasons) ==
		       XLBD_REASON_MAX * sizeof(struct reason_stats),
	       "reasons");

/* Maps `service_stats` and `backend_stats`, per CPU, by slot. */
struct traffic_stats {
	__u64 packets_in; /* from clients */
	__u64 bytes_in; /* frames, Ethernet header included */
	__u64 packets_out;
	__u64 bytes_out;
	__u64 sessions; /* opened so far */
};
_Static_assert(sizeof(struct traffic_stats) == 40, "traffic_stats");

/* Map `original_destinations`: what a local client believes to talk to. */
struct original_destination {
	__be32 address;
	__be16 port;
	__u16 pad;
};
_Static_assert(sizeof(struct original_destination) == 8, "original");

#endif
