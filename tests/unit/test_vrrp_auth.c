/* SPDX-License-Identifier: GPL-2.0-only */
/* Signed adverts, checked and built, with digests checked against the RFCs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/vrrp_auth.h"
#include "unit/vrrp_hex.h"
#include "xlbd/digest.h"

#include <errno.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* RFC 2202 section 2 and RFC 4231 section 4: their key, text and digest. */
static const struct digest_case {
	const char *name, *key;
	int key_byte, key_length; /* if there is no `key` */
	const char *text;
	int text_byte, text_length;
	bool sha256;
	const char *digest;
} digests[] = {
	{.name = "RFC 2202, 1: MD5",
	 .key_byte = 0x0b,
	 .key_length = 16,
	 .text = "Hi There",
	 .digest = "9294727a3638bb1c13f48ef8158bfc9d"},
	{.name = "RFC 2202, 2: MD5, a short key",
	 .key = "Jefe",
	 .text = "what do ya want for nothing?",
	 .digest = "750c783e6ab0b503eaa86e310a5db738"},
	{.name = "RFC 2202, 3: MD5, bytes",
	 .key_byte = 0xaa,
	 .key_length = 16,
	 .text_byte = 0xdd,
	 .text_length = 50,
	 .digest = "56be34521d144c88dbb8c733f0e8b3f6"},
	{.name = "RFC 2202, 6: MD5, a long key",
	 .key_byte = 0xaa,
	 .key_length = 80,
	 .text = "Test Using Larger Than Block-Size Key - Hash Key First",
	 .digest = "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
	{.name = "RFC 4231, 1: SHA-256",
	 .key_byte = 0x0b,
	 .key_length = 20,
	 .text = "Hi There",
	 .sha256 = true,
	 .digest = "b0344c61d8db38535ca8afceaf0bf12b"
		   "881dc200c9833da726e9376c2e32cff7"},
	{.name = "RFC 4231, 2: SHA-256, a short key",
	 .key = "Jefe",
	 .text = "what do ya want for nothing?",
	 .sha256 = true,
	 .digest = "5bdcc146bf60754e6a042426089575c7"
		   "5a003f089d2739839dec58b964ec3843"},
	{.name = "RFC 4231, 3: SHA-256, bytes",
	 .key_byte = 0xaa,
	 .key_length = 20,
	 .text_byte = 0xdd,
	 .text_length = 50,
	 .sha256 = true,
	 .digest = "773ea91e36800e46854db8ebd09181a7"
		   "2959098b3ef8c122d9635514ced565fe"},
	{.name = "RFC 4231, 6: SHA-256, a long key",
	 .key_byte = 0xaa,
	 .key_length = 131,
	 .text = "Test Using Larger Than Block-Size Key - Hash Key First",
	 .sha256 = true,
	 .digest = "60e431591ee0b67f0d8a26aacbf5b77f"
		   "8e0bc6213728c5140546040f0ee37f54"},
};

static size_t text_or_bytes(const char *text, int byte, int length,
			    uint8_t *out)
{
	if (text) {
		memcpy(out, text, strlen(text));
		return strlen(text);
	}
	memset(out, byte, (size_t)length);
	return (size_t)length;
}

static void digest_is_the_rfcs(void **state)
{
	const struct digest_case *c = *state;
	uint8_t key[200], text[200], out[33], expected[33];
	size_t k = text_or_bytes(c->key, c->key_byte, c->key_length, key);
	size_t t = text_or_bytes(c->text, c->text_byte, c->text_length, text);
	size_t n = hex_bytes(c->digest, expected);

	memset(out, 0xa5, sizeof(out));
	if (c->sha256)
		digest_vrrp.hmac_sha256(digest_vrrp.arg, key, k, text, t, out);
	else
		digest_vrrp.hmac_md5(digest_vrrp.arg, key, k, text, t, out);
	assert_int_equal(n, c->sha256 ? 32 : 16);
	assert_memory_equal(out, expected, n);
	assert_int_equal(out[n], 0xa5);
}

/* What came, taken apart and checked as the pulse does it. */
struct arrival {
	uint8_t bytes[VRRP_PACKET_MAX];
	size_t length;
	struct vrrp_datagram datagram;
	struct vrrp_origin origin;
	struct vrrp_advert advert;
};

static enum vrrp_rejection check_at(struct vrrp_auth *auth, struct arrival *a,
				    struct usec wall)
{
	return vrrp_auth_check(auth, &digest_vrrp, &a->datagram, &a->advert,
			       wall);
}

static enum vrrp_rejection check(struct vrrp_auth *auth, struct arrival *a)
{
	return check_at(auth, a, USEC_SECONDS(1000));
}

static enum vrrp_rejection open_and_check(struct vrrp_auth *auth,
					  struct arrival *a)
{
	assert_int_equal(vrrp_packet_open(a->bytes, a->length, &a->datagram,
					  &a->origin),
			 VRRP_ACCEPTED);
	assert_int_equal(vrrp_packet_parse(a->datagram.pdu, a->datagram.length,
					   &a->origin, &a->advert),
			 VRRP_ACCEPTED);
	return check(auth, a);
}

/*
 * keepalived 2.2.7 on the wire, recorded with tcpdump: `auth_type AH`, to the
 * group with the password "secret", to a unicast_peer with "longpassword".
 * Whole IPv4 packets, the last with priority 0.
 */
static const struct ah_golden {
	const char *name, *pass, *bytes;
	uint32_t sequence;
} ah_goldens[] = {
	{"AH, multicast", "secret",
	 "45c0004400010000ff33d0750a3d0001e0000012"
	 "700400000a3d0001000000011ebfd297da4b862635fdca71"
	 "213dc802020100320a3d00090a3d000a0000000000000000",
	 1},
	{"AH, unicast", "longpass",
	 "45c0004000010000ff33a64d0a3d00010a3d0002"
	 "700400000a3d0001000000011737e11eb6324382f4949c0a"
	 "213ec80102010a770a3d000b0000000000000000",
	 1},
	{"AH, multicast, the second", "secret",
	 "45c0004400020000ff33d0740a3d0001e0000012"
	 "700400000a3d00010000000272b932b832521c7e0539de80"
	 "213dc802020100320a3d00090a3d000a0000000000000000",
	 2},
	{"AH, unicast, the second", "longpass",
	 "45c0004000020000ff33a64c0a3d00010a3d0002"
	 "700400000a3d0001000000023b453d81c772913cb1c3dad1"
	 "213ec80102010a770a3d000b0000000000000000",
	 2},
	{"AH, multicast, stopping", "secret",
	 "45c0004400070000ff33d06f0a3d0001e0000012"
	 "700400000a3d0001000000078ebb063ffbe1e6b67ff0c5d2"
	 "213d00020201c8320a3d00090a3d000a0000000000000000",
	 7},
	{"AH, unicast, stopping", "longpass",
	 "45c0004000070000ff33a6470a3d00010a3d0002"
	 "700400000a3d0001000000070bfd97f954d405a9fe0a1ab0"
	 "213e00010201d2770a3d000b0000000000000000",
	 7},
};

static struct vrrp_auth with_pass(enum vrrp_auth_type type, const char *pass)
{
	struct vrrp_auth_conf conf = {.type = type};
	struct vrrp_auth auth;

	memcpy(conf.pass, pass, strlen(pass));
	vrrp_auth_init(&auth, &conf);
	return auth;
}

static void ah_is_accepted_and_rebuilt(void **state)
{
	const struct ah_golden *g = *state;
	struct vrrp_auth theirs = with_pass(VRRP_AUTH_AH, g->pass);
	struct vrrp_auth ours = theirs;
	uint8_t built[VRRP_PACKET_MAX];
	struct vrrp_route route = {.ttl = 255};
	static struct arrival a;

	a.length = hex_bytes(g->bytes, a.bytes);
	assert_int_equal(open_and_check(&theirs, &a), VRRP_ACCEPTED);

	route.destination = a.origin.destination;
	a.advert.auth_type = 0; /* the builder knows */
	ours.sent = g->sequence - 1;
	assert_int_equal(vrrp_auth_build(&ours, &digest_vrrp, &a.advert, &route,
					 USEC_ZERO, built),
			 a.length);
	assert_memory_equal(built, a.bytes, a.length);
}

/* What the ICV covers, byte by byte: nothing else may be changed. */
static void ah_covers_all_but_what_routers_change(void **state)
{
	const struct ah_golden *g = *state;
	bool multicast = strstr(g->name, "multicast") != NULL;
	static struct arrival a;
	size_t n = hex_bytes(g->bytes, a.bytes);

	for (size_t i = 0; i < n; i++) {
		struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, g->pass);
		/* TOS, fragment, checksum; and TTL, if it may be routed */
		bool free = i == 1 || i == 6 || i == 7 || i == 10 || i == 11 ||
			    (i == 8 && !multicast);
		enum vrrp_rejection why;

		a.length = hex_bytes(g->bytes, a.bytes);
		a.bytes[i] ^= 1;
		why = vrrp_packet_open(a.bytes, a.length, &a.datagram,
				       &a.origin);
		if (why == VRRP_ACCEPTED)
			why = vrrp_packet_parse(a.datagram.pdu,
						a.datagram.length, &a.origin,
						&a.advert);
		if (why == VRRP_ACCEPTED)
			why = check(&auth, &a);
		assert_int_equal(why == VRRP_ACCEPTED, free);
		assert_int_equal(auth.n_senders, free);
	}
}

