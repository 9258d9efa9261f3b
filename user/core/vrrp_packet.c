/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 2338 and 3768 section 5.3 (v2), RFC 5798 section 5.2 (v3), RFC 9568
 * section 5.2.8 (its checksum), RFC 1071 (checksums), RFC 8200 section 8.1
 * (pseudo header of IPv6), RFC 2402 section 2 (AH).
 */
#include "core/vrrp_packet.h"

#include <errno.h>
#include <string.h>

enum {
	/* offsets in the PDU, both versions */
	TYPE = 0, /* and version */
	VRID = 1,
	PRIORITY = 2,
	COUNT = 3,
	AUTH_TYPE = 4, /* v2 */
	INTERVAL2 = 5, /* v2, seconds */
	INTERVAL3 = 4, /* v3, four reserved bits and 10 ms steps */
	CHECKSUM = 6,
	ADDRS = 8,

	ADVERTISEMENT = 1,
	AUTH_SIZE = 8, /* v2, behind the addresses */
	WIRE_PASS = 1, /* AUTH_TYPE with a password */
	STEP_US = 10000,
	SECOND_US = 1000000,
	MAX_STEPS = 0xfff,

	IP_MIN = 20,
	IP_LENGTH = 2,
	IP_TTL = 8,
	IP_PROTOCOL = 9,
	IP_SOURCE = 12,
	IP_DESTINATION = 16,
	PROTOCOL_AH = 51,
	AH_SIZE = 24, /* with 96 bits of ICV */
	AH_WORDS = AH_SIZE / 4 - 2,
};

static const struct addr group4 = {.bytes = {[10] = 0xff, 0xff, 224, 0, 0, 18}};
static const struct addr group6 = {.bytes = {0xff, 0x02, [15] = 0x12}};

static const char *const names[VRRP_REJECTION_MAX] = {[VRRP_ACCEPTED] =
							      "accepted",
#define X(name, help) [VRRP_REJECT_##name] = #name,
						      VRRP_REJECTIONS(X)
#undef X
};

static const char *const helps[VRRP_REJECTION_MAX] = {[VRRP_ACCEPTED] =
							      "listened to",
#define X(name, help) [VRRP_REJECT_##name] = help,
						      VRRP_REJECTIONS(X)
#undef X
};

const char *vrrp_rejection_name(enum vrrp_rejection r)
{
	return (unsigned int)r < VRRP_REJECTION_MAX ? names[r] : "?";
}

const char *vrrp_rejection_help(enum vrrp_rejection r)
{
	return (unsigned int)r < VRRP_REJECTION_MAX ? helps[r] : "?";
}

static struct addr addr_at_v4(const uint8_t *at)
{
	uint32_t v4;

	memcpy(&v4, at, sizeof(v4));
	return addr_from_v4(v4);
}

static uint16_t get_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put_u16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* 4 or 16: an address on the wire, and where it lies in a struct addr. */
static size_t addr_size(bool v4)
{
	return v4 ? 4 : 16;
}

static const uint8_t *addr_bytes(const struct addr *a, bool v4)
{
	return v4 ? a->bytes + 12 : a->bytes;
}

