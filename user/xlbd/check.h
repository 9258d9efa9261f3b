/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Health checks: probes a target on its schedule and says when the verdict
 * changes, and why.  Each checker type is one row of the table in check.c.
 */
#ifndef XLBD_CHECK_H
#define XLBD_CHECK_H

#include "core/addr.h"
#include "core/conf.h"
#include "xlbd/loop.h"

struct checks; /* what all checkers share: the loop, curl's multi handle */
struct check;

#define CHECK_REASON_SIZE 160

struct check_status {
	bool up;
	bool tried; /* false: no probe has ended yet */
	unsigned int failures; /* in a row */
	/* failures that make it down: retry + 1; the very first probe: 1 */
	unsigned int tries;
	unsigned long long probes, failed;
	struct usec latency; /* of the last probe */
	char reason[CHECK_REASON_SIZE]; /* "connect timed out", "HTTP 503" */
};

int checks_new(struct loop *l, struct checks **out);
/* After its checks, and not from within `changed`. */
void checks_free(struct checks *c);

/*
 * Starts checking `target` as `conf` says (both copied).  `changed` is called
 * from the loop when the verdict changes, and once when the first probe has
 * ended; it may free this check and others.  `alpha`: starts down.  0/-errno.
 */
int check_new(struct checks *c, const struct conf_checker *conf,
	      const struct endpoint *target, bool alpha,
	      void (*changed)(void *arg, struct check *check,
			      const struct check_status *status),
	      void *arg, struct check **out);
void check_free(struct check *check);
const struct check_status *check_status(const struct check *check);
const char *check_type_name(enum conf_checker_type type); /* "TCP_CHECK" */

#endif