/* By one who has the key: the SPI is not the sender's address. */
static void ah_belongs_to_its_sender(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, "secret");
	static struct arrival a;
	uint8_t copy[128], icv[16];

	(void)state;
	a.length = hex_bytes(ah_goldens[0].bytes, a.bytes);
	a.bytes[27] ^= 1;
	memcpy(copy, a.bytes, a.length);
	copy[1] = copy[10] = copy[11] = 0;
	memset(copy + 32, 0, 12);
	digest_vrrp.hmac_md5(NULL, (const uint8_t *)"secret", 6, copy, a.length,
			     icv);
	memcpy(a.bytes + 32, icv, 12);
	assert_int_equal(open_and_check(&auth, &a), VRRP_REJECT_bad_auth);
	assert_int_equal(auth.n_senders, 0);
}

/* The type in the PDU says AH, the packet has none, or the reverse. */
static void ah_is_there_if_it_is_said(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, "secret");
	static struct arrival a;

	(void)state;
	a.length = hex_bytes(ah_goldens[0].bytes, a.bytes);
	assert_int_equal(open_and_check(&auth, &a), VRRP_ACCEPTED);
	a.datagram.ah = NULL;
	assert_int_equal(check(&auth, &a), VRRP_REJECT_bad_auth_type);

	auth = with_pass(VRRP_AUTH_PASS, "");
	assert_int_equal(open_and_check(&auth, &a), VRRP_REJECT_bad_auth_type);
	a.advert.auth_type = 1;
	assert_int_equal(check(&auth, &a), VRRP_REJECT_bad_auth_type);
	a.datagram.ah = NULL;
	assert_int_equal(check(&auth, &a), VRRP_ACCEPTED);
}

