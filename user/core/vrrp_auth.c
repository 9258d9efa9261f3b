/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 2338 section 5.3.6 (types of v2), RFC 1982 section 3.2 (serial numbers).
 */
#include "core/vrrp_auth_internal.h"

#include <errno.h>
#include <string.h>

enum {
	WIRE_NONE = 0, /* v2's authentication type */
	WIRE_PASS = 1,
	WIRE_AH = 2,
};

void vrrp_auth_init(struct vrrp_auth *auth, const struct vrrp_auth_conf *conf)
{
	memset(auth, 0, sizeof(*auth));
	auth->conf = *conf;
}

bool vrrp_auth_same_secret(const uint8_t *a, const uint8_t *b, size_t size)
{
	uint8_t differs = 0;

	while (size--)
		differs |= *a++ ^ *b++;
	return !differs;
}

bool vrrp_auth_is_after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

struct vrrp_auth_sender *vrrp_auth_find_sender(struct vrrp_auth *auth,
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
		if (vrrp_auth_is_after(oldest->last, auth->senders[i].last))
			oldest = &auth->senders[i];
	return oldest;
}

enum vrrp_rejection vrrp_auth_remember(struct vrrp_auth *auth,
				       struct vrrp_auth_sender *sender,
				       const struct addr *source,
				       uint64_t sequence, bool forget)
{
	if (sender && !forget && !vrrp_auth_is_after(sequence, sender->last))
		return VRRP_REJECT_replayed;
	if (!sender)
		sender = add_sender(auth);
	*sender = (struct vrrp_auth_sender){*source, sequence};
	return VRRP_ACCEPTED;
}

/* v3 has no field for PASS and AH: keepalived ignores them there, too. */
static enum vrrp_auth_type type_for(const struct vrrp_auth_conf *c,
				    uint8_t version)
{
	return version == 2 || c->type == VRRP_AUTH_HMAC ? c->type
							 : VRRP_AUTH_NONE;
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
		return vrrp_auth_check_hmac(auth, digest, datagram, advert,
					    wall);
	if (advert->has_trailer)
		return VRRP_REJECT_bad_auth_type;
	if (type == VRRP_AUTH_HMAC && auth->conf.mode == VRRP_AUTH_ENFORCE)
		return VRRP_REJECT_bad_auth_type;
	if (type == VRRP_AUTH_PASS &&
	    !vrrp_auth_same_secret(advert->pass, auth->conf.pass,
				   sizeof(advert->pass)))
		return VRRP_REJECT_bad_auth;
	if (type == VRRP_AUTH_AH)
		return vrrp_auth_check_ah(auth, digest, datagram, advert);
	return VRRP_ACCEPTED;
}

long vrrp_auth_build(struct vrrp_auth *auth, const struct vrrp_digest *digest,
		     struct vrrp_advert *advert, const struct vrrp_route *route,
		     struct usec wall, uint8_t *bytes)
{
	enum vrrp_auth_type type = type_for(&auth->conf, advert->version);
	const struct addr *to = addr_is_zero(&route->checksum_group)
					? &route->destination
					: &route->checksum_group;
	size_t before = type == VRRP_AUTH_AH ? VRRP_AUTH_BEFORE_AH : 0;
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
		return vrrp_auth_build_ah(auth, digest, advert, route, wall,
					  bytes, (size_t)length);
	if (type != VRRP_AUTH_HMAC || auth->conf.mode == VRRP_AUTH_RECEIVE_ONLY)
		return length;
	length = vrrp_auth_build_hmac(auth, digest, advert, wall, bytes,
				      (size_t)length);
	if (length > 0 && !v4)
		vrrp_packet_sum6(bytes, (size_t)length, &advert->source, to);
	return length;
}
