/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a parsed advertisement to be listened to?  The answer, not what follows
 * from it: that is vrrp_fsm.h's.  Checks are in keepalived's order
 * (keepalived.md 2.3), so that both count the same reason.
 */
#ifndef XLBD_VRRP_JUDGE_H
#define XLBD_VRRP_JUDGE_H

#include "core/addr.h"
#include "core/usec.h"
#include "core/vrrp_auth.h"
#include "core/vrrp_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vrrp_peer { /* unicast_peer */
	struct addr addr;
	uint8_t min_ttl;
	uint8_t max_ttl; /* 0: any */
};

/* What an instance expects; the lists stay the caller's. */
struct vrrp_expect {
	uint8_t version;
	uint8_t vrid;
	struct usec advert_int; /* v2: the peer's must be the same */
	const struct vrrp_peer *peers; /* none: multicast */
	size_t n_peers;
	bool check_unicast_src;
	const struct addr *own; /* the sources that we send from */
	size_t n_own;
};

/* `auth` and `wall` as in vrrp_auth.h: the one thing that is remembered. */
enum vrrp_rejection vrrp_judge(const struct vrrp_expect *expect,
			       struct vrrp_auth *auth,
			       const struct vrrp_digest *digest,
			       const struct vrrp_datagram *datagram,
			       const struct vrrp_origin *origin,
			       const struct vrrp_advert *advert,
			       struct usec wall);

/* Do the lists name different addresses?  Their order does not matter. */
bool vrrp_addrs_differ(const struct addr *ours, size_t n_ours,
		       const struct addr *theirs, size_t n_theirs);

#endif
