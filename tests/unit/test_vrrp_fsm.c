/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine with a fake clock: RFC 5798's rules one by one (its 6.4 numbers
 * its lines), then where keepalived, the lease and the claim add to them.
 */
#include "unit/vrrp_fixture.h"

/* --- RFC 5798 and 9568, 6.4 ------------------------------------------------*/

static const struct rule {
	const char *name;
	uint8_t priority; /* ours */
	bool nopreempt;
	enum vrrp_state state;
	int64_t wait;
	enum vrrp_event event;
	uint8_t theirs; /* of the advert, if that is the event */
	uint32_t from;
	int64_t interval;
	/* then */
	unsigned int effects;
	enum vrrp_state then;
	int64_t deadline;
} rules[] = {
	{"6.4.1 Startup, not the owner (150-165): Backup, Master_Down_Timer",
	 100, false, VRRP_INIT, 0, VRRP_EVENT_START, 0, 0, 0, VRRP_CHANGED,
	 VRRP_BACKUP, DOWN},
	{"6.4.1 Startup, the owner (105-140): advertises at once", 255, false,
	 VRRP_INIT, 0, VRRP_EVENT_START, 0, 0, 0, VRRP_CHANGED | VRRP_SEND,
	 VRRP_BACKUP, CLAIM / 2},
	{"6.4.1 anything else does nothing: an advertisement", 100, false,
	 VRRP_INIT, 0, VRRP_EVENT_ADVERT, 50, ABOVE, 1000000, 0, VRRP_INIT,
	 FOREVER},
	{"6.4.1 anything else does nothing: a timer", 100, false, VRRP_INIT, 0,
	 VRRP_EVENT_TIMER, 0, 0, 0, 0, VRRP_INIT, FOREVER},
	{"6.4.2 Shutdown: Initialize, the timer is cancelled", 100, false,
	 VRRP_BACKUP, 1, VRRP_EVENT_STOP, 0, 0, 0, VRRP_CHANGED, VRRP_INIT,
	 FOREVER},
	{"6.4.2 the timer has not fired yet", 100, false, VRRP_BACKUP, DOWN - 1,
	 VRRP_EVENT_TIMER, 0, 0, 0, 0, VRRP_BACKUP, 1},
	{"6.4.2 Master_Down_Timer fires (365-410): advertises", 100, false,
	 VRRP_BACKUP, DOWN, VRRP_EVENT_TIMER, 0, 0, 0, VRRP_SEND, VRRP_BACKUP,
	 CLAIM / 2},
	{"6.4.2 priority 0 (425, 430): the timer is Skew_Time", 100, false,
	 VRRP_BACKUP, 1, VRRP_EVENT_ADVERT, 0, ABOVE, 1000000, 0, VRRP_BACKUP,
	 SKEW},
	{"6.4.2 a higher priority (445-460): Master_Down_Interval", 100, false,
	 VRRP_BACKUP, 7, VRRP_EVENT_ADVERT, 101, LOWER, 1000000, 0, VRRP_BACKUP,
	 DOWN},
	{"6.4.2 the same priority (445-460), whatever the address", 100, false,
	 VRRP_BACKUP, 7, VRRP_EVENT_ADVERT, 100, LOWER, 1000000, 0, VRRP_BACKUP,
	 DOWN},
	{"6.4.2 Master_Adver_Interval is the advertisement's (450, 455)", 100,
	 false, VRRP_BACKUP, 7, VRRP_EVENT_ADVERT, 101, LOWER, 2000000, 0,
	 VRRP_BACKUP, 2 * DOWN},
	{"6.4.2 a lower priority, Preempt_Mode False (445-460)", 100, true,
	 VRRP_BACKUP, 7, VRRP_EVENT_ADVERT, 99, ABOVE, 2000000, 0, VRRP_BACKUP,
	 2 * DOWN},
	{"6.4.2 a lower priority, Preempt_Mode True (465, 470): its silence",
	 100, false, VRRP_BACKUP, 7, VRRP_EVENT_ADVERT, 99, ABOVE, 1000000, 0,
	 VRRP_BACKUP, DOWN},
	{"6.4.3 Shutdown: priority 0, Initialize", 100, false, VRRP_MASTER, 1,
	 VRRP_EVENT_STOP, 0, 0, 0, LEFT | VRRP_SEND_STOP, VRRP_INIT, FOREVER},
	{"6.4.3 Adver_Timer has not fired yet", 100, false, VRRP_MASTER, 999999,
	 VRRP_EVENT_TIMER, 0, 0, 0, 0, VRRP_MASTER, 1},
	{"6.4.3 Adver_Timer fires: advertises, sets it anew", 100, false,
	 VRRP_MASTER, 1000000, VRRP_EVENT_TIMER, 0, 0, 0, ADVERT, VRRP_MASTER,
	 1000000},
	{"6.4.3 priority 0 (705-715): advertises, sets Adver_Timer anew", 100,
	 false, VRRP_MASTER, 300000, VRRP_EVENT_ADVERT, 0, ABOVE, 1000000,
	 ADVERT, VRRP_MASTER, 1000000},
	{"6.4.3 a higher priority (725, 740-): Backup", 100, false, VRRP_MASTER,
	 3, VRRP_EVENT_ADVERT, 101, LOWER, 1000000, LEFT | VRRP_SEND,
	 VRRP_BACKUP, DOWN},
	{"6.4.3 its interval is the advertisement's (745)", 100, false,
	 VRRP_MASTER, 3, VRRP_EVENT_ADVERT, 101, LOWER, 2000000,
	 LEFT | VRRP_SEND, VRRP_BACKUP, 2 * DOWN},
	{"6.4.3 Preempt_Mode is not considered", 100, true, VRRP_MASTER, 3,
	 VRRP_EVENT_ADVERT, 101, LOWER, 1000000, LEFT | VRRP_SEND, VRRP_BACKUP,
	 DOWN},
	{"6.4.3 the same priority, a greater address (730, 735): Backup", 100,
	 false, VRRP_MASTER, 3, VRRP_EVENT_ADVERT, 100, ABOVE, 1000000,
	 LEFT | VRRP_SEND, VRRP_BACKUP, DOWN},
	{"6.4.3 the same priority, a lower address: RFC 9568, advertises", 100,
	 false, VRRP_MASTER, 300000, VRRP_EVENT_ADVERT, 100, LOWER, 1000000,
	 ANSWER, VRRP_MASTER, 1000000},
	{"6.4.3 a lower priority: RFC 9568, advertises", 100, false,
	 VRRP_MASTER, 300000, VRRP_EVENT_ADVERT, 99, ABOVE, 1000000, ANSWER,
	 VRRP_MASTER, 1000000},
};