static void ah_cannot_be_replayed(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, "secret");
	static struct arrival first, second;

	(void)state;
	first.length = hex_bytes(ah_goldens[0].bytes, first.bytes);
	second.length = hex_bytes(ah_goldens[2].bytes, second.bytes);
	assert_int_equal(open_and_check(&auth, &first), VRRP_ACCEPTED);
	assert_int_equal(open_and_check(&auth, &first), VRRP_REJECT_replayed);
	assert_int_equal(open_and_check(&auth, &second), VRRP_ACCEPTED);
	assert_int_equal(open_and_check(&auth, &first), VRRP_REJECT_replayed);
	assert_int_equal(open_and_check(&auth, &second), VRRP_REJECT_replayed);
}

static uint32_t sequence_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* A new master goes on from the old one's number, and never starts at 0. */
static void ah_numbers_only_grow(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, "secret");
	struct vrrp_route route = {.ttl = 255};
	uint8_t built[VRRP_PACKET_MAX];
	static struct vrrp_advert mine;
	static struct arrival a;

	(void)state;
	a.length = hex_bytes(ah_goldens[4].bytes, a.bytes); /* number 7 */
	assert_int_equal(open_and_check(&auth, &a), VRRP_ACCEPTED);
	mine = a.advert;
	mine.source = address("10.61.0.2");
	route.destination = a.origin.destination;
	for (uint32_t i = 8; i < 11; i++) {
		assert_true(vrrp_auth_build(&auth, &digest_vrrp, &mine, &route,
					    USEC_ZERO, built) > 0);
		assert_int_equal(sequence_at(built + 28), i);
	}
	/* after a restart: from the clock */
	auth = with_pass(VRRP_AUTH_AH, "secret");
	assert_true(vrrp_auth_build(&auth, &digest_vrrp, &mine, &route,
				    USEC_SECONDS(1800000000), built) > 0);
	assert_int_equal(sequence_at(built + 28), 1800000001);
	/* the identification is never 0: the kernel would choose another */
	auth.sent = 0x6c00ffff;
	assert_true(vrrp_auth_build(&auth, &digest_vrrp, &mine, &route,
				    USEC_ZERO, built) > 0);
	assert_int_equal(sequence_at(built + 28), 0x6c010000);
	assert_int_equal(built[4] << 8 | built[5], 1);
}

