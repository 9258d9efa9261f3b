/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 2402 (AH) sections 2 and 3.3.3.1.1 (fields that count as zero), RFC 2403
 * (HMAC-MD5-96); docs/vrrp-hmac.md (the trailer); RFC 1982 section 3.2 (serial
 * numbers).
 */
#include "core/vrrp_auth.h"

#include <errno.h>
#include <string.h>

enum {
	WIRE_NONE = 0, /* v2's authentication type */
	WIRE_PASS = 1,
	WIRE_AH = 2,

	IP_SIZE = 20,
	IP_TOS = 1,
	IP_LENGTH = 2,
	IP_ID = 4,
	IP_FRAGMENT = 6,
	IP_TTL = 8,
	IP_PROTOCOL = 9,
	IP_CHECKSUM = 10,
	IP_SOURCE = 12,
	IP_DESTINATION = 16,

	PROTOCOL_AH = 51,
	AH_SIZE = 24,
	AH_SPI = 4,
	AH_SEQUENCE = 8,
	AH_ICV = 12,
	ICV_SIZE = 12,

	SCHEME_SHA256_128 = 1,
	TRAILER_KEY = 1,
	TRAILER_ZERO = 2,
	TRAILER_SEQUENCE = 4,
	TRAILER_TAG = 12,
	TAG_SIZE = 16,

	PSEUDO_SIZE = 20, /* before the PDU, under the HMAC */
	PDU_CHECKSUM = 6,
};

void vrrp_auth_init(struct vrrp_auth *auth, const struct vrrp_auth_conf *conf)
{
	memset(auth, 0, sizeof(*auth));
	auth->conf = *conf;
}

static uint64_t get_number(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | *at++;
	return value;
}

static void put_number(uint8_t *at, size_t size, uint64_t value)
{
	while (size--) {
		at[size] = (uint8_t)value;
		value >>= 8;
	}
}

/* How long it takes tells nothing of where they differ. */
static bool same_secret(const uint8_t *a, const uint8_t *b, size_t size)
{
	uint8_t differs = 0;

	while (size--)
		differs |= *a++ ^ *b++;
	return !differs;
}

static bool is_after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

/* Wall time as a sequence number: seconds, their 2^-16 parts, a counter. */
static uint64_t sequence_of(struct usec wall)
{
	uint64_t us = (uint64_t)wall.us;

	return us / 1000000 << 32 | (us % 1000000 << 16) / 1000000 << 16;
}

/* Further from the clock than clocks may differ, to either side. */
static bool is_stale(const struct vrrp_auth_conf *c, uint64_t sequence,
		     struct usec wall)
{
	int32_t seconds = (int32_t)((uint32_t)(sequence >> 32) -
				    (uint32_t)(sequence_of(wall) >> 32));
	int64_t us = (int64_t)seconds * 1000000;

	return us > c->window.us || us < -c->window.us;
}

static struct vrrp_auth_sender *find_sender(struct vrrp_auth *auth,
					    const struct addr *source)
{
	for (size_t i = 0; i < auth->n_senders; i++)
		if (addr_equal(&auth->senders[i].source, source))
			return &auth->senders[i];
	return NULL;
}

/*
 * Only those who have the key come here.  Should they be too many, the one
 * with the oldest number goes: the clock keeps its old adverts out.
 */
static struct vrrp_auth_sender *add_sender(struct vrrp_auth *auth)
{
	struct vrrp_auth_sender *oldest = &auth->senders[0];

	if (auth->n_senders < VRRP_AUTH_MAX_SENDERS)
		return &auth->senders[auth->n_senders++];
	for (size_t i = 1; i < VRRP_AUTH_MAX_SENDERS; i++)
		if (is_after(oldest->last, auth->senders[i].last))
			oldest = &auth->senders[i];
	return oldest;
}

/* `forget`: the sender's last number means nothing any more. */
static enum vrrp_rejection remember(struct vrrp_auth *auth,
				    struct vrrp_auth_sender *sender,
				    const struct addr *source,
				    uint64_t sequence, bool forget)
{
	if (sender && !forget && !is_after(sequence, sender->last))
		return VRRP_REJECT_replayed;
	if (!sender)
		sender = add_sender(auth);
	*sender = (struct vrrp_auth_sender){ *source, sequence };
	return VRRP_ACCEPTED;
}

