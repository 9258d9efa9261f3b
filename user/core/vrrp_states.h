/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine's files share: the parts of transitions that more than one
 * state needs, and what each state does with an event, for the table in
 * vrrp_fsm.c.  Nobody else includes this.
 */
#ifndef XLBD_VRRP_STATES_H
#define XLBD_VRRP_STATES_H

#include "core/vrrp_explain.h"
#include "core/vrrp_fsm.h"

static inline bool vrrp_due(struct usec now, struct usec timer)
{
	return !usec_before(now, timer);
}

static inline struct usec vrrp_min(struct usec a, struct usec b)
{
	return usec_before(a, b) ? a : b;
}

/* By priority, then by address (6.4.3, lines 725 to 735). */
bool vrrp_beats(const struct vrrp_advert *a, const struct vrrp *v);

/* Two own the addresses: the one with the lower address drops to 254. */
bool vrrp_meet_owner(struct vrrp *v, const struct vrrp_advert *a);

/* One advertisement, that of a claim; of a master, with the lease. */
unsigned int vrrp_send(struct vrrp *v, struct usec now);
unsigned int vrrp_advertise(struct vrrp *v, struct usec now);

/* Backup: the down timer starts anew, any claim ends. */
void vrrp_await_master(struct vrrp *v, struct usec now);
/* The same, and nobody was heard yet. */
void vrrp_forget(struct vrrp *v, struct usec now);
void vrrp_hear(struct vrrp *v, const struct vrrp_advert *a, struct usec now);
/* As a backup that is to be master, at once or when its group is. */
unsigned int vrrp_claim_master(struct vrrp *v, enum vrrp_why why,
			       struct usec now);
/* The cause is set before; the state of *v is MASTER already. */
unsigned int vrrp_become_master(struct vrrp *v, struct usec now);

/* Not every one needs all. */
#define VRRP_ON(name)                                                          \
	unsigned int name(struct vrrp *v __attribute__((unused)),              \
			  const struct vrrp_advert *a __attribute__((unused)), \
			  struct usec now __attribute__((unused)))

VRRP_ON(vrrp_backup_timer);
VRRP_ON(vrrp_backup_advert);
VRRP_ON(vrrp_backup_unsent);
VRRP_ON(vrrp_backup_priority);
VRRP_ON(vrrp_backup_fault);
VRRP_ON(vrrp_backup_failover);
VRRP_ON(vrrp_backup_cancel);
VRRP_ON(vrrp_backup_group_master);
VRRP_ON(vrrp_backup_group_backup);
VRRP_ON(vrrp_backup_group_fault);
VRRP_ON(vrrp_backup_stop);

VRRP_ON(vrrp_master_timer);
VRRP_ON(vrrp_master_advert);
VRRP_ON(vrrp_master_unsent);
VRRP_ON(vrrp_master_priority);
VRRP_ON(vrrp_master_fault);
VRRP_ON(vrrp_master_lapsed);
VRRP_ON(vrrp_master_failover);
VRRP_ON(vrrp_master_group_backup);
VRRP_ON(vrrp_master_group_fault);
VRRP_ON(vrrp_master_stop);

/* When a lease ends that is renewed now, the last send having been `before`. */
struct usec vrrp_lease_end(const struct vrrp *v, struct usec before,
			   struct usec now);

#endif