static void ah_is_for_v2_over_ipv4(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_AH, "secret");
	struct vrrp_route route = {.destination = address("ff02::12")};
	uint8_t built[VRRP_PACKET_MAX];
	static struct vrrp_advert a = {
		.version = 2,
		.vrid = 1,
		.advert_int = {1000000},
	};

	(void)state;
	a.source = address("fe80::1");
	assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a, &route,
					 USEC_ZERO, built),
			 -EINVAL);
	/* v3 has no authentication of its own: keepalived ignores it there */
	a.version = 3;
	assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a, &route,
					 USEC_ZERO, built),
			 8);
}

/* The PDU alone, as over IPv6 or after the IPv4 header. */
static void parse_pdu(struct arrival *a, const char *bytes, const char *source,
		      const char *destination)
{
	a->length = hex_bytes(bytes, a->bytes);
	a->origin = origin_of(source, destination);
	a->datagram = (struct vrrp_datagram){
		.pdu = a->bytes,
		.length = a->length,
	};
	assert_int_equal(vrrp_packet_parse(a->bytes, a->length, &a->origin,
					   &a->advert),
			 VRRP_ACCEPTED);
}

#define V2_PASS  "2133c801 0101 2bae c0a8c810 6162000000000000"
#define V2_NONE  "2133c801 0001 8e10 c0a8c810 0000000000000000"
#define V3_PLAIN "3134c801 0032 14a0 c0a8c811"

static void passwords_are_compared(void **state)
{
	static const struct {
		const char *pass, *bytes;
		enum vrrp_auth_type type;
		enum vrrp_rejection why;
	} cases[] = {
		{"ab", V2_PASS, VRRP_AUTH_PASS, VRRP_ACCEPTED},
		{"abc", V2_PASS, VRRP_AUTH_PASS, VRRP_REJECT_bad_auth},
		{"a", V2_PASS, VRRP_AUTH_PASS, VRRP_REJECT_bad_auth},
		{"", V2_PASS, VRRP_AUTH_PASS, VRRP_REJECT_bad_auth},
		{"ab", V2_NONE, VRRP_AUTH_PASS, VRRP_REJECT_bad_auth_type},
		{"", V2_PASS, VRRP_AUTH_NONE, VRRP_REJECT_bad_auth_type},
		{"", V2_NONE, VRRP_AUTH_NONE, VRRP_ACCEPTED},
		{"ab", V2_PASS, VRRP_AUTH_AH, VRRP_REJECT_bad_auth_type},
		{"", V3_PLAIN, VRRP_AUTH_NONE, VRRP_ACCEPTED},
		{"ab", V3_PLAIN, VRRP_AUTH_PASS, VRRP_ACCEPTED},
		{"ab", V3_PLAIN, VRRP_AUTH_AH, VRRP_ACCEPTED},
	};
	static struct arrival a;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct vrrp_auth auth = with_pass(cases[i].type, cases[i].pass);

		parse_pdu(&a, cases[i].bytes, "192.168.200.5", "224.0.0.18");
		assert_int_equal(check(&auth, &a), cases[i].why);
	}
}

