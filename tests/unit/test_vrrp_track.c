/* SPDX-License-Identifier: GPL-2.0-only */
/* Weights and FAULT, scripts' rise and fall, changes that must last. */
#include "core/vrrp_track.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_TRACKED 3

/* weight, reverse, up; all have reported */
#define SCRIPT(w, r, u)                                    \
	{                                                  \
		VRRP_TRACK_SCRIPT, "chk", w, r, true, u, 0 \
	}
#define PROCESS(w, r, u)                                    \
	{                                                   \
		VRRP_TRACK_PROCESS, "api", w, r, true, u, 0 \
	}
#define INTERFACE(w, r, u)                                     \
	{                                                      \
		VRRP_TRACK_INTERFACE, "eth1", w, r, true, u, 0 \
	}
#define SAYS(w, r, value)                                       \
	{                                                       \
		VRRP_TRACK_FILE, "/f", w, r, true, false, value \
	}
#define SILENT(kind)                                                 \
	{                                                            \
		VRRP_TRACK_##kind, "late", 0, false, false, false, 0 \
	}

static const struct judged {
	const char *name;
	uint8_t base;
	struct vrrp_tracked tracked[MAX_TRACKED];
	/* then */
	uint8_t priority;
	bool fault, pending;
	int because; /* index; -1: nothing */
} cases[] = {
	{"nothing is tracked", 100, {{0}}, 100, false, false, -1},
	{"positive, up: more", 100, {SCRIPT(20, 0, 1)}, 120, false, false, -1},
	{"positive, down: base", 100, {SCRIPT(20, 0, 0)}, 100, 0, 0, -1},
	{"negative, up: base", 100, {SCRIPT(-20, 0, 1)}, 100, 0, 0, -1},
	{"negative, down: less", 100, {SCRIPT(-20, 0, 0)}, 80, 0, 0, -1},
	{"reversed, up", 100, {SCRIPT(-20, 1, 1)}, 80, 0, 0, -1},
	{"reversed, down", 100, {SCRIPT(-20, 1, 0)}, 100, 0, 0, -1},
	{"reversed and positive, down", 100, {SCRIPT(20, 1, 0)}, 120, 0, 0, -1},
	{"they add up",
	 100,
	 {SCRIPT(20, 0, 1), PROCESS(-30, 0, 0), INTERFACE(5, 0, 1)},
	 95,
	 false,
	 false,
	 -1},
	{"no more than 254", 200, {SCRIPT(253, 0, 1)}, 254, 0, 0, -1},
	{"no less than 1", 50, {INTERFACE(-253, 0, 0)}, 1, 0, 0, -1},
	{"clipped when all is added, not before",
	 100,
	 {SCRIPT(253, 0, 1), SCRIPT(-253, 0, 0), PROCESS(10, 0, 1)},
	 110,
	 false,
	 false,
	 -1},
	{"weight 0, up", 100, {SCRIPT(0, 0, 1)}, 100, false, false, -1},
	{"weight 0, down: FAULT", 100, {SCRIPT(0, 0, 0)}, 100, true, 0, 0},
	{"weight 0, reversed, up: FAULT",
	 100,
	 {PROCESS(0, 1, 1)},
	 100,
	 1,
	 0,
	 0},
	{"weight 0, reversed, down", 100, {PROCESS(0, 1, 0)}, 100, 0, 0, -1},
	{"the first that fails is named",
	 100,
	 {SCRIPT(0, 0, 1), INTERFACE(0, 0, 0), PROCESS(0, 0, 0)},
	 100,
	 true,
	 false,
	 1},
	{"file: value times weight", 100, {SAYS(2, 0, 15)}, 130, 0, 0, -1},
	{"file: a negative value", 100, {SAYS(1, 0, -15)}, 85, 0, 0, -1},
	{"file: reversed", 100, {SAYS(1, 1, 15)}, 85, 0, 0, -1},
	{"file: -253 is no FAULT", 100, {SAYS(1, 0, -253)}, 1, 0, 0, -1},
	{"file: -254 is", 100, {SAYS(1, 0, -254)}, 100, true, 0, 0},
	{"file: by weight", 100, {SAYS(-127, 0, 2)}, 100, true, 0, 0},
	{"file: large values", 100, {SAYS(254, 0, INT_MAX)}, 254, 0, 0, -1},
	{"file: small values", 100, {SAYS(254, 0, INT_MIN)}, 100, 1, 0, 0},
	{"file, weight 0: 0 is well", 100, {SAYS(0, 0, 0)}, 100, 0, 0, -1},
	{"file, weight 0: 1 is FAULT", 100, {SAYS(0, 0, 1)}, 100, 1, 0, 0},
	{"file, weight 0, reversed: 0", 100, {SAYS(0, 1, 0)}, 100, 1, 0, 0},
	{"file, weight 0, reversed: 1", 100, {SAYS(0, 1, 1)}, 100, 0, 0, -1},
	{"the owner's never changes", 255, {SCRIPT(-20, 0, 0)}, 255, 0, 0, -1},
	{"the owner may be in FAULT", 255, {SCRIPT(0, 0, 0)}, 255, true, 0, 0},
	{"something has not reported",
	 100,
	 {SCRIPT(20, 0, 1), SILENT(FILE), SILENT(SCRIPT)},
	 120,
	 false,
	 true,
	 1},
	{"one that fails, and one that has not reported",
	 100,
	 {SCRIPT(0, 0, 0), SILENT(PROCESS)},
	 100,
	 true,
	 true,
	 1},
};

