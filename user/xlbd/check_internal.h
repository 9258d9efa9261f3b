/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between check.c, which owns schedule and verdict, and the checker types,
 * which know how to probe.  A new type is one file and one row of the table in
 * check.c.  Nobody else includes this.
 */
#ifndef XLBD_CHECK_INTERNAL_H
#define XLBD_CHECK_INTERNAL_H

#include "xlbd/check.h"

/* What a probe needs to know; lives as long as its check. */
struct check_probe {
	struct loop *loop;
	void *shared; /* what the type's open() made */
	const struct conf_checker *conf;
	struct endpoint target; /* connect_ip and connect_port applied */
	void *state; /* the type's own, while it runs */
};

enum check_outcome {
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_UNDECIDED, /* this node could not probe: says nothing about it */
};

struct check_type {
	const char *name;
	/* What all checks of the type share; both may be NULL.  0/-errno */
	int (*open)(struct loop *l, void **shared);
	void (*close)(void *shared);
	/*
	 * Begins a probe that ends by check_probe_end(), once, at the latest
	 * after connect_timeout; from within start() is allowed.
	 */
	void (*start)(struct check_probe *p);
	/* Ends a probe that runs (`state` is set) without an outcome. */
	void (*cancel)(struct check_probe *p);
};

extern const struct check_type check_tcp, check_http;

/*
 * The probe is over; `reason` says why it failed.  The check may be gone
 * afterwards: free what belongs to the probe first.
 */
void check_probe_end(struct check_probe *p, enum check_outcome outcome,
		     const char *reason);

/* The same, for an errno that connecting or reading ended with. */
void check_probe_fail(struct check_probe *p, int err);

/*
 * A non-blocking TCP socket towards p->target, bound as `bindto` says; to
 * close().  The fd or -errno.
 */
int check_socket(const struct check_probe *p);

#endif