static void passwords_are_sent(void **state)
{
	struct vrrp_auth auth = with_pass(VRRP_AUTH_PASS, "ab");
	struct vrrp_route route = {.destination = address("224.0.0.18")};
	uint8_t built[VRRP_PACKET_MAX], expected[VRRP_PACKET_MAX];
	size_t length = hex_bytes(V2_PASS, expected);
	static struct arrival a;

	(void)state;
	parse_pdu(&a, V2_NONE, "192.168.200.5", "224.0.0.18");
	assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a.advert, &route,
					 USEC_ZERO, built),
			 length);
	assert_memory_equal(built, expected, length);
}

/*
 * The examples of draft-cassen-vrrp-auth-hmac, which keepalived 2.4 tests
 * itself with: key 1 is 00 01 ... 1f, the sequence number 0x6800000080000000.
 */
static const struct hmac_golden {
	const char *name, *source, *destination, *bytes;
	bool as_v2;
} hmac_goldens[] = {
	{"HMAC, IPv4", "198.51.100.10", "198.51.100.20",
	 "3133c80100644402c0000264"
	 "010100006800000080000000 1b84bc4e8e43892dc6d98448f8ee2265",
	 true},
	{"HMAC, IPv6", "fe80::10", "fe80::20",
	 "3133c8010064a2e9fe800000000000000000000000000100"
	 "010100006800000080000000 c8c56146ebfd66ee10ec4d8186461b78",
	 false},
};

/* 0x68000000 seconds and a half */
#define DRAFT_TIME ((struct usec){0x68000000LL * 1000000 + 500000})

static struct vrrp_auth with_keys(void)
{
	struct vrrp_auth_conf conf = {
		.type = VRRP_AUTH_HMAC,
		.n_keys = 2,
		.active_key = 1,
		.window = USEC_SECONDS(5),
		.keys = {{.id = 1, .length = 32}, {.id = 9, .length = 64}},
	};
	struct vrrp_auth auth;

	for (uint8_t i = 0; i < 64; i++) {
		conf.keys[0].bytes[i] = i;
		conf.keys[1].bytes[i] = 0xff - i;
	}
	vrrp_auth_init(&auth, &conf);
	return auth;
}

static void hmac_is_accepted_and_rebuilt(void **state)
{
	const struct hmac_golden *g = *state;
	struct vrrp_auth auth = with_keys();
	struct vrrp_route route = {
		.destination = address(g->destination),
		.v3_checksum_as_v2 = g->as_v2,
	};
	uint8_t built[VRRP_PACKET_MAX];
	static struct arrival a;

	parse_pdu(&a, g->bytes, g->source, g->destination);
	assert_int_equal(check_at(&auth, &a, DRAFT_TIME), VRRP_ACCEPTED);
	auth = with_keys();
	assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a.advert, &route,
					 DRAFT_TIME, built),
			 a.length);
	assert_memory_equal(built, a.bytes, a.length);
}

/* Every byte but the checksum's counts; the IP header's source does, too. */
static void hmac_covers_all(void **state)
{
	const struct hmac_golden *g = *state;
	static struct arrival a;

	parse_pdu(&a, g->bytes, g->source, g->destination);
	for (size_t i = 0; i < a.length; i++) {
		struct vrrp_auth auth = with_keys();
		bool free = i == 6 || i == 7;

		a.bytes[i] ^= 1;
		/* as parsed: what the tag covers is taken from there, too */
		a.advert.version = a.bytes[0] >> 4;
		a.advert.vrid = a.bytes[1];
		assert_int_equal(
			check_at(&auth, &a, DRAFT_TIME) == VRRP_ACCEPTED, free);
		assert_int_equal(auth.n_senders, free);
		a.bytes[i] ^= 1;
	}
	for (int i = 12; i < 16; i++) {
		struct vrrp_auth auth = with_keys();

		parse_pdu(&a, g->bytes, g->source, g->destination);
		a.advert.source.bytes[i] ^= 1;
		assert_int_equal(check_at(&auth, &a, DRAFT_TIME),
				 VRRP_REJECT_bad_auth);
	}
}

