/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vrrp_track_process: how many processes match, and whether that is a quorum.
 * Starts are seen through the kernel's process connector, ends through pidfds,
 * at once both.  The connector speaks to the first network, user and process
 * namespace only: elsewhere /proc is looked through every 200 ms (less often
 * where that would take more than 2 % of the time).
 */
#ifndef XLBD_TRACK_PROCESS_H
#define XLBD_TRACK_PROCESS_H

#include "core/process_match.h"
#include "xlbd/loop.h"

#include <stdbool.h>

struct track_processes; /* the eye that all share */
struct track_process;

struct track_process_conf {
	struct process_match match; /* strings are copied */
	unsigned int quorum; /* at least so many ... */
	unsigned int quorum_max; /* ... and at most; UINT_MAX: any number */
	struct usec fork_delay; /* before a change by a start counts */
	struct usec terminate_delay; /* and by an end */
	/* From the loop: once soon after adding, then on each change. */
	void (*changed)(void *arg, bool up, unsigned int count);
	void *arg;
};

int track_processes_new(struct loop *l, struct track_processes **out);
void track_processes_free(struct track_processes *p); /* the last. NULL-safe */
bool track_processes_has_events(const struct track_processes *p);

int track_process_add(struct track_processes *p,
		      const struct track_process_conf *conf,
		      struct track_process **out);
void track_process_remove(struct track_process *t); /* NULL-safe */

#endif
