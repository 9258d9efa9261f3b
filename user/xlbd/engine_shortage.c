/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The alarm for new sessions that the data plane has no room for: a line when
 * it starts, and one when none was refused for a while.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#define CALM USEC_SECONDS(10)

static const struct {
	enum xlbd_reason reason;
	const char *what, *remedy;
} shortages[ENGINE_SHORTAGES] = {
	{XLBD_REASON_table_full, "the session table is full",
	 "raise max_sessions"},
	{XLBD_REASON_no_snat_port, "no source port towards a backend is free",
	 "add a snat_address"},
};

static void look(struct engine *e, size_t i)
{
	struct engine_shortage *s = &e->shortages[i];
	struct reason_stats now;

	if (dataplane_read_reason(e->dataplane, shortages[i].reason, &now))
		return;
	if (now.packets != s->refused) {
		s->last = loop_now();
		if (!s->lasting)
			log_error("new sessions are refused: %s (%s)",
				  shortages[i].what, shortages[i].remedy);
		s->lasting = true;
		s->refused = now.packets;
	} else if (s->lasting &&
		   !usec_before(loop_now(), usec_add(s->last, CALM))) {
		s->lasting = false;
		log_info("new sessions are accepted again: %llu packets were "
			 "refused because %s",
			 (unsigned long long)(s->refused - s->before),
			 shortages[i].what);
		s->before = s->refused;
	}
}

void engine_shortages_start(struct engine *e)
{
	struct reason_stats now;

	for (size_t i = 0; i < ENGINE_SHORTAGES; i++) {
		if (dataplane_read_reason(e->dataplane, shortages[i].reason,
					  &now))
			continue;
		e->shortages[i].refused = e->shortages[i].before = now.packets;
	}
}

void engine_shortages_look(struct engine *e)
{
	for (size_t i = 0; i < ENGINE_SHORTAGES; i++)
		look(e, i);
}