/* By one who has the key: another scheme, something in the reserved bytes. */
static void hmac_of_another_kind_is_refused(void **state)
{
	const struct hmac_golden *g = &hmac_goldens[0];
	static struct arrival a;

	(void)state;
	for (size_t i = 12; i < 16; i++) {
		struct vrrp_auth auth = with_keys();
		uint8_t text[20 + 12 + 28] = {4, 3, 51, 0, 198, 51, 100, 10};
		uint8_t tag[32];

		if (i == 13) /* the key's ID */
			continue;
		parse_pdu(&a, g->bytes, g->source, g->destination);
		a.bytes[i] ^= 2;
		memcpy(text + 20, a.bytes, 24);
		memset(text + 26, 0, 2);
		digest_vrrp.hmac_sha256(NULL, auth.conf.keys[0].bytes, 32, text,
					sizeof(text), tag);
		memcpy(a.bytes + 24, tag, 16);
		assert_int_equal(check_at(&auth, &a, DRAFT_TIME),
				 VRRP_REJECT_bad_auth);
		assert_int_equal(auth.n_senders, 0);
	}
}

/* Builds one at `wall` and takes it apart again. */
static void send_hmac(struct vrrp_auth *sender, const char *source,
		      struct usec wall, struct arrival *a)
{
	struct vrrp_route route = {.destination = address("224.0.0.18")};
	static struct vrrp_advert advert;
	long n;

	memset(&advert, 0, sizeof(advert));
	advert.version = 2;
	advert.vrid = 51;
	advert.priority = 100;
	advert.advert_int = USEC_SECONDS(1);
	advert.source = address(source);
	advert.addrs[0] = address("10.0.4.99");
	advert.n_addrs = 1;
	n = vrrp_auth_build(sender, &digest_vrrp, &advert, &route, wall,
			    a->bytes);
	assert_int_equal(n, 8 + 4 + 8 + VRRP_TRAILER_SIZE);
	a->length = (size_t)n;
	a->origin = origin_of(source, "224.0.0.18");
	a->datagram = (struct vrrp_datagram){
		.pdu = a->bytes,
		.length = a->length,
	};
	assert_int_equal(vrrp_packet_parse(a->bytes, a->length, &a->origin,
					   &a->advert),
			 VRRP_ACCEPTED);
}

static void hmac_cannot_be_replayed(void **state)
{
	struct vrrp_auth sender = with_keys(), receiver = with_keys();
	static struct arrival first, second, other;
	struct usec t = USEC_SECONDS(1000);

	(void)state;
	send_hmac(&sender, "10.0.4.20", t, &first);
	send_hmac(&sender, "10.0.4.20", t, &second); /* the same instant */
	send_hmac(&sender, "10.0.4.21", t, &other);
	assert_int_equal(check_at(&receiver, &second, t), VRRP_ACCEPTED);
	assert_int_equal(check_at(&receiver, &second, t), VRRP_REJECT_replayed);
	assert_int_equal(check_at(&receiver, &first, t), VRRP_REJECT_replayed);
	/* each sender has its own */
	assert_int_equal(check_at(&receiver, &other, t), VRRP_ACCEPTED);
	assert_int_equal(check_at(&receiver, &other, t), VRRP_REJECT_replayed);
	assert_int_equal(receiver.n_senders, 2);
}

static void hmac_has_a_window(void **state)
{
	static const struct {
		int skew;
		enum vrrp_rejection why;
	} cases[] = {
		{0, VRRP_ACCEPTED},      {5, VRRP_ACCEPTED},
		{-5, VRRP_ACCEPTED},     {6, VRRP_REJECT_stale},
		{-6, VRRP_REJECT_stale}, {1000000, VRRP_REJECT_stale},
	};
	static struct arrival a;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct vrrp_auth sender = with_keys(), receiver = with_keys();

		send_hmac(&sender, "10.0.4.20", USEC_SECONDS(2000000), &a);
		assert_int_equal(
			check_at(&receiver, &a,
				 USEC_SECONDS(2000000 + cases[i].skew)),
			cases[i].why);
		/* without clocks: only numbers count */
		receiver = with_keys();
		receiver.conf.monotonic = true;
		assert_int_equal(check_at(&receiver, &a, USEC_ZERO),
				 VRRP_ACCEPTED);
		assert_int_equal(check_at(&receiver, &a, USEC_ZERO),
				 VRRP_REJECT_replayed);
	}
}

