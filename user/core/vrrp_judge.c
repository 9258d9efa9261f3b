/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 3768 section 7.1, RFC 5798 section 7.1 (what a receiver must check), RFC
 * 5082 (why the TTL is 255); keepalived.md 2.3 and 2.4 (unicast, order).
 */
#include "core/vrrp_judge.h"

#include <string.h>

static const struct vrrp_peer *find_peer(const struct vrrp_expect *e,
					 const struct addr *source)
{
	for (size_t i = 0; i < e->n_peers; i++)
		if (addr_equal(&e->peers[i].addr, source))
			return &e->peers[i];
	return NULL;
}

static bool contains(const struct addr *list, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&list[i], a))
			return true;
	return false;
}

/* What crossed a router was not sent to a multicast group on this link. */
static bool is_ttl_right(const struct vrrp_peer *peer,
			 const struct vrrp_origin *origin)
{
	if (origin->multicast)
		return origin->ttl == VRRP_TTL;
	if (!peer)
		return true;
	return origin->ttl >= peer->min_ttl &&
	       (!peer->max_ttl || origin->ttl <= peer->max_ttl);
}

/* An interval of nothing would let v3 time out at once. */
static bool is_interval_right(const struct vrrp_expect *e,
			      const struct vrrp_advert *advert)
{
	if (advert->version == 2)
		return advert->advert_int.us == e->advert_int.us;
	return advert->advert_int.us > 0;
}

enum vrrp_rejection vrrp_judge(const struct vrrp_expect *expect,
			       struct vrrp_auth *auth,
			       const struct vrrp_digest *digest,
			       const struct vrrp_datagram *datagram,
			       const struct vrrp_origin *origin,
			       const struct vrrp_advert *advert,
			       struct usec wall)
{
	const struct vrrp_peer *peer = find_peer(expect, &origin->source);
	enum vrrp_rejection why;

	if (!is_ttl_right(peer, origin))
		return VRRP_REJECT_bad_ttl;
	if (advert->version != expect->version)
		return VRRP_REJECT_bad_version;
	if (advert->vrid != expect->vrid)
		return VRRP_REJECT_bad_vrid;
	/* keepalived's socket does not hear its own; a switch may loop them */
	if (contains(expect->own, expect->n_own, &origin->source))
		return VRRP_REJECT_own;
	why = vrrp_auth_check(auth, digest, datagram, advert, wall);
	if (why != VRRP_ACCEPTED)
		return why;
	if (!is_interval_right(expect, advert))
		return VRRP_REJECT_bad_interval;
	if (origin->multicast != !expect->n_peers)
		return VRRP_REJECT_bad_transport;
	if (expect->check_unicast_src && !origin->multicast && !peer)
		return VRRP_REJECT_bad_source;
	return VRRP_ACCEPTED;
}

bool vrrp_addrs_differ(const struct addr *ours, size_t n_ours,
		       const struct addr *theirs, size_t n_theirs)
{
	if (n_ours != n_theirs)
		return true;
	/* As a rule they are even in the same order. */
	if (!n_ours || !memcmp(ours, theirs, n_ours * sizeof(*ours)))
		return false;
	for (size_t i = 0; i < n_ours; i++)
		if (!contains(theirs, n_theirs, &ours[i]) ||
		    !contains(ours, n_ours, &theirs[i]))
			return true;
	return false;
}
