/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The packet parser and the checksum arithmetic, compiled on the host: every
 * byte read is the frame's, every offset found lies within it, and a checksum
 * changed by difference is the one that a sum over all bytes gives.
 */
#include "packet.h"

#include "csum.h"
#include "parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)          \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* RFC 1071, byte by byte; right data with its checksum gives 0xffff. */
static uint32_t sum_bytes(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++) {
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static uint32_t sum_pseudo(const uint8_t *ip, size_t n)
{
	return sum_bytes(ip + 12, 8, ip[9] + (uint32_t)(n & 0xffff));
}

static void put_checksum(uint8_t *at, uint32_t sum)
{
	at[0] = (~sum >> 8) & 0xff;
	at[1] = ~sum & 0xff;
}

/* Makes the frame's checksums right, so that the rewrite may keep them so. */
static void right_checksums(uint8_t *frame, const struct packet *p,
			    size_t check)
{
	uint8_t *ip = frame + ETH_HEADER;
	size_t n = p->length - p->l4;
	uint32_t sum;

	memset(ip + 10, 0, 2);
	put_checksum(ip + 10, sum_bytes(ip, p->l4 - ETH_HEADER, 0));
	memset(frame + check, 0, 2);
	sum = sum_bytes(frame + p->l4, n, sum_pseudo(ip, n));
	if (p->key.protocol == PROTO_UDP && sum == 0xffff)
		sum = 0;
	put_checksum(frame + check, sum);
}

static uint16_t load(const uint8_t *at)
{
	uint16_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static void store(uint8_t *at, uint16_t word)
{
	memcpy(at, &word, sizeof(word));
}

/* As forward.h does it: addresses, ports and TTL become others. */
static void rewrite(uint8_t *frame, const struct packet *p, size_t check,
		    const struct session4_key *to)
{
	uint8_t *ip = frame + ETH_HEADER;
	__u16 addresses, l4;

	addresses = csum_delta32(0, p->key.saddr, to->saddr);
	addresses = csum_delta32(addresses, p->key.daddr, to->daddr);
	l4 = csum_delta16(addresses, p->key.sport, to->sport);
	l4 = csum_delta16(l4, p->key.dport, to->dport);
	ip[8]--;
	store(ip + 10, csum_apply(load(ip + 10),
				  csum_add(addresses, CSUM_TTL_DECREMENT)));
	if (p->key.protocol == PROTO_UDP)
		store(frame + check, csum_apply_udp(load(frame + check), l4));
	else
		store(frame + check, csum_apply(load(frame + check), l4));
	memcpy(ip + 12, &to->saddr, 4);
	memcpy(ip + 16, &to->daddr, 4);
	memcpy(frame + p->l4, &to->sport, 2);
	memcpy(frame + p->l4 + 2, &to->dport, 2);
}

/* What it becomes is taken from the frame's own first bytes. */
static void check_rewrite(uint8_t *frame, const struct packet *p)
{
	size_t check = p->l4 + (p->key.protocol == PROTO_TCP ? 16 : 6);
	size_t n = p->length - p->l4;
	struct session4_key to;

	memcpy(&to, frame, sizeof(to));
	right_checksums(frame, p, check);
	rewrite(frame, p, check, &to);
	CHECK(sum_bytes(frame + ETH_HEADER, p->l4 - ETH_HEADER, 0) == 0xffff);
	CHECK(sum_bytes(frame + p->l4, n, sum_pseudo(frame + ETH_HEADER, n)) ==
	      0xffff);
	CHECK(p->key.protocol == PROTO_TCP || load(frame + check));
	store(frame + check, 0);
	CHECK(!csum_apply_udp(load(frame + check), 0x1234));
}

static void check_packet(uint8_t *frame, size_t size, const struct packet *p)
{
	bool ports = p->key.protocol == PROTO_TCP ||
		     p->key.protocol == PROTO_UDP;

	if (p->ethertype != htons(ETHERTYPE_IPV4)) {
		CHECK(p->length == size);
		return;
	}
	CHECK(p->l4 >= ETH_HEADER + IPV4_HEADER_MIN && p->l4 <= p->length);
	CHECK(!(p->first_fragment && p->later_fragment));
	if (!ports || p->later_fragment) {
		CHECK(!p->key.sport && !p->key.dport && !p->tcp_flags);
		return;
	}
	CHECK(p->l4 + 8U <= size && p->l4 + 8U <= p->length);
	/* xlbd.bpf.c's whole() has seen to this before anything is changed. */
	if (p->length <= size && p->ttl > 1 && !p->first_fragment)
		check_rewrite(frame, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet p = {0};
	uint8_t *frame;
	int why;

	/* Of the exact size: ASan sees a byte read too many. */
	frame = malloc(size ? size : 1);
	CHECK(frame);
	if (size)
		memcpy(frame, data, size);
	why = parse(&p, frame, frame + size);
	if (why == NEXT)
		check_packet(frame, size, &p);
	else
		CHECK(why >= 0 && why < XLBD_REASON_MAX && p.length == size);
	free(frame);
	return 0;
}
