/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/health.h"

#include <limits.h>

void health_init(struct health *h, bool alpha)
{
	h->up = !alpha;
	h->tried = false;
	h->failures = 0;
	h->successes = 0;
}

static unsigned int count(unsigned int n)
{
	return n < UINT_MAX ? n + 1 : n;
}

static enum health_change step_ok(struct health *h)
{
	h->failures = 0;
	h->successes = count(h->successes);
	if (h->up || h->successes < h->rise)
		return HEALTH_SAME;
	h->up = true;
	return HEALTH_WENT_UP;
}

static enum health_change step_failed(struct health *h, bool first)
{
	h->successes = 0;
	h->failures = count(h->failures);
	if (!h->up || (!first && h->failures <= h->retry))
		return HEALTH_SAME;
	h->up = false;
	return HEALTH_WENT_DOWN;
}

enum health_change health_step(struct health *h, bool ok, struct usec *next)
{
	bool first = !h->tried;
	enum health_change change;

	h->tried = true;
	change = ok ? step_ok(h) : step_failed(h, first);
	/* Only a verdict in doubt is in a hurry. */
	*next = h->up && h->failures ? h->delay_before_retry : h->delay_loop;
	return change;
}
