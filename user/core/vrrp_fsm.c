/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 5798 and 9568: 6.1 the parameters, 6.4.1 Initialize, and the table of
 * all states (6.4.2 is vrrp_backup.c, 6.4.3 vrrp_master.c).  FAULT and sync
 * groups are keepalived's.  Lines are those that RFC 5798 numbers in 6.4.
 */
#include "core/vrrp_states.h"

#include <string.h>

#define CLAIM_MAX USEC_MS(4)

/* v2 knows no other interval than its own. */
static struct usec master_interval(const struct vrrp *v)
{
	return v->conf.version == 2 ? v->conf.advert_int : v->master_advert_int;
}

struct usec vrrp_skew(const struct vrrp *v)
{
	struct usec unit = v->conf.version == 2 ? USEC_SECONDS(1)
						: v->master_advert_int;
	unsigned int priority = v->failover ? 1 : v->priority;

	return (struct usec){(int64_t)(256 - priority) * unit.us / 256};
}

struct usec vrrp_master_down(const struct vrrp *v)
{
	int64_t adverts = v->conf.down_timer_adverts;

	return (struct usec){adverts * master_interval(v).us + vrrp_skew(v).us};
}

struct usec vrrp_claim(const struct vrrp *v)
{
	return vrrp_min((struct usec){v->conf.advert_int.us / 10}, CLAIM_MAX);
}

bool vrrp_beats(const struct vrrp_advert *a, const struct vrrp *v)
{
	if (a->priority != v->priority)
		return a->priority > v->priority;
	return addr_compare(&a->source, &v->primary) > 0;
}

bool vrrp_meet_owner(struct vrrp *v, const struct vrrp_advert *a)
{
	if (a->priority != VRRP_PRIORITY_OWNER ||
	    v->priority != VRRP_PRIORITY_OWNER || !vrrp_beats(a, v))
		return false;
	v->rogue = true;
	v->priority = VRRP_PRIORITY_OWNER - 1;
	return true;
}

/* Counted from the first event, whatever that was. */
static void start_delay(struct vrrp *v, struct usec now)
{
	if (v->startup_at.us == VRRP_NEVER.us)
		v->startup_at = usec_add(now, v->conf.startup_delay);
}

/* Lines 100 to 170; from FAULT as well. */
static unsigned int begin(struct vrrp *v, struct usec now, const char *cause)
{
	unsigned int effects;

	start_delay(v, now);
	v->started = true;
	if (!vrrp_due(now, v->startup_at))
		return v->state == VRRP_INIT
			       ? 0
			       : vrrp_change(v, VRRP_INIT,
					     "vrrp_startup_delay is not over");
	vrrp_forget(v, now);
	effects = vrrp_change(v, VRRP_BACKUP, "%s", cause);
	if (v->priority == VRRP_PRIORITY_OWNER && !v->failover)
		effects |= vrrp_claim_master(v, VRRP_WHY_OWNER, now);
	return effects;
}

static VRRP_ON(ignore)
{
	return 0;
}

static VRRP_ON(init_start)
{
	return begin(v, now, "started");
}

/*
 * Peers have heard our predecessor and see no change.  When it sent last is
 * known from its lease only; its second announcement may not have been made.
 */
static VRRP_ON(init_adopt)
{
	struct usec most = vrrp_lease_end(v, now, now);

	if (vrrp_due(now, v->lease_until))
		return init_start(v, a, now);
	v->lease_until = vrrp_min(v->lease_until, most);
	v->sent_at = usec_sub(now, usec_sub(most, v->lease_until));
	v->started = true;
	v->startup_at = now;
	v->heard_at = now;
	return (vrrp_become_master(v, now) & ~(unsigned int)VRRP_ANNOUNCE) |
	       vrrp_change(v, VRRP_MASTER,
			   "took on the lease of the xlbd before");
}

static VRRP_ON(init_timer)
{
	if (!v->started || !vrrp_due(now, v->startup_at))
		return 0;
	return begin(v, now, "vrrp_startup_delay is over");
}

static VRRP_ON(init_stop)
{
	vrrp_backup_stop(v, a, now);
	return 0;
}

VRRP_ON(vrrp_backup_fault)
{
	vrrp_forget(v, now);
	start_delay(v, now);
	v->faulty = true;
	return vrrp_change(v, VRRP_FAULT, "something that it tracks failed");
}

VRRP_ON(vrrp_backup_group_fault)
{
	vrrp_forget(v, now);
	return vrrp_change(v, VRRP_FAULT,
			   "another of its sync group is in FAULT");
}

