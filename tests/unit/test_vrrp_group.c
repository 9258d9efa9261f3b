/* SPDX-License-Identifier: GPL-2.0-only */
/* Sync groups: what members are told, and that real ones move together. */
#include "core/vrrp_group.h"
#include "unit/vrrp_fixture.h"

#define MEMBERS 3

/*
 * A member as a letter: i INIT, b BACKUP, w BACKUP that wants to be master, c
 * one that claims, M MASTER, f in FAULT by the group, F by itself.  And what
 * it is told: - nothing, M master, B backup, F fault, R recover.
 */
static const struct told {
	const char *name, *members, *told;
} cases[] = {
	{"none wants", "bbb", "---"},
	{"one wants", "wbb", "---"},
	{"all but one want", "wwb", "---"},
	{"all want", "www", "MMM"},
	{"one has begun", "cww", "-MM"},
	{"all but one have", "MMw", "--M"},
	{"all are master", "MMM", "---"},
	{"one gave up its claim", "bcc", "-BB"},
	{"one is no longer master", "bMM", "-BB"},
	{"one has not reported: none becomes master", "iww", "---"},
	{"one is adopted after the others", "iMM", "---"},
	{"one fails", "FMM", "-FF"},
	{"one fails, backups", "Fbw", "-FF"},
	{"one fails, another has not reported", "Fib", "--F"},
	{"all fail", "FFf", "---"},
	{"all have recovered", "fff", "RRR"},
	{"they recover one after the other", "bff", "-RR"},
	{"none becomes master beside one in FAULT", "fww", "R--"},
	{"alone", "w", "M"},
	{"alone, failing", "F", "-"},
};

static struct vrrp member_of(char letter)
{
	struct vrrp v = {.conf = {.in_group = true}};

	v.state = letter == 'i'          ? VRRP_INIT
		  : letter == 'M'        ? VRRP_MASTER
		  : strchr("fF", letter) ? VRRP_FAULT
					 : VRRP_BACKUP;
	v.wants = letter == 'w';
	v.claims = letter == 'c';
	v.faulty = letter == 'F';
	return v;
}

static char letter_of(enum vrrp_event event)
{
	switch (event) {
	case VRRP_EVENT_NONE:
		return '-';
	case VRRP_EVENT_GROUP_MASTER:
		return 'M';
	case VRRP_EVENT_GROUP_BACKUP:
		return 'B';
	case VRRP_EVENT_GROUP_FAULT:
		return 'F';
	case VRRP_EVENT_GROUP_RECOVER:
		return 'R';
	default:
		return '?';
	}
}

static void test_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vrrp list[MEMBERS];
		const struct vrrp *members[MEMBERS];
		size_t n = strlen(cases[i].members);
		char told[MEMBERS + 1] = "";

		for (size_t j = 0; j < n; j++) {
			list[j] = member_of(cases[i].members[j]);
			members[j] = &list[j];
		}
		for (size_t j = 0; j < n; j++)
			told[j] = letter_of(vrrp_group_tell(members, n, j));
		if (strcmp(told, cases[i].told))
			fail_msg("%s: %s are told %s, not %s", cases[i].name,
				 cases[i].members, told, cases[i].told);
	}
}

static const struct {
	const char *members;
	enum vrrp_state state;
} group_states[] = {
	{"MMM", VRRP_MASTER}, {"MMc", VRRP_BACKUP}, {"Mbb", VRRP_BACKUP},
	{"bbi", VRRP_INIT},   {"MFM", VRRP_FAULT},  {"iif", VRRP_FAULT},
	{"", VRRP_INIT},
};

static void test_group_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(group_states) / sizeof(group_states[0]);
	     i++) {
		struct vrrp list[MEMBERS];
		const struct vrrp *members[MEMBERS];
		size_t n = strlen(group_states[i].members);

		for (size_t j = 0; j < n; j++) {
			list[j] = member_of(group_states[i].members[j]);
			members[j] = &list[j];
		}
		assert_int_equal(vrrp_group_state(members, n),
				 group_states[i].state);
	}
}

/* --- machines that are told ------------------------------------------------*/

struct group {
	struct fixture members[MEMBERS];
	const struct vrrp *machines[MEMBERS];
	struct usec now;
};

static void tell_all(struct group *g)
{
	bool told = true;

	for (unsigned int round = 0; told; round++) {
		told = false;
		assert_true(round < 2 * MEMBERS);
		for (size_t i = 0; i < MEMBERS; i++) {
			enum vrrp_event event =
				vrrp_group_tell(g->machines, MEMBERS, i);

			g->members[i].now = g->now;
			if (event == VRRP_EVENT_NONE)
				continue;
			step(&g->members[i], event);
			told = true;
		}
	}
}

static void group_event(struct group *g, size_t i, enum vrrp_event event)
{
	g->members[i].now = g->now;
	step(&g->members[i], event);
	tell_all(g);
}

static void group_hear(struct group *g, size_t i, uint32_t from,
		       uint8_t priority)
{
	g->members[i].now = g->now;
	hear(&g->members[i], from, priority, 1000000);
	tell_all(g);
}

