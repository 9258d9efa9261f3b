/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keepalived adds to the RFC, as the machine does it: preemption and its
 * delays, two owners, FAULT, start-up, hand-over by hand, announcements; and
 * the sentences about it.
 */
#include "unit/vrrp_fixture.h"

static void expect_explain(const struct fixture *f, const char *expected)
{
	char text[VRRP_CAUSE_SIZE];

	assert_string_equal(vrrp_explain(&f->v, text, sizeof(text)), expected);
}

/* --- preemption ------------------------------------------------------------*/

/* Not before the down timer; and then when the other has just been heard. */
static void test_preempts(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	for (int i = 0; i < 3; i++) {
		wait(&f, 1000000);
		assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
		expect_deadline(&f, DOWN);
	}
	expect_explain(&f, "backup: peer 10.0.4.19 has priority 50, ours is "
			   "100: about to preempt it");
	wait(&f, 609374);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	wait(&f, 1);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), VRRP_SEND);
	expect_explain(&f, "backup: peer 10.0.4.19 has priority 50, ours is "
			   "100: about to become master");
	assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(fire(&f), OWNED);
	assert_string_equal(f.v.cause,
			    "peer 10.0.4.19 has priority 50, ours is 100");
}

static void test_preemption_starts_anew(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	wait(&f, 3000000);
	hear(&f, ABOVE, 150, 1000000);
	expect_explain(&f, "backup: peer 10.0.4.21 has priority 150, ours is "
			   "100");
	wait(&f, 3000000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	wait(&f, 609375);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), VRRP_SEND);
}

static void test_claim_yields(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	fire(&f);
	assert_int_equal(hear(&f, LOWER, 100, 1000000), 0);
	assert_int_equal(f.v.claims, 1);
	assert_int_equal(hear(&f, LOWER, 0, 1000000), 0);
	assert_int_equal(f.v.claims, 1);
	assert_int_equal(hear(&f, ABOVE, 100, 1000000), 0);
	assert_int_equal(f.v.claims, 0);
	expect_deadline(&f, DOWN);
}

static void test_nopreempt(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.nopreempt = true;
	become(&f, &conf, VRRP_BACKUP);
	for (int i = 0; i < 20; i++) {
		wait(&f, 1000000);
		assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	}
	expect_explain(&f, "backup: peer 10.0.4.19 has priority 50, ours is "
			   "100: nopreempt");
	fire_until_master(&f);
}

static void test_preempt_delay(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	int64_t waited = 0;
	struct fixture f;

	(void)state;
	conf.preempt_delay = USEC_SECONDS(10);
	become(&f, &conf, VRRP_BACKUP);
	wait(&f, 1000000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	expect_explain(&f, "backup: peer 10.0.4.19 has priority 50, ours is "
			   "100: preempt_delay is not over");
	for (; waited < 13000000; waited += 1000000) {
		assert_int_equal(f.v.claims, 0);
		wait(&f, 1000000);
		assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	}
	wait(&f, 1000000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), VRRP_SEND);
}

/* A dead master is no matter of preemption. */
static void test_preempt_delay_not_for_silence(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.preempt_delay = USEC_SECONDS(1000);
	become(&f, &conf, VRRP_BACKUP);
	hear(&f, LOWER, 50, 1000000);
	expect_deadline(&f, DOWN);
	fire_until_master(&f);
}

/* --- other masters ---------------------------------------------------------*/

static void test_master_resigns(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	hear(&f, ABOVE, 200, 1000000);
	hear(&f, ABOVE, 0, 1000000);
	expect_explain(&f, "backup: peer 10.0.4.21 has resigned");
	expect_deadline(&f, SKEW);
	fire_until_master(&f);
	assert_string_equal(f.v.cause, "peer 10.0.4.21 has resigned");
}

/* The master would answer it, but should that be lost? */
static void test_another_resigns(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	hear(&f, ABOVE, 200, 1000000);
	hear(&f, LOWER, 0, 1000000);
	expect_deadline(&f, DOWN);
}

