/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known connections.  A record is the whole rewrite for one direction; a FNAT
 * session has two, each found by what its packets carry.  Records are claimed
 * (kind BACKEND_NONE), filled, then published by their kind; the daemon ages
 * them.  A record counts while its generation is its backend's.
 */
#ifndef XLBD_BPF_SESSION_H
#define XLBD_BPF_SESSION_H

#include "csum.h"
#include "maps.h"
#include "ours.h"
#include "packet.h"

#define EEXIST 17 /* vmlinux.h has no macros */

/* How far CLOCK_MONOTONIC_COARSE may lag: two ticks of HZ=100. */
#define SESSION_CLOCK_LAG 20000000ULL

static __always_inline __u32 session_ticks(__u64 now)
{
	return (__u32)(now >> XLBD_LAST_SEEN_SHIFT);
}

static __always_inline bool session_opens(const struct packet *p)
{
	return p->key.protocol == PROTO_UDP ||
	       (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) ==
		       TCP_SYN;
}

/* What the packet adds to what its direction has seen. */
static __always_inline __u8 session_seen(const struct packet *p)
{
	__u8 seen = 0;

	if (p->later_fragment)
		return 0;
	if (p->key.protocol == PROTO_UDP)
		return SEEN_DATA;
	if (p->tcp_flags & TCP_SYN)
		seen |= SEEN_SYN;
	else
		seen |= SEEN_ACK;
	if (p->tcp_flags & TCP_FIN)
		seen |= SEEN_FIN;
	if (p->tcp_flags & TCP_RST)
		seen |= SEEN_RST;
	return seen;
}

/* The key under which packets of the other direction arrive. */
static __always_inline struct session4_key
session_reversed(const struct session4 *s, __u8 protocol)
{
	struct session4_key key = {
		.saddr = s->daddr,
		.daddr = s->saddr,
		.sport = s->dport,
		.dport = s->sport,
		.protocol = protocol,
	};

	return key;
}

/* FNAT's other record, if this is still its session. */
static __always_inline struct session4 *session_other(const struct session4 *s,
						      __u8 protocol)
{
	struct session4_key key = session_reversed(s, protocol);
	struct session4 *other = bpf_map_lookup_elem(&sessions4, &key);

	if (s->kind != BACKEND_FNAT || !other || other->backend != s->backend ||
	    other->direction == s->direction)
		return NULL;
	return other;
}

/* And its backend: the packet is to be scheduled like any other. */
static __always_inline void session_forget(struct packet *p,
					   const struct session4 *s)
{
	struct session4_key reply = session_reversed(s, p->key.protocol);
	struct session4_key key = p->key;

	if (session_other(s, p->key.protocol))
		bpf_map_delete_elem(&sessions4, &reply);
	bpf_map_delete_elem(&sessions4, &key);
	p->backend = NULL;
}

/* Reset, or closed by both ends as far as they can be seen. */
static __always_inline bool session_ended(const struct packet *p,
					  const struct session4 *s)
{
	struct session4 *other = session_other(s, p->key.protocol);
	__u8 other_seen = other ? other->seen : 0;

	if ((s->seen | other_seen) & SEEN_RST)
		return true;
	if (s->kind == BACKEND_FNAT)
		return s->seen & other_seen & SEEN_FIN;
	return s->seen & SEEN_FIN;
}

static __always_inline bool session_link_mac(const struct packet *p)
{
	__u32 ifindex = p->ifindex;
	struct link *l = bpf_map_lookup_elem(&links, &ifindex);

	return l && mac_equal(l->mac, p->destination_mac);
}

static __always_inline struct peer *session_peer(const struct packet *p)
{
	struct mac_key mac = {};

	mac_copy(mac.mac, p->source_mac);
	return bpf_map_lookup_elem(&peers, &mac);
}

static __always_inline bool session_from_peer(const struct packet *p)
{
	return session_peer(p);
}

/*
 * DR leaves the addresses alone, so a backend that schedules too may send the
 * frame back: for ever, were it not stopped here.
 */
static __always_inline bool session_comes_round(const struct packet *p)
{
	return p->backend->kind == BACKEND_DR &&
	       mac_equal(p->backend->mac, p->source_mac);
}

/* A client's next hop has a new MAC, or its packets come another way; or a
 * peer's frame came round. */
