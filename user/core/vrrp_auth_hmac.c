/* SPDX-License-Identifier: GPL-2.0-only */
/* docs/vrrp-hmac.md: the trailer, its HMAC and its sequence numbers. */
#include "core/vrrp_auth_internal.h"

#include <errno.h>
#include <string.h>

enum {
	SCHEME_SHA256_128 = 1,
	TRAILER_KEY = 1,
	TRAILER_ZERO = 2,
	TRAILER_SEQUENCE = 4,
	TRAILER_TAG = 12,
	TAG_SIZE = 16,

	PSEUDO_SIZE = 20, /* before the PDU, under the HMAC */
	PDU_CHECKSUM = 6,
};

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
	uint8_t copy[PSEUDO_SIZE + VRRP_PACKET_MAX] = {0};
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

enum vrrp_rejection vrrp_auth_check_hmac(struct vrrp_auth *auth,
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
	if (!vrrp_auth_same_secret(tag, trailer + TRAILER_TAG, TAG_SIZE))
		return VRRP_REJECT_bad_auth;
	/* One whose clock was put back would be silenced for that long. */
	sender = vrrp_auth_find_sender(auth, &advert->source);
	return vrrp_auth_remember(auth, sender, &advert->source, sequence,
				  sender && !c->monotonic &&
					  is_stale(c, sender->last, wall));
}

/* The same for our own clock; monotonic peers would not forgive a step back. */
static uint64_t next_hmac(struct vrrp_auth *auth, struct usec wall)
{
	uint64_t now = sequence_of(wall);

	if (!auth->sent || vrrp_auth_is_after(now, auth->sent) ||
	    (!auth->conf.monotonic && is_stale(&auth->conf, auth->sent, wall)))
		auth->sent = now;
	else
		auth->sent++;
	return auth->sent;
}

long vrrp_auth_build_hmac(struct vrrp_auth *auth,
			  const struct vrrp_digest *digest,
			  const struct vrrp_advert *advert, struct usec wall,
			  uint8_t *bytes, size_t pdu)
{
	const struct vrrp_key *key =
		find_key(&auth->conf, auth->conf.active_key);
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