/* A clock that was ahead and is set right: heard again, not days later. */
static void hmac_survives_a_clock_set_back(void **state)
{
	struct vrrp_auth sender = with_keys(), receiver = with_keys();
	struct usec ahead = USEC_SECONDS(90000), right = USEC_SECONDS(3600);
	static struct arrival a, b;

	(void)state;
	send_hmac(&sender, "10.0.4.20", ahead, &a);
	assert_int_equal(check_at(&receiver, &a, ahead), VRRP_ACCEPTED);
	send_hmac(&sender, "10.0.4.20", right, &b);
	assert_int_equal(check_at(&receiver, &b, right), VRRP_ACCEPTED);
	assert_int_equal(check_at(&receiver, &b, right), VRRP_REJECT_replayed);
	assert_int_equal(check_at(&receiver, &a, right), VRRP_REJECT_stale);

	/* within the window, and where clocks do not count: never smaller */
	send_hmac(&sender, "10.0.4.20", usec_sub(right, USEC_SECONDS(3)), &b);
	assert_int_equal(check_at(&receiver, &b, right), VRRP_ACCEPTED);
	sender.conf.monotonic = true;
	receiver.conf.monotonic = true;
	send_hmac(&sender, "10.0.4.20", USEC_SECONDS(1), &b);
	assert_int_equal(check_at(&receiver, &b, right), VRRP_ACCEPTED);
}

/* Seconds beyond 2^31, from a start and on: still the clock's. */
static void hmac_survives_2038(void **state)
{
	struct vrrp_auth sender = with_keys(), receiver = with_keys();
	static struct arrival a;

	(void)state;
	sender.conf.monotonic = true;
	for (int64_t t = 0x7fffffff; t < 0x80000002; t++) {
		if (t == 0x80000001) /* and restarted */
			sender.sent = 0;
		send_hmac(&sender, "10.0.4.20", USEC_SECONDS(t), &a);
		assert_int_equal(sequence_at(a.bytes + 20 + 4), t);
		assert_int_equal(check_at(&receiver, &a, USEC_SECONDS(t)),
				 VRRP_ACCEPTED);
	}
}

static void hmac_keys_can_be_changed(void **state)
{
	struct vrrp_auth sender = with_keys(), receiver = with_keys();
	struct usec t = USEC_SECONDS(1000);
	static struct arrival a;

	(void)state;
	sender.conf.active_key = 9;
	send_hmac(&sender, "10.0.4.20", t, &a);
	assert_int_equal(check_at(&receiver, &a, t), VRRP_ACCEPTED);
	receiver.conf.n_keys = 1; /* does not know 9 */
	send_hmac(&sender, "10.0.4.20", t, &a);
	assert_int_equal(check_at(&receiver, &a, t), VRRP_REJECT_bad_auth);
	sender.conf.active_key = 1;
	send_hmac(&sender, "10.0.4.20", t, &a);
	assert_int_equal(check_at(&receiver, &a, t), VRRP_ACCEPTED);
	receiver.conf.keys[0].bytes[31]++;
	send_hmac(&sender, "10.0.4.20", t, &a);
	assert_int_equal(check_at(&receiver, &a, t), VRRP_REJECT_bad_auth);
}

static void hmac_without_its_key_is_not_sent(void **state)
{
	struct vrrp_auth auth = with_keys();
	struct vrrp_route route = {.destination = address("224.0.0.18")};
	uint8_t built[VRRP_PACKET_MAX];
	static struct arrival a;

	(void)state;
	parse_pdu(&a, V3_PLAIN, "192.168.200.5", "224.0.0.18");
	auth.conf.active_key = 2;
	assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a.advert, &route,
					 USEC_ZERO, built),
			 -EINVAL);
}

