/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine in sentences: what the log says of a transition, and `vrrp
 * show` of a state.  For vrrp_fsm.c; others find vrrp_explain() in its header.
 */
#ifndef XLBD_VRRP_EXPLAIN_H
#define XLBD_VRRP_EXPLAIN_H

#include "core/vrrp_fsm.h"

/* Into the state `to`, with its cause; returns VRRP_CHANGED. */
unsigned int __attribute__((format(printf, 3, 4)))
vrrp_change(struct vrrp *v, enum vrrp_state to, const char *format, ...);

/* MASTER, because of v->why */
unsigned int vrrp_say_master(struct vrrp *v, struct usec now);

/* BACKUP, because of a better master; `rogue`: we both were owners. */
unsigned int vrrp_say_beaten(struct vrrp *v, const struct vrrp_advert *a,
			     bool rogue);

/* "3.6 s", "36.1 ms": what a log line needs; returns `buf`. */
const char *vrrp_print_span(struct usec span, char buf[USEC_PRINT_SIZE]);

#endif
