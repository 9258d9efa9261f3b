/* SPDX-License-Identifier: GPL-2.0-only */
/* RFC 5798 and 9568, 6.4.3: a master, and the lease it holds. */
#include "core/vrrp_states.h"

/* A lower master is answered each time; announcements keep to this pace. */
#define LOWER_PACE USEC_SECONDS(1)

static struct usec times(unsigned int n, struct usec span)
{
	return (struct usec){(int64_t)n * span.us};
}

/* When a timer of `span` runs out; a span of 0 is none. */
static struct usec after(struct usec now, struct usec span)
{
	return span.us > 0 ? usec_add(now, span) : VRRP_NEVER;
}

/*
 * As if what is being sent now were lost: counted from now, but no longer
 * than a peer waits who heard the one before.  With less than three adverts
 * to count there is no room for a lost one and a late one: then half our own
 * skew, a peer of lower priority having more.
 */
struct usec vrrp_lease_end(const struct vrrp *v, struct usec before,
			   struct usec now)
{
	unsigned int down = v->conf.down_timer_adverts;
	struct usec interval = v->conf.advert_int, slack = USEC_ZERO;

	if (down < 3) {
		slack.us = vrrp_skew(v).us / 2;
		down = 2;
	}
	return usec_add(vrrp_min(usec_add(now, times(down - 1, interval)),
				 usec_add(before, times(down, interval))),
			slack);
}

unsigned int vrrp_send(struct vrrp *v, struct usec now)
{
	v->sent_before = v->sent_at;
	v->sent_at = now;
	v->unsent = false;
	return VRRP_SEND;
}

/* The next one is an interval from now: none is made up for. */
unsigned int vrrp_advertise(struct vrrp *v, struct usec now)
{
	v->lease_before = v->lease_until;
	v->lease_until = vrrp_lease_end(v, v->sent_at, now);
	v->advert_at = usec_add(now, v->conf.advert_int);
	return vrrp_send(v, now) | VRRP_RENEW_LEASE;
}

unsigned int vrrp_become_master(struct vrrp *v, struct usec now)
{
	v->claims = 0;
	v->wants = false;
	v->failover = false;
	v->master = v->primary;
	v->master_priority = v->priority;
	v->master_advert_int = v->conf.advert_int;
	v->announce_at = after(now, v->conf.garp_master_delay);
	v->refresh_at = after(now, v->conf.garp_master_refresh);
	v->lower_at = VRRP_NEVER;
	v->lower_quiet = now;
	return vrrp_advertise(v, now) | VRRP_OWN | VRRP_ANNOUNCE;
}

/* What leaving is, wherever it goes. */
static unsigned int leave(struct vrrp *v, struct usec now)
{
	vrrp_forget(v, now);
	return VRRP_END_LEASE | VRRP_DISOWN;
}

/* The same, for good reason: the others need not wait. */
static unsigned int resign(struct vrrp *v, struct usec now)
{
	return leave(v, now) | VRRP_SEND_STOP;
}

VRRP_ON(vrrp_master_timer)
{
	unsigned int effects = 0;

	if (vrrp_due(now, v->advert_at))
		effects |= vrrp_advertise(v, now);
	if (vrrp_due(now, v->announce_at)) {
		effects |= VRRP_ANNOUNCE;
		v->announce_at = VRRP_NEVER;
	}
	if (vrrp_due(now, v->refresh_at)) {
		effects |= VRRP_ANNOUNCE_REFRESH;
		v->refresh_at = after(now, v->conf.garp_master_refresh);
	}
	if (vrrp_due(now, v->lower_at)) {
		effects |= VRRP_ANNOUNCE_LOWER;
		v->lower_at = VRRP_NEVER;
	}
	return effects;
}

/*
 * RFC 9568: it is to know at once, and so are the caches that it filled.  But
 * who heard us a moment ago knows: no storm, whatever somebody sends.
 */
static unsigned int master_lower(struct vrrp *v, const struct vrrp_advert *a,
				 struct usec now)
{
	struct usec pause = {vrrp_claim(v).us / 4};
	unsigned int effects = 0;

	if (!v->conf.lower_prio_no_advert &&
	    vrrp_due(now, usec_add(v->sent_at, pause)))
		effects |= vrrp_advertise(v, now);
	if (!vrrp_due(now, v->lower_quiet))
		return effects;
	v->peer = a->source;
	v->lower_quiet = usec_add(now, LOWER_PACE);
	v->lower_at = after(now, v->conf.garp_lower_prio_delay);
	return effects | VRRP_ANNOUNCE_LOWER | VRRP_LOWER_SEEN;
}

/*
 * Preemption or not is asked of backups only.  A last advertisement, as with
 * keepalived's higher_prio_send_advert: if a partition has healed, the other
 * learns from it only that it has caches to correct.
 */
VRRP_ON(vrrp_master_advert)
{
	unsigned int effects;

	if (a->priority == VRRP_PRIORITY_STOP)
		return vrrp_advertise(v, now);
	if (!vrrp_beats(a, v))
		return master_lower(v, a, now);
	effects = leave(v, now) | vrrp_send(v, now);
	effects |= vrrp_say_beaten(v, a, vrrp_meet_owner(v, a));
	vrrp_hear(v, a, now);
	vrrp_await_master(v, now);
	return effects;
}

/* It goes on until its lease ends, and tries again. */
VRRP_ON(vrrp_master_unsent)
{
	v->sent_at = v->sent_before;
	v->lease_until = v->lease_before;
	v->unsent = true;
	if (!vrrp_due(now, v->lease_until))
		return 0;
	return leave(v, now) |
	       vrrp_change(v, VRRP_BACKUP, "advertisements cannot be sent");
}

VRRP_ON(vrrp_master_priority)
{
	v->master_priority = v->priority;
	return vrrp_advertise(v, now);
}

VRRP_ON(vrrp_master_lapsed)
{
	char span[USEC_PRINT_SIZE];

	vrrp_print_span(usec_sub(now, v->sent_at), span);
	return leave(v, now) |
	       vrrp_change(v, VRRP_BACKUP,
			   "the lease has lapsed: the last advertisement was "
			   "sent %s ago",
			   span);
}

VRRP_ON(vrrp_master_fault)
{
	return resign(v, now) | vrrp_backup_fault(v, a, now);
}

VRRP_ON(vrrp_master_failover)
{
	v->failover = true;
	return resign(v, now) |
	       vrrp_change(v, VRRP_BACKUP, "told to fail over");
}

VRRP_ON(vrrp_master_group_backup)
{
	return resign(v, now) |
	       vrrp_change(v, VRRP_BACKUP, "its sync group becomes backup");
}

VRRP_ON(vrrp_master_group_fault)
{
	return resign(v, now) | vrrp_backup_group_fault(v, a, now);
}

VRRP_ON(vrrp_master_stop)
{
	return resign(v, now) | vrrp_backup_stop(v, a, now);
}