/*
 * The ICV of an IPv4 packet.  What counts as zero: TOS, flags and offset,
 * checksum and the ICV itself; TTL too where routers may be between (unicast).
 * keepalived's choice, seen on its wire; the identification counts.
 */
static void ah_icv(const struct vrrp_auth *auth,
		   const struct vrrp_digest *digest, const uint8_t *ip,
		   size_t ip_length, size_t length, uint8_t icv[16])
{
	uint8_t copy[60 + AH_SIZE + VRRP_PACKET_MAX];
	bool multicast = ip[IP_DESTINATION] >> 4 == 0xe;

	memcpy(copy, ip, length);
	copy[IP_TOS] = 0;
	memset(copy + IP_FRAGMENT, 0, 2);
	memset(copy + IP_CHECKSUM, 0, 2);
	if (!multicast)
		copy[IP_TTL] = 0;
	memset(copy + ip_length + AH_ICV, 0, ICV_SIZE);
	digest->hmac_md5(digest->arg, auth->conf.pass, sizeof(auth->conf.pass),
			 copy, length, icv);
}

/* The SPI is the sender's address: what else could be known to everybody? */
static enum vrrp_rejection check_ah(struct vrrp_auth *auth,
				    const struct vrrp_digest *digest,
				    const struct vrrp_datagram *d,
				    const struct vrrp_advert *advert)
{
	uint64_t sequence = get_number(d->ah + AH_SEQUENCE, 4);
	uint8_t icv[16];

	if (memcmp(d->ah + AH_SPI, advert->source.bytes + 12, 4) ||
	    d->length != advert->length)
		return VRRP_REJECT_bad_auth;
	ah_icv(auth, digest, d->ip, d->ip_length,
	       d->ip_length + AH_SIZE + d->length, icv);
	if (!same_secret(icv, d->ah + AH_ICV, ICV_SIZE))
		return VRRP_REJECT_bad_auth;
	return remember(auth, find_sender(auth, &advert->source),
			&advert->source, sequence, false);
}

/*
 * keepalived has one counter per instance, for what it sends and hears: a new
 * master must go on where the old one was.  Starting from the clock, ours is
 * not behind after a restart, either (until 2106).
 */
static uint64_t next_ah(struct vrrp_auth *auth, struct usec wall)
{
	uint64_t next = auth->sent;

	if (next < (uint64_t)(wall.us / 1000000))
		next = (uint64_t)(wall.us / 1000000);
	for (size_t i = 0; i < auth->n_senders; i++)
		if (next < auth->senders[i].last)
			next = auth->senders[i].last;
	auth->sent = next + 1;
	return auth->sent;
}

static void put_ip(uint8_t *ip, const struct vrrp_advert *advert,
		   const struct vrrp_route *route, size_t length,
		   uint64_t sequence)
{
	uint32_t sum = 0;

	memset(ip, 0, IP_SIZE);
	ip[0] = 0x45;
	ip[IP_TOS] = 0xc0; /* internetwork control */
	put_number(ip + IP_LENGTH, 2, length);
	/* Not zero: the kernel would choose one, and the ICV be wrong. */
	put_number(ip + IP_ID, 2, sequence & 0xffff ? sequence : 1);
	ip[IP_TTL] = route->ttl;
	ip[IP_PROTOCOL] = PROTOCOL_AH;
	memcpy(ip + IP_SOURCE, advert->source.bytes + 12, 4);
	memcpy(ip + IP_DESTINATION, route->destination.bytes + 12, 4);
	for (size_t i = 0; i < IP_SIZE; i += 2)
		sum += (uint32_t)get_number(ip + i, 2);
	sum = (sum & 0xffff) + (sum >> 16);
	put_number(ip + IP_CHECKSUM, 2, ~(sum + (sum >> 16)));
}

