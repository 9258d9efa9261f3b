/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between track_process.c, which counts, and where it learns of processes:
 * the kernel's connector, and /proc.
 */
#ifndef XLBD_TRACK_PROCESS_INTERNAL_H
#define XLBD_TRACK_PROCESS_INTERNAL_H

#include "core/process_match.h"
#include "xlbd/loop.h"

#include <sys/types.h>

/* --- the connector: track_process_events.c --- */

struct track_events;

struct track_events_handlers { /* all from the loop */
	void (*attached)(void *arg); /* the kernel has agreed: events follow */
	void (*forked)(void *arg, pid_t parent, pid_t child);
	void (*changed)(void *arg, pid_t pid); /* its program or its comm */
	void (*lost)(void *arg); /* some events */
};

/*
 * -errno if the kernel refuses.  Where it may not tell, it is silent instead:
 * attached() never comes.
 */
int track_events_open(struct loop *l, const struct track_events_handlers *h,
		      void *arg, struct track_events **out);
void track_events_close(struct track_events *e); /* NULL-safe */

/* --- /proc: track_process_proc.c --- */

#define TRACK_CMDLINE_SIZE 8192 /* what is longer is cut */

/* What one process looks like; the command line is read when asked for. */
struct track_look {
	int proc; /* /proc, opened */
	pid_t pid;
	char comm[PROCESS_COMM_SIZE];
	bool has_cmdline;
	size_t length;
	char cmdline[TRACK_CMDLINE_SIZE];
};

/* -ESRCH, -ENOENT: gone, or a zombie; -errno */
int track_look_at(int proc, pid_t pid, struct track_look *out);
bool track_look_matches(struct track_look *look,
			const struct process_match *match);

/* Calls `each` for all processes; 0/-errno */
int track_proc_walk(int proc, void (*each)(void *arg, pid_t pid), void *arg);

#endif
