/* SPDX-License-Identifier: GPL-2.0-only */
/* RFC 5798 and 9568, 6.4.2: a backup, and how it claims to be master. */
#include "core/vrrp_states.h"

#include <string.h>

#define CLAIM_ADVERTS 2
#define ADVERT_MIN    USEC_MS(10)

void vrrp_await_master(struct vrrp *v, struct usec now)
{
	v->claims = 0;
	v->wants = false;
	v->delayed = false;
	v->why = VRRP_WHY_SILENCE;
	v->heard_at = now;
	v->master_down_at = usec_add(now, vrrp_master_down(v));
	v->preempt_at = v->master_down_at;
}

void vrrp_forget(struct vrrp *v, struct usec now)
{
	memset(&v->master, 0, sizeof(v->master));
	memset(&v->peer, 0, sizeof(v->peer));
	v->master_priority = 0;
	v->master_advert_int = v->conf.advert_int;
	v->lease_until = USEC_ZERO;
	v->unsent = false;
	vrrp_await_master(v, now);
}

/* Any master's silence counts, also that of one which we are to preempt. */
void vrrp_hear(struct vrrp *v, const struct vrrp_advert *a, struct usec now)
{
	v->peer = v->master = a->source;
	v->master_priority = a->priority;
	if (v->conf.version == 3)
		v->master_advert_int = usec_before(a->advert_int, ADVERT_MIN)
					       ? ADVERT_MIN
					       : a->advert_int;
	v->heard_at = now;
	v->master_down_at = usec_add(now, vrrp_master_down(v));
}

/*
 * One more advertisement of the claim, or its end.  Who was stopped in the
 * middle begins anew: the others have not heard of it for too long.
 */
static unsigned int claim_on(struct vrrp *v, struct usec now)
{
	if (v->claims &&
	    usec_before(v->conf.advert_int, usec_sub(now, v->claim_at)))
		v->claims = 0;
	if (v->claims == CLAIM_ADVERTS) {
		vrrp_say_master(v, now);
		return vrrp_become_master(v, now) | VRRP_CHANGED;
	}
	v->claims++;
	v->claim_at.us = now.us + vrrp_claim(v).us / CLAIM_ADVERTS;
	return vrrp_send(v, now);
}

unsigned int vrrp_claim_master(struct vrrp *v, enum vrrp_why why,
			       struct usec now)
{
	v->why = why;
	if (!v->conf.in_group)
		return claim_on(v, now);
	v->wants = true;
	v->master_down_at = usec_add(now, v->master_advert_int);
	return VRRP_WANT_MASTER;
}

VRRP_ON(vrrp_backup_timer)
{
	if (v->claims)
		return vrrp_due(now, v->claim_at) ? claim_on(v, now) : 0;
	if (!vrrp_due(now, v->master_down_at))
		return 0;
	memset(&v->master, 0, sizeof(v->master));
	return vrrp_claim_master(v,
				 v->why == VRRP_WHY_RESIGNED ? VRRP_WHY_RESIGNED
							     : VRRP_WHY_SILENCE,
				 now);
}

/* Nobody else's: the master that we hear answers it, and that may be lost. */
static unsigned int backup_resigned(struct vrrp *v, const struct vrrp_advert *a,
				    struct usec now)
{
	if (v->claims ||
	    (!addr_is_zero(&v->master) && !addr_equal(&v->master, &a->source)))
		return 0;
	vrrp_await_master(v, now);
	memset(&v->master, 0, sizeof(v->master));
	v->master_priority = 0;
	v->peer = a->source;
	v->why = VRRP_WHY_RESIGNED;
	v->master_down_at = usec_add(now, vrrp_skew(v));
	return 0;
}

/*
 * Not before the timer would have run out that such advertisements do not
 * reset (line 470); and then on hearing one, not on silence.
 */
static unsigned int backup_lower(struct vrrp *v, struct usec now)
{
	if (v->conf.preempt_delay.us > 0 && !v->delayed) {
		v->delayed = true;
		v->preempt_at = usec_add(usec_add(now, v->conf.preempt_delay),
					 vrrp_master_down(v));
	}
	if (!vrrp_due(now, v->preempt_at))
		return 0;
	return vrrp_claim_master(v, VRRP_WHY_LOWER, now);
}

VRRP_ON(vrrp_backup_advert)
{
	if (a->priority == VRRP_PRIORITY_STOP)
		return backup_resigned(v, a, now);
	if (v->claims && !vrrp_beats(a, v))
		return 0; /* it is about to hear of us */
	vrrp_meet_owner(v, a);
	vrrp_hear(v, a, now);
	if (a->priority < v->priority && !v->conf.nopreempt && !v->failover)
		return backup_lower(v, now);
	vrrp_await_master(v, now);
	return 0;
}

VRRP_ON(vrrp_backup_unsent)
{
	v->sent_at = v->sent_before;
	vrrp_await_master(v, now);
	v->unsent = true;
	return 0;
}

/* A claim against a lower one may no longer be one; skew is another. */
VRRP_ON(vrrp_backup_priority)
{
	if (v->why == VRRP_WHY_LOWER && (v->claims || v->wants))
		vrrp_await_master(v, now);
	else if (v->why != VRRP_WHY_RESIGNED && !v->claims && !v->wants)
		v->master_down_at = usec_add(v->heard_at, vrrp_master_down(v));
	return 0;
}

VRRP_ON(vrrp_backup_failover)
{
	v->failover = true;
	vrrp_await_master(v, now);
	return 0;
}

VRRP_ON(vrrp_backup_cancel)
{
	v->failover = false;
	vrrp_await_master(v, now);
	return 0;
}

VRRP_ON(vrrp_backup_group_master)
{
	return v->claims ? 0 : claim_on(v, now);
}

VRRP_ON(vrrp_backup_group_backup)
{
	vrrp_await_master(v, now);
	return 0;
}