/* enforce, permissive, receive-only; with a trailer, without, a wrong one. */
static void modes_differ_without_a_trailer_only(void **state)
{
	static const struct {
		enum vrrp_auth_mode mode;
		enum vrrp_rejection plain;
		size_t sent;
	} cases[] = {
		{VRRP_AUTH_ENFORCE, VRRP_REJECT_bad_auth_type, 40},
		{VRRP_AUTH_PERMISSIVE, VRRP_ACCEPTED, 40},
		{VRRP_AUTH_RECEIVE_ONLY, VRRP_ACCEPTED, 12},
	};
	struct vrrp_route route = {.destination = address("224.0.0.18")};
	uint8_t built[VRRP_PACKET_MAX];
	static struct arrival a;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct hmac_golden *g = &hmac_goldens[0];
		struct vrrp_auth auth = with_keys();

		auth.conf.mode = cases[i].mode;
		parse_pdu(&a, V3_PLAIN, "192.168.200.5", "224.0.0.18");
		assert_int_equal(check(&auth, &a), cases[i].plain);
		assert_int_equal(vrrp_auth_build(&auth, &digest_vrrp, &a.advert,
						 &route, USEC_ZERO, built),
				 cases[i].sent);
		parse_pdu(&a, g->bytes, g->source, g->destination);
		assert_int_equal(check_at(&auth, &a, DRAFT_TIME),
				 VRRP_ACCEPTED);
		a.bytes[a.length - 1] ^= 1;
		assert_int_equal(check_at(&auth, &a, DRAFT_TIME),
				 VRRP_REJECT_bad_auth);
		/* and who knows of no trailers wants none */
		auth.conf.type = VRRP_AUTH_NONE;
		assert_int_equal(check_at(&auth, &a, DRAFT_TIME),
				 VRRP_REJECT_bad_auth_type);
	}
}

/* More senders than fit: the table stays as big, the oldest is forgotten. */
static void many_senders_are_bounded(void **state)
{
	struct vrrp_auth sender = with_keys(), receiver = with_keys();
	struct usec t = USEC_SECONDS(1000);
	static struct arrival a[VRRP_AUTH_MAX_SENDERS + 1];

	(void)state;
	for (size_t i = 0; i < N(a); i++) {
		char source[32];

		snprintf(source, sizeof(source), "10.0.4.%zu", i + 1);
		send_hmac(&sender, source, t, &a[i]);
		assert_int_equal(check_at(&receiver, &a[i], t), VRRP_ACCEPTED);
	}
	assert_int_equal(receiver.n_senders, VRRP_AUTH_MAX_SENDERS);
	for (size_t i = 1; i < N(a); i++)
		assert_int_equal(check_at(&receiver, &a[i], t),
				 VRRP_REJECT_replayed);
}

static struct CMUnitTest test_of(const char *name, CMUnitTestFunction test,
				 const void *state)
{
	return (struct CMUnitTest){
		.name = name,
		.test_func = test,
		.initial_state = (void *)state,
	};
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(ah_belongs_to_its_sender),
		cmocka_unit_test(ah_is_there_if_it_is_said),
		cmocka_unit_test(ah_cannot_be_replayed),
		cmocka_unit_test(ah_numbers_only_grow),
		cmocka_unit_test(ah_is_for_v2_over_ipv4),
		cmocka_unit_test(passwords_are_compared),
		cmocka_unit_test(passwords_are_sent),
		cmocka_unit_test(hmac_of_another_kind_is_refused),
		cmocka_unit_test(hmac_cannot_be_replayed),
		cmocka_unit_test(hmac_has_a_window),
		cmocka_unit_test(hmac_survives_a_clock_set_back),
		cmocka_unit_test(hmac_survives_2038),
		cmocka_unit_test(hmac_keys_can_be_changed),
		cmocka_unit_test(hmac_without_its_key_is_not_sent),
		cmocka_unit_test(modes_differ_without_a_trailer_only),
		cmocka_unit_test(many_senders_are_bounded),
	};
	enum { ALL = N(digests) + 2 * N(ah_goldens) + 2 * N(hmac_goldens) };
	struct CMUnitTest tests[ALL + N(others)];
	size_t n = 0;

	for (size_t i = 0; i < N(digests); i++)
		tests[n++] = test_of(digests[i].name, digest_is_the_rfcs,
				     &digests[i]);
	for (size_t i = 0; i < N(ah_goldens); i++) {
		const struct ah_golden *g = &ah_goldens[i];

		tests[n++] = test_of(g->name, ah_is_accepted_and_rebuilt, g);
		tests[n++] = test_of("AH: each byte of it",
				     ah_covers_all_but_what_routers_change, g);
	}
	for (size_t i = 0; i < N(hmac_goldens); i++) {
		const struct hmac_golden *g = &hmac_goldens[i];

		tests[n++] = test_of(g->name, hmac_is_accepted_and_rebuilt, g);
		tests[n++] =
			test_of("HMAC: each byte of it", hmac_covers_all, g);
	}
	memcpy(tests + n, others, sizeof(others));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
