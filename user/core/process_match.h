/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a process is the one that vrrp_track_process means, from what /proc
 * says about it, and for how long a quorum must be there to count.  Pure.
 */
#ifndef XLBD_PROCESS_MATCH_H
#define XLBD_PROCESS_MATCH_H

#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>

enum process_params {
	PROCESS_PARAMS_ANY, /* none were given, nor param_match */
	PROCESS_PARAMS_EXACT,
	PROCESS_PARAMS_PARTIAL, /* the first ones are these */
	PROCESS_PARAMS_INITIAL, /* and the last may go on */
};

struct process_match {
	const char *path; /* its last part is what the kernel calls "comm" */
	char *const *params; /* NULL-terminated, or NULL */
	enum process_params how;
	bool full_command; /* `path` is argv[0], not the comm */
};

#define PROCESS_COMM_SIZE 16 /* the kernel's: longer names are cut */

/*
 * The comm from the bytes of /proc/PID/stat.  -ESRCH: a zombie, that is gone
 * but for its parent; -EINVAL.
 */
int process_stat_parse(const char *stat, size_t length,
		       char comm[PROCESS_COMM_SIZE]);

/* The comm decides, unless this says that the command line does too. */
bool process_match_needs_cmdline(const struct process_match *m);

/*
 * `cmdline` as /proc/PID/cmdline has it: each
 * argument with a NUL behind, though the last one's may be missing.
 */
bool process_matches(const struct process_match *m, const char *comm,
		     const char *cmdline, size_t length);

/* A count that must stay within bounds, but may leave them for a while. */
struct process_quorum {
	/* what the operator said */
	unsigned int least, most;
	struct usec fork_delay, terminate_delay;
	/* what was learned */
	bool known, up;
	unsigned int count;
	bool pending; /* a change, that counts from `deadline` on */
	struct usec deadline;
};

/*
 * The count is `count` at `now`: true if `up` has changed or is known for the
 * first time.  Call again at `deadline` while `pending`.
 */
bool process_quorum_step(struct process_quorum *q, unsigned int count,
			 struct usec now);

#endif
