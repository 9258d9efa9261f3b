/* SPDX-License-Identifier: GPL-2.0-only */
/* schedule.c: exact shares, even spread, scaling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM    4096
#define MAX_SET 8

struct sequence {
	const char *name;
	uint32_t weights[MAX_SET];
	const char *ring; /* backend 0 is 'a' */
};

static const struct sequence sequences[] = {
	{"the classic 5:1:1", {5, 1, 1}, "aabacaa"},
	{"one backend", {7}, "a"},
	{"equal weights: the order given", {3, 3, 3, 3}, "abcd"},
	{"2:1", {2, 1}, "aba"},
	{"1:2", {1, 2}, "bab"},
	{"common factor taken out", {200, 100}, "aba"},
	{"4:2:1", {4, 2, 1}, "abacaba"},
	{"weight 0 first", {0, 1, 1}, "bc"},
	{"weight 0 in the middle", {1, 0, 2}, "cac"},
	{"weight 0 last", {1, 1, 0}, "ab"},
	{"only one of them live", {0, 9, 0}, "b"},
	{"all 0", {0, 0, 0}, ""},
	{"no backend", {0}, ""},
	{"huge and equal", {INT32_MAX, INT32_MAX}, "ab"},
	{"the type's end", {UINT32_MAX, UINT32_MAX, UINT32_MAX}, "abc"},
};

static size_t fill(struct schedule_entry *entries, const uint32_t *weights,
		   size_t n)
{
	for (size_t i = 0; i < n; i++)
		entries[i] = (struct schedule_entry){(uint32_t)i, weights[i]};
	return n;
}

static void sequence_is(void **state)
{
	const struct sequence *s = *state;
	struct schedule_entry entries[MAX_SET];
	uint32_t ring[ROOM];
	size_t n = MAX_SET;
	long length;

	while (n && !s->weights[n - 1] && strcmp(s->name, "weight 0 last"))
		n--;
	fill(entries, s->weights, n);
	length = schedule_wrr(entries, n, ring, ROOM);
	assert_int_equal(length, strlen(s->ring));
	for (long i = 0; i < length; i++)
		assert_int_equal('a' + (int)ring[i], s->ring[i]);
}

static void count(const uint32_t *ring, long length, uint32_t *counts, size_t n)
{
	memset(counts, 0, n * sizeof(*counts));
	for (long i = 0; i < length; i++) {
		assert_true(ring[i] < n);
		counts[ring[i]]++;
	}
}

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)*seed * limit) >> 32);
}

/* Each backend exactly weight/gcd times in a cycle. */
static void counts_are_exact(void **state)
{
	struct schedule_entry entries[12];
	uint32_t ring[ROOM], counts[12], weights[12], seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + random_below(&seed, 12);
		uint64_t sum = 0;
		long length;

		for (size_t i = 0; i < n; i++)
			sum += weights[i] = 1 + random_below(&seed, 60);
		fill(entries, weights, n);
		length = schedule_wrr(entries, n, ring, ROOM);
		assert_true(length > 0 && sum % (uint64_t)length == 0);
		count(ring, length, counts, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(counts[i] * (sum / (uint64_t)length),
					 weights[i]);
	}
}

/*
 * Between two turns of a backend that has p of L places lie about L/p: never
 * more than the double, also across the seam between two cycles.
 */
static void turns_are_spread(void **state)
{
	struct schedule_entry entries[12];
	uint32_t ring[ROOM], counts[12], weights[12], seed = 11;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + random_below(&seed, 12);
		long last[12], length;

		for (size_t i = 0; i < n; i++) {
			weights[i] = 1 + random_below(&seed, 60);
			last[i] = -1;
		}
		fill(entries, weights, n);
		length = schedule_wrr(entries, n, ring, ROOM);
		count(ring, length, counts, n);
		for (long at = 0; at < 2 * length; at++) {
			uint32_t b = ring[at % length];

			if (last[b] >= 0)
				assert_true((at - last[b]) * (long)counts[b] <=
					    2 * length);
			last[b] = at;
		}
	}
}

