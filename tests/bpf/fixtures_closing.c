/* SPDX-License-Identifier: GPL-2.0-only */
/* When has a connection ended, so that the same ports may open a new one? */
#include "fixtures.h"

#define SAME(port) FROM_TO(CLIENT, 40000, VIP, port)
#define CLIENT_SENDS(flags_)                                            \
	{                                                               \
		.in = {CLIENT_TO(80), .flags = flags_}, FORWARDS(API1), \
		.out = { OUT_API1(1024),                                \
			 .flags = flags_ }                              \
	}
#define BACKEND_SENDS(flags_)                                          \
	{                                                              \
		.in = {API1_TO(1024), .flags = flags_}, REPLIES(API1), \
		.out = { OUT_CLIENT(80),                               \
			 .flags = flags_ }                             \
	}
#define SYN_IS_NEW                                                \
	{                                                         \
		.in = {CLIENT_TO(80), .flags = SYN}, OPENS(API2), \
		.out = { OUT_API2(1024),                          \
			 .flags = SYN }                           \
	}
#define DR_SENDS(flags_)                                                \
	{                                                               \
		.in = {CLIENT_TO(81), .flags = flags_}, FORWARDS(WEB1), \
		.out = { TO_BACKEND1,                                   \
			 SAME(81),                                      \
			 .flags = flags_ }                              \
	}
#define DR_SYN_IS_NEW                                             \
	{                                                         \
		.in = {CLIENT_TO(81), .flags = SYN}, OPENS(WEB1), \
		.out = { TO_BACKEND1,                             \
			 SAME(81),                                \
			 .flags = SYN }                           \
	}

const struct fixture fixtures_closing[] = {
	{"closing: FIN from both, then a SYN is a new session",
	 {OPEN_API, CLIENT_SENDS(FIN | ACK), BACKEND_SENDS(FIN | ACK),
	  SYN_IS_NEW}},
	{"closing: the backend's FIN first",
	 {OPEN_API, BACKEND_SENDS(FIN | ACK), CLIENT_SENDS(FIN | ACK),
	  SYN_IS_NEW}},
	{"closing: the last ACK still passes",
	 {OPEN_API, CLIENT_SENDS(FIN | ACK), BACKEND_SENDS(FIN | ACK),
	  CLIENT_SENDS(ACK), SYN_IS_NEW}},
	{"closing: half closed by the client, a SYN is of the same session",
	 {OPEN_API, CLIENT_SENDS(FIN | ACK), BACKEND_SENDS(ACK),
	  CLIENT_SENDS(SYN), BACKEND_SENDS(PSH | ACK)}},
	{"closing: half closed by the backend likewise",
	 {OPEN_API, BACKEND_SENDS(FIN | ACK), CLIENT_SENDS(ACK),
	  CLIENT_SENDS(SYN)}},
	{"closing: RST from the client",
	 {OPEN_API, CLIENT_SENDS(RST), SYN_IS_NEW}},
	{"closing: RST|ACK from the client",
	 {OPEN_API, CLIENT_SENDS(RST | ACK), SYN_IS_NEW}},
	{"closing: RST from the backend",
	 {OPEN_API, BACKEND_SENDS(RST | ACK), SYN_IS_NEW}},
	{"closing: neither SYN|ACK nor SYN|FIN nor ACK open anew",
	 {OPEN_API, CLIENT_SENDS(FIN | ACK), BACKEND_SENDS(FIN | ACK),
	  CLIENT_SENDS(SYN | ACK), CLIENT_SENDS(SYN | FIN), CLIENT_SENDS(ACK)}},
	{"closing: the old session's reply finds nothing",
	 {OPEN_API,
	  CLIENT_SENDS(RST),
	  SYN_IS_NEW,
	  {.in = {API1_TO(1024), .flags = ACK}, DROPS(reply_no_session)}}},
	{"closing: by DR, the client's FIN is all that is seen",
	 {DR_SYN_IS_NEW, DR_SENDS(ACK), DR_SENDS(SYN), DR_SENDS(FIN | ACK),
	  DR_SYN_IS_NEW}},
	{"closing: by DR, RST", {DR_SYN_IS_NEW, DR_SENDS(RST), DR_SYN_IS_NEW}},
	{"closing: of a local backend",
	 {{.in = {CLIENT_TO(82), .flags = SYN}, OPENS_HERE(HERE1)},
	  {.in = {CLIENT_TO(82), .flags = FIN | ACK}, IS_LOCAL(HERE1)},
	  {.in = {CLIENT_TO(82), .flags = ACK}, IS_LOCAL(HERE1)},
	  {.in = {CLIENT_TO(82), .flags = SYN}, OPENS_HERE(HERE1)}}},
};
COUNT(fixtures_closing);
