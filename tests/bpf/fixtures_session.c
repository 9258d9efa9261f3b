/* SPDX-License-Identifier: GPL-2.0-only */
/* Records: what is in them, how they follow the packets, when they end. */
#include "fixtures.h"
#include "records.h"

#include <assert.h>
#include <bpf/bpf.h>

#include "xlbd.skel.h"

#define SAME(port)   FROM_TO(CLIENT, 40000, VIP, port)
#define FROM_MOVED   .to = node_mac, .from = client2_mac
#define OUT_MOVED    .to = client2_mac, .from = node_mac, .ttl = 63
#define REPLY_SYNACK .in = {API1_TO(1024), .flags = SYN | ACK}

static const struct record api_forward = {
	.key_saddr = CLIENT,
	.key_sport = 40000,
	.key_daddr = VIP,
	.key_dport = 80,
	.saddr = VIP,
	.sport = 1024,
	.daddr = BACKEND1,
	.dport = 8080,
	.backend = API1,
	.kind = BACKEND_FNAT,
	.direction = SESSION_FORWARD,
	.seen = SEEN_SYN,
};

static const struct record api_reply = {
	.key_saddr = BACKEND1,
	.key_sport = 8080,
	.key_daddr = VIP,
	.key_dport = 1024,
	.saddr = VIP,
	.sport = 80,
	.daddr = CLIENT,
	.dport = 40000,
	.backend = API1,
	.kind = BACKEND_FNAT,
	.direction = SESSION_REPLY,
	.seen = 0,
};

static bool api_seen(struct xlbd_bpf *bpf, __u8 forward_seen, __u8 reply_seen)
{
	struct record forward = api_forward, reply = api_reply;
	bool ok;

	forward.seen = forward_seen;
	reply.seen = reply_seen;
	ok = record_is(bpf, &forward);
	ok &= record_is(bpf, &reply);
	return ok && record_count_is(bpf, 2);
}

static bool api_opened(struct xlbd_bpf *bpf)
{
	return api_seen(bpf, SEEN_SYN, 0);
}

static bool api_answered(struct xlbd_bpf *bpf)
{
	return api_seen(bpf, SEEN_SYN, SEEN_SYN);
}

static bool api_established(struct xlbd_bpf *bpf)
{
	return api_seen(bpf, SEEN_SYN | SEEN_ACK, SEEN_SYN);
}

static bool api_fin(struct xlbd_bpf *bpf)
{
	return api_seen(bpf, SEEN_SYN | SEEN_ACK | SEEN_FIN, SEEN_SYN);
}

static bool api_rst_back(struct xlbd_bpf *bpf)
{
	return api_seen(bpf, SEEN_SYN | SEEN_ACK | SEEN_FIN,
			SEEN_SYN | SEEN_ACK | SEEN_RST);
}

static bool api_moved(struct xlbd_bpf *bpf)
{
	struct record forward = api_forward, reply = api_reply;
	bool ok;

	forward.client_mac = reply.client_mac = client2_mac;
	forward.seen |= SEEN_ACK;
	ok = record_is(bpf, &forward);
	return ok & record_is(bpf, &reply);
}

static bool dns_opened(struct xlbd_bpf *bpf)
{
	struct record forward = {
		.key_saddr = CLIENT,
		.key_sport = 40000,
		.key_daddr = VIP,
		.key_dport = 53,
		.protocol = UDP,
		.saddr = VIP,
		.sport = 1024,
		.daddr = BACKEND1,
		.dport = 5353,
		.backend = DNS1,
		.kind = BACKEND_FNAT,
		.direction = SESSION_FORWARD,
		.seen = SEEN_DATA,
	};
	struct record reply = {
		.key_saddr = BACKEND1,
		.key_sport = 5353,
		.key_daddr = VIP,
		.key_dport = 1024,
		.protocol = UDP,
		.saddr = VIP,
		.sport = 53,
		.daddr = CLIENT,
		.dport = 40000,
		.backend = DNS1,
		.kind = BACKEND_FNAT,
		.direction = SESSION_REPLY,
	};
	bool ok = record_is(bpf, &forward);

	return ok & record_is(bpf, &reply);
}

