/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tracking makes of a virtual router: its effective priority, FAULT, or
 * not yet anything (keepalived.md 2.1 and 2.8).  And of a tracked thing: when
 * a script's results or a link's changes count.  Pure; nothing runs here.
 */
#ifndef XLBD_VRRP_TRACK_H
#define XLBD_VRRP_TRACK_H

#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vrrp_track_kind {
	VRRP_TRACK_INTERFACE,
	VRRP_TRACK_SCRIPT,
	VRRP_TRACK_PROCESS,
	VRRP_TRACK_FILE,
};

/* One tracked thing, as one instance tracks it. */
struct vrrp_tracked {
	enum vrrp_track_kind kind;
	const char *name; /* the caller's */
	int weight; /* 0: failing is FAULT */
	bool reverse; /* up is down, and a file's value negative */
	/* what was learned */
	bool reported; /* until then the instance stays in INIT */
	bool up; /* all but files */
	int value; /* files: counts weight times */
};

struct vrrp_verdict {
	bool pending; /* something has not reported yet */
	bool fault;
	uint8_t priority; /* effective */
	/* the first that is missing, else the first that fails; or NULL */
	const struct vrrp_tracked *because;
};

/* `base` 255, the owner's, never changes. */
struct vrrp_verdict
vrrp_track_judge(uint8_t base, const struct vrrp_tracked *tracked, size_t n);

const char *vrrp_track_kind_name(enum vrrp_track_kind kind); /* "script" */

/* Does it fail, whatever that leads to?  Not before it has reported. */
bool vrrp_track_fails(const struct vrrp_tracked *t);

/* "script chk_api fails", "interface eth1 is down"; into `buf`, returned. */
const char *vrrp_track_explain(const struct vrrp_tracked *t, char *buf,
			       size_t size);
#define VRRP_TRACK_EXPLAIN_SIZE 128

/* A script's results; a timeout or a signal is a failure like exit code 1. */
struct vrrp_script {
	/* what the operator said */
	unsigned int rise, fall;
	bool init_fail; /* down until it has risen */
	/* what was learned */
	bool reported;
	bool up;
	unsigned int streak; /* results in a row that contradict `up` */
};

void vrrp_script_init(struct vrrp_script *s); /* keeps what was said */

/* Did `reported` or `up` change?  The first result alone decides. */
bool vrrp_script_result(struct vrrp_script *s, bool ok);

/*
 * A change that counts when it has lasted: interface_up_down_delays, and
 * fork_delay and terminate_delay of processes.  The first report counts at
 * once.
 */
struct vrrp_edge {
	/* what the operator said */
	struct usec up_delay, down_delay;
	/* what was learned */
	bool reported;
	bool up;
	/* when `up` is to change; far away (INT64_MAX) if it is not */
	struct usec deadline;
};

void vrrp_edge_init(struct vrrp_edge *e); /* keeps what was said */

/* What is seen, at each change and again at `deadline`.  Did `up` change? */
bool vrrp_edge_step(struct vrrp_edge *e, bool seen_up, struct usec now);

#endif
