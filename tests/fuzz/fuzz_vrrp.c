/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adverts from anybody: opened, parsed, authenticated and judged.  The first
 * byte says how (see enum), the rest is what came: an IPv4 packet or, over
 * IPv6, a PDU.  What is accepted is built again and means the same, and what
 * is authentic is so once.
 */
#include "core/vrrp_judge.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)          \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

enum {
	AUTH = 3, /* enum vrrp_auth_type */
	IPV6 = 1 << 2,
	RIGHT_SUM = 1 << 3, /* the checksum is made right first */
	RIGHT_TAG = 1 << 4, /* what authenticates, too */
	UNICAST = 1 << 5, /* is expected */
	MONOTONIC = 1 << 6,
	PERMISSIVE = 1 << 7,

	AH_ICV = 12,
	TAG = 12,
};

static const struct addr here = {.bytes = {[0] = 0xfe, 0x80, [15] = 1}};
static const struct addr there = {.bytes = {[0] = 0xfe, 0x80, [15] = 2}};

/* No digest, but one that depends on every byte, and that bytes can have. */
static void mix(const uint8_t *key, size_t key_length, const uint8_t *bytes,
		size_t length, uint8_t *out, size_t size)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < key_length; i++)
		h = (h ^ key[i]) * 16777619U;
	for (size_t i = 0; i < length; i++)
		h = (h ^ bytes[i]) * 16777619U;
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)(h >> i % 4 * 8);
}

static void fake_md5(void *arg, const uint8_t *key, size_t key_length,
		     const uint8_t *bytes, size_t length, uint8_t out[16])
{
	(void)arg;
	mix(key, key_length, bytes, length, out, 16);
}

static void fake_sha256(void *arg, const uint8_t *key, size_t key_length,
			const uint8_t *bytes, size_t length, uint8_t out[32])
{
	(void)arg;
	mix(key, key_length, bytes, length, out, 32);
}

static const struct vrrp_digest fake = {
	.hmac_md5 = fake_md5,
	.hmac_sha256 = fake_sha256,
};

/* The last digest made is the one that would have been right. */
struct spy {
	uint8_t last[32];
};

static void spy_md5(void *arg, const uint8_t *key, size_t key_length,
		    const uint8_t *bytes, size_t length, uint8_t out[16])
{
	fake_md5(NULL, key, key_length, bytes, length, out);
	memcpy(((struct spy *)arg)->last, out, 16);
}

static void spy_sha256(void *arg, const uint8_t *key, size_t key_length,
		       const uint8_t *bytes, size_t length, uint8_t out[32])
{
	fake_sha256(NULL, key, key_length, bytes, length, out);
	memcpy(((struct spy *)arg)->last, out, 32);
}

struct arrival {
	uint8_t *bytes; /* of the exact size: ASan sees one read too many */
	size_t size;
	struct vrrp_datagram datagram;
	struct vrrp_origin origin;
	struct vrrp_advert advert;
};

static void init_auth(struct vrrp_auth *auth, uint8_t how)
{
	struct vrrp_auth_conf conf = {
		.type = how & AUTH,
		.pass = "ab",
		.keys = {{.id = 1, .bytes = {1, 2, 3}, .length = 32}},
		.n_keys = 1,
		.active_key = 1,
		.mode = how & PERMISSIVE ? VRRP_AUTH_PERMISSIVE
					 : VRRP_AUTH_ENFORCE,
		.monotonic = how & MONOTONIC,
		.window = USEC_SECONDS(5),
	};

	vrrp_auth_init(auth, &conf);
}

static bool open_it(struct arrival *a, uint8_t how)
{
	if (how & IPV6) {
		a->datagram = (struct vrrp_datagram){
			.pdu = a->bytes,
			.length = a->size,
		};
		a->origin = (struct vrrp_origin){
			.source = there,
			.destination = here,
			.ttl = VRRP_TTL,
			.multicast = !(how & UNICAST),
		};
		return true;
	}
	if (vrrp_packet_open(a->bytes, a->size, &a->datagram, &a->origin) !=
	    VRRP_ACCEPTED)
		return false;
	CHECK(a->datagram.ip == a->bytes);
	CHECK(a->datagram.pdu >= a->bytes + a->datagram.ip_length);
	CHECK(a->datagram.pdu + a->datagram.length <= a->bytes + a->size);
	return true;
}

/* As a sender does it: v3 with pseudo header, v2 over IPv4 without. */
static void right_sum(struct arrival *a)
{
	uint8_t *pdu = a->bytes + (a->datagram.pdu - a->bytes);
	size_t n = a->datagram.length;
	uint32_t sum = 0;

	if (n < 8)
		return;
	if (!addr_is_v4(&a->origin.source) || pdu[0] >> 4 == 3) {
		vrrp_packet_sum6(pdu, n, &a->origin.source,
				 &a->origin.destination);
		return;
	}
	if (n == 8U + pdu[3] * 4U + 8 + VRRP_TRAILER_SIZE)
		n -= VRRP_TRAILER_SIZE;
	pdu[6] = pdu[7] = 0;
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? pdu[i] : (uint32_t)pdu[i] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	pdu[6] = (uint8_t)(sum >> 8);
	pdu[7] = (uint8_t)sum;
}

