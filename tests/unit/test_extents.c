/* SPDX-License-Identifier: GPL-2.0-only */
/* core/extents: runs do not overlap, come back last, and all of them fit */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/extents.h"

#include <errno.h>
#include <stdlib.h>

static void test_order(void **unused)
{
	struct extents e;
	uint32_t a, b, c;

	(void)unused;
	assert_int_equal(extents_init(&e, 8), 0);
	assert_int_equal(extents_take(&e, 3, &a), 0);
	assert_int_equal(extents_take(&e, 2, &b), 0);
	assert_int_equal(a, 0);
	assert_int_equal(b, 3);
	extents_return(&e, a, 3);
	/* not where something just was, while there is other room */
	assert_int_equal(extents_take(&e, 3, &c), 0);
	assert_int_equal(c, 5);
	assert_int_equal(extents_take(&e, 3, &a), 0);
	assert_int_equal(a, 0);
	assert_int_equal(extents_take(&e, 1, &c), -ENOSPC);
	extents_fini(&e);
}

static void test_wraps_within_a_gap(void **unused)
{
	struct extents e;
	uint32_t a, b, c;

	(void)unused;
	assert_int_equal(extents_init(&e, 6), 0);
	assert_int_equal(extents_take(&e, 2, &a), 0);
	assert_int_equal(extents_take(&e, 2, &b), 0);
	extents_return(&e, a, 2);
	extents_return(&e, b, 2);
	/* across the cursor: 0..5 is free, and 5 in a row are there */
	assert_int_equal(extents_take(&e, 5, &c), 0);
	assert_int_equal(c, 0);
	extents_fini(&e);
}

#define UNITS 500
#define RUNS  64

static void test_random(void **unused)
{
	struct {
		uint32_t first, count;
	} runs[RUNS] = {{0, 0}};
	uint8_t owner[UNITS] = {0};
	struct extents e;
	unsigned int seed = 7;

	(void)unused;
	assert_int_equal(extents_init(&e, UNITS), 0);
	for (int i = 0; i < 20000; i++) {
		uint32_t r = (uint32_t)rand_r(&seed) % RUNS;
		uint32_t n = 1 + (uint32_t)rand_r(&seed) % 16;

		if (runs[r].count) {
			extents_return(&e, runs[r].first, runs[r].count);
			for (uint32_t u = 0; u < runs[r].count; u++)
				owner[runs[r].first + u] = 0;
			runs[r].count = 0;
			continue;
		}
		if (extents_take(&e, n, &runs[r].first))
			continue;
		runs[r].count = n;
		assert_true(runs[r].first + n <= UNITS);
		for (uint32_t u = 0; u < n; u++) {
			assert_int_equal(owner[runs[r].first + u], 0);
			owner[runs[r].first + u] = 1;
		}
	}
	extents_fini(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_wraps_within_a_gap),
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
