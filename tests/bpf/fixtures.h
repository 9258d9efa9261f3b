/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words in which the fixtures are written, and their tables.  Frames name
 * what a reader would see in tcpdump; what is not named is as frame.h says.
 */
#ifndef XLBD_TESTS_FIXTURES_H
#define XLBD_TESTS_FIXTURES_H

#include "harness.h"

#include <netinet/in.h>

#define TCP     IPPROTO_TCP
#define UDP     IPPROTO_UDP

#define R(name) .reason = XLBD_REASON_##name

/* What becomes of it. */
#define PASSES(name)   R(name), .action = XDP_PASS
#define DROPS(name)    R(name), .action = XDP_DROP
#define RESETS(name)   R(name), .action = XDP_TX
#define OPENS(slot)    R(forward), .action = XDP_TX, .backend = slot, .opens = true
#define FORWARDS(slot) R(forward), .action = XDP_TX, .backend = slot
#define REPLIES(slot)  R(reply), .action = XDP_TX, .backend = slot
#define OPENS_HERE(slot) \
	R(local), .action = XDP_PASS, .backend = slot, .opens = true
#define IS_LOCAL(slot) R(local), .action = XDP_PASS, .backend = slot

/* Frames as they come in ... */
#define LINK_IN               .to = node_mac, .from = client_mac
#define FROM_TO(s, sp, d, dp) .saddr = s, .sport = sp, .daddr = d, .dport = dp
#define CLIENT_TO(port)       LINK_IN, FROM_TO(CLIENT, 40000, VIP, port)
#define CLIENT_UDP(port)      CLIENT_TO(port), .protocol = UDP
#define REPLY_LINK            .to = node_mac, .from = backend1_mac
#define API1_TO(port)         REPLY_LINK, FROM_TO(BACKEND1, 8080, VIP, port)

/* ... and as they go out: TTL 64 has become 63. */
#define TO_BACKEND1      .to = backend1_mac, .from = node_mac, .ttl = 63
#define TO_BACKEND2      .to = backend2_mac, .from = node_mac, .ttl = 63
#define TO_CLIENT        .to = client_mac, .from = node_mac, .ttl = 63
#define OUT_API1(port)   TO_BACKEND1, FROM_TO(VIP, port, BACKEND1, 8080)
#define OUT_API2(port)   TO_BACKEND2, FROM_TO(VIP, port, BACKEND2, 8080)
#define OUT_CLIENT(port) TO_CLIENT, FROM_TO(VIP, port, CLIENT, 40000)
/* An answer of the node's own: a TCP header only. */
#define RST_FRAME(port)                                                        \
	.to = client_mac, .from = node_mac, FROM_TO(VIP, port, CLIENT, 40000), \
	.id_zero = true, .fragment = 0x4000, .window_zero = true

#define FIRST_PORT XLBD_SNAT_PORT_MIN

/* The step that opens a session of API to backend 1, port FIRST_PORT. */
#define OPEN_API                                                               \
	{                                                                      \
		.in = {CLIENT_TO(80), .flags = SYN, .seq = 1000}, OPENS(API1), \
		.out = { OUT_API1(FIRST_PORT),                                 \
			 .flags = SYN,                                         \
			 .seq = 1000 }                                         \
	}

extern const struct fixture fixtures_parse[], fixtures_arp[], fixtures_fnat[],
	fixtures_direct[], fixtures_reset[], fixtures_session[],
	fixtures_closing[], fixtures_fragment[], fixtures_refused[];
extern const size_t fixtures_parse_count, fixtures_arp_count,
	fixtures_fnat_count, fixtures_direct_count, fixtures_reset_count,
	fixtures_session_count, fixtures_closing_count, fixtures_fragment_count,
	fixtures_refused_count;

#define COUNT(table) \
	const size_t table##_count = sizeof(table) / sizeof(table[0])

#endif
