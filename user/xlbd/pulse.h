/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The real-time thread: VRRP sockets, timers and the lease; nothing else.  It
 * allocates nothing once it runs and shares no structs with the loop: both
 * sides exchange messages, and the functions here are the loop's side.
 */
#ifndef XLBD_PULSE_H
#define XLBD_PULSE_H

#include "core/addr.h"
#include "core/usec.h"
#include "core/vrrp_auth.h"
#include "core/vrrp_fsm.h"
#include "core/vrrp_judge.h"
#include "core/vrrp_packet.h"
#include "xlbd/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PULSE_MAX_INSTANCES 255
#define PULSE_MAX_PEERS     32
#define PULSE_MAX_VIPS      255
#define PULSE_NO_GROUP      (-1)

struct pulse;

/* One vrrp_instance, by value. */
struct pulse_instance {
	char name[64];
	struct vrrp_conf conf;
	uint8_t vrid;
	bool v6;
	unsigned int ifindex; /* 0: not there; nothing is sent or heard */
	struct addr source; /* of adverts; zero: the interface's first */
	struct addr group; /* multicast destination, if there is no peer */
	struct vrrp_peer peers[PULSE_MAX_PEERS]; /* unicast */
	size_t n_peers;
	uint8_t unicast_ttl;
	bool check_unicast_src;
	bool v3_checksum_as_v2;
	bool skip_check_adv_addr;
	struct vrrp_auth_conf auth;
	int sync_group; /* or PULSE_NO_GROUP: masters all, or none */
	/* advertised, in the order configured */
	struct addr addrs[PULSE_MAX_VIPS];
	size_t n_addrs;
	/* owned: advertised and excluded ones */
	struct pulse_vip {
		struct addr addr;
		unsigned int ifindex;
		uint8_t mac[6]; /* what it is announced with */
		bool router; /* IPv6: forwarding is on */
		uint64_t *
			lease; /* in the data plane's map: CLOCK_MONOTONIC ns */
	} vips[PULSE_MAX_VIPS];
	size_t n_vips;
	unsigned int garp_repeat, garp_refresh_repeat, garp_lower_repeat;
};

struct pulse_peer_stats {
	struct addr peer;
	uint64_t received;
	uint64_t rejected[VRRP_REJECTION_MAX];
	struct usec last_heard;
};

/* What the loop knows of an instance: the last message about it. */
struct pulse_status {
	enum vrrp_state state;
	uint8_t priority;
	struct addr source; /* zero: none, so no advert can be sent: FAULT */
	struct addr master;
	uint8_t master_priority;
	struct usec lease_until, last_sent;
	uint64_t sent, sent_stop, transitions[4]; /* by enum vrrp_state */
	int send_error; /* of the last advert: 0/-errno */
	bool failover; /* VRRP_EVENT_FAILOVER is in force */
	struct pulse_peer_stats peers[PULSE_MAX_PEERS];
	size_t n_peers;
	char cause[VRRP_CAUSE_SIZE]; /* of the last transition */
	char why[VRRP_CAUSE_SIZE]; /* it is what it is: vrrp_explain() */
};

/* All called on the loop's thread. */
struct pulse_handlers {
	/* a transition, in order; the data plane's lease is already right */
	void (*changed)(void *arg, unsigned int id, enum vrrp_state from,
			enum vrrp_state to, const char *cause,
			uint8_t priority);
	/* the first rejection of a kind from a peer; others are counted */
	void (*rejected)(void *arg, unsigned int id, const struct addr *peer,
			 enum vrrp_rejection why);
	/* a new sender of adverts that are listened to: a peer's address */
	void (*peer)(void *arg, unsigned int id, const struct addr *peer);
	/* a lower priority master is being answered */
	void (*lower)(void *arg, unsigned int id, const struct addr *peer);
	/*
	 * Its VIP list differs from ours; said once per peer.  `theirs` are
	 * the first `n` of `total`.
	 */
	void (*addrs_differ)(void *arg, unsigned int id,
			     const struct addr *peer, const struct addr *theirs,
			     size_t n, size_t total);
	/*
	 * Adverts cannot be sent (-errno), or can again (0).  A master whose
	 * adverts do not go out does not renew its lease either.
	 */
	void (*sending)(void *arg, unsigned int id, int error);
	/* after pulse_remove(): the last word about `id`, no lease is held */
	void (*removed)(void *arg, unsigned int id);
};

/*
 * 0/-errno.  Real-time priority and locked memory if we may: else it says.
 * `digest` is used on the pulse's thread, and must outlive it.
 */
int pulse_start(struct loop *l, const struct vrrp_digest *digest,
		const struct pulse_handlers *handlers, void *arg,
		struct pulse **out);
/*
 * Ends all leases, resigns everywhere (priority 0 is sent), then joins; the
 * last `changed` are called before it returns.  NULL-safe.
 */
void pulse_stop(struct pulse *p);

/*
 * Copies `instance`; it waits in INIT for VRRP_EVENT_START.  Opens its
 * sockets, if the interface is there: -errno if that fails, -ENOSPC beyond
 * PULSE_MAX_INSTANCES, -EAGAIN (all of these) while the pulse is behind.
 */
int pulse_add(struct pulse *p, const struct pulse_instance *instance,
	      unsigned int *id);
/* Resigns first; `removed` follows, and `id` is not given anew before. */
int pulse_remove(struct pulse *p, unsigned int id);
/* START, PRIORITY, FAULT, RECOVER, FAILOVER, CANCEL */
int pulse_tell(struct pulse *p, unsigned int id, enum vrrp_event event,
	       uint8_t priority);
/* A few times a second: a hung loop must fall silent, too. */
void pulse_tick(struct pulse *p);
/*
 * Anything about it changed: the interface (gone, back), its MAC or address,
 * peers, VIPs, leases.  The state stays; a master ends the leases that are
 * not in the new list, and takes and announces the new ones.
 */
int pulse_update(struct pulse *p, unsigned int id,
		 const struct pulse_instance *instance);
void pulse_status(struct pulse *p, unsigned int id, struct pulse_status *out);

#endif
