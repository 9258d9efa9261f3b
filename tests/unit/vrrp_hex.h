/* SPDX-License-Identifier: GPL-2.0-only */
/* Adverts in the tests: bytes as text, addresses as text.  Asserts on both. */
#ifndef TESTS_VRRP_HEX_H
#define TESTS_VRRP_HEX_H

#include "core/vrrp_packet.h"

#include <stdio.h>
#include <string.h>

/* Two digits a byte; spaces are for the reader. */
static inline size_t hex_bytes(const char *text, uint8_t *out)
{
	size_t n = 0;

	while (*text) {
		unsigned int byte;

		if (*text == ' ') {
			text++;
			continue;
		}
		assert_int_equal(sscanf(text, "%2x", &byte), 1);
		out[n++] = (uint8_t)byte;
		text += 2;
	}
	return n;
}

static inline struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static inline struct vrrp_origin origin_of(const char *source,
					   const char *destination)
{
	struct vrrp_origin o = {
		.source = address(source),
		.destination = address(destination),
		.ttl = 255,
	};

	o.multicast = !strncmp(destination, "224.", 4) ||
		      !strncmp(destination, "ff02:", 5);
	return o;
}

#endif
