/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Authentication of advertisements: PASS, AH (RFC 2402 as keepalived does it,
 * v2 over IPv4) and auth_hmac (docs/vrrp-hmac.md), and what keeps replayed
 * ones out.  Pure: digests come through struct vrrp_digest, `wall` is
 * CLOCK_REALTIME.
 */
#ifndef XLBD_VRRP_AUTH_H
#define XLBD_VRRP_AUTH_H

#include "core/addr.h"
#include "core/usec.h"
#include "core/vrrp_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VRRP_AUTH_MAX_KEYS    2 /* an old one and a new one */
#define VRRP_AUTH_MAX_SENDERS 32

/* Of auth_hmac: what becomes of adverts without a trailer. */
enum vrrp_auth_mode {
	VRRP_AUTH_ENFORCE, /* rejected */
	VRRP_AUTH_PERMISSIVE, /* accepted; ours have one */
	VRRP_AUTH_RECEIVE_ONLY, /* accepted; ours have none either */
};

struct vrrp_key {
	uint8_t id;
	uint8_t bytes[VRRP_MAX_KEY];
	size_t length;
};

/* What the operator said. */
struct vrrp_auth_conf {
	enum vrrp_auth_type type;
	uint8_t pass[8]; /* PASS, and the key of AH: padded with zeroes */
	/* HMAC only */
	struct vrrp_key keys[VRRP_AUTH_MAX_KEYS];
	size_t n_keys;
	uint8_t active_key; /* id of the one that ours are signed with */
	enum vrrp_auth_mode mode;
	bool monotonic; /* anti_replay: never compare with the clock */
	struct usec window; /* how far clocks may differ, if not monotonic */
};

/* One instance's.  On reload assign `conf`: the rest must outlive it. */
struct vrrp_auth {
	struct vrrp_auth_conf conf;
	uint64_t sent; /* sequence number of our last one */
	struct vrrp_auth_sender {
		struct addr source;
		uint64_t last; /* sequence number: what follows is greater */
	} senders[VRRP_AUTH_MAX_SENDERS];
	size_t n_senders;
};

void vrrp_auth_init(struct vrrp_auth *auth, const struct vrrp_auth_conf *conf);

/*
 * Is a parsed advert what it should be: bad_auth_type, bad_auth, replayed, or
 * VRRP_ACCEPTED.  Only then is its sequence number remembered.
 */
enum vrrp_rejection vrrp_auth_check(struct vrrp_auth *auth,
				    const struct vrrp_digest *digest,
				    const struct vrrp_datagram *datagram,
				    const struct vrrp_advert *advert,
				    struct usec wall);

/* Where one of ours goes. */
struct vrrp_route {
	struct addr destination;
	struct addr checksum_group; /* old_unicast_checksum; or zero */
	uint8_t ttl;
	bool v3_checksum_as_v2;
};

/*
 * Builds what is to be sent into `bytes` (VRRP_PACKET_MAX): the PDU; for HMAC
 * with its trailer; for AH from the IPv4 header on (IP_HDRINCL: the ICV covers
 * it).  Sets advert's auth_type and pass.  Returns the length or -EINVAL.
 */
long vrrp_auth_build(struct vrrp_auth *auth, const struct vrrp_digest *digest,
		     struct vrrp_advert *advert, const struct vrrp_route *route,
		     struct usec wall, uint8_t *bytes);

#endif