static __always_inline int session_moved(struct packet *p, struct session4 *s)
{
	struct session4 *reply;

	if (s->kind != BACKEND_LOCAL &&
	    (session_from_peer(p) || session_comes_round(p)))
		return XLBD_REASON_from_peer;
	mac_copy(s->client_mac, p->source_mac);
	mac_copy(s->own_mac, p->destination_mac);
	reply = session_other(s, p->key.protocol);
	if (reply) {
		mac_copy(reply->client_mac, p->source_mac);
		mac_copy(reply->own_mac, p->destination_mac);
		reply->ifindex = p->ifindex;
	}
	return KNOWN;
}

static __always_inline void session_touch(struct packet *p, struct session4 *s)
{
	__u8 seen = session_seen(p);

	/* Written only when they change: the line stays clean for others. */
	if (s->last_seen != p->now)
		s->last_seen = p->now;
	if ((s->seen | seen) != s->seen)
		s->seen |= seen;
}

/* The record's backend was taken out, or its slot given to another. */
static __always_inline int session_stale(struct packet *p, struct session4 *s)
{
	if (s->direction == SESSION_REPLY)
		return XLBD_REASON_reply_no_session;
	if (!session_opens(p))
		return XLBD_REASON_backend_gone;
	session_forget(p, s);
	return NEXT;
}

static __always_inline int session_find(struct packet *p)
{
	struct session4_key key = p->key;
	struct session4 *s = bpf_map_lookup_elem(&sessions4, &key);
	bool moved;
	__u64 now;

	if (!s)
		return NEXT;
	if (s->kind == BACKEND_NONE)
		return XLBD_REASON_being_created;
	p->backend_slot = s->backend;
	p->backend = bpf_map_lookup_elem(&backends, &p->backend_slot);
	if (!p->backend)
		return XLBD_REASON_internal;
	if (p->backend->generation != s->generation)
		return session_stale(p, s);
	now = bpf_ktime_get_coarse_ns();
	p->now = session_ticks(now);
	if (s->kind != BACKEND_LOCAL &&
	    !ours_owned(s->vip, now + SESSION_CLOCK_LAG))
		return XLBD_REASON_not_owner;
	p->session = s;
	moved = !mac_equal(s->own_mac, p->destination_mac);
	if (moved && !session_link_mac(p))
		return XLBD_REASON_other_host;
	if (s->direction == SESSION_REPLY) {
		session_touch(p, s);
		return KNOWN;
	}
	if (p->key.protocol == PROTO_TCP && session_opens(p) &&
	    session_ended(p, s)) {
		session_forget(p, s);
		return NEXT;
	}
	session_touch(p, s);
	if (!moved && mac_equal(s->client_mac, p->source_mac))
		return KNOWN;
	return session_moved(p, s);
}

/*
 * Takes the place of a new session, so that of several packets with the same
 * addresses only one is scheduled.
 */
static __always_inline int session_claim(struct packet *p)
{
	struct session4_key key = p->key;
	struct session4 claim = {.last_seen = p->now};
	int err = bpf_map_update_elem(&sessions4, &key, &claim, BPF_NOEXIST);

	if (err)
		return err == -EEXIST ? XLBD_REASON_being_created
				      : XLBD_REASON_table_full;
	p->session = bpf_map_lookup_elem(&sessions4, &key);
	return p->session ? NEXT : XLBD_REASON_being_created;
}

static __always_inline int session_disclaim(struct packet *p, int why)
{
	struct session4_key key = p->key;

	bpf_map_delete_elem(&sessions4, &key);
	return why;
}

/* What both records of a session, and a lone one, have in common. */
static __always_inline void session_fill(struct packet *p, struct session4 *s)
{
	s->backend = p->backend_slot;
	s->generation = p->backend->generation;
	s->service = p->service->slot;
	s->last_seen = p->now;
	s->created = p->now;
	s->ifindex = p->ifindex;
	s->vip = p->service->vip;
	mac_copy(s->client_mac, p->source_mac);
	mac_copy(s->own_mac, p->destination_mac);
}

static __always_inline bool snat_port_excluded(__u16 port)
{
	__u32 word = port / 64;
	__u64 *bits = bpf_map_lookup_elem(&snat_excluded, &word);

	return bits && (*bits >> (port % 64) & 1);
}

#define SNAT_PORT_TRIES      28
#define SNAT_PORT_NEIGHBOURS 16

/*
 * How far to go on from a port that is taken: whole ranges may be, by
 * another service with the same backends or by sessions that stay.
 */
static __always_inline __u32 snat_port_step(int tries)
{
	return tries < SNAT_PORT_NEIGHBOURS
		       ? 1
		       : 2U << (tries - SNAT_PORT_NEIGHBOURS);
}

