/* SPDX-License-Identifier: GPL-2.0-only */
/* Rise and fall, as tables of probes and what each of them brings. */
#include "core/health.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX_STEPS 12

struct step {
	char result; /* '+' passed, '-' failed, 0 ends the list */
	enum health_change change;
	bool up;
	char wait; /* 'L' delay_loop, 'R' delay_before_retry */
};

#define SAME HEALTH_SAME
#define UP   HEALTH_WENT_UP
#define DOWN HEALTH_WENT_DOWN

static const struct sequence {
	const char *name;
	unsigned int retry, rise;
	bool alpha;
	struct step steps[MAX_STEPS];
} sequences[] = {
	{"stays up while it answers",
	 1,
	 1,
	 false,
	 {{'+', SAME, true, 'L'}, {'+', SAME, true, 'L'}}},
	{"the very first failure is enough",
	 3,
	 1,
	 false,
	 {{'-', DOWN, false, 'L'},
	  {'-', SAME, false, 'L'},
	  {'+', UP, true, 'L'}}},
	{"later, retry further tries",
	 2,
	 1,
	 false,
	 {{'+', SAME, true, 'L'},
	  {'-', SAME, true, 'R'},
	  {'-', SAME, true, 'R'},
	  {'-', DOWN, false, 'L'},
	  {'-', SAME, false, 'L'},
	  {'+', UP, true, 'L'}}},
	{"a success in between forgives",
	 2,
	 1,
	 false,
	 {{'+', SAME, true, 'L'},
	  {'-', SAME, true, 'R'},
	  {'-', SAME, true, 'R'},
	  {'+', SAME, true, 'L'},
	  {'-', SAME, true, 'R'},
	  {'-', SAME, true, 'R'},
	  {'-', DOWN, false, 'L'}}},
	{"retry 0: one failure",
	 0,
	 1,
	 false,
	 {{'+', SAME, true, 'L'},
	  {'-', DOWN, false, 'L'},
	  {'+', UP, true, 'L'},
	  {'-', DOWN, false, 'L'}}},
	{"rise counts successes in a row",
	 0,
	 3,
	 false,
	 {{'+', SAME, true, 'L'},
	  {'-', DOWN, false, 'L'},
	  {'+', SAME, false, 'L'},
	  {'+', SAME, false, 'L'},
	  {'-', SAME, false, 'L'},
	  {'+', SAME, false, 'L'},
	  {'+', SAME, false, 'L'},
	  {'+', UP, true, 'L'}}},
	{"rise 0 is rise 1",
	 0,
	 0,
	 false,
	 {{'-', DOWN, false, 'L'}, {'+', UP, true, 'L'}}},
	{"alpha comes up by its first success",
	 1,
	 1,
	 true,
	 {{'+', UP, true, 'L'}, {'-', SAME, true, 'R'}}},
	{"alpha that fails was down before",
	 1,
	 1,
	 true,
	 {{'-', SAME, false, 'L'},
	  {'+', UP, true, 'L'},
	  {'-', SAME, true, 'R'},
	  {'-', DOWN, false, 'L'}}},
	{"alpha rises like any other",
	 1,
	 2,
	 true,
	 {{'+', SAME, false, 'L'}, {'+', UP, true, 'L'}}},
};

static struct health health_of(const struct sequence *s)
{
	struct health h = {
		.retry = s->retry,
		.rise = s->rise,
		.delay_loop = USEC_SECONDS(6),
		.delay_before_retry = USEC_SECONDS(1),
	};

	health_init(&h, s->alpha);
	return h;
}

static void run_sequence(const struct sequence *s)
{
	struct health h = health_of(s);

	assert_int_equal(h.up, !s->alpha);
	assert_false(h.tried);
	for (size_t i = 0; i < MAX_STEPS && s->steps[i].result; i++) {
		const struct step *step = &s->steps[i];
		struct usec next = USEC_ZERO;
		enum health_change change =
			health_step(&h, step->result == '+', &next);

		if (change != step->change || h.up != step->up ||
		    next.us != (step->wait == 'R' ? 1000000 : 6000000))
			fail_msg("%s: step %zu (%c): change %d, up %d, "
				 "next %lld us",
				 s->name, i + 1, step->result, change, h.up,
				 (long long)next.us);
		assert_true(h.tried);
		assert_true(!h.failures || !h.successes);
	}
}

static void test_sequences(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		run_sequence(&sequences[i]);
}

static void test_counts_failures_in_a_row(void **state)
{
	struct health h = health_of(&sequences[2]);
	struct usec next;

	(void)state;
	for (unsigned int i = 1; i <= 5; i++) {
		health_step(&h, false, &next);
		assert_int_equal(h.failures, i);
	}
	health_step(&h, true, &next);
	assert_int_equal(h.failures, 0);
	assert_int_equal(h.successes, 1);
}

static void test_counters_do_not_wrap(void **state)
{
	struct health h = health_of(&sequences[2]);
	struct usec next;

	(void)state;
	health_step(&h, true, &next);
	h.retry = UINT_MAX;
	h.failures = UINT_MAX;
	assert_int_equal(health_step(&h, false, &next), HEALTH_SAME);
	assert_int_equal(h.failures, UINT_MAX);
	health_step(&h, true, &next);
	h.successes = UINT_MAX;
	health_step(&h, true, &next);
	assert_int_equal(h.successes, UINT_MAX);
}

/* health_init() forgets what was learned, not what the operator said. */
static void test_init_keeps_the_settings(void **state)
{
	struct health h = health_of(&sequences[2]);
	struct usec next;

	(void)state;
	health_step(&h, false, &next);
	health_init(&h, true);
	assert_false(h.up);
	assert_false(h.tried);
	assert_int_equal(h.failures, 0);
	assert_int_equal(h.retry, 2);
	assert_int_equal(h.delay_loop.us, 6000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_counts_failures_in_a_row),
		cmocka_unit_test(test_counters_do_not_wrap),
		cmocka_unit_test(test_init_keeps_the_settings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
