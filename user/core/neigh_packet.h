/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frames that tell a network segment where an address lives now:
 * gratuitous ARP for IPv4, an unsolicited neighbour advertisement for IPv6.
 * Whole Ethernet frames without padding and FCS; nothing is sent here.
 */
#ifndef XLBD_NEIGH_PACKET_H
#define XLBD_NEIGH_PACKET_H

#include "core/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEIGH_PACKET_ARP_SIZE 42
#define NEIGH_PACKET_NA_SIZE  86
#define NEIGH_PACKET_MAX      NEIGH_PACKET_NA_SIZE

/*
 * Announces `addr` at `mac`; `router` sets an advertisement's R flag.
 * Returns the frame's length.
 */
size_t neigh_packet_build(const struct addr *addr, const uint8_t mac[6],
			  bool router, uint8_t frame[NEIGH_PACKET_MAX]);

#endif