/* Which cursor; two backends that share one are none the worse for it. */
static __always_inline __u32 snat_cursor(const struct session4_key *reply)
{
	__u32 mixed = reply->saddr ^
		      ((__u32)reply->sport << 16 | reply->protocol);

	return mixed * 0x9e3779b1U >> (32 - XLBD_SNAT_CURSOR_BITS);
}

/*
 * Finds a source port that no session towards this backend has, and stores
 * the reply's record under it.  Ports are taken in turn, so the one used
 * longest ago comes first.  `reply->l4_delta` comes without this port.
 */
static __always_inline int session_add_reply(struct session4_key *key,
					     struct session4 *reply)
{
	__u32 id = snat_cursor(key);
	__u32 *cursor = bpf_map_lookup_elem(&snat_cursors, &id);
	__u16 l4_delta = reply->l4_delta;
	__u16 port;
	int err;

	if (!cursor)
		return XLBD_REASON_internal;
	for (int i = 0; i < SNAT_PORT_TRIES; i++) {
		port = XLBD_SNAT_PORT_MIN +
		       __sync_fetch_and_add(cursor, snat_port_step(i)) %
			       XLBD_SNAT_PORTS;
		if (snat_port_excluded(port))
			continue;
		key->dport = bpf_htons(port);
		reply->l4_delta =
			csum_delta16(l4_delta, key->dport, reply->dport);
		err = bpf_map_update_elem(&sessions4, key, reply, BPF_NOEXIST);
		if (!err)
			return NEXT;
		if (err != -EEXIST)
			return XLBD_REASON_table_full;
	}
	return XLBD_REASON_no_snat_port;
}

/*
 * FNAT: both addresses, both ports, and the way back.  What the forward
 * rewrite adds to a checksum the reply's takes away.
 */
static __always_inline int session_fill_fnat(struct packet *p)
{
	struct session4 *s = p->session;
	struct session4_key key = {
		.sport = p->backend->port,
		.protocol = p->key.protocol,
	};
	struct session4 reply = {
		.saddr = p->key.daddr,
		.daddr = p->key.saddr,
		.sport = p->key.dport,
		.dport = p->key.sport,
		.kind = BACKEND_FNAT,
		.direction = SESSION_REPLY,
	};
	__u16 addresses;
	int why;

	__builtin_memcpy(&key.saddr, p->backend->address + 12, 4);
	__builtin_memcpy(&key.daddr, p->backend->snat_address + 12, 4);
	addresses = csum_delta32(0, key.saddr, reply.saddr);
	addresses = csum_delta32(addresses, key.daddr, reply.daddr);
	reply.ip_delta = csum_add(addresses, CSUM_TTL_DECREMENT);
	reply.l4_delta = csum_delta16(addresses, key.sport, reply.sport);
	session_fill(p, &reply);
	why = session_add_reply(&key, &reply);
	if (why != NEXT)
		return why;
	s->saddr = key.daddr;
	s->daddr = key.saddr;
	s->sport = key.dport;
	s->dport = key.sport;
	s->ip_delta = csum_add(csum_negate(addresses), CSUM_TTL_DECREMENT);
	s->l4_delta = csum_negate(reply.l4_delta);
	return NEXT;
}

static __always_inline void session_count(const struct packet *p)
{
	__u32 service = p->service->slot, backend = p->backend_slot;
	struct traffic_stats *t = bpf_map_lookup_elem(&service_stats, &service);

	if (t)
		t->sessions++;
	t = bpf_map_lookup_elem(&backend_stats, &backend);
	if (t)
		t->sessions++;
}

/* Fills and publishes what was claimed: from here the session is known. */
static __always_inline int session_create(struct packet *p)
{
	struct session4 *s = p->session;
	__u8 kind = p->backend->kind;
	int why;

	session_fill(p, s);
	s->direction = SESSION_FORWARD;
	s->seen = session_seen(p);
	if (kind == BACKEND_FNAT) {
		why = session_fill_fnat(p);
		if (why != NEXT)
			return session_disclaim(p, why);
	} else {
		s->saddr = p->key.saddr;
		s->daddr = p->key.daddr;
		s->sport = p->key.sport;
		s->dport = p->key.dport;
		s->ip_delta = CSUM_TTL_DECREMENT;
		s->l4_delta = 0;
	}
	session_count(p);
	asm volatile("" ::: "memory"); /* x86 keeps stores in order */
	*(volatile __u8 *)&s->kind = kind;
	return KNOWN;
}

#endif
