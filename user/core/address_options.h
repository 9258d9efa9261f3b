/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an address is put on an interface: what may follow it in a config, and
 * what the kernel is told with it.  All zero is what most addresses have.
 */
#ifndef XLBD_ADDRESS_OPTIONS_H
#define XLBD_ADDRESS_OPTIONS_H

#include "core/addr.h"

struct address_options {
	char *label; /* IPv4; or NULL: the interface's name */
	bool has_broadcast;
	struct addr broadcast; /* IPv4 */
	uint8_t scope; /* IPv4: the kernel's number; 0: global */
	bool home, temporary; /* IPv6 */
	bool no_prefix_route;
	bool auto_join; /* the multicast group that it is */
	bool has_preferred;
	uint32_t preferred; /* seconds; UINT32_MAX: for ever */
};

#endif
