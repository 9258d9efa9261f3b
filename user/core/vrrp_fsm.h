/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One virtual router's machine (RFC 5798 and 9568, section 6.4; keepalived.md
 * 2.1): state, event and time in, effects out.  Pure: the caller performs the
 * effects in the order of their bits and arms one timer for `deadline`.
 *
 * Two things are ours, so that no two nodes own an address at once while at
 * most one advertisement in a row is lost:
 *
 * The lease: how long the data plane may act as owner.  It ends before a peer
 * that missed the last advertisement takes over (vrrp_step() sets lease_until
 * with each VRRP_RENEW_LEASE).  A master whose lease has lapsed becomes
 * backup, whatever the event: it never renews.
 *
 * The claim: a backup that is to become master sends two advertisements,
 * half of vrrp_claim() apart, and becomes master at its end.  A master that
 * must yield has heard one of them by then.  The same way a living master of
 * lower priority is preempted right after one of its advertisements: then it
 * is known to listen.
 */
#ifndef XLBD_VRRP_FSM_H
#define XLBD_VRRP_FSM_H

#include "core/addr.h"
#include "core/usec.h"
#include "core/vrrp_packet.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers are keepalived's and the metric's. */
enum vrrp_state {
	VRRP_INIT = 0,
	VRRP_BACKUP = 1,
	VRRP_MASTER = 2,
	VRRP_FAULT = 3,
};

#define VRRP_STATES 4

enum vrrp_event {
	VRRP_EVENT_NONE,
	/*
	 * Everything it tracks has reported.  PRIORITY and FAULT may come
	 * before; out of FAULT it is RECOVER that leads, not START.
	 */
	VRRP_EVENT_START,
	VRRP_EVENT_ADOPT, /* START, with a predecessor's lease_until in *v */
	VRRP_EVENT_TIMER, /* `deadline` has passed; the queue was read */
	VRRP_EVENT_ADVERT, /* one that was judged and is to be listened to */
	VRRP_EVENT_UNSENT, /* VRRP_SEND reached no socket: not renewed */
	VRRP_EVENT_PRIORITY, /* `priority` was set anew by tracking */
	VRRP_EVENT_FAULT, /* something without a weight failed */
	VRRP_EVENT_RECOVER, /* nothing fails any more */
	VRRP_EVENT_LAPSED, /* the lease ended while we were master */
	VRRP_EVENT_FAILOVER, /* resign, and stay below every peer */
	VRRP_EVENT_CANCEL, /* of that */
	/* what vrrp_group_tell() says */
	VRRP_EVENT_GROUP_MASTER,
	VRRP_EVENT_GROUP_BACKUP,
	VRRP_EVENT_GROUP_FAULT,
	VRRP_EVENT_GROUP_RECOVER,
	VRRP_EVENT_STOP,
	VRRP_EVENTS
};

/* In the order in which they are performed. */
enum vrrp_effect {
	VRRP_END_LEASE = 1 << 0, /* the data plane stops, before all else */
	VRRP_SEND = 1 << 1, /* an advertisement, with v->priority */
	VRRP_SEND_STOP = 1 << 2, /* one with priority 0 */
	/* To v->lease_until; if VRRP_SEND failed: VRRP_EVENT_UNSENT instead. */
	VRRP_RENEW_LEASE = 1 << 3,
	VRRP_OWN = 1 << 4, /* take the addresses */
	VRRP_DISOWN = 1 << 5,
	VRRP_ANNOUNCE = 1 << 6, /* garp_master_repeat gratuitous ARPs */
	VRRP_ANNOUNCE_REFRESH = 1 << 7,
	/* against one that thinks it is it; by all of the sync group */
	VRRP_ANNOUNCE_LOWER = 1 << 8,
	VRRP_CHANGED = 1 << 9, /* the state: v->cause says why */
	VRRP_LOWER_SEEN = 1 << 10, /* notify_master_rx_lower_pri: v->peer */
	VRRP_WANT_MASTER = 1 << 11, /* in a sync group: may we all? */
};

/* What the operator said. */
struct vrrp_conf {
	uint8_t version;
	uint8_t priority;
	struct usec advert_int;
	unsigned int down_timer_adverts; /* 3 */
	bool nopreempt;
	struct usec preempt_delay;
	struct usec startup_delay;
	bool lower_prio_no_advert;
	bool in_group; /* becomes master with its sync group only */
	struct usec garp_master_delay; /* 5 s: the second burst; 0: none */
	struct usec garp_master_refresh; /* 0: none */
	struct usec garp_lower_prio_delay;
};

#define VRRP_CAUSE_SIZE 160
#define VRRP_NEVER      ((struct usec){INT64_MAX}) /* no timer is needed */

/* Why we are to be master. */
enum vrrp_why {
	VRRP_WHY_SILENCE, /* no advertisement for the master down time */
	VRRP_WHY_RESIGNED, /* the master's priority 0 */
	VRRP_WHY_LOWER, /* the master's priority is below ours */
	VRRP_WHY_OWNER, /* our priority is 255 */
};

struct vrrp {
	struct vrrp_conf conf;
	/* what was learned */
	enum vrrp_state state;
	uint8_t priority; /* effective: base and tracking */
	struct addr primary; /* ours: breaks ties */
	bool started; /* may leave INIT when startup_at has come */
	bool faulty; /* itself, not by its sync group */
	bool failover; /* told to stay below every peer */
	bool rogue; /* not the only owner: 254 is our highest */
	bool wants; /* to be master, if its sync group allows */
	bool delayed; /* preempt_delay is in preempt_at */
	bool unsent; /* the last VRRP_SEND reached no socket */
	unsigned int claims; /* sent in this claim; 0: none runs */
	enum vrrp_why why; /* of the claim */
	struct usec master_advert_int; /* v3: the master's */
	struct addr master; /* who it is, as far as we know; zero: nobody */
	uint8_t master_priority;
	struct addr peer; /* whom we listened to last */
	struct usec heard_at; /* and when, or when we began to listen */
	struct usec lease_until; /* while master */
	struct usec sent_at;
	struct usec lease_before, sent_before; /* for VRRP_EVENT_UNSENT */
	/* the one timer */
	struct usec deadline;
	/* of the parts that make it up */
	struct usec startup_at, master_down_at, claim_at, advert_at,
		announce_at, refresh_at, lower_at;
	/* no timers: before these we do not preempt, or answer again */
	struct usec preempt_at, lower_quiet;
	char cause[VRRP_CAUSE_SIZE]; /* of the last transition */
};

void vrrp_init(struct vrrp *v, const struct vrrp_conf *conf);

/*
 * One event.  `advert` for VRRP_EVENT_ADVERT only; `now` is the clock read
 * before anything is sent.  Returns effects; what they need (priority,
 * lease_until, cause) and `deadline` are in *v.
 */
unsigned int vrrp_step(struct vrrp *v, enum vrrp_event event,
		       const struct vrrp_advert *advert, struct usec now);

/* (256 - priority) / 256 of a second (v2) or of the interval (v3). */
struct usec vrrp_skew(const struct vrrp *v);
struct usec vrrp_master_down(const struct vrrp *v);
/* A tenth of advert_int, 4 ms at most. */
struct usec vrrp_claim(const struct vrrp *v);

const char *vrrp_state_name(enum vrrp_state s); /* "MASTER" */

/* Why this node is what it is, for `vrrp show`; into `buf`, returned. */
const char *vrrp_explain(const struct vrrp *v, char *buf, size_t size);

#endif
