/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/message_ring.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

struct message {
	uint64_t number;
	uint64_t parts[7]; /* all derived from it: a torn copy shows */
};

static struct message message(uint64_t number)
{
	struct message m = {.number = number};

	for (size_t i = 0; i < 7; i++)
		m.parts[i] = number * 0x9e3779b97f4a7c15ULL + i;
	return m;
}

static bool is_whole(const struct message *m)
{
	struct message expected = message(m->number);

	for (size_t i = 0; i < 7; i++) {
		if (m->parts[i] != expected.parts[i])
			return false;
	}
	return true;
}

static void capacity_is_a_power_of_two(void **state)
{
	struct message_ring *r = NULL;

	(void)state;
	assert_int_equal(message_ring_new(8, 0, &r), -EINVAL);
	assert_int_equal(message_ring_new(8, 3, &r), -EINVAL);
	assert_int_equal(message_ring_new(0, 4, &r), -EINVAL);
	assert_null(r);
	message_ring_free(r);
}

static void full_refuses_and_empty_has_none(void **state)
{
	struct message_ring *r;
	uint32_t n;

	(void)state;
	assert_int_equal(message_ring_new(sizeof(n), 4, &r), 0);
	assert_false(message_ring_pop(r, &n));
	for (n = 0; n < 4; n++) {
		assert_int_equal(message_ring_room(r), 4 - n);
		assert_true(message_ring_push(r, &n));
	}
	assert_int_equal(message_ring_room(r), 0);
	assert_false(message_ring_push(r, &n));
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(message_ring_pop(r, &n));
		assert_int_equal(n, i);
	}
	assert_false(message_ring_pop(r, &n));
	message_ring_free(r);
}

/* A slot is used again and again, in order, at every fill. */
static void wraps_around(void **state)
{
	struct message_ring *r;
	uint32_t pushed = 0, popped = 0, n;

	(void)state;
	assert_int_equal(message_ring_new(sizeof(n), 8, &r), 0);
	for (uint32_t round = 0; round < 100; round++) {
		for (uint32_t i = 0; i <= round % 8; i++, pushed++)
			assert_true(message_ring_push(r, &pushed));
		for (uint32_t i = 0; i <= round % 8; i++, popped++) {
			assert_true(message_ring_pop(r, &n));
			assert_int_equal(n, popped);
		}
	}
	assert_int_equal(message_ring_room(r), 8);
	message_ring_free(r);
}

#define MESSAGES 200000

static void *push_all(void *ring)
{
	for (uint64_t n = 0; n < MESSAGES; n++) {
		struct message m = message(n);

		while (!message_ring_push(ring, &m))
			sched_yield();
	}
	return NULL;
}

/* Small, so that both ends meet: full and empty come often. */
static void two_threads_lose_and_tear_nothing(void **state)
{
	struct message_ring *r;
	pthread_t thread;
	struct message m;

	(void)state;
	assert_int_equal(message_ring_new(sizeof(m), 16, &r), 0);
	assert_int_equal(pthread_create(&thread, NULL, push_all, r), 0);
	for (uint64_t n = 0; n < MESSAGES; n++) {
		while (!message_ring_pop(r, &m))
			sched_yield();
		assert_int_equal(m.number, n);
		assert_true(is_whole(&m));
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(message_ring_pop(r, &m));
	message_ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capacity_is_a_power_of_two),
		cmocka_unit_test(full_refuses_and_empty_has_none),
		cmocka_unit_test(wraps_around),
		cmocka_unit_test(two_threads_lose_and_tear_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
