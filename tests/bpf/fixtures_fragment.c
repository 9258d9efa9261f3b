/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fragment trains: each frame below is cut out of one whole datagram whose
 * checksum covers all of it, before and after the rewrite.
 */
#include "fixtures.h"

#define MORE 0x2000
#define CUT(at, length_, more) \
	.fragment = (at) / 8 | (more), .slice_at = at, .slice_length = length_

/* 8 + 2000 bytes of UDP in 1480 + 528. */
#define DATAGRAM   .protocol = UDP, .fill = 2000
#define FIRST      CUT(0, 1480, MORE)
#define LAST       CUT(1480, 528, 0)

#define OUT_DNS    TO_BACKEND1, FROM_TO(VIP, 1024, BACKEND1, 5353)
#define DNS1_REPLY REPLY_LINK, FROM_TO(BACKEND1, 5353, VIP, 1024)
#define SAME(port) FROM_TO(CLIENT, 40000, VIP, port)

#define OPEN_WITH_FIRST                                              \
	{                                                            \
		.in = {CLIENT_TO(53), DATAGRAM, FIRST}, OPENS(DNS1), \
		.out = { OUT_DNS,                                    \
			 DATAGRAM,                                   \
			 FIRST }                                     \
	}

/* 20 + 2000 bytes of TCP likewise. */
#define SEGMENT   .flags = ACK, .seq = 1, .fill = 2000
#define TCP_FIRST CUT(0, 1480, MORE)
#define TCP_LAST  CUT(1480, 540, 0)