VRRP_ON(vrrp_backup_stop)
{
	vrrp_forget(v, now);
	v->started = false;
	v->faulty = false;
	v->startup_at = VRRP_NEVER;
	return vrrp_change(v, VRRP_INIT, "stopped");
}

static VRRP_ON(init_fault)
{
	return vrrp_backup_fault(v, a, now);
}

static VRRP_ON(fault_stop)
{
	return vrrp_backup_stop(v, a, now);
}

static VRRP_ON(any_failover)
{
	v->failover = true;
	return 0;
}

static VRRP_ON(any_cancel)
{
	v->failover = false;
	return 0;
}

static VRRP_ON(fault_fault)
{
	v->faulty = true;
	return 0;
}

/* In a sync group: when all have. */
static VRRP_ON(fault_recover)
{
	v->faulty = false;
	if (v->conf.in_group)
		return 0;
	return begin(v, now, "nothing that it tracks fails any more");
}

static VRRP_ON(fault_rejoin)
{
	if (v->faulty)
		return 0;
	return begin(v, now,
		     "nothing that its sync group tracks fails any "
		     "more");
}

/* clang-format off */
static const struct row {
	unsigned int (*on[VRRP_STATES])(struct vrrp *v,
					const struct vrrp_advert *a,
					struct usec now);
} table[VRRP_EVENTS] = {
#define ROW(event, init, backup, master, fault)                         \
	[VRRP_EVENT_##event] = { { init, vrrp_backup_##backup,          \
				   vrrp_master_##master, fault } }
#define vrrp_backup_ignore ignore
#define vrrp_master_ignore ignore

/*  event          INIT          BACKUP        MASTER        FAULT */
ROW(NONE,          ignore,       ignore,       ignore,       ignore),
ROW(START,         init_start,   ignore,       ignore,       ignore),
ROW(ADOPT,         init_adopt,   ignore,       ignore,       ignore),
ROW(TIMER,         init_timer,   timer,        timer,        ignore),
ROW(ADVERT,        ignore,       advert,       advert,       ignore),
ROW(UNSENT,        ignore,       unsent,       unsent,       ignore),
ROW(PRIORITY,      ignore,       priority,     priority,     ignore),
ROW(FAULT,         init_fault,   fault,        fault,        fault_fault),
ROW(RECOVER,       ignore,       ignore,       ignore,       fault_recover),
ROW(LAPSED,        ignore,       ignore,       lapsed,       ignore),
ROW(FAILOVER,      any_failover, failover,     failover,     any_failover),
ROW(CANCEL,        any_cancel,   cancel,       ignore,       any_cancel),
ROW(GROUP_MASTER,  ignore,       group_master, ignore,       ignore),
ROW(GROUP_BACKUP,  ignore,       group_backup, group_backup, ignore),
ROW(GROUP_FAULT,   ignore,       group_fault,  group_fault,  ignore),
ROW(GROUP_RECOVER, ignore,       ignore,       ignore,       fault_rejoin),
ROW(STOP,          init_stop,    stop,         stop,         fault_stop),

#undef ROW
#undef vrrp_backup_ignore
#undef vrrp_master_ignore
};
/* clang-format on */

static struct usec next_deadline(const struct vrrp *v)
{
	switch (v->state) {
	case VRRP_INIT:
		return v->started ? v->startup_at : VRRP_NEVER;
	case VRRP_BACKUP:
		return v->claims ? v->claim_at : v->master_down_at;
	case VRRP_MASTER:
		return vrrp_min(vrrp_min(v->advert_at, v->announce_at),
				vrrp_min(v->refresh_at, v->lower_at));
	case VRRP_FAULT:
		break;
	}
	return VRRP_NEVER;
}

void vrrp_init(struct vrrp *v, const struct vrrp_conf *conf)
{
	memset(v, 0, sizeof(*v));
	v->conf = *conf;
	v->priority = conf->priority;
	v->master_advert_int = conf->advert_int;
	v->startup_at = VRRP_NEVER;
	v->deadline = VRRP_NEVER;
}

unsigned int vrrp_step(struct vrrp *v, enum vrrp_event event,
		       const struct vrrp_advert *advert, struct usec now)
{
	unsigned int effects = 0;

	if (v->rogue && v->priority == VRRP_PRIORITY_OWNER)
		v->priority = VRRP_PRIORITY_OWNER - 1;
	if (v->state == VRRP_MASTER && vrrp_due(now, v->lease_until))
		effects |= vrrp_master_lapsed(v, advert, now);
	effects |= table[event].on[v->state](v, advert, now);
	v->deadline = next_deadline(v);
	return effects;
}