/* Sum of 16-bit words, carries folded. */
static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += get_u16(bytes + i);
	if (length % 2)
		sum += (uint32_t)bytes[length - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The pseudo headers' fields differ in width, not in what they add up to. */
static uint32_t sum_pseudo(const struct addr *source,
			   const struct addr *destination, size_t length)
{
	bool v4 = addr_is_v4(source);
	size_t size = addr_size(v4);
	uint32_t sum = VRRP_PROTOCOL + (uint32_t)length;

	sum = add_words(sum, addr_bytes(source, v4), size);
	return add_words(sum, addr_bytes(destination, v4), size);
}

static bool is_right(uint32_t pseudo, const uint8_t *bytes, size_t length)
{
	return add_words(pseudo, bytes, length) == 0xffff;
}

static bool is_right_with(const struct addr *source,
			  const struct addr *destination, const uint8_t *bytes,
			  size_t length)
{
	return is_right(sum_pseudo(source, destination, length), bytes, length);
}

static void put_checksum(uint32_t pseudo, uint8_t *bytes, size_t length)
{
	put_u16(bytes + CHECKSUM, 0);
	put_u16(bytes + CHECKSUM, ~add_words(pseudo, bytes, length));
}

void vrrp_packet_sum6(uint8_t *bytes, size_t length, const struct addr *source,
		      const struct addr *destination)
{
	put_checksum(sum_pseudo(source, destination, length), bytes, length);
}

/*
 * v2 over IPv4: the PDU alone.  v3 over IPv4: with or without pseudo header,
 * since RFC 5798 was read both ways.  IPv6: with, and the kernel's own (which
 * keepalived leaves it to) goes on to the end of a trailer.
 */
static bool check(const uint8_t *bytes, size_t length, size_t pdu,
		  const struct vrrp_origin *o, struct vrrp_advert *out)
{
	bool v4 = addr_is_v4(&o->source);

	if (v4 && is_right(0, bytes, pdu))
		return true;
	if (v4 && out->version == 2)
		return false;
	if (is_right_with(&o->source, &o->destination, bytes, length) ||
	    is_right_with(&o->source, &o->destination, bytes, pdu))
		return true;
	out->old_checksum =
		!o->multicast &&
		is_right_with(&o->source, v4 ? &group4 : &group6, bytes, pdu);
	return out->old_checksum;
}

uint8_t vrrp_packet_vrid(const uint8_t *bytes, size_t length)
{
	return length > VRID ? bytes[VRID] : 0;
}

static size_t pdu_size(unsigned int version, size_t n_addrs, bool v4)
{
	return ADDRS + n_addrs * addr_size(v4) + (version == 2 ? AUTH_SIZE : 0);
}

static void parse_addrs(const uint8_t *at, bool v4, struct vrrp_advert *out)
{
	for (size_t i = 0; i < out->n_addrs; i++) {
		if (v4)
			out->addrs[i] = addr_at_v4(at);
		else
			memcpy(out->addrs[i].bytes, at, 16);
		at += addr_size(v4);
	}
}

static void parse_rest(const uint8_t *bytes, struct vrrp_advert *out)
{
	out->vrid = bytes[VRID];
	out->priority = bytes[PRIORITY];
	if (out->version == 2) {
		out->auth_type = bytes[AUTH_TYPE];
		out->advert_int = USEC_SECONDS(bytes[INTERVAL2]);
		memcpy(out->pass, bytes + out->length - AUTH_SIZE, AUTH_SIZE);
	} else {
		int steps = get_u16(bytes + INTERVAL3) & MAX_STEPS;

		out->advert_int = (struct usec){(int64_t)steps * STEP_US};
	}
}

enum vrrp_rejection vrrp_packet_parse(const uint8_t *bytes, size_t length,
				      const struct vrrp_origin *origin,
				      struct vrrp_advert *out)
{
	bool v4 = addr_is_v4(&origin->source);
	struct vrrp_advert a = {.source = origin->source};

	if (length < ADDRS)
		return VRRP_REJECT_too_short;
	a.version = bytes[TYPE] >> 4;
	if (a.version != 2 && a.version != 3)
		return VRRP_REJECT_bad_version;
	if ((bytes[TYPE] & 0xf) != ADVERTISEMENT)
		return VRRP_REJECT_not_vrrp;
	a.n_addrs = bytes[COUNT];
	a.length = pdu_size(a.version, a.n_addrs, v4);
	if (length < a.length)
		return VRRP_REJECT_too_short;
	a.has_trailer = length == a.length + VRRP_TRAILER_SIZE;
	if (length > a.length && !a.has_trailer)
		return VRRP_REJECT_too_long;
	if (!check(bytes, length, a.length, origin, &a))
		return VRRP_REJECT_bad_checksum;

	parse_rest(bytes, &a);
	parse_addrs(bytes + ADDRS, v4, &a);
	*out = a;
	return VRRP_ACCEPTED;
}

/* Steps over the AH header, if there is one. */
static enum vrrp_rejection open_ah(struct vrrp_datagram *d)
{
	if (d->ip[IP_PROTOCOL] == VRRP_PROTOCOL)
		return VRRP_ACCEPTED;
	if (d->ip[IP_PROTOCOL] != PROTOCOL_AH)
		return VRRP_REJECT_not_vrrp;
	if (d->length < AH_SIZE)
		return VRRP_REJECT_too_short;
	if (d->pdu[0] != VRRP_PROTOCOL || d->pdu[1] != AH_WORDS)
		return VRRP_REJECT_not_vrrp;
	d->ah = d->pdu;
	d->pdu += AH_SIZE;
	d->length -= AH_SIZE;
	return VRRP_ACCEPTED;
}

enum vrrp_rejection vrrp_packet_open(const uint8_t *bytes, size_t length,
				     struct vrrp_datagram *out,
				     struct vrrp_origin *origin)
{
	struct vrrp_datagram d = {.ip = bytes};
	enum vrrp_rejection why;
	size_t total;

	if (length < IP_MIN)
		return VRRP_REJECT_too_short;
	d.ip_length = (size_t)(bytes[0] & 0xf) * 4;
	total = get_u16(bytes + IP_LENGTH);
	if (bytes[0] >> 4 != 4 || d.ip_length < IP_MIN)
		return VRRP_REJECT_not_vrrp;
	if (total > length || total < d.ip_length)
		return VRRP_REJECT_too_short;
	d.pdu = bytes + d.ip_length;
	d.length = total - d.ip_length;
	why = open_ah(&d);
	if (why != VRRP_ACCEPTED)
		return why;

	*out = d;
	*origin = (struct vrrp_origin){
		.source = addr_at_v4(bytes + IP_SOURCE),
		.destination = addr_at_v4(bytes + IP_DESTINATION),
		.ttl = bytes[IP_TTL],
		.multicast = bytes[IP_DESTINATION] >> 4 == 0xe,
	};
	return VRRP_ACCEPTED;
}

static int build_interval(const struct vrrp_advert *a, uint8_t *bytes)
{
	int64_t us = a->advert_int.us;
	int64_t step = a->version == 2 ? SECOND_US : STEP_US;
	int64_t most = a->version == 2 ? 255 : MAX_STEPS;

	if (us % step || us < step || us / step > most)
		return -EINVAL;
	if (a->version == 2) {
		bytes[AUTH_TYPE] = a->auth_type;
		bytes[INTERVAL2] = (uint8_t)(us / step);
	} else {
		put_u16(bytes + INTERVAL3, (unsigned int)(us / step));
	}
	return 0;
}

static int build_addrs(const struct vrrp_advert *a, bool v4, uint8_t *at)
{
	size_t size = addr_size(v4);

	for (size_t i = 0; i < a->n_addrs; i++) {
		if (addr_is_v4(&a->addrs[i]) != v4)
			return -EINVAL;
		memcpy(at, addr_bytes(&a->addrs[i], v4), size);
		at += size;
	}
	if (a->version == 2 && a->auth_type == WIRE_PASS)
		memcpy(at, a->pass, AUTH_SIZE);
	else if (a->version == 2)
		memset(at, 0, AUTH_SIZE);
	return 0;
}

long vrrp_packet_build(const struct vrrp_advert *advert,
		       const struct addr *destination, bool v3_checksum_as_v2,
		       uint8_t *bytes)
{
	bool v4 = addr_is_v4(&advert->source);
	size_t length;
	uint32_t pseudo = 0;

	if ((advert->version != 2 && advert->version != 3) ||
	    advert->n_addrs > VRRP_MAX_ADDRS || addr_is_v4(destination) != v4)
		return -EINVAL;
	length = pdu_size(advert->version, advert->n_addrs, v4);
	bytes[TYPE] = (uint8_t)(advert->version << 4 | ADVERTISEMENT);
	bytes[VRID] = advert->vrid;
	bytes[PRIORITY] = advert->priority;
	bytes[COUNT] = (uint8_t)advert->n_addrs;
	if (build_interval(advert, bytes) ||
	    build_addrs(advert, v4, bytes + ADDRS))
		return -EINVAL;
	if (!v4 || (advert->version == 3 && !v3_checksum_as_v2))
		pseudo = sum_pseudo(&advert->source, destination, length);
	put_checksum(pseudo, bytes, length);
	return (long)length;
}