static bool web_opened(struct xlbd_bpf *bpf)
{
	struct record forward = {
		.key_saddr = CLIENT,
		.key_sport = 40000,
		.key_daddr = VIP,
		.key_dport = 81,
		.saddr = CLIENT,
		.sport = 40000,
		.daddr = VIP,
		.dport = 81,
		.backend = WEB1,
		.kind = BACKEND_DR,
		.seen = SEEN_SYN,
	};
	bool ok = record_is(bpf, &forward);

	return ok & record_count_is(bpf, 1);
}

static bool here_opened(struct xlbd_bpf *bpf)
{
	struct record forward = {
		.key_saddr = CLIENT,
		.key_sport = 40000,
		.key_daddr = VIP,
		.key_dport = 82,
		.saddr = CLIENT,
		.sport = 40000,
		.daddr = VIP,
		.dport = 82,
		.backend = HERE1,
		.kind = BACKEND_LOCAL,
		.seen = SEEN_SYN,
	};
	bool ok = record_is(bpf, &forward);

	return ok & record_count_is(bpf, 1);
}

static void end_api1(struct xlbd_bpf *bpf)
{
	world_end_sessions(bpf, API1);
}

static void end_dns1(struct xlbd_bpf *bpf)
{
	world_end_sessions(bpf, DNS1);
}

static void end_web1(struct xlbd_bpf *bpf)
{
	world_end_sessions(bpf, WEB1);
}

static void lease_over(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_MINE, 1);
}

static void lease_again(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_MINE, XLBD_LEASE_FOREVER);
}

/* The session has moved on to backend 2: nothing of the old one is left. */
static bool api_renewed(struct xlbd_bpf *bpf)
{
	struct session4_key old =
		world_session_key(BACKEND1, 8080, VIP, 1024, TCP);
	struct record forward = api_forward;
	bool ok;

	forward.backend = API2;
	forward.daddr = BACKEND2;
	ok = record_is(bpf, &forward);
	ok &= record_absent(bpf, &old);
	return ok & record_count_is(bpf, 2);
}

/* Another CPU has claimed the session, and not yet filled it. */
static void claim(struct xlbd_bpf *bpf)
{
	struct session4_key key =
		world_session_key(CLIENT, 40000, VIP, 80, TCP);
	struct session4 claimed = {0};
	int err = bpf_map_update_elem(bpf_map__fd(bpf->maps.sessions4), &key,
				      &claimed, BPF_NOEXIST);

	assert(!err);
}

/* FNAT through link 2 for a client there: where its replies go. */
static bool api_on_link2(struct xlbd_bpf *bpf)
{
	struct record reply = api_reply;

	reply.client_mac = client2_mac;
	reply.own_mac = node2_mac;
	reply.ifindex = LINK2;
	return record_is(bpf, &reply);
}

static struct session4_key api_key(__u8 direction)
{
	return direction == SESSION_FORWARD
		       ? world_session_key(CLIENT, 40000, VIP, 80, TCP)
		       : world_session_key(BACKEND1, 8080, VIP, 1024, TCP);
}

/* Both records, as if their last packets had come at tick 1. */
static void make_old(struct xlbd_bpf *bpf)
{
	struct session4_key key;
	struct session4 s;
	int err;

	for (int direction = 0; direction < 2; direction++) {
		key = api_key(direction);
		err = world_get_session(bpf, &key, &s);
		assert(!err);
		s.last_seen = 1;
		err = bpf_map_update_elem(bpf_map__fd(bpf->maps.sessions4),
					  &key, &s, BPF_EXIST);
		assert(!err);
	}
}

static bool is_old(struct xlbd_bpf *bpf, __u8 direction)
{
	struct session4_key key = api_key(direction);
	struct session4 s;
	int err = world_get_session(bpf, &key, &s);

	assert(!err);
	return s.last_seen == 1;
}

static bool only_reply_old(struct xlbd_bpf *bpf)
{
	return !is_old(bpf, SESSION_FORWARD) && is_old(bpf, SESSION_REPLY);
}