static void test_rule(void **state)
{
	const struct rule *r = *state;
	struct vrrp_conf conf = conf_of(r->priority);
	struct fixture f;
	unsigned int effects;

	conf.nopreempt = r->nopreempt;
	become(&f, &conf, r->state);
	wait(&f, r->wait);
	effects = r->event == VRRP_EVENT_ADVERT
			  ? hear(&f, r->from, r->theirs, r->interval)
			  : step(&f, r->event);
	assert_int_equal(effects, r->effects);
	assert_int_equal(f.v.state, r->then);
	expect_deadline(&f, r->deadline);
}

/* --- timers ----------------------------------------------------------------*/

static const struct timing {
	uint8_t version, priority;
	unsigned int adverts;
	int64_t interval, skew, down, claim;
} timings[] = {
	/* keepalived.md 2.2, its measured ones first */
	{3, 100, 3, 1000000, 609375, 3609375, 4000},
	{3, 100, 3, 100000, 60937, 360937, 4000},
	{3, 100, 3, 10000, 6093, 36093, 1000},
	{3, 254, 3, 1000000, 7812, 3007812, 4000},
	{3, 1, 3, 1000000, 996093, 3996093, 4000},
	{3, 100, 1, 1000000, 609375, 1609375, 4000},
	{3, 255, 3, 40950000, 159960, 123009960, 4000},
	{2, 100, 3, 1000000, 609375, 3609375, 4000},
	{2, 100, 3, 5000000, 609375, 15609375, 4000},
	{2, 50, 5, 2000000, 804687, 10804687, 4000},
};

static void test_timings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(timings) / sizeof(timings[0]); i++) {
		const struct timing *t = &timings[i];
		struct vrrp_conf conf = conf_of(t->priority);
		struct fixture f;

		conf.version = t->version;
		conf.advert_int.us = t->interval;
		conf.down_timer_adverts = t->adverts;
		set_up(&f, &conf);
		assert_int_equal(vrrp_skew(&f.v).us, t->skew);
		assert_int_equal(vrrp_master_down(&f.v).us, t->down);
		assert_int_equal(vrrp_claim(&f.v).us, t->claim);
	}
}

/* v2 knows one interval, whatever a parser has put into the struct. */
static void test_v2_keeps_its_interval(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.version = 2;
	become(&f, &conf, VRRP_BACKUP);
	hear(&f, ABOVE, 200, 7000000);
	expect_deadline(&f, DOWN);
}

static void test_v3_interval_has_a_floor(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	hear(&f, ABOVE, 200, 0);
	expect_deadline(&f, 36093);
}

/* Last advertisement to the claim is 2.2's time, to ownership 4 ms more. */
static void test_takes_over(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;
	struct usec heard;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	wait(&f, 100);
	hear(&f, ABOVE, 200, 1000000);
	heard = f.now;
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(usec_sub(f.now, heard).us, DOWN);
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(f.v.state, VRRP_BACKUP);
	assert_int_equal(fire(&f), OWNED);
	assert_int_equal(usec_sub(f.now, heard).us, DOWN + CLAIM);
	assert_int_equal(f.v.state, VRRP_MASTER);
	assert_true(addr_equal(&f.v.master, &f.v.primary));
	expect_deadline(&f, 1000000);
	assert_string_equal(f.v.cause,
			    "no advertisement from 10.0.4.21 for 3.6 s");
}

static void test_no_burst_for_missed_timers(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	wait(&f, 1999999);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), ADVERT);
	expect_deadline(&f, 1000000);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), 0);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_timings),
		cmocka_unit_test(test_v2_keeps_its_interval),
		cmocka_unit_test(test_v3_interval_has_a_floor),
		cmocka_unit_test(test_takes_over),
		cmocka_unit_test(test_no_burst_for_missed_timers),
	};
	enum {
		RULES = sizeof(rules) / sizeof(rules[0]),
		OTHERS = sizeof(others) / sizeof(others[0]),
	};
	struct CMUnitTest tests[RULES + OTHERS];

	for (size_t i = 0; i < RULES; i++)
		tests[i] = (struct CMUnitTest){
			.name = rules[i].name,
			.test_func = test_rule,
			.initial_state = (void *)&rules[i],
		};
	memcpy(&tests[RULES], others, sizeof(others));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("vrrp_fsm", tests, NULL, NULL);
}