static void test_judge(void **state)
{
	const struct judged *c = *state;
	struct vrrp_verdict v;
	size_t n = 0;

	while (n < MAX_TRACKED && c->tracked[n].name)
		n++;
	v = vrrp_track_judge(c->base, c->tracked, n);
	assert_int_equal(v.priority, c->priority);
	assert_int_equal(v.fault, c->fault);
	assert_int_equal(v.pending, c->pending);
	assert_ptr_equal(v.because,
			 c->because < 0 ? NULL : &c->tracked[c->because]);
}

static void test_explain(void **state)
{
	static const struct {
		struct vrrp_tracked tracked;
		const char *text;
	} texts[] = {
		{SCRIPT(0, 0, 0), "script chk fails"},
		{SCRIPT(0, 1, 1), "script chk succeeds"},
		{PROCESS(0, 0, 0), "process api does not run"},
		{PROCESS(0, 1, 1), "process api runs"},
		{INTERFACE(0, 0, 0), "interface eth1 is down"},
		{INTERFACE(0, 1, 1), "interface eth1 is up"},
		{SAYS(1, 0, -300), "file /f says -300"},
		{SILENT(FILE), "file late has not reported yet"},
	};
	char text[VRRP_TRACK_EXPLAIN_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(vrrp_track_explain(&texts[i].tracked, text,
						       sizeof(text)),
				    texts[i].text);
}

/* Results in, and after each: ? not reported, U up, D down. */
static const struct sequence {
	const char *name;
	unsigned int rise, fall;
	bool init_fail;
	const char *results, *states;
} sequences[] = {
	{"the first result decides: up", 3, 3, false, "+", "U"},
	{"the first result decides: down", 3, 3, false, "-", "D"},
	{"falls after fall in a row", 1, 3, false, "+--+---", "UUUUUUD"},
	{"rises after rise in a row", 3, 1, false, "-++-+++", "DDDDDDU"},
	{"1 and 1", 1, 1, false, "+-+-", "UDUD"},
	{"0 counts as 1", 0, 0, false, "+-+", "UDU"},
	{"init_fail: down until it has risen", 2, 1, true, "+-++", "DDDU"},
	{"init_fail: down at once", 2, 1, true, "", ""},
};

static void test_script(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		const struct sequence *q = &sequences[i];
		struct vrrp_script s = {
			.rise = q->rise,
			.fall = q->fall,
			.init_fail = q->init_fail,
		};
		char before = q->init_fail ? 'D' : '?';

		vrrp_script_init(&s);
		assert_int_equal(s.reported, q->init_fail);
		assert_false(s.up);
		for (size_t n = 0; q->results[n]; n++) {
			bool changed =
				vrrp_script_result(&s, q->results[n] == '+');
			char now = !s.reported ? '?' : s.up ? 'U' : 'D';

			if (now != q->states[n] || changed != (now != before))
				fail_msg("%s: result %zu: %c, changed %d",
					 q->name, n + 1, now, changed);
			before = now;
		}
	}
}

static void test_script_counter_does_not_wrap(void **state)
{
	struct vrrp_script s = {.rise = 1, .fall = UINT_MAX};

	(void)state;
	vrrp_script_init(&s);
	vrrp_script_result(&s, true);
	s.streak = UINT_MAX - 1;
	assert_true(vrrp_script_result(&s, false));
	assert_false(s.up);
}

static void test_edge(void **state)
{
	struct vrrp_edge e = {
		.up_delay = USEC_SECONDS(3),
		.down_delay = USEC_SECONDS(2),
	};
	struct usec now = USEC_SECONDS(1000);

	(void)state;
	vrrp_edge_init(&e);
	assert_false(e.reported);
	assert_int_equal(e.deadline.us, INT64_MAX);
	/* the first at once */
	assert_true(vrrp_edge_step(&e, true, now));
	assert_true(e.reported && e.up);
	/* a short one does not count */
	assert_false(vrrp_edge_step(&e, false, now));
	assert_int_equal(e.deadline.us, now.us + 2000000);
	now.us += 1999999;
	assert_false(vrrp_edge_step(&e, false, now));
	assert_false(vrrp_edge_step(&e, true, now));
	assert_int_equal(e.deadline.us, INT64_MAX);
	/* counted from the first time that it is seen */
	assert_false(vrrp_edge_step(&e, false, now));
	now.us += 1000000;
	assert_false(vrrp_edge_step(&e, false, now));
	now.us += 1000000;
	assert_true(vrrp_edge_step(&e, false, now));
	assert_false(e.up);
	assert_int_equal(e.deadline.us, INT64_MAX);
	assert_false(vrrp_edge_step(&e, true, now));
	assert_int_equal(e.deadline.us, now.us + 3000000);
	now = e.deadline;
	assert_true(vrrp_edge_step(&e, true, now));
	assert_true(e.up);
}

static void test_edge_without_delay(void **state)
{
	struct usec now = USEC_SECONDS(1000);
	struct vrrp_edge e = {.up_delay = {0}};

	(void)state;
	vrrp_edge_init(&e);
	assert_true(vrrp_edge_step(&e, false, now));
	assert_false(vrrp_edge_step(&e, false, now));
	assert_true(vrrp_edge_step(&e, true, now));
	assert_true(vrrp_edge_step(&e, false, now));
	assert_false(e.up);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_script_counter_does_not_wrap),
		cmocka_unit_test(test_edge),
		cmocka_unit_test(test_edge_without_delay),
	};
	enum {
		CASES = sizeof(cases) / sizeof(cases[0]),
		OTHERS = sizeof(others) / sizeof(others[0]),
	};
	struct CMUnitTest tests[CASES + OTHERS];

	for (size_t i = 0; i < CASES; i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = test_judge,
			.initial_state = (void *)&cases[i],
		};
	memcpy(&tests[CASES], others, sizeof(others));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("vrrp_track", tests, NULL, NULL);
}