static void test_two_owners(void **state)
{
	struct vrrp_conf conf = conf_of(255);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	assert_string_equal(f.v.cause, "we own the addresses (priority 255)");
	wait(&f, 300000);
	assert_int_equal(hear(&f, LOWER, 255, 1000000), ANSWER);
	assert_int_equal(f.v.priority, 255);
	assert_int_equal(hear(&f, ABOVE, 255, 1000000), LEFT | VRRP_SEND);
	assert_int_equal(f.v.priority, 254);
	assert_string_equal(f.v.cause,
			    "peer 10.0.4.21 has priority 255 too, and the "
			    "higher address: ours is 254 now");
	f.v.priority = 255;
	step(&f, VRRP_EVENT_PRIORITY);
	assert_int_equal(f.v.priority, 254);
}

static void test_lower_prio_no_advert(void **state)
{
	struct addr lower = addr_from_v4(LOWER);
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.lower_prio_no_advert = true;
	become(&f, &conf, VRRP_MASTER);
	wait(&f, 300000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000),
			 VRRP_ANNOUNCE_LOWER | VRRP_LOWER_SEEN);
	assert_memory_equal(&f.v.peer, &lower, sizeof(lower));
	expect_deadline(&f, 700000);
}

/* Whatever somebody sends: an answer a millisecond, a burst a second. */
static void test_no_storm(void **state)
{
	unsigned int adverts = 0, announced = 0;
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	for (int i = 0; i < 30000; i++) {
		unsigned int effects = hear(&f, LOWER, 50, 1000000);

		adverts += !!(effects & VRRP_SEND);
		announced += !!(effects & VRRP_ANNOUNCE_LOWER);
		wait(&f, 100);
	}
	assert_int_equal(adverts, 2999);
	assert_int_equal(announced, 3);
}

/* --- what it is told -------------------------------------------------------*/

static void test_priority_of_a_master(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	wait(&f, 300000);
	f.v.priority = 40;
	assert_int_equal(step(&f, VRRP_EVENT_PRIORITY), ADVERT);
	expect_deadline(&f, 1000000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), LEFT | VRRP_SEND);
}

/* Skew is another; a claim that no longer is one ends. */
static void test_priority_of_a_backup(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	wait(&f, 1000000);
	f.v.priority = 228;
	assert_int_equal(step(&f, VRRP_EVENT_PRIORITY), 0);
	expect_deadline(&f, 2109375);
	wait(&f, 4000000);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), VRRP_SEND);
	f.v.priority = 40;
	assert_int_equal(step(&f, VRRP_EVENT_PRIORITY), 0);
	assert_int_equal(f.v.claims, 0);
}

static void test_fault_and_recovery(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	assert_int_equal(step(&f, VRRP_EVENT_FAULT), LEFT | VRRP_SEND_STOP);
	assert_int_equal(f.v.state, VRRP_FAULT);
	expect_deadline(&f, FOREVER);
	expect_explain(&f, "fault: something that it tracks failed");
	assert_int_equal(step(&f, VRRP_EVENT_FAULT), 0);
	assert_int_equal(step(&f, VRRP_EVENT_START), 0);
	assert_int_equal(hear(&f, ABOVE, 0, 1000000), 0);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), 0);
	assert_int_equal(step(&f, VRRP_EVENT_RECOVER), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_BACKUP);
	expect_deadline(&f, DOWN);
	expect_explain(&f, "backup: no master heard yet");
	assert_int_equal(step(&f, VRRP_EVENT_FAULT), VRRP_CHANGED);
	assert_int_equal(step(&f, VRRP_EVENT_STOP), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_INIT);
	assert_int_equal(step(&f, VRRP_EVENT_STOP), 0);
}

static void test_fault_before_start(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_INIT);
	expect_explain(&f, "init: waits for what it tracks to report");
	assert_int_equal(step(&f, VRRP_EVENT_FAULT), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_FAULT);
	assert_int_equal(step(&f, VRRP_EVENT_RECOVER), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_BACKUP);
}

static void test_startup_delay(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.startup_delay = USEC_SECONDS(30);
	set_up(&f, &conf);
	assert_int_equal(step(&f, VRRP_EVENT_START), 0);
	expect_deadline(&f, 30000000);
	expect_explain(&f, "init: vrrp_startup_delay is not over");
	wait(&f, 10000000);
	step(&f, VRRP_EVENT_FAULT);
	assert_int_equal(step(&f, VRRP_EVENT_RECOVER), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_INIT);
	expect_deadline(&f, 20000000);
	assert_int_equal(fire(&f), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_BACKUP);
	step(&f, VRRP_EVENT_FAULT);
	step(&f, VRRP_EVENT_RECOVER);
	assert_int_equal(f.v.state, VRRP_BACKUP);
}

