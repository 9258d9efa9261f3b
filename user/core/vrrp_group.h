/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vrrp_sync_group: its members become master together, and none without the
 * others; a member in FAULT takes all there (keepalived.md 2.10).  Pure.
 */
#ifndef XLBD_VRRP_GROUP_H
#define XLBD_VRRP_GROUP_H

#include "core/vrrp_fsm.h"

#include <stddef.h>

/*
 * What member `i` is to be told now, or VRRP_EVENT_NONE.  To be asked for all
 * members after each step of one of them, until there is nothing to tell.
 * Every member's conf.in_group is set.
 */
enum vrrp_event vrrp_group_tell(const struct vrrp *const *members, size_t n,
				size_t i);

/* The group's own state, for its notify scripts and `vrrp list`. */
enum vrrp_state vrrp_group_state(const struct vrrp *const *members, size_t n);

#endif
