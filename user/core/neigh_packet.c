/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 826 (ARP), 5227 section 3 (why a request, not a reply); RFC 4861
 * sections 4.4, 4.6.1 and 7.2.6 (unsolicited advertisement), 2464 section 7
 * (multicast MAC), 8200 section 8.1 (checksum).
 */
#include "core/neigh_packet.h"

#include <string.h>

struct writer {
	uint8_t *at;
};

static void put(struct writer *w, const void *data, size_t size)
{
	memcpy(w->at, data, size);
	w->at += size;
}

static void put_u8(struct writer *w, uint8_t value)
{
	*w->at++ = value;
}

static void put_u16(struct writer *w, uint16_t value)
{
	put_u8(w, (uint8_t)(value >> 8));
	put_u8(w, (uint8_t)value);
}

static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static size_t build_arp(const struct addr *addr, const uint8_t mac[6],
			uint8_t *frame)
{
	struct writer w = {frame};
	const uint8_t *ip = addr->bytes + 12;

	put(&w, broadcast, 6);
	put(&w, mac, 6);
	put_u16(&w, 0x0806);
	put_u16(&w, 1); /* hardware: Ethernet */
	put_u16(&w, 0x0800); /* protocol: IPv4 */
	put_u8(&w, 6);
	put_u8(&w, 4);
	put_u16(&w, 1); /* request */
	put(&w, mac, 6);
	put(&w, ip, 4);
	/* RFC 826 leaves the target MAC open; keepalived fills it like this. */
	put(&w, broadcast, 6);
	put(&w, ip, 4);
	return NEIGH_PACKET_ARP_SIZE;
}

enum {
	ETH_SIZE = 14,
	IP6_SIZE = 40,
	NA_SIZE = 32, /* with one option */
	ADDRESSES = 8, /* in the IPv6 header: source, destination */
	NA_CHECKSUM = 2, /* in the advertisement */
	ICMPV6 = 58,
};

/* Sum of 16-bit words, carries not yet folded; `size` is even. */
static uint32_t sum_words(const uint8_t *data, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	return sum;
}

static uint16_t na_checksum(const uint8_t *ip6)
{
	uint32_t sum = sum_words(ip6 + ADDRESSES, 32) + NA_SIZE + ICMPV6 +
		       sum_words(ip6 + IP6_SIZE, NA_SIZE);

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t build_na(const struct addr *addr, const uint8_t mac[6],
		       bool router, uint8_t *frame)
{
	static const uint8_t all_nodes_mac[6] = {0x33, 0x33, [5] = 1};
	static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
	static const uint8_t version_class_flow[4] = {0x60};
	uint8_t *na = frame + ETH_SIZE + IP6_SIZE;
	struct writer w = {frame};

	put(&w, all_nodes_mac, 6);
	put(&w, mac, 6);
	put_u16(&w, 0x86dd);
	put(&w, version_class_flow, 4);
	put_u16(&w, NA_SIZE);
	put_u8(&w, ICMPV6);
	put_u8(&w, 255); /* hop limit: receivers check that nobody routed it */
	put(&w, addr->bytes, 16);
	put(&w, all_nodes, 16);
	put_u8(&w, 136); /* neighbour advertisement */
	put_u8(&w, 0);
	put_u16(&w, 0); /* checksum: below */
	put_u8(&w, (uint8_t)(0x20 | (router ? 0x80 : 0))); /* O, R; never S */
	put(&w, "\0\0", 3);
	put(&w, addr->bytes, 16);
	put_u8(&w, 2); /* option: target link-layer address */
	put_u8(&w, 1); /* of 8 bytes */
	put(&w, mac, 6);

	w.at = na + NA_CHECKSUM;
	put_u16(&w, na_checksum(frame + ETH_SIZE));
	return NEIGH_PACKET_NA_SIZE;
}

size_t neigh_packet_build(const struct addr *addr, const uint8_t mac[6],
			  bool router, uint8_t frame[NEIGH_PACKET_MAX])
{
	if (addr_is_v4(addr))
		return build_arp(addr, mac, frame);
	return build_na(addr, mac, router, frame);
}