/* Whichever deadline is next, until `us` have passed. */
static void group_pass(struct group *g, int64_t us)
{
	struct usec until = {g->now.us + us};

	for (;;) {
		size_t next = 0;

		for (size_t i = 1; i < MEMBERS; i++) {
			if (usec_before(g->machines[i]->deadline,
					g->machines[next]->deadline))
				next = i;
		}
		if (usec_before(until, g->machines[next]->deadline))
			break;
		if (usec_before(g->now, g->machines[next]->deadline))
			g->now = g->machines[next]->deadline;
		group_event(g, next, VRRP_EVENT_TIMER);
	}
	g->now = until;
}

static void start_group(struct group *g)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		struct vrrp_conf conf = conf_of((uint8_t)(100 + 40 * i));

		conf.in_group = true;
		set_up(&g->members[i], &conf);
		g->machines[i] = &g->members[i].v;
	}
	g->now = T0;
	for (size_t i = 0; i < MEMBERS; i++)
		group_event(g, i, VRRP_EVENT_START);
}

static void expect_all(const struct group *g, enum vrrp_state state)
{
	for (size_t i = 0; i < MEMBERS; i++)
		assert_int_equal(g->machines[i]->state, state);
}

/* The last of them decides when. */
static void test_become_master_together(void **state)
{
	struct group g;

	(void)state;
	start_group(&g);
	group_pass(&g, DOWN - 1);
	expect_all(&g, VRRP_BACKUP);
	assert_true(g.machines[2]->wants);
	group_pass(&g, CLAIM + 1);
	expect_all(&g, VRRP_MASTER);
}

static void test_a_live_master_hinders_all(void **state)
{
	char text[VRRP_CAUSE_SIZE];
	struct group g;

	(void)state;
	start_group(&g);
	for (int i = 0; i < 20; i++) {
		group_pass(&g, 1000000);
		group_hear(&g, 1, ABOVE, 200);
	}
	expect_all(&g, VRRP_BACKUP);
	assert_string_equal(vrrp_explain(g.machines[0], text, sizeof(text)),
			    "backup: waits for the others of its sync group");
	/* until it is heard no more */
	group_pass(&g, 5000000);
	expect_all(&g, VRRP_MASTER);
}

static void test_yield_together(void **state)
{
	struct group g;

	(void)state;
	start_group(&g);
	group_pass(&g, 5000000);
	expect_all(&g, VRRP_MASTER);
	group_hear(&g, 0, ABOVE, 200);
	expect_all(&g, VRRP_BACKUP);
	assert_string_equal(g.machines[1]->cause,
			    "its sync group becomes backup");
}

static void test_a_claim_ends_together(void **state)
{
	struct group g;

	(void)state;
	start_group(&g);
	group_pass(&g, DOWN);
	for (size_t i = 0; i < MEMBERS; i++)
		assert_int_equal(g.machines[i]->claims, 1);
	group_hear(&g, 2, ABOVE, 250);
	for (size_t i = 0; i < MEMBERS; i++)
		assert_int_equal(g.machines[i]->claims, 0);
	expect_all(&g, VRRP_BACKUP);
}

static void test_fail_and_recover_together(void **state)
{
	struct group g;

	(void)state;
	start_group(&g);
	group_pass(&g, 5000000);
	group_event(&g, 0, VRRP_EVENT_FAULT);
	expect_all(&g, VRRP_FAULT);
	assert_string_equal(g.machines[1]->cause,
			    "another of its sync group is in FAULT");
	group_event(&g, 1, VRRP_EVENT_FAULT);
	group_event(&g, 0, VRRP_EVENT_RECOVER);
	expect_all(&g, VRRP_FAULT);
	group_event(&g, 1, VRRP_EVENT_RECOVER);
	expect_all(&g, VRRP_BACKUP);
	group_pass(&g, 5000000);
	expect_all(&g, VRRP_MASTER);
}

/* One that resigned by hand stays below, and so do the others. */
static void test_failover_takes_all(void **state)
{
	struct group g;

	(void)state;
	start_group(&g);
	group_pass(&g, 5000000);
	group_event(&g, 1, VRRP_EVENT_FAILOVER);
	expect_all(&g, VRRP_BACKUP);
	for (int i = 0; i < 20; i++) {
		group_pass(&g, 1000000);
		for (size_t j = 0; j < MEMBERS; j++)
			group_hear(&g, j, LOWER, 50);
	}
	expect_all(&g, VRRP_BACKUP);
	group_event(&g, 1, VRRP_EVENT_CANCEL);
	for (int i = 0; i < 6; i++) {
		group_pass(&g, 1000000);
		for (size_t j = 0; j < MEMBERS; j++)
			group_hear(&g, j, LOWER, 50);
	}
	expect_all(&g, VRRP_MASTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_group_state),
		cmocka_unit_test(test_become_master_together),
		cmocka_unit_test(test_a_live_master_hinders_all),
		cmocka_unit_test(test_yield_together),
		cmocka_unit_test(test_a_claim_ends_together),
		cmocka_unit_test(test_fail_and_recover_together),
		cmocka_unit_test(test_failover_takes_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
