/* SPDX-License-Identifier: GPL-2.0-only */
/* The lease: how long it is, that it lapses, and who goes on with one. */
#include "unit/vrrp_fixture.h"

static void expect_lease(const struct fixture *f, int64_t from_now)
{
	assert_int_equal(f->v.lease_until.us, f->now.us + from_now);
}

static const struct length {
	unsigned int adverts;
	int64_t late; /* the second advertisement */
	int64_t first; /* lease */
	int64_t second;
} lengths[] = {
	/* (down_timer_adverts - 1) x advert_int */
	{3, 0, 2000000, 2000000},
	{4, 0, 3000000, 3000000},
	{100, 0, 99000000, 99000000},
	/* a late one counts from the one before, should it be lost */
	{3, 500000, 2000000, 1500000},
	{3, 990000, 2000000, 1010000},
	/* less than three: one interval and half of our skew */
	{2, 0, 1304687, 1304687},
	{2, 200000, 1304687, 1104687},
	{1, 0, 1304687, 1304687},
};

static void test_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const struct length *l = &lengths[i];
		struct vrrp_conf conf = conf_of(100);
		struct fixture f;

		conf.down_timer_adverts = l->adverts;
		become(&f, &conf, VRRP_MASTER);
		expect_lease(&f, l->first);
		wait(&f, 1000000 + l->late);
		assert_int_equal(step(&f, VRRP_EVENT_TIMER), ADVERT);
		expect_lease(&f, l->second);
	}
}

/* Each event, a microsecond before the lease's end and at it. */
static const struct late {
	const char *name;
	enum vrrp_event event;
	uint8_t theirs;
	unsigned int in_time, lapsed;
} lates[] = {
	{"timer", VRRP_EVENT_TIMER, 0, ADVERT, LEFT},
	{"told that it has lapsed", VRRP_EVENT_LAPSED, 0, LEFT, LEFT},
	{"lower", VRRP_EVENT_ADVERT, 50, ANSWER, LEFT},
	{"higher", VRRP_EVENT_ADVERT, 150, LEFT | VRRP_SEND, LEFT},
	{"priority 0", VRRP_EVENT_ADVERT, 0, ADVERT, LEFT},
	{"priority", VRRP_EVENT_PRIORITY, 0, ADVERT, LEFT},
	{"fault", VRRP_EVENT_FAULT, 0, LEFT | VRRP_SEND_STOP, LEFT},
	{"failover", VRRP_EVENT_FAILOVER, 0, LEFT | VRRP_SEND_STOP, LEFT},
	{"group", VRRP_EVENT_GROUP_BACKUP, 0, LEFT | VRRP_SEND_STOP, LEFT},
	{"stop", VRRP_EVENT_STOP, 0, LEFT | VRRP_SEND_STOP, LEFT},
};

/* Another may be master by then: nothing is renewed, and nothing said. */
static void test_lapsed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lates) / sizeof(lates[0]); i++) {
		const struct late *l = &lates[i];

		for (int lapsed = 0; lapsed < 2; lapsed++) {
			struct vrrp_conf conf = conf_of(100);
			unsigned int effects;
			struct fixture f;

			become(&f, &conf, VRRP_MASTER);
			f.v.announce_at = VRRP_NEVER;
			f.now.us = f.v.lease_until.us - 1 + lapsed;
			effects = l->event == VRRP_EVENT_ADVERT
					  ? hear(&f, ABOVE, l->theirs, 1000000)
					  : step(&f, l->event);
			if (effects != (lapsed ? l->lapsed : l->in_time))
				fail_msg("%s, lapsed %d: effects %#x", l->name,
					 lapsed, effects);
		}
	}
}

static void test_lapsed_waits_in_full(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	wait(&f, 7200000);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), LEFT);
	assert_int_equal(f.v.state, VRRP_BACKUP);
	assert_string_equal(f.v.cause, "the lease has lapsed: the last "
				       "advertisement was sent 7.2 s ago");
	expect_deadline(&f, DOWN);
	assert_true(addr_is_zero(&f.v.master));
}