const struct fixture fixtures_fragment[] = {
	{"fragment: a datagram in two, to a new session",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST},
	   FORWARDS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, LAST}}}},
	{"fragment: and its answer in three, the last one early",
	 {OPEN_WITH_FIRST,
	  {.in = {DNS1_REPLY, DATAGRAM, CUT(0, 800, MORE)},
	   REPLIES(DNS1),
	   .out = {OUT_CLIENT(53), DATAGRAM, CUT(0, 800, MORE)}},
	  {.in = {DNS1_REPLY, DATAGRAM, CUT(1600, 408, 0)},
	   REPLIES(DNS1),
	   .out = {OUT_CLIENT(53), DATAGRAM, CUT(1600, 408, 0)}},
	  {.in = {DNS1_REPLY, DATAGRAM, CUT(800, 800, MORE)},
	   REPLIES(DNS1),
	   .out = {OUT_CLIENT(53), DATAGRAM, CUT(800, 800, MORE)}}}},
	{"fragment: a TCP segment in two",
	 {OPEN_API,
	  {.in = {CLIENT_TO(80), SEGMENT, TCP_FIRST},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), SEGMENT, TCP_FIRST}},
	  {.in = {CLIENT_TO(80), SEGMENT, TCP_LAST},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), SEGMENT, TCP_LAST}}}},
	{"fragment: a SYN with data in two",
	 {{.in = {CLIENT_TO(80), .flags = SYN, .fill = 2000, TCP_FIRST},
	   OPENS(API1),
	   .out = {OUT_API1(1024), .flags = SYN, .fill = 2000, TCP_FIRST}},
	  {.in = {CLIENT_TO(80), .flags = SYN, .fill = 2000, TCP_LAST},
	   FORWARDS(API1),
	   .out = {OUT_API1(1024), .flags = SYN, .fill = 2000, TCP_LAST}}}},
	{"fragment: behind IP options",
	 {{.in = {CLIENT_TO(53), DATAGRAM, FIRST, .options = "\1\1\1\0",
		  .options_length = 4},
	   OPENS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, FIRST, .options = "\1\1\1\0",
		   .options_length = 4}},
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST},
	   FORWARDS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, LAST}}}},
	{"fragment: without a UDP checksum",
	 {{.in = {CLIENT_TO(53), DATAGRAM, FIRST, .no_checksum = true},
	   OPENS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, FIRST, .no_checksum = true}}}},
	{"fragment: a later one of 1 byte",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, CUT(2000, 1, 0)},
	   FORWARDS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, CUT(2000, 1, 0)}}}},
	{"fragment: by DR",
	 {{.in = {CLIENT_TO(514), DATAGRAM, FIRST},
	   OPENS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), DATAGRAM, FIRST}},
	  {.in = {CLIENT_TO(514), DATAGRAM, LAST},
	   FORWARDS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), DATAGRAM, LAST}}}},
	{"fragment: to a local backend",
	 {{.in = {CLIENT_TO(82), .flags = SYN, .fill = 2000, TCP_FIRST},
	   OPENS_HERE(HERE1)},
	  {.in = {CLIENT_TO(82), .flags = SYN, .fill = 2000, TCP_LAST},
	   IS_LOCAL(HERE1)}}},
	{"fragment: TTL 1",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST, .ttl = 1},
	   DROPS(ttl_expired)}}},

	{"fragment: ahead of its first one",
	 {{.in = {CLIENT_TO(53), DATAGRAM, LAST}, PASSES(fragment)},
	  OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST},
	   FORWARDS(DNS1),
	   .out = {OUT_DNS, DATAGRAM, LAST}}}},
	{"fragment: of another train (id)",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST, .id = 0x1235},
	   PASSES(fragment)}}},
	{"fragment: of another train (source)",
	 {OPEN_WITH_FIRST,
	  {.in = {LINK_IN, FROM_TO(CLIENT2, 40000, VIP, 53), DATAGRAM, LAST},
	   PASSES(fragment)}}},
	{"fragment: of another train (destination)",
	 {OPEN_WITH_FIRST,
	  {.in = {LINK_IN, FROM_TO(CLIENT, 40000, SNAT, 53), DATAGRAM, LAST},
	   PASSES(fragment)}}},
	{"fragment: of another train (protocol)",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), SEGMENT, TCP_LAST}, PASSES(fragment)}}},
	{"fragment: of another port's train with the same id, later on",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(514), DATAGRAM, FIRST},
	   OPENS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), DATAGRAM, FIRST}},
	  {.in = {CLIENT_TO(514), DATAGRAM, LAST},
	   FORWARDS(LOG1),
	   .out = {TO_BACKEND1, SAME(514), DATAGRAM, LAST}}}},
	{"fragment: a first one too short for the TCP header",
	 {{.in = {CLIENT_TO(80), SEGMENT, CUT(0, 16, MORE)},
	   PASSES(truncated)}}},
	{"fragment: of no service",
	 {{.in = {CLIENT_TO(99), DATAGRAM, FIRST}, PASSES(no_service)},
	  {.in = {CLIENT_TO(99), DATAGRAM, LAST}, PASSES(no_service)}}},
	{"fragment: of a ping",
	 {{.in = {CLIENT_TO(0), .protocol = IPPROTO_ICMP, .fill = 2008, FIRST},
	   PASSES(icmp)},
	  {.in = {CLIENT_TO(0), .protocol = IPPROTO_ICMP, .fill = 2008, LAST},
	   PASSES(icmp)}}},
	{"fragment: of GRE",
	 {{.in = {CLIENT_TO(0), .protocol = 47, .fill = 2008, FIRST},
	   PASSES(no_service)},
	  {.in = {CLIENT_TO(0), .protocol = 47, .fill = 2008, LAST},
	   PASSES(no_service)}}},
	{"fragment: from a backend without a session",
	 {{.in = {DNS1_REPLY, DATAGRAM, FIRST}, DROPS(reply_no_session)},
	  {.in = {DNS1_REPLY, DATAGRAM, LAST}, DROPS(reply_no_session)}}},
	{"fragment: cut short",
	 {OPEN_WITH_FIRST,
	  {.in = {CLIENT_TO(53), DATAGRAM, LAST, .cut = 100},
	   PASSES(truncated)}}},
};
COUNT(fixtures_fragment);