/* A cycle that does not fit keeps everybody, and the ratios within a place. */
static void long_cycles_are_scaled(void **state)
{
	struct schedule_entry entries[12];
	uint32_t ring[ROOM], counts[12], weights[12], seed = 13;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t n = 2 + random_below(&seed, 11);
		uint64_t sum = 0;
		long length;

		for (size_t i = 0; i < n; i++)
			sum += weights[i] = 1000 + random_below(&seed, 100000);
		fill(entries, weights, n);
		length = schedule_wrr(entries, n, ring, ROOM);
		assert_true(length > 0 && length <= ROOM);
		count(ring, length, counts, n);
		for (size_t i = 0; i < n; i++) {
			int64_t off = (int64_t)(counts[i] * sum) -
				      (int64_t)(weights[i] * (uint64_t)length);

			assert_true(counts[i] > 0);
			assert_true((uint64_t)llabs(off) <= sum);
		}
	}
}

static void tiny_weights_keep_a_place(void **state)
{
	static const uint32_t weights[] = {INT32_MAX, 1, INT32_MAX, 1, 1};
	struct schedule_entry entries[5];
	uint32_t ring[ROOM], counts[5];
	long length;

	(void)state;
	fill(entries, weights, 5);
	length = schedule_wrr(entries, 5, ring, ROOM);
	assert_int_equal(length, ROOM);
	count(ring, length, counts, 5);
	assert_int_equal(counts[1], 1);
	assert_int_equal(counts[3], 1);
	assert_int_equal(counts[4], 1);
	assert_int_equal(counts[0], (ROOM - 3 + 1) / 2);
	assert_int_equal(counts[2], (ROOM - 3) / 2);
	/* room for no more than one place each */
	length = schedule_wrr(entries, 5, ring, 5);
	assert_int_equal(length, 5);
	count(ring, length, counts, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(counts[i], 1);
}

/* Just below the sum that fits, and just above. */
static void room_is_the_limit(void **state)
{
	static const uint32_t weights[] = {4, 3};
	struct schedule_entry entries[2];
	uint32_t ring[8] = {0}, counts[2];

	(void)state;
	fill(entries, weights, 2);
	ring[7] = 77;
	assert_int_equal(schedule_wrr(entries, 2, ring, 7), 7);
	assert_int_equal(ring[7], 77);
	ring[6] = 66;
	assert_int_equal(schedule_wrr(entries, 2, ring, 6), 2);
	assert_int_equal(ring[6], 66);
	count(ring, 2, counts, 2);
	assert_int_equal(counts[0], 1);
}

static void a_thousand_equal(void **state)
{
	struct schedule_entry entries[1000];
	uint32_t ring[ROOM];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		entries[i] = (struct schedule_entry){9000 - 3 * i, 100};
	assert_int_equal(schedule_wrr(entries, 1000, ring, ROOM), 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(ring[i], 9000 - 3 * i);
}

static void too_many_are_refused(void **state)
{
	struct schedule_entry entries[3] = {{0, 1}, {1, 1}, {2, 1}};
	uint32_t ring[2] = {5, 5};

	(void)state;
	assert_int_equal(schedule_wrr(entries, 3, ring, 2), -EINVAL);
	assert_int_equal(ring[0], 5);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(counts_are_exact),
		cmocka_unit_test(turns_are_spread),
		cmocka_unit_test(long_cycles_are_scaled),
		cmocka_unit_test(tiny_weights_keep_a_place),
		cmocka_unit_test(room_is_the_limit),
		cmocka_unit_test(a_thousand_equal),
		cmocka_unit_test(too_many_are_refused),
	};
	enum {
		SEQUENCES = sizeof(sequences) / sizeof(sequences[0]),
		OTHERS = sizeof(others) / sizeof(others[0])
	};
	struct CMUnitTest tests[SEQUENCES + OTHERS];

	for (size_t i = 0; i < SEQUENCES; i++)
		tests[i] = (struct CMUnitTest){
			.name = sequences[i].name,
			.test_func = sequence_is,
			.initial_state = (void *)&sequences[i],
		};
	memcpy(tests + SEQUENCES, others, sizeof(others));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