/* Nothing goes out: the lease is what it was, and ends. */
static void test_unsent_is_not_renewed(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;
	struct usec until;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	until = f.v.lease_until;
	assert_int_equal(fire(&f), ADVERT);
	assert_int_equal(step(&f, VRRP_EVENT_UNSENT), 0);
	assert_int_equal(f.v.lease_until.us, until.us);
	expect_deadline(&f, 1000000);
	wait(&f, 999999);
	assert_int_equal(step(&f, VRRP_EVENT_PRIORITY), ADVERT);
	wait(&f, 1);
	assert_int_equal(step(&f, VRRP_EVENT_UNSENT), LEFT);
	assert_string_equal(f.v.cause, "advertisements cannot be sent");
}

/* One that went out again counts from itself, not from the lost one. */
static void test_sent_again(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_MASTER);
	fire(&f);
	step(&f, VRRP_EVENT_UNSENT);
	wait(&f, 500000);
	assert_int_equal(step(&f, VRRP_EVENT_PRIORITY), ADVERT);
	expect_lease(&f, 1500000);
}

static void test_cannot_claim_without_sending(void **state)
{
	char text[VRRP_CAUSE_SIZE];
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(step(&f, VRRP_EVENT_UNSENT), 0);
	expect_deadline(&f, DOWN);
	assert_string_equal(vrrp_explain(&f.v, text, sizeof(text)),
			    "backup: advertisements cannot be sent");
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(fire(&f), OWNED);
	assert_int_equal(step(&f, VRRP_EVENT_UNSENT), LEFT);
}

static void test_adopts_a_fresh_lease(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	conf.startup_delay = USEC_SECONDS(30);
	set_up(&f, &conf);
	f.v.lease_until.us = f.now.us + 500000;
	assert_int_equal(step(&f, VRRP_EVENT_ADOPT),
			 OWNED & ~(unsigned int)VRRP_ANNOUNCE);
	assert_int_equal(f.v.state, VRRP_MASTER);
	/* the predecessor sent 1.5 s ago */
	expect_lease(&f, 1500000);
	expect_deadline(&f, 1000000);
	assert_string_equal(f.v.cause, "took on the lease of the xlbd before");
}

static void test_adopts_no_stale_lease(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	set_up(&f, &conf);
	f.v.lease_until = f.now;
	assert_int_equal(step(&f, VRRP_EVENT_ADOPT), VRRP_CHANGED);
	assert_int_equal(f.v.state, VRRP_BACKUP);
	expect_deadline(&f, DOWN);
}

/* From another advert_int: never longer than one of our own. */
static void test_adopts_no_long_lease(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	set_up(&f, &conf);
	f.v.lease_until.us = f.now.us + 90000000;
	step(&f, VRRP_EVENT_ADOPT);
	expect_lease(&f, 2000000);
}

/* A claim that was interrupted for long is not one. */
static void test_interrupted_claim(void **state)
{
	struct vrrp_conf conf = conf_of(100);
	struct fixture f;

	(void)state;
	become(&f, &conf, VRRP_BACKUP);
	assert_int_equal(fire(&f), VRRP_SEND);
	assert_int_equal(fire(&f), VRRP_SEND);
	wait(&f, CLAIM / 2 + 1000001);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), VRRP_SEND);
	assert_int_equal(fire(&f), VRRP_SEND);
	wait(&f, CLAIM / 2 + 1000000);
	assert_int_equal(step(&f, VRRP_EVENT_TIMER), OWNED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_lapsed),
		cmocka_unit_test(test_lapsed_waits_in_full),
		cmocka_unit_test(test_unsent_is_not_renewed),
		cmocka_unit_test(test_sent_again),
		cmocka_unit_test(test_cannot_claim_without_sending),
		cmocka_unit_test(test_adopts_a_fresh_lease),
		cmocka_unit_test(test_adopts_no_stale_lease),
		cmocka_unit_test(test_adopts_no_long_lease),
		cmocka_unit_test(test_interrupted_claim),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