/* `pdu` bytes lie where they belong: what goes before them is put here. */
static long build_ah(struct vrrp_auth *auth, const struct vrrp_digest *digest,
		     const struct vrrp_advert *advert,
		     const struct vrrp_route *route, struct usec wall,
		     uint8_t *bytes, size_t pdu)
{
	uint64_t sequence = next_ah(auth, wall);
	size_t length = IP_SIZE + AH_SIZE + pdu;
	uint8_t *ah = bytes + IP_SIZE;
	uint8_t icv[16];

	put_ip(bytes, advert, route, length, sequence);
	memset(ah, 0, AH_SIZE);
	ah[0] = VRRP_PROTOCOL;
	ah[1] = AH_SIZE / 4 - 2;
	memcpy(ah + AH_SPI, advert->source.bytes + 12, 4);
	put_number(ah + AH_SEQUENCE, 4, sequence);
	ah_icv(auth, digest, bytes, IP_SIZE, length, icv);
	memcpy(ah + AH_ICV, icv, ICV_SIZE);
	return (long)length;
}

static const struct vrrp_key *find_key(const struct vrrp_auth_conf *c,
				       uint8_t id)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (c->keys[i].id == id)
			return &c->keys[i];
	return NULL;
}

/*
 * Pseudo header, PDU and trailer, checksum and tag as zero: the checksum of
 * IPv6 covers the tag, and the destination, which is another for each peer.
 */
static void hmac_tag(const struct vrrp_key *key,
		     const struct vrrp_digest *digest,
		     const struct vrrp_advert *advert, const uint8_t *bytes,
		     size_t pdu, uint8_t tag[32])
{
	uint8_t copy[PSEUDO_SIZE + VRRP_PACKET_MAX] = { 0 };
	bool v4 = addr_is_v4(&advert->source);

	copy[0] = v4 ? 4 : 6;
	copy[1] = advert->version;
	copy[2] = advert->vrid;
	memcpy(copy + 4, advert->source.bytes + (v4 ? 12 : 0), v4 ? 4 : 16);
	memcpy(copy + PSEUDO_SIZE, bytes, pdu + TRAILER_TAG);
	memset(copy + PSEUDO_SIZE + PDU_CHECKSUM, 0, 2);
	digest->hmac_sha256(digest->arg, key->bytes, key->length, copy,
			    PSEUDO_SIZE + pdu + VRRP_TRAILER_SIZE, tag);
}

static enum vrrp_rejection check_hmac(struct vrrp_auth *auth,
				      const struct vrrp_digest *digest,
				      const struct vrrp_datagram *d,
				      const struct vrrp_advert *advert,
				      struct usec wall)
{
	const struct vrrp_auth_conf *c = &auth->conf;
	const uint8_t *trailer = d->pdu + advert->length;
	const struct vrrp_key *key = find_key(c, trailer[TRAILER_KEY]);
	uint64_t sequence = get_number(trailer + TRAILER_SEQUENCE, 8);
	struct vrrp_auth_sender *sender;
	uint8_t tag[32];

	if (trailer[0] != SCHEME_SHA256_128 || !key ||
	    get_number(trailer + TRAILER_ZERO, 2))
		return VRRP_REJECT_bad_auth;
	/* Before the digest: a flood of old ones should cost little. */
	if (!c->monotonic && is_stale(c, sequence, wall))
		return VRRP_REJECT_stale;
	hmac_tag(key, digest, advert, d->pdu, advert->length, tag);
	if (!same_secret(tag, trailer + TRAILER_TAG, TAG_SIZE))
		return VRRP_REJECT_bad_auth;
	/* One whose clock was put back would be silenced for that long. */
	sender = find_sender(auth, &advert->source);
	return remember(auth, sender, &advert->source, sequence,
			sender && !c->monotonic &&
				is_stale(c, sender->last, wall));
}

/* The same for our own clock; monotonic peers would not forgive a step back. */
static uint64_t next_hmac(struct vrrp_auth *auth, struct usec wall)
{
	uint64_t now = sequence_of(wall);

	if (is_after(now, auth->sent) ||
	    (!auth->conf.monotonic && is_stale(&auth->conf, auth->sent, wall)))
		auth->sent = now;
	else
		auth->sent++;
	return auth->sent;
}