/* Puts the tag in that a check would have wanted. */
static void right_tag(struct arrival *a, uint8_t how)
{
	struct spy spy = {{0}};
	struct vrrp_digest digest = {&spy, spy_md5, spy_sha256};
	uint8_t *pdu = a->bytes + (a->datagram.pdu - a->bytes);
	struct vrrp_auth auth;

	init_auth(&auth, how);
	vrrp_auth_check(&auth, &digest, &a->datagram, &a->advert,
			USEC_SECONDS(3600));
	if ((how & AUTH) == VRRP_AUTH_AH && a->datagram.ah)
		memcpy(a->bytes + (a->datagram.ah - a->bytes) + AH_ICV,
		       spy.last, 12);
	if ((how & AUTH) == VRRP_AUTH_HMAC && a->advert.has_trailer) {
		memcpy(pdu + a->advert.length + TAG, spy.last, 16);
		right_sum(a);
	}
}

/* Only what we would not send ourselves is not built, or not the same. */
static void check_rebuilt(const struct vrrp_advert *a,
			  const struct vrrp_origin *o)
{
	static struct vrrp_advert again, expected;
	uint8_t bytes[VRRP_PACKET_MAX];
	long n;

	n = vrrp_packet_build(a, &o->destination, false, bytes);
	if (n < 0) {
		bool mapped = false;

		for (size_t i = 0; i < a->n_addrs; i++)
			mapped |= addr_is_v4(&a->addrs[i]) !=
				  addr_is_v4(&a->source);
		CHECK(mapped || !a->advert_int.us);
		return;
	}
	CHECK((size_t)n == a->length);
	CHECK(vrrp_packet_parse(bytes, (size_t)n, o, &again) == VRRP_ACCEPTED);
	expected = *a;
	expected.has_trailer = expected.old_checksum = false;
	if (a->auth_type != 1)
		memset(expected.pass, 0, sizeof(expected.pass));
	again.old_checksum = false;
	CHECK(!memcmp(&again, &expected, sizeof(again)));
}

static void judge_it(const struct arrival *a, uint8_t how)
{
	struct vrrp_peer peers[] = {{a->origin.source, 1, 0}};
	struct vrrp_expect expect = {
		.version = a->advert.version,
		.vrid = a->advert.vrid,
		.advert_int = USEC_SECONDS(1),
		.peers = peers,
		.n_peers = how & UNICAST ? 1 : 0,
		.check_unicast_src = true,
		.own = &here,
		.n_own = 1,
	};
	struct usec wall = USEC_SECONDS(3600);
	enum vrrp_rejection why, second;
	struct vrrp_auth auth;
	bool signed_one;

	init_auth(&auth, how);
	why = vrrp_judge(&expect, &auth, &fake, &a->datagram, &a->origin,
			 &a->advert, wall);
	CHECK(why >= 0 && why < VRRP_REJECTION_MAX);
	CHECK(vrrp_rejection_name(why)[0] != '?');
	signed_one = auth.n_senders;
	second = vrrp_judge(&expect, &auth, &fake, &a->datagram, &a->origin,
			    &a->advert, wall);
	CHECK(second == (signed_one ? VRRP_REJECT_replayed : why));
	CHECK(!vrrp_addrs_differ(a->advert.addrs, a->advert.n_addrs,
				 a->advert.addrs, a->advert.n_addrs));
}

static void take_it(struct arrival *a, uint8_t how)
{
	if (!open_it(a, how))
		return;
	if (how & RIGHT_SUM)
		right_sum(a);
	if (vrrp_packet_parse(a->datagram.pdu, a->datagram.length, &a->origin,
			      &a->advert) != VRRP_ACCEPTED)
		return;
	CHECK(a->advert.length <= a->datagram.length);
	CHECK(a->advert.vrid ==
	      vrrp_packet_vrid(a->datagram.pdu, a->datagram.length));
	if (how & RIGHT_TAG)
		right_tag(a, how);
	check_rebuilt(&a->advert, &a->origin);
	judge_it(a, how);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arrival a;

	if (!size)
		return 0;
	memset(&a, 0, sizeof(a));
	a.size = size - 1;
	a.bytes = malloc(a.size ? a.size : 1);
	CHECK(a.bytes);
	memcpy(a.bytes, data + 1, a.size);
	take_it(&a, data[0]);
	free(a.bytes);
	return 0;
}
