/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One virtual router's machine (RFC 5798 and 9568, section 6.4; keepalived.md
 * 2.1): state, event and time in, effects out.  Pure: the caller performs the
 * effects in the order of their bits and arms one timer for `deadline`.
 */
#ifndef XLBD_VRRP_FSM_H
#define XLBD_VRRP_FSM_H

#include "core/addr.h"
#include "core/usec.h"
#include "core/vrrp_packet.h"

#include <stdbool.h>
#include <stdint.h>

enum vrrp_state { /* the numbers are keepalived's and the metric's */
	VRRP_INIT = 0,
	VRRP_BACKUP = 1,
	VRRP_MASTER = 2,
	VRRP_FAULT = 3,
};

enum vrrp_event {
	VRRP_EVENT_START,    /* everything it tracks has reported */
	VRRP_EVENT_TIMER,    /* `deadline` has passed */
	VRRP_EVENT_ADVERT,   /* one that was judged and is to be listened to */
	VRRP_EVENT_PRIORITY, /* `priority` was set anew by tracking */
	VRRP_EVENT_FAULT,    /* something without a weight failed */
	VRRP_EVENT_RECOVER,  /* nothing fails any more */
	VRRP_EVENT_LAPSED,   /* the lease ended while we were master */
	VRRP_EVENT_FAILOVER, /* resign, and stay below every peer */
	VRRP_EVENT_CANCEL,   /* of that */
	VRRP_EVENT_GROUP_MASTER, /* our sync group becomes master */
	VRRP_EVENT_GROUP_BACKUP,
	VRRP_EVENT_STOP,
};

/* In the order in which they are performed. */
enum vrrp_effect {
	VRRP_END_LEASE = 1 << 0,   /* the data plane stops, before all else */
	VRRP_SEND = 1 << 1,	   /* an advertisement, with v->priority */
	VRRP_SEND_STOP = 1 << 2,   /* one with priority 0 */
	VRRP_RENEW_LEASE = 1 << 3, /* to v->lease_until */
	VRRP_OWN = 1 << 4,	   /* take the addresses */
	VRRP_DISOWN = 1 << 5,
	VRRP_ANNOUNCE = 1 << 6,	   /* garp_master_repeat gratuitous ARPs */
	VRRP_ANNOUNCE_REFRESH = 1 << 7,
	VRRP_ANNOUNCE_LOWER = 1 << 8, /* against one that thinks it is it */
	VRRP_CHANGED = 1 << 9,	   /* the state: v->cause says why */
	VRRP_LOWER_SEEN = 1 << 10, /* notify_master_rx_lower_pri */
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
	bool higher_prio_send_advert;
	bool in_group; /* becomes master with its sync group only */
	struct usec garp_master_delay;	 /* 5 s: the second burst */
	struct usec garp_master_refresh; /* 0: none */
	struct usec garp_lower_prio_delay;
};

#define VRRP_CAUSE_SIZE 160

struct vrrp {
	struct vrrp_conf conf;
	/* what was learned */
	enum vrrp_state state;
	uint8_t priority;	/* effective: base and tracking */
	struct addr primary;	/* ours: breaks ties */
	bool failover;		/* told to stay below every peer */
	struct usec master_advert_int; /* v3: the master's */
	struct addr master;	/* who it is, as far as we know; zero: nobody */
	uint8_t master_priority;
	struct usec lease_until; /* while master */
	/* the one timer */
	struct usec deadline;
	/* of the parts that make it up */
	struct usec master_down_at, advert_at, announce_at, refresh_at,
		preempt_at;
	char cause[VRRP_CAUSE_SIZE]; /* of the last transition */
};

void vrrp_init(struct vrrp *v, const struct vrrp_conf *conf);

/*
 * One event.  `advert` for VRRP_EVENT_ADVERT only.  Returns effects; what they
 * need (priority, lease_until, cause) and `deadline` are in *v.
 */
unsigned int vrrp_step(struct vrrp *v, enum vrrp_event event,
		       const struct vrrp_advert *advert, struct usec now);

/* (256 - priority) / 256 of a second (v2) or of the interval (v3). */
struct usec vrrp_skew(const struct vrrp *v);
struct usec vrrp_master_down(const struct vrrp *v);

const char *vrrp_state_name(enum vrrp_state s); /* "MASTER" */

/* Why this node is what it is, for `vrrp show`; into `buf`, returned. */
const char *vrrp_explain(const struct vrrp *v, char *buf, size_t size);

#endif
