/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A route as a config has it and the kernel gets it: one next hop at most.
 * What is zero is the kernel's choice.
 */
#ifndef XLBD_ROUTE_H
#define XLBD_ROUTE_H

#include "core/addr.h"

enum route_type {
	ROUTE_UNICAST,
	ROUTE_BLACKHOLE,
	ROUTE_UNREACHABLE,
	ROUTE_PROHIBIT,
};

struct route {
	enum route_type type;
	struct prefix to; /* /0: the default route of its family */
	bool has_gateway, has_source;
	struct addr gateway; /* may be IPv6 in an IPv4 route */
	struct addr source;
	char *dev; /* or NULL */
	uint32_t metric, table, mtu;
	bool has_scope; /* IPv4 */
	uint8_t scope;
	bool on_link;
};

#endif
