/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One checker's verdict from its probes' results: rise and fall.  Pure.
 * keepalived's semantics: on failure `retry` further tries, spaced
 * delay_before_retry, then down; `rise` successes in a row (default 1) bring
 * it up.  The very first probe decides alone: down needs one failure only.
 */
#ifndef XLBD_HEALTH_H
#define XLBD_HEALTH_H

#include "core/usec.h"

#include <stdbool.h>

struct health {
	/* what the operator said */
	unsigned int retry, rise;
	struct usec delay_loop, delay_before_retry;
	/* what was learned */
	bool up;
	bool tried;
	unsigned int failures, successes; /* in a row */
};

enum health_change { HEALTH_SAME, HEALTH_WENT_UP, HEALTH_WENT_DOWN };

void health_init(struct health *h, bool alpha);

/* Takes one probe's result; *next is the wait until the next probe. */
enum health_change health_step(struct health *h, bool ok, struct usec *next);

#endif