static long build_hmac(struct vrrp_auth *auth, const struct vrrp_digest *digest,
		       const struct vrrp_advert *advert, struct usec wall,
		       uint8_t *bytes, size_t pdu)
{
	const struct vrrp_key *key = find_key(&auth->conf,
					      auth->conf.active_key);
	uint8_t *trailer = bytes + pdu;
	uint8_t tag[32];

	if (!key)
		return -EINVAL;
	trailer[0] = SCHEME_SHA256_128;
	trailer[TRAILER_KEY] = key->id;
	put_number(trailer + TRAILER_ZERO, 2, 0);
	put_number(trailer + TRAILER_SEQUENCE, 8, next_hmac(auth, wall));
	hmac_tag(key, digest, advert, bytes, pdu, tag);
	memcpy(trailer + TRAILER_TAG, tag, TAG_SIZE);
	return (long)pdu + VRRP_TRAILER_SIZE;
}

/* v3 has no field for PASS and AH: keepalived ignores them there, too. */
static enum vrrp_auth_type type_for(const struct vrrp_auth_conf *c,
				    uint8_t version)
{
	return version == 2 || c->type == VRRP_AUTH_HMAC ? c->type :
							   VRRP_AUTH_NONE;
}

static uint8_t wire_type(enum vrrp_auth_type type, uint8_t version)
{
	if (version != 2)
		return WIRE_NONE;
	if (type == VRRP_AUTH_PASS)
		return WIRE_PASS;
	return type == VRRP_AUTH_AH ? WIRE_AH : WIRE_NONE;
}

enum vrrp_rejection vrrp_auth_check(struct vrrp_auth *auth,
				    const struct vrrp_digest *digest,
				    const struct vrrp_datagram *datagram,
				    const struct vrrp_advert *advert,
				    struct usec wall)
{
	enum vrrp_auth_type type = type_for(&auth->conf, advert->version);

	if (advert->auth_type != wire_type(type, advert->version) ||
	    (type == VRRP_AUTH_AH) != (datagram->ah != NULL))
		return VRRP_REJECT_bad_auth_type;
	if (type == VRRP_AUTH_HMAC && advert->has_trailer)
		return check_hmac(auth, digest, datagram, advert, wall);
	if (advert->has_trailer)
		return VRRP_REJECT_bad_auth_type;
	if (type == VRRP_AUTH_HMAC && auth->conf.mode == VRRP_AUTH_ENFORCE)
		return VRRP_REJECT_bad_auth_type;
	if (type == VRRP_AUTH_PASS &&
	    !same_secret(advert->pass, auth->conf.pass, sizeof(advert->pass)))
		return VRRP_REJECT_bad_auth;
	if (type == VRRP_AUTH_AH)
		return check_ah(auth, digest, datagram, advert);
	return VRRP_ACCEPTED;
}

long vrrp_auth_build(struct vrrp_auth *auth, const struct vrrp_digest *digest,
		     struct vrrp_advert *advert, const struct vrrp_route *route,
		     struct usec wall, uint8_t *bytes)
{
	enum vrrp_auth_type type = type_for(&auth->conf, advert->version);
	const struct addr *to = addr_is_zero(&route->checksum_group) ?
					&route->destination :
					&route->checksum_group;
	size_t before = type == VRRP_AUTH_AH ? IP_SIZE + AH_SIZE : 0;
	bool v4 = addr_is_v4(&advert->source);
	long length;

	if (before && !v4)
		return -EINVAL;
	advert->auth_type = wire_type(type, advert->version);
	memcpy(advert->pass, auth->conf.pass, sizeof(advert->pass));
	length = vrrp_packet_build(advert, to, route->v3_checksum_as_v2,
				   bytes + before);
	if (length < 0)
		return length;
	if (type == VRRP_AUTH_AH)
		return build_ah(auth, digest, advert, route, wall, bytes,
				(size_t)length);
	if (type != VRRP_AUTH_HMAC ||
	    auth->conf.mode == VRRP_AUTH_RECEIVE_ONLY)
		return length;
	length = build_hmac(auth, digest, advert, wall, bytes, (size_t)length);
	if (length > 0 && !v4)
		vrrp_packet_sum6(bytes, (size_t)length, &advert->source, to);
	return length;
}
