/* SPDX-License-Identifier: GPL-2.0-only */
/* New sessions that cannot be: refused by name, and nothing left behind. */
#include "fixtures.h"
#include "records.h"

#include <assert.h>
#include <bpf/bpf.h>

#include "xlbd.skel.h"

#define SYN_FROM(port) LINK_IN, FROM_TO(CLIENT, port, VIP, 80), .flags = SYN
#define LAST_PORT      65535

static void exclude(struct xlbd_bpf *bpf, unsigned int first, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		world_exclude_port(bpf, first + i);
}

static void exclude_15(struct xlbd_bpf *bpf)
{
	exclude(bpf, FIRST_PORT, 15);
}

static void exclude_16(struct xlbd_bpf *bpf)
{
	exclude(bpf, FIRST_PORT, 16);
}

/* As far as one SYN goes: 16 ports in turn, then steps from 2 to 4096. */
static void exclude_all_tried(struct xlbd_bpf *bpf)
{
	exclude(bpf, FIRST_PORT, 4111);
}

static void exclude_last(struct xlbd_bpf *bpf)
{
	exclude(bpf, LAST_PORT, 1);
	world_set_cursors(bpf, XLBD_SNAT_PORTS - 1);
}

static void at_last_port(struct xlbd_bpf *bpf)
{
	world_set_cursors(bpf, XLBD_SNAT_PORTS - 1);
}

static void back_to_first_port(struct xlbd_bpf *bpf)
{
	world_set_cursors(bpf, 0);
}

static void both_to_api1(struct xlbd_bpf *bpf)
{
	const __u32 ring[] = {API1};

	world_set_ring(bpf, API, ring, 1);
}

/* Replies of sessions of others occupy n ports of API1. */
static void occupy(struct xlbd_bpf *bpf, unsigned int n)
{
	struct session4 reply = {
		.kind = BACKEND_FNAT,
		.backend = API1,
		.direction = SESSION_REPLY,
	};
	struct session4_key key;
	int err;

	for (unsigned int i = 0; i < n; i++) {
		key = world_session_key(BACKEND1, 8080, VIP, FIRST_PORT + i,
					TCP);
		err = bpf_map_update_elem(bpf_map__fd(bpf->maps.sessions4),
					  &key, &reply, BPF_NOEXIST);
		assert(!err);
	}
}

static void occupy_3(struct xlbd_bpf *bpf)
{
	occupy(bpf, 3);
}

static void occupy_16(struct xlbd_bpf *bpf)
{
	occupy(bpf, 16);
}

static void occupy_19(struct xlbd_bpf *bpf)
{
	occupy(bpf, 19);
}

static void fill_table(struct xlbd_bpf *bpf)
{
	world_fill_sessions(bpf, 0);
}

static void fill_but_1(struct xlbd_bpf *bpf)
{
	world_fill_sessions(bpf, 1);
}

static void fill_but_2(struct xlbd_bpf *bpf)
{
	world_fill_sessions(bpf, 2);
}

static void reachable_again(struct xlbd_bpf *bpf)
{
	world_set_reachable(bpf, LOST1, true);
}

static void api1_lost(struct xlbd_bpf *bpf)
{
	world_set_reachable(bpf, API1, false);
}

static void api1_found(struct xlbd_bpf *bpf)
{
	world_set_reachable(bpf, API1, true);
}

static void api2_lost(struct xlbd_bpf *bpf)
{
	world_set_reachable(bpf, API2, false);
}

static bool none(struct xlbd_bpf *bpf)
{
	return record_count_is(bpf, 0);
}

static bool not_claimed(struct xlbd_bpf *bpf)
{
	struct session4_key key =
		world_session_key(CLIENT, 40000, VIP, 80, TCP);

	return record_absent(bpf, &key);
}

