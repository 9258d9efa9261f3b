/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vrrp_auth.c, vrrp_auth_ah.c and vrrp_auth_hmac.c share; nobody else
 * includes it.  Numbers on the wire are big-endian.
 */
#ifndef XLBD_VRRP_AUTH_INTERNAL_H
#define XLBD_VRRP_AUTH_INTERNAL_H

#include "core/vrrp_auth.h"

static inline uint64_t get_number(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | *at++;
	return value;
}

static inline void put_number(uint8_t *at, size_t size, uint64_t value)
{
	while (size--) {
		at[size] = (uint8_t)value;
		value >>= 8;
	}
}

/* How long it takes tells nothing of where they differ. */
bool vrrp_auth_same_secret(const uint8_t *a, const uint8_t *b, size_t size);

/* RFC 1982: what is after wraps around. */
bool vrrp_auth_is_after(uint64_t a, uint64_t b);

/* May return NULL. */
struct vrrp_auth_sender *vrrp_auth_find_sender(struct vrrp_auth *auth,
					       const struct addr *source);

/*
 * The sender has the key: is the number new?  `sender` may be NULL; `forget`:
 * its last number means nothing any more.
 */
enum vrrp_rejection vrrp_auth_remember(struct vrrp_auth *auth,
				       struct vrrp_auth_sender *sender,
				       const struct addr *source,
				       uint64_t sequence, bool forget);

/* The datagram has an AH header; the PDU's type says so. */
enum vrrp_rejection vrrp_auth_check_ah(struct vrrp_auth *auth,
				       const struct vrrp_digest *digest,
				       const struct vrrp_datagram *datagram,
				       const struct vrrp_advert *advert);
/* Room for what goes before the PDU, of which `pdu` bytes lie behind it. */
#define VRRP_AUTH_BEFORE_AH 44
long vrrp_auth_build_ah(struct vrrp_auth *auth,
			const struct vrrp_digest *digest,
			const struct vrrp_advert *advert,
			const struct vrrp_route *route, struct usec wall,
			uint8_t *bytes, size_t pdu);

/* The advert has a trailer. */
enum vrrp_rejection vrrp_auth_check_hmac(struct vrrp_auth *auth,
					 const struct vrrp_digest *digest,
					 const struct vrrp_datagram *datagram,
					 const struct vrrp_advert *advert,
					 struct usec wall);
/* Appends it to the `pdu` bytes. */
long vrrp_auth_build_hmac(struct vrrp_auth *auth,
			  const struct vrrp_digest *digest,
			  const struct vrrp_advert *advert, struct usec wall,
			  uint8_t *bytes, size_t pdu);

#endif
