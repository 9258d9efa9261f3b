/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames for the fixtures: described by fields, built into bytes.  A field
 * left zero means the usual (see each).  All numbers are host order; the
 * checksums are summed over the finished bytes by a plain RFC 1071 loop that
 * shares nothing with bpf/csum.h.
 */
#ifndef XLBD_TESTS_FRAME_H
#define XLBD_TESTS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 16384
#define FRAME_ETH 14

#define IPV4(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

/* RFC 826. */
struct frame_arp {
	uint16_t operation; /* 1 question, 2 answer; 0: no ARP at all */
	uint32_t sender, target;
	uint16_t hardware; /* 0: Ethernet */
	uint16_t protocol; /* 0: IPv4 */
	const uint8_t *target_mac; /* NULL: zeros */
};

struct frame {
	/* Ethernet */
	const uint8_t *to, *from; /* MACs; NULL: zeros */
	uint16_t ethertype; /* 0: IPv4, or ARP; else `payload` follows */
	uint16_t vlan, vlan_type; /* a tag, if vlan_type is set */
	struct frame_arp arp;
	/* IPv4 */
	uint32_t saddr, daddr;
	uint8_t protocol; /* 0: TCP */
	uint8_t ttl; /* 0: 64 */
	bool ttl_zero; /* 0 it is */
	uint8_t tos;
	uint16_t id; /* 0: FRAME_ID */
	bool id_zero; /* 0 it is */
	uint16_t fragment; /* flags and offset, as on the wire */
	const char *options; /* `options_length` bytes, a multiple of 4 */
	size_t options_length;
	/* TCP, UDP: in the clear, before it is cut into fragments */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window; /* 0: FRAME_WINDOW */
	bool window_zero; /* 0 it is */
	const char *tcp_options; /* likewise */
	size_t tcp_options_length;
	bool no_checksum; /* UDP: 0 */
	uint16_t checksum_error; /* added, one's complement, to the right one */
	/* what is behind: text, or `fill` bytes of a pattern */
	const char *payload;
	size_t payload_length; /* 0: payload's strlen() */
	size_t fill;
	/* only these bytes of what follows the IP header, if length is set */
	size_t slice_at, slice_length;
	/* then bent */
	uint8_t version_ihl; /* 0: right */
	uint16_t total_length; /* 0: right */
	bool total_length_zero;
	size_t cut; /* only so many bytes of the frame; 0: all */
	size_t pad; /* zeros up to so many bytes; 0: none */
};

#define FRAME_ID     0x1234
#define FRAME_WINDOW 0xfaf0

/* Returns the frame's length; `out` has FRAME_MAX bytes. */
size_t frame_build(const struct frame *f, uint8_t *out);

/* RFC 1071 over n bytes, from a partial sum; not complemented. */
uint32_t frame_sum(const uint8_t *data, size_t n, uint32_t sum);

/* Whether an untagged IPv4 frame's header and TCP/UDP checksums are right. */
bool frame_checksums_right(const uint8_t *frame, size_t n);

uint16_t frame_get16(const uint8_t *at);
uint32_t frame_get32(const uint8_t *at);
void frame_put16(uint8_t *at, uint16_t v);
void frame_put32(uint8_t *at, uint32_t v);

#endif