static void test_failover(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	assert_int_equal(step(&f, VRRP_EVENT_FAILOVER), LEFT | VRRP_SEND_STOP);
	assert_string_equal(f.v.cause, "told to fail over");
	expect_deadline(&f, 3996093);
	for (int i = 0; i < 20; i++) {
		wait(&f, 1000000);
		assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
		expect_deadline(&f, 3996093);
	}
	expect_explain(&f, "backup: peer 10.0.4.19 has priority 50, ours is "
			   "100: told to fail over, until that peer is lost");
	fire_until_master(&f);
	assert_false(f.v.failover);
}

static void test_failover_cancelled(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	step(&f, VRRP_EVENT_FAILOVER);
	wait(&f, 1000000);
	hear(&f, LOWER, 50, 1000000);
	assert_int_equal(step(&f, VRRP_EVENT_CANCEL), 0);
	wait(&f, DOWN - 1);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), 0);
	wait(&f, 1);
	assert_int_equal(hear(&f, LOWER, 50, 1000000), VRRP_SEND);
}

/* --- announcements ---------------------------------------------------------*/

static unsigned int announced_at(struct fixture *f, struct usec since,
				 int64_t seconds)
{
	unsigned int announced = 0;

	while (usec_sub(f->v.deadline, since).us <= seconds * 1000000)
		announced = fire(f) & (VRRP_ANNOUNCE | VRRP_ANNOUNCE_REFRESH |
				       VRRP_ANNOUNCE_LOWER);
	return announced;
}

static void test_announcements(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;
	struct usec since;

	(void)state;
	conf.garp_master_refresh = USEC_SECONDS(7);
	become(&f, &conf, VRRP_MASTER);
	since = f.now;
	assert_int_equal(announced_at(&f, since, 4), 0);
	assert_int_equal(announced_at(&f, since, 5), VRRP_ANNOUNCE);
	assert_int_equal(announced_at(&f, since, 6), 0);
	assert_int_equal(announced_at(&f, since, 7), VRRP_ANNOUNCE_REFRESH);
	assert_int_equal(hear(&f, LOWER, 50, 1000000) & VRRP_ANNOUNCE_LOWER,
			 VRRP_ANNOUNCE_LOWER);
	assert_int_equal(announced_at(&f, since, 11), 0);
	assert_int_equal(announced_at(&f, since, 12), VRRP_ANNOUNCE_LOWER);
	assert_int_equal(announced_at(&f, since, 13), 0);
	assert_int_equal(announced_at(&f, since, 14), VRRP_ANNOUNCE_REFRESH);
}

static void test_announces_once_without_delay(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;
	struct usec since;

	(void)state;
	conf.garp_master_delay = USEC_ZERO;
	become(&f, &conf, VRRP_MASTER);
	since = f.now;
	for (int s = 1; s < 30; s++)
		assert_int_equal(announced_at(&f, since, s), 0);
}

static void test_state_names(void **state)
{
	static const char *const names[] = {"INIT", "BACKUP", "MASTER",
					    "FAULT"};

	(void)state;
	for (unsigned int s = 0; s < VRRP_STATES; s++)
		assert_string_equal(vrrp_state_name((enum vrrp_state)s),
				    names[s]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_preempts),
		cmocka_unit_test(test_preemption_starts_anew),
		cmocka_unit_test(test_claim_yields),
		cmocka_unit_test(test_nopreempt),
		cmocka_unit_test(test_preempt_delay),
		cmocka_unit_test(test_preempt_delay_not_for_silence),
		cmocka_unit_test(test_master_resigns),
		cmocka_unit_test(test_another_resigns),
		cmocka_unit_test(test_two_owners),
		cmocka_unit_test(test_lower_prio_no_advert),
		cmocka_unit_test(test_no_storm),
		cmocka_unit_test(test_priority_of_a_master),
		cmocka_unit_test(test_priority_of_a_backup),
		cmocka_unit_test(test_fault_and_recovery),
		cmocka_unit_test(test_fault_before_start),
		cmocka_unit_test(test_startup_delay),
		cmocka_unit_test(test_failover),
		cmocka_unit_test(test_failover_cancelled),
		cmocka_unit_test(test_announcements),
		cmocka_unit_test(test_announces_once_without_delay),
		cmocka_unit_test(test_state_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
