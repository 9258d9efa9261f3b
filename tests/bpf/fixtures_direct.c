/* SPDX-License-Identifier: GPL-2.0-only */
/* DR and local: addresses stay; and what a peer node's frames may do. */
#include "fixtures.h"

#define FROM_PEER  .to = node_mac, .from = peer_mac
#define SAME(port) FROM_TO(CLIENT, 40000, VIP, port)
#define OPEN_WEB                                                  \
	{                                                         \
		.in = {CLIENT_TO(81), .flags = SYN}, OPENS(WEB1), \
		.out = { TO_BACKEND1,                             \
			 SAME(81),                                \
			 .flags = SYN }                           \
	}
#define OPEN_HERE                                                      \
	{                                                              \
		.in = {CLIENT_TO(82), .flags = SYN}, OPENS_HERE(HERE1) \
	}

static void also_owner_of_theirs(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_PEERS, XLBD_LEASE_FOREVER);
}

static void lease_over(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_MINE, 1);
}

const struct fixture fixtures_direct[] = {
	{"dr: MACs and TTL, nothing else",
	 {{.in = {CLIENT_TO(81), .flags = SYN, .seq = 5,
		  .tcp_options = "\2\4\5\xb4", .tcp_options_length = 4},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN, .seq = 5,
		   .tcp_options = "\2\4\5\xb4", .tcp_options_length = 4}},
	  {.in = {CLIENT_TO(81), .flags = ACK, .seq = 6, .ack = 9},
	   FORWARDS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = ACK, .seq = 6, .ack = 9}}}},
	{"dr: IP options are kept",
	 {{.in = {CLIENT_TO(81), .flags = SYN, .options = "\1\1\1\0",
		  .options_length = 4},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN, .options = "\1\1\1\0",
		   .options_length = 4}}}},
	{"dr: a wrong TCP checksum is the backend's to see",
	 {{.in = {CLIENT_TO(81), .flags = SYN, .checksum_error = 99},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN,
		   .checksum_error = 99}}}},
	{"dr: the backend's own replies are not ours",
	 {OPEN_WEB,
	  {.in = {.to = client_mac,
		  .from = backend1_mac,
		  FROM_TO(VIP, 81, CLIENT, 40000),
		  .flags = SYN | ACK},
	   PASSES(not_ours)}}},
	{"dr: UDP, and without a checksum",
	 {{.in = {CLIENT_UDP(514), .payload = "log"},
	   OPENS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), .protocol = UDP, .payload = "log"}},
	  {.in = {CLIENT_UDP(514), .payload = "log", .no_checksum = true},
	   FORWARDS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), .protocol = UDP, .payload = "log",
		   .no_checksum = true}}}},
	{"dr: a frame of several buffers",
	 {OPEN_WEB,
	  {.in = {CLIENT_TO(81), .flags = ACK, .fill = 8948},
	   FORWARDS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = ACK, .fill = 8948}}}},
	{"dr: padding is kept and not counted",
	 {{.in = {CLIENT_TO(81), .flags = SYN, .pad = 60},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN, .pad = 60}}}},

	{"local: up to the kernel, unchanged",
	 {OPEN_HERE,
	  {.in = {CLIENT_TO(82), .flags = ACK, .payload = "GET"},
	   IS_LOCAL(HERE1)}}},
	{"local: TTL 1 has arrived",
	 {{.in = {CLIENT_TO(82), .flags = SYN, .ttl = 1}, OPENS_HERE(HERE1)},
	  {.in = {CLIENT_TO(82), .flags = ACK, .ttl = 1}, IS_LOCAL(HERE1)}}},
	{"local: an open connection outlives the lease",
	 {OPEN_HERE,
	  {.before = lease_over,
	   .in = {CLIENT_TO(82), .flags = ACK},
	   IS_LOCAL(HERE1)}}},

	{"peer: a SYN from a peer is not scheduled (FNAT)",
	 {{.in = {FROM_PEER, SAME(80), .flags = SYN}, DROPS(from_peer)}}},
	{"peer: nor by DR",
	 {{.in = {FROM_PEER, SAME(81), .flags = SYN}, DROPS(from_peer)}}},
	{"peer: nor UDP",
	 {{.in = {FROM_PEER, SAME(53), .protocol = UDP}, DROPS(from_peer)}}},
	{"peer: nor is it reset when there is no backend",
	 {{.in = {FROM_PEER, SAME(83), .flags = SYN}, DROPS(from_peer)}}},
	{"peer: what it asks as a client is scheduled (FNAT)",
	 {{.in = {FROM_PEER, FROM_TO(PEER, 40000, VIP, 80), .flags = SYN},
	   OPENS(API1),
	   .out = {TO_BACKEND1, FROM_TO(VIP, 1024, BACKEND1, 8080),
		   .flags = SYN}}}},
	{"peer: and by DR",
	 {{.in = {FROM_PEER, FROM_TO(PEER, 40000, VIP, 81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, FROM_TO(PEER, 40000, VIP, 81), .flags = SYN}}}},
	{"peer: the local backend may have it",
	 {{.in = {FROM_PEER, SAME(82), .flags = SYN}, OPENS_HERE(HERE1)},
	  {.in = {FROM_PEER, SAME(82), .flags = ACK}, IS_LOCAL(HERE1)}}},
	{"peer: of a service with others, only the local one has it",
	 {{.in = {CLIENT_TO(89), .flags = SYN},
	   OPENS(HALF1),
	   .out = {TO_BACKEND2, SAME(89), .flags = SYN}},
	  {.in = {FROM_PEER, FROM_TO(CLIENT, 40001, VIP, 89), .flags = SYN},
	   OPENS_HERE(HALF_HERE)}}},
	{"peer: a known session's packet does not come round (FNAT)",
	 {OPEN_API,
	  {.in = {FROM_PEER, SAME(80), .flags = ACK}, DROPS(from_peer)},
	  {.in = {FROM_PEER, SAME(80), .flags = SYN}, DROPS(from_peer)}}},
	{"peer: a known session's packet does not come round (DR)",
	 {OPEN_WEB,
	  {.in = {FROM_PEER, SAME(81), .flags = ACK}, DROPS(from_peer)}}},

	{"not owner: a SYN for a peer's VIP",
	 {{.in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 80),
		  .flags = SYN},
	   DROPS(not_owner)}}},
	{"not owner: any other segment, and it is not reset",
	 {{.in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 80),
		  .flags = ACK},
	   DROPS(not_owner)}}},
	{"not owner: a SYN for a local backend of a peer's VIP",
	 {{.in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 82),
		  .flags = SYN},
	   DROPS(not_owner)}}},
	{"not owner: nor is it scheduled when a peer sends it",
	 {{.in = {FROM_PEER, FROM_TO(CLIENT, 40000, VIP_OTHERS, 80),
		  .flags = SYN},
	   DROPS(from_peer)}}},
	{"not owner: what the owner schedules for this node's backend",
	 {{.in = {FROM_PEER, FROM_TO(CLIENT, 40000, VIP_OTHERS, 82),
		  .flags = SYN},
	   OPENS_HERE(THEIRS_HERE1)},
	  {.in = {FROM_PEER, FROM_TO(CLIENT, 40000, VIP_OTHERS, 82),
		  .flags = ACK},
	   IS_LOCAL(THEIRS_HERE1)}}},
	{"not owner: the owner's mid-stream segment is for a socket to judge",
	 {{.in = {FROM_PEER, FROM_TO(CLIENT, 40000, VIP_OTHERS, 82),
		  .flags = ACK},
	   PASSES(local),
	   .uncounted = true}}},
	{"not owner: until it is",
	 {{.in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 80),
		  .flags = SYN},
	   DROPS(not_owner)},
	  {.before = also_owner_of_theirs,
	   .in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 80),
		  .flags = SYN},
	   OPENS(THEIRS1),
	   .out = {TO_BACKEND2, FROM_TO(VIP_OTHERS, 1024, BACKEND2, 8080),
		   .flags = SYN}}}},
	{"not owner: another port of a peer's VIP: no RST from here",
	 {{.in = {LINK_IN, FROM_TO(CLIENT, 40000, VIP_OTHERS, 22),
		  .flags = SYN},
	   DROPS(not_owner)}}},
};
COUNT(fixtures_direct);
