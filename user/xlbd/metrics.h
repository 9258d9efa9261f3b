/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GET /metrics for Prometheus, on the address that the config names and no
 * other.  What the text says is the caller's business.  Few clients, short
 * requests, a deadline: whoever can reach the port can take no more than that.
 */
#ifndef XLBD_METRICS_H
#define XLBD_METRICS_H

#include "core/addr.h"
#include "xlbd/loop.h"

struct metrics;

/* `render` returns text to free(), or NULL if there is none now.  0/-errno */
int metrics_open(struct loop *l, const struct endpoint *listen,
		 char *(*render)(void *arg, size_t *length), void *arg,
		 struct metrics **out);
void metrics_close(struct metrics *m); /* NULL-safe */

#endif
