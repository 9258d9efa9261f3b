/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/view.h"

#include "xlbctl/format.h"

#include <string.h>

#define TRAFFIC                                               \
	{"PACKETS IN", "packets_in", format_short, true},     \
		{"OUT", "packets_out", format_short, true},   \
		{"BYTES IN", "bytes_in", format_short, true}, \
	{                                                     \
		"OUT", "bytes_out", format_short, true        \
	}

static const struct view views[] = {
	{COMMAND_SERVICE_LIST,
	 "services",
	 "no services",
	 NULL,
	 {{"SERVICE", "service", format_text, false},
	  {"KIND", "kind", format_text, false},
	  {"ALGO", "algo", format_text, false},
	  {"OWNED", "owned", format_yes_no, false},
	  {"UP", "backends", format_up_of, true},
	  {"SESSIONS", "sessions", format_number, true},
	  {"PACKETS", "packets", format_short, true},
	  {"BYTES", "bytes", format_short, true}}},
	{COMMAND_BACKEND_LIST,
	 "backends",
	 "no backends",
	 NULL,
	 {{"SERVICE", "service", format_text, false},
	  {"BACKEND", "address", format_endpoint, false},
	  {"KIND", "kind", format_text, false},
	  {"WEIGHT", "weight", format_number, true},
	  {"STATE", "state", format_text, false},
	  {"FOR", "since", format_ago, true},
	  {"SESSIONS", "sessions", format_number, true},
	  {"PACKETS", "packets", format_short, true},
	  {"BYTES", "bytes", format_short, true},
	  {"REASON", "reason", format_text, false}}},
	{COMMAND_SESSION_LIST,
	 "sessions",
	 "no sessions",
	 NULL,
	 {{"CLIENT", "client", format_text, false},
	  {"SERVICE", "service", format_text, false},
	  {"BACKEND", "backend", format_text, false},
	  {"SNAT", "snat", format_text, false},
	  {"KIND", "kind", format_text, false},
	  {"STATE", "state", format_text, false},
	  {"AGE", "age", format_span, true},
	  {"IDLE", "idle", format_span, true}}},
	{COMMAND_VRRP_LIST,
	 "instances",
	 "no virtual routers",
	 NULL,
	 {{"INSTANCE", "instance", format_text, false},
	  {"INTERFACE", "interface", format_text, false},
	  {"VRID", "vrid", format_number, true},
	  {"STATE", "state", format_text, false},
	  {"PRIORITY", "priority", format_number, true},
	  {"MASTER", "master", format_text, false},
	  {"SINCE", "since", format_text, false},
	  {"VIPS", "vips", format_vips, false}}},
	{COMMAND_VRRP_SHOW,
	 "vips",
	 "no VIPs",
	 NULL,
	 {{"VIP", "vip", format_text, false},
	  {"OWNED", "owned", format_yes_no, false},
	  {"ADVERTISED", "advertised", format_yes_no, false}}},
	{COMMAND_VRRP_SHOW,
	 "peers",
	 "no peers heard",
	 NULL,
	 {{"PEER", "peer", format_text, false},
	  {"RECEIVED", "received", format_number, true},
	  {"HEARD", "last_heard", format_ago, true},
	  {"REJECTED", "rejected", format_counts, false}}},
	{COMMAND_VRRP_SHOW,
	 "tracks",
	 "nothing tracked",
	 NULL,
	 {{"TRACKED", "kind", format_text, false},
	  {"NAME", "name", format_text, false},
	  {"STATE", "state", format_text, false},
	  {"WEIGHT", "weight", format_number, true},
	  {"NOW", "text", format_text, false}}},
	{COMMAND_STATS,
	 "reasons",
	 "no packets yet",
	 "packets",
	 {{"REASON", "name", format_text, false},
	  {"ACTION", "action", format_text, false},
	  {"PACKETS", "packets", format_number, true},
	  {"BYTES", "bytes", format_short, true},
	  {"MEANING", "help", format_text, false}}},
	{COMMAND_STATS,
	 "services",
	 "no services",
	 NULL,
	 {{"SERVICE", "service", format_text, false},
	  {"SESSIONS", "sessions", format_number, true},
	  {"OPENED", "sessions_total", format_number, true},
	  TRAFFIC}},
	{COMMAND_STATS,
	 "backends",
	 "no backends",
	 NULL,
	 {{"SERVICE", "service", format_text, false},
	  {"BACKEND", "address", format_endpoint, false},
	  {"SESSIONS", "sessions", format_number, true},
	  {"OPENED", "sessions_total", format_number, true},
	  TRAFFIC}},
};

const struct view *view_find(enum command_id command, const char *list)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		if (views[i].command == command && !strcmp(views[i].list, list))
			return &views[i];
	}
	return NULL;
}
