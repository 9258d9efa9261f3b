/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/usec.h"

#include <errno.h>
#include <inttypes.h>

struct parse_case {
	const char *text;
	int err;
	int64_t us;
};

static const struct parse_case parse_cases[] = {
	/* no unit: seconds, as in keepalived */
	{"0", 0, 0},
	{"5", 0, 5000000},
	{"007", 0, 7000000},
	{"0.25", 0, 250000},
	{".5", 0, 500000},
	{"0.000001", 0, 1},
	{"1.000001", 0, 1000001},
	{"4294.999999", 0, 4294999999},
	{"0s", 0, 0},
	{"10s", 0, 10000000},
	{"1.5s", 0, 1500000},
	{"500ms", 0, 500000},
	{"0.5ms", 0, 500},
	{"1.001ms", 0, 1001},
	{"1us", 0, 1},
	{"1.0us", 0, 1},
	{"5m", 0, 300000000},
	{"0.5m", 0, 30000000},
	{"0.000001m", 0, 60},
	{"1.999999m", 0, 119999940},
	{"1h", 0, 3600000000},
	{"0.25h", 0, 900000000},
	{"1.999999h", 0, 7199996400},
	{"9223372036854775807us", 0, INT64_MAX},
	{"9223372036854.775807", 0, INT64_MAX},
	{"2562047788h", 0, 2562047788 * 3600000000},
	/* beyond the range, at each step of the computation */
	{"9223372036854775808us", -ERANGE, 0},
	{"9223372036854775807", -ERANGE, 0},
	{"9223372036854.775808", -ERANGE, 0},
	{"9223372036855", -ERANGE, 0},
	{"2562047789h", -ERANGE, 0},
	{"99999999999999999999999999", -ERANGE, 0},
	/* not times */
	{"", -EINVAL, 0},
	{".", -EINVAL, 0},
	{"5.", -EINVAL, 0},
	{"5.s", -EINVAL, 0},
	{"s", -EINVAL, 0},
	{"ms", -EINVAL, 0},
	{"-1", -EINVAL, 0},
	{"+1", -EINVAL, 0},
	{" 1", -EINVAL, 0},
	{"1 ", -EINVAL, 0},
	{"1 s", -EINVAL, 0},
	{"1\n", -EINVAL, 0},
	{"1.2.3", -EINVAL, 0},
	{"1,5", -EINVAL, 0},
	{"0.0000001", -EINVAL, 0},
	{"0.5us", -EINVAL, 0},
	{"0.0001ms", -EINVAL, 0},
	{"1S", -EINVAL, 0},
	{"1MS", -EINVAL, 0},
	{"1sec", -EINVAL, 0},
	{"1d", -EINVAL, 0},
	{"1mss", -EINVAL, 0},
	{"0x10", -EINVAL, 0},
	{"1e3", -EINVAL, 0},
	{"inf", -EINVAL, 0},
	{"nan", -EINVAL, 0},
	{"\xd9\xa3", -EINVAL, 0}, /* an Arabic-Indic 3 */
};

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]);
	     i++) {
		const struct parse_case *c = &parse_cases[i];
		struct usec out = {-77};
		int err = usec_parse(c->text, &out);

		if (err != c->err || out.us != (err ? -77 : c->us))
			fail_msg("'%s': %d, %" PRId64, c->text, err, out.us);
	}
}

struct print_case {
	int64_t us;
	const char *text;
};

static const struct print_case print_cases[] = {
	{0, "0s"},
	{1, "0.000001s"},
	{999, "0.000999s"},
	{1000, "1ms"},
	{1500, "0.0015s"},
	{500000, "500ms"},
	{999000, "999ms"},
	{999999, "0.999999s"},
	{1000000, "1s"},
	{1500000, "1.5s"},
	{1001000, "1.001s"},
	{1000001, "1.000001s"},
	{10000000, "10s"},
	{3600000000, "3600s"},
	{123456789012, "123456.789012s"},
	{INT64_MAX, "9223372036854.775807s"},
	{-1, "-0.000001s"},
	{-500000, "-500ms"},
	{-1500000, "-1.5s"},
	{-10000000, "-10s"},
	{INT64_MIN, "-9223372036854.775808s"},
};

static void prints(void **state)
{
	char buf[USEC_PRINT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(print_cases) / sizeof(print_cases[0]);
	     i++) {
		struct usec span = {print_cases[i].us};

		assert_ptr_equal(usec_print(span, buf, sizeof(buf)), buf);
		assert_string_equal(buf, print_cases[i].text);
	}
}

/* What is printed can be parsed, and is the same time. */
static void print_then_parse_is_identity(void **state)
{
	char buf[USEC_PRINT_SIZE];
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		struct usec in, out;

		seed = seed * 6364136223846793005 + 1442695040888963407;
		in.us = (int64_t)(seed >> (1 + round % 62));
		if (round % 3 == 0)
			in.us -= in.us % 1000;
		usec_print(in, buf, sizeof(buf));
		assert_int_equal(usec_parse(buf, &out), 0);
		assert_true(in.us == out.us);
	}
}

static void short_buffers_are_terminated(void **state)
{
	char buf[4] = {'x', 'x', 'x', 'x'};

	(void)state;
	usec_print(USEC_MS(500), buf, sizeof(buf));
	assert_string_equal(buf, "500");
}

static void arithmetic(void **state)
{
	(void)state;
	assert_int_equal(usec_add(USEC_SECONDS(1), USEC_MS(500)).us, 1500000);
	assert_int_equal(usec_sub(USEC_MS(1), USEC_SECONDS(1)).us, -999000);
	assert_true(usec_before(USEC_ZERO, USEC_MS(1)));
	assert_false(usec_before(USEC_MS(1), USEC_MS(1)));
	/* the macros do not compute in int */
	assert_true(USEC_SECONDS(100000).us == 100000000000);
	assert_true(USEC_MS(100000000).us == 100000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(prints),
		cmocka_unit_test(print_then_parse_is_identity),
		cmocka_unit_test(short_buffers_are_terminated),
		cmocka_unit_test(arithmetic),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
