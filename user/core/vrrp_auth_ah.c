/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 2402 (AH) sections 2 and 3.3.3.1.1 (fields that count as zero), RFC 2403
 * (HMAC-MD5-96).
 */
#include "core/vrrp_auth_internal.h"

#include <string.h>

enum {
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
};

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
enum vrrp_rejection vrrp_auth_check_ah(struct vrrp_auth *auth,
				       const struct vrrp_digest *digest,
				       const struct vrrp_datagram *d,
				       const struct vrrp_advert *advert)
{
	uint64_t sequence = get_number(d->ah + AH_SEQUENCE, 4);
	uint8_t icv[16];

	if (memcmp(d->ah + AH_SPI, advert->source.bytes + 12, 4))
		return VRRP_REJECT_bad_auth;
	ah_icv(auth, digest, d->ip, d->ip_length,
	       d->ip_length + AH_SIZE + d->length, icv);
	if (!vrrp_auth_same_secret(icv, d->ah + AH_ICV, ICV_SIZE))
		return VRRP_REJECT_bad_auth;
	return vrrp_auth_remember(auth,
				  vrrp_auth_find_sender(auth, &advert->source),
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

_Static_assert(VRRP_AUTH_BEFORE_AH == IP_SIZE + AH_SIZE, "headers before it");

long vrrp_auth_build_ah(struct vrrp_auth *auth,
			const struct vrrp_digest *digest,
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