static bool only_forward_old(struct xlbd_bpf *bpf)
{
	return is_old(bpf, SESSION_FORWARD) && !is_old(bpf, SESSION_REPLY);
}

const struct fixture fixtures_session[] = {
	{"session: a packet refreshes its own direction's record",
	 {OPEN_API,
	  {.before = make_old,
	   .in = {CLIENT_TO(80), .flags = ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = ACK},
	   .check = only_reply_old},
	  {.before = make_old,
	   .in = {API1_TO(1024), .flags = ACK},
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = ACK},
	   .check = only_forward_old}}},
	{"session: FNAT's two records, and what they see",
	 {{.in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN},
	   .check = api_opened},
	  {REPLY_SYNACK, REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = SYN | ACK}, .check = api_answered},
	  {.in = {CLIENT_TO(80), .flags = ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = ACK},
	   .check = api_established},
	  {.in = {CLIENT_TO(80), .flags = FIN | ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = FIN | ACK},
	   .check = api_fin},
	  {.in = {API1_TO(1024), .flags = RST | ACK},
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = RST | ACK},
	   .check = api_rst_back}}},
	{"session: UDP's two records",
	 {{.in = {CLIENT_UDP(53)},
	   OPENS(DNS1),
	   .out = {TO_BACKEND1, FROM_TO(VIP, 1024, BACKEND1, 5353),
		   .protocol = UDP},
	   .check = dns_opened}}},
	{"session: DR's one record",
	 {{.in = {CLIENT_TO(81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN},
	   .check = web_opened}}},
	{"session: a local one's record",
	 {{.in = {CLIENT_TO(82), .flags = SYN},
	   OPENS_HERE(HERE1),
	   .check = here_opened}}},

	{"session: the client's new MAC is where replies go",
	 {OPEN_API,
	  {.in = {FROM_MOVED, SAME(80), .flags = ACK},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = ACK},
	   .check = api_moved},
	  {.in = {API1_TO(1024), .flags = ACK},
	   REPLIES(API1),
	   .out = {OUT_MOVED, FROM_TO(VIP, 80, CLIENT, 40000), .flags = ACK}}}},
	{"session: the client has moved to the other link",
	 {OPEN_API,
	  {.in = {.to = node2_mac, .from = client2_mac, SAME(80), .flags = ACK},
	   .link = LINK2,
	   R(forward),
	   .action = XDP_REDIRECT,
	   .backend = API1,
	   .out = {OUT_API1(1024), .flags = ACK},
	   .check = api_on_link2},
	  {.in = {API1_TO(1024), .flags = ACK},
	   R(reply),
	   .action = XDP_REDIRECT,
	   .backend = API1,
	   .out = {.to = client2_mac,
		   .from = node2_mac,
		   .ttl = 63,
		   FROM_TO(VIP, 80, CLIENT, 40000),
		   .flags = ACK}}}},
	{"session: the client comes by the other link, with the MAC it had",
	 {OPEN_API,
	  {.in = {.to = node2_mac, .from = client_mac, SAME(80), .flags = ACK},
	   .link = LINK2,
	   R(forward),
	   .action = XDP_REDIRECT,
	   .backend = API1,
	   .out = {OUT_API1(1024), .flags = ACK}},
	  {.in = {API1_TO(1024), .flags = ACK},
	   R(reply),
	   .action = XDP_REDIRECT,
	   .backend = API1,
	   .out = {.to = client_mac,
		   .from = node2_mac,
		   .ttl = 63,
		   FROM_TO(VIP, 80, CLIENT, 40000),
		   .flags = ACK}}}},
	{"session: the backend's MAC is not looked at",
	 {OPEN_API,
	  {.in = {.to = node_mac,
		  .from = far_mac,
		  FROM_TO(BACKEND1, 8080, VIP, 1024),
		  .flags = ACK},
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = ACK}}}},
	{"session: in another host's frame it is that host's",
	 {OPEN_API,
	  {.in = {.to = backend2_mac,
		  .from = client_mac,
		  SAME(80),
		  .flags = ACK},
	   PASSES(other_host),
	   .check = api_opened},
	  {.in = {.to = broadcast_mac,
		  .from = client_mac,
		  SAME(80),
		  .flags = ACK},
	   PASSES(other_host),
	   .check = api_opened}}},

	{"session: TTL 1 and 0 go nowhere, there and back",
	 {OPEN_API,
	  {.in = {CLIENT_TO(80), .flags = ACK, .ttl = 1}, DROPS(ttl_expired)},
	  {.in = {CLIENT_TO(80), .flags = ACK, .ttl_zero = true},
	   DROPS(ttl_expired)},
	  {.in = {API1_TO(1024), .flags = ACK, .ttl = 1}, DROPS(ttl_expired)}}},
	{"session: TTL 1 by DR",
	 {{.in = {CLIENT_TO(81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN}},
	  {.in = {CLIENT_TO(81), .flags = ACK, .ttl = 1}, DROPS(ttl_expired)}}},

	{"being created: the packet is dropped, whatever it is",
	 {{.before = claim,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   DROPS(being_created)},
	  {.in = {CLIENT_TO(80), .flags = ACK}, DROPS(being_created)}}},

	{"not owner: an open session stops both ways, and goes on after",
	 {OPEN_API,
	  {.before = lease_over,
	   .in = {CLIENT_TO(80), .flags = ACK},
	   DROPS(not_owner)},
	  {REPLY_SYNACK, DROPS(not_owner)},
	  {.in = {CLIENT_TO(80), .flags = SYN}, DROPS(not_owner)},
	  {.before = lease_again,
	   REPLY_SYNACK,
	   REPLIES(API1),
	   .out = {OUT_CLIENT(80), .flags = SYN | ACK}}}},

	{"backend gone: a segment is reset, a reply dropped, again and again",
	 {OPEN_API,
	  {.before = end_api1,
	   .in = {CLIENT_TO(80), .flags = ACK, .ack = 5},
	   RESETS(backend_gone),
	   .out = {RST_FRAME(80), .flags = RST, .seq = 5}},
	  {.in = {CLIENT_TO(80), .flags = RST}, DROPS(backend_gone)},
	  {.in = {API1_TO(1024), .flags = ACK}, DROPS(reply_no_session)},
	  {.in = {CLIENT_TO(80), .flags = ACK, .ack = 6},
	   RESETS(backend_gone),
	   .out = {RST_FRAME(80), .flags = RST, .seq = 6}}}},
	{"backend gone: the client's next SYN goes elsewhere",
	 {OPEN_API,
	  {.before = end_api1,
	   .in = {CLIENT_TO(80), .flags = SYN},
	   OPENS(API2),
	   .out = {OUT_API2(1024), .flags = SYN},
	   .check = api_renewed},
	  {.in = {API1_TO(1024), .flags = ACK}, DROPS(reply_no_session)}}},
	{"backend gone: the next UDP datagram opens a new session",
	 {{.in = {CLIENT_UDP(53)},
	   OPENS(DNS1),
	   .out = {TO_BACKEND1, FROM_TO(VIP, 1024, BACKEND1, 5353),
		   .protocol = UDP}},
	  {.before = end_dns1,
	   .in = {CLIENT_UDP(53)},
	   OPENS(DNS1),
	   .out = {TO_BACKEND1, FROM_TO(VIP, 1025, BACKEND1, 5353),
		   .protocol = UDP}},
	  {.in = {REPLY_LINK, FROM_TO(BACKEND1, 5353, VIP, 1024),
		  .protocol = UDP},
	   DROPS(reply_no_session)}}},
	{"backend gone: by DR",
	 {{.in = {CLIENT_TO(81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN}},
	  {.before = end_web1,
	   .in = {CLIENT_TO(81), .flags = ACK, .ack = 5},
	   RESETS(backend_gone),
	   .out = {RST_FRAME(81), .flags = RST, .seq = 5}},
	  {.in = {CLIENT_TO(81), .flags = SYN},
	   OPENS(WEB1),
	   .out = {TO_BACKEND1, SAME(81), .flags = SYN},
	   .check = web_opened}}},
};
COUNT(fixtures_session);