const struct fixture fixtures_refused[] = {
	{"no next hop: dropped, and no session",
	 {{.in = {CLIENT_TO(85), .flags = SYN},
	   DROPS(no_next_hop),
	   .check = none},
	  {.in = {CLIENT_TO(85), .flags = ACK, .ack = 5},
	   RESETS(no_session),
	   .out = {RST_FRAME(85), .flags = RST, .seq = 5}}}},
	{"no next hop: a retransmitted SYN is tried again",
	 {{.in = {CLIENT_TO(85), .flags = SYN}, DROPS(no_next_hop)},
	  {.before = reachable_again,
	   .in = {CLIENT_TO(85), .flags = SYN},
	   OPENS(LOST1),
	   .out = {TO_BACKEND1, FROM_TO(VIP, 1024, BACKEND1, 85),
		   .flags = SYN}}}},
	{"no next hop: the one turn of the backend without",
	 {{.before = api2_lost,
	   .in = {SYN_FROM(40000)},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN}},
	  {.in = {SYN_FROM(40001)}, DROPS(no_next_hop)},
	  {.in = {SYN_FROM(40001)},
	   OPENS(API1),
	   .out = {OUT_API1(1025), .flags = SYN}}}},
	{"no next hop any more: a session waits for it",
	 {OPEN_API,
	  {.before = api1_lost,
	   .in = {CLIENT_TO(80), .flags = ACK},
	   DROPS(no_next_hop)},
	  {.in = {API1_TO(FIRST_PORT), .flags = ACK},
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = ACK}},
	  {.before = api1_found,
	   .in = {CLIENT_TO(80), .flags = ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(FIRST_PORT), .flags = ACK}}}},

	{"snat port: excluded ones are skipped",
	 {{.before = exclude_15,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1039), .flags = SYN}}}},
	{"snat port: those in use are skipped",
	 {{.before = occupy_3,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1027), .flags = SYN}}}},
	{"snat port: the first comes after the last",
	 {{.before = at_last_port,
	   .in = {SYN_FROM(40000)},
	   OPENS(API1),
	   .out = {OUT_API1(LAST_PORT), .flags = SYN}},
	  {.before = both_to_api1,
	   .in = {SYN_FROM(40001)},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN}}}},
	{"snat port: the last one excluded",
	 {{.before = exclude_last,
	   .in = {SYN_FROM(40000)},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN}}}},
	{"snat port: one that a live session has is not taken again",
	 {{.before = both_to_api1,
	   .in = {SYN_FROM(40000)},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN}},
	  {.before = back_to_first_port,
	   .in = {SYN_FROM(40001)},
	   OPENS(API1),
	   .out = {OUT_API1(1025), .flags = SYN}}}},
	{"snat port: 16 excluded in a row",
	 {{.before = exclude_16,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1040), .flags = SYN}}}},
	{"snat port: 16 in use in a row",
	 {{.before = occupy_16,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1040), .flags = SYN}}}},
	{"snat port: from the 17th try on by steps that double",
	 {{.before = occupy_19,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1046), .flags = SYN}}}},
	{"no snat port: none of 28 tries, no session, then further on",
	 {{.before = exclude_all_tried,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   DROPS(no_snat_port),
	   .check = none},
	  {.before = both_to_api1,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1024 + 8206), .flags = SYN}}}},

	{"table full: a new session is refused",
	 {{.before = fill_table,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   DROPS(table_full)},
	  {.in = {CLIENT_TO(81), .flags = SYN}, DROPS(table_full)},
	  {.in = {CLIENT_UDP(53)}, DROPS(table_full)},
	  {.in = {CLIENT_TO(82), .flags = SYN}, DROPS(table_full)}}},
	{"table full: room for one of FNAT's two records is none",
	 {{.before = fill_but_1,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   DROPS(table_full),
	   .check = not_claimed},
	  {.in = {CLIENT_TO(81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, FROM_TO(CLIENT, 40000, VIP, 81),
		   .flags = SYN}}}},
	{"table full: an open session goes on, both ways",
	 {{.before = fill_but_2,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN}},
	  {.in = {SYN_FROM(40001)}, DROPS(table_full)},
	  {.in = {CLIENT_TO(80), .flags = ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = ACK}},
	  {.in = {API1_TO(1024), .flags = ACK},
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = ACK}}}},

	{"reply no session: from a backend's address and port",
	 {{.in = {API1_TO(5555), .flags = SYN | ACK}, DROPS(reply_no_session)},
	  {.in = {API1_TO(5555), .flags = RST}, DROPS(reply_no_session)},
	  {.in = {API1_TO(5555), .flags = SYN}, DROPS(reply_no_session)}}},
	{"reply no session: to a SNAT address, and by UDP",
	 {{.in = {REPLY_LINK, FROM_TO(BACKEND1, 8087, SNAT, 1024),
		  .flags = ACK},
	   DROPS(reply_no_session)},
	  {.in = {REPLY_LINK, FROM_TO(BACKEND1, 5353, VIP, 1024),
		  .protocol = UDP},
	   DROPS(reply_no_session)}}},
	{"reply no session: the same port by the other protocol is no reply",
	 {{.in = {REPLY_LINK, FROM_TO(BACKEND1, 5353, VIP, 1024), .flags = ACK},
	   PASSES(no_service)}}},
	{"ttl expired: a SYN with TTL 1 opens no session",
	 {{.in = {CLIENT_TO(80), .flags = SYN, .ttl = 1},
	   DROPS(ttl_expired),
	   .check = none},
	  {.in = {CLIENT_TO(81), .flags = SYN, .ttl = 1},
	   DROPS(ttl_expired),
	   .check = none}}},
};
COUNT(fixtures_refused);
