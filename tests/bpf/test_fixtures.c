/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every fixture, and then: has every reason of the table been produced?
 * `internal` has not: it stands behind lookups that cannot fail, so no packet
 * leads there.
 */
#include "fixtures.h"
#include "tap.h"

#include <string.h>

#define SESSIONS 4096

int main(void)
{
	static struct harness h;
	int err = harness_open(&h, SESSIONS);

	if (err)
		return tap_bail("cannot load the program: %s", strerror(-err));
#define RUN(table) harness_run_fixtures(&h, table, table##_count)
	RUN(fixtures_parse);
	RUN(fixtures_arp);
	RUN(fixtures_fnat);
	RUN(fixtures_direct);
	RUN(fixtures_reset);
	RUN(fixtures_session);
	RUN(fixtures_closing);
	RUN(fixtures_fragment);
	RUN(fixtures_refused);
	for (unsigned int r = 0; r < XLBD_REASON_MAX; r++) {
		if (r != XLBD_REASON_internal)
			tap_ok(h.seen[r], "reason %s has a fixture",
			       harness_reason_name(r));
	}
	harness_close(&h);
	return tap_done();
}
