/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VRRP advertisements: bytes to struct and back.  v2 (RFC 3768, with the PASS
 * and AH of RFC 2338) and v3 (RFC 5798, RFC 9568), IPv4 and IPv6.  The VRRP
 * PDU only: the IP header is the socket's, its fields are passed in.  Pure.
 */
#ifndef XLBD_VRRP_PACKET_H
#define XLBD_VRRP_PACKET_H

#include "core/addr.h"
#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VRRP_PROTOCOL       112
#define VRRP_TTL            255
#define VRRP_MAX_ADDRS      255
#define VRRP_MAX_KEY        64
#define VRRP_PRIORITY_STOP  0 /* the sender resigns */
#define VRRP_PRIORITY_OWNER 255
/* 8 + 255 IPv6 addresses + authentication + our trailer */
#define VRRP_PACKET_MAX 4200
/* what auth_hmac appends to the PDU: docs/vrrp-hmac.md */
#define VRRP_TRAILER_SIZE 28

enum vrrp_auth_type {
	VRRP_AUTH_NONE,
	VRRP_AUTH_PASS, /* v2: 8 bytes in the clear */
	VRRP_AUTH_AH, /* v2, IPv4: IP protocol 51, HMAC-MD5-96 */
	VRRP_AUTH_HMAC, /* ours: HMAC-SHA256 trailer, both versions */
};

struct vrrp_advert {
	uint8_t version; /* 2, 3 */
	uint8_t vrid;
	uint8_t priority;
	struct usec advert_int; /* v2: whole seconds; v3: 10 ms steps */
	uint8_t auth_type; /* v2's field, as on the wire */
	uint8_t pass[8]; /* v2 PASS */
	struct addr source; /* of the IP header */
	struct addr addrs[VRRP_MAX_ADDRS];
	size_t n_addrs;
	size_t length; /* of the PDU, when parsed */
	bool has_trailer; /* VRRP_TRAILER_SIZE bytes follow it */
	/* keepalived <= 1.3.6: unicast, the multicast group in the checksum */
	bool old_checksum;
};

/* Why an advertisement is not listened to: one name each for the counters. */
#define VRRP_REJECTIONS(X)                                                  \
	X(too_short, "shorter than it says")                                \
	X(too_long, "longer than it says")                                  \
	X(not_vrrp, "not an advertisement")                                 \
	X(bad_ttl, "TTL or hop limit is not what it must be")               \
	X(bad_version, "another version of the protocol")                   \
	X(bad_vrid, "another virtual router's")                             \
	X(bad_checksum,                                                     \
	  "checksum is wrong both with and without pseudo header")          \
	X(bad_auth_type, "another authentication type")                     \
	X(bad_auth, "authentication fails")                                 \
	X(replayed, "replayed, or older than one seen before")              \
	X(stale, "auth_hmac's time is too far from our clock")              \
	X(bad_interval, "another advert_int (v2)")                          \
	X(bad_source, "source is no unicast_peer")                          \
	X(bad_transport, "multicast to a unicast instance, or the reverse") \
	X(own, "our own, come back")

enum vrrp_rejection {
	VRRP_ACCEPTED,
#define X(name, help) VRRP_REJECT_##name,
	VRRP_REJECTIONS(X)
#undef X
		VRRP_REJECTION_MAX
};

const char *vrrp_rejection_name(enum vrrp_rejection r); /* "bad_ttl" */
const char *vrrp_rejection_help(enum vrrp_rejection r);

/* What came with the bytes, from the IP header or the socket. */
struct vrrp_origin {
	struct addr source, destination;
	uint8_t ttl;
	bool multicast;
};

/* Where the parts of what came lie.  IPv6: a PDU only; no AH is `ah` NULL. */
struct vrrp_datagram {
	const uint8_t *ip;
	const uint8_t *ah;
	const uint8_t *pdu;
	size_t ip_length, length; /* `length`: of what starts at `pdu` */
};

/*
 * What a raw IPv4 socket delivers, protocol 112 or 51: finds the parts and
 * fills *origin.  The kernel has checked the header and put fragments together.
 */
enum vrrp_rejection vrrp_packet_open(const uint8_t *bytes, size_t length,
				     struct vrrp_datagram *out,
				     struct vrrp_origin *origin);

/* Whose it is, before anything is checked: 0 if it is too short to tell. */
uint8_t vrrp_packet_vrid(const uint8_t *bytes, size_t length);

/*
 * Parses a PDU (after the IP and any AH header): structure only, no judgement
 * but version, length, type and checksum.  Either checksum of v3 over IPv4 is
 * fine, with and without pseudo header (keepalived.md 2.3, 2.4).  Of bytes
 * behind the PDU exactly a trailer's are allowed; they are vrrp_auth.h's.
 */
enum vrrp_rejection vrrp_packet_parse(const uint8_t *bytes, size_t length,
				      const struct vrrp_origin *origin,
				      struct vrrp_advert *out);

/*
 * Builds a PDU with its checksum into `bytes` (VRRP_PACKET_MAX).  `destination`
 * goes into the pseudo header of v3 and IPv6 (for old_unicast_checksum: the
 * group); `v3_checksum_as_v2` leaves that out over IPv4.  Returns the length,
 * or -EINVAL if the fields do not fit the version.
 */
long vrrp_packet_build(const struct vrrp_advert *advert,
		       const struct addr *destination, bool v3_checksum_as_v2,
		       uint8_t *bytes);

/* The checksum anew, over IPv6 and with what follows the PDU in `length`. */
void vrrp_packet_sum6(uint8_t *bytes, size_t length, const struct addr *source,
		      const struct addr *destination);

/* HMACs by whoever has a library for them; `out` takes the whole digest. */
struct vrrp_digest {
	void *arg;
	void (*hmac_md5)(void *arg, const uint8_t *key, size_t key_length,
			 const uint8_t *bytes, size_t length, uint8_t out[16]);
	void (*hmac_sha256)(void *arg, const uint8_t *key, size_t key_length,
			    const uint8_t *bytes, size_t length,
			    uint8_t out[32]);
};

#endif
