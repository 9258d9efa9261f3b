/* SPDX-License-Identifier: GPL-2.0-only */
/* prom.c: Prometheus' text format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/prom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_text(struct prom *p, const char *expected)
{
	size_t length = 0;
	char *text = prom_take(p, &length);

	assert_non_null(text);
	assert_string_equal(text, expected);
	assert_int_equal(length, strlen(expected));
	free(text);
}

static void nothing_is_an_empty_text(void **state)
{
	struct prom p = {0};

	(void)state;
	assert_text(&p, "");
}

static void a_family_is_headed_once(void **state)
{
	struct prom_label in = {"direction", "in"};
	struct prom_label out = {"direction", "out"};
	struct prom p = {0};

	(void)state;
	prom_family(&p, "packets_total", PROM_COUNTER, "packets");
	prom_sample(&p, &in, 1, 7);
	prom_family(&p, "packets_total", PROM_COUNTER, NULL);
	prom_sample(&p, &out, 1, 8);
	prom_family(&p, "up", PROM_GAUGE, "is it up");
	prom_sample(&p, NULL, 0, 1);
	assert_text(&p, "# HELP packets_total packets\n"
			"# TYPE packets_total counter\n"
			"packets_total{direction=\"in\"} 7\n"
			"packets_total{direction=\"out\"} 8\n"
			"# HELP up is it up\n"
			"# TYPE up gauge\n"
			"up 1\n");
}

static void labels_without_a_value_are_left_out(void **state)
{
	struct prom_label labels[] = {
		{"a", NULL}, {"b", "1"}, {"c", NULL}, {"d", ""}};
	struct prom p = {0};

	(void)state;
	prom_family(&p, "m", PROM_GAUGE, "h");
	prom_sample(&p, labels, 4, 0);
	prom_sample(&p, labels, 1, 0);
	assert_text(&p, "# HELP m h\n# TYPE m gauge\n"
			"m{b=\"1\",d=\"\"} 0\nm 0\n");
}

static void quotes_backslashes_and_newlines_are_escaped(void **state)
{
	struct prom_label label = {"reason", "a\"b\\c\nd"};
	struct prom p = {0};

	(void)state;
	prom_family(&p, "m", PROM_GAUGE, "a\"b\\c\nd");
	prom_sample(&p, &label, 1, 1);
	assert_text(&p, "# HELP m a\"b\\\\c\\nd\n# TYPE m gauge\n"
			"m{reason=\"a\\\"b\\\\c\\nd\"} 1\n");
}

static void the_largest_number_is_whole(void **state)
{
	struct prom p = {0};

	(void)state;
	prom_family(&p, "m", PROM_COUNTER, "h");
	prom_sample(&p, NULL, 0, UINT64_MAX);
	assert_text(&p, "# HELP m h\n# TYPE m counter\n"
			"m 18446744073709551615\n");
}

static void a_long_text_is_complete(void **state)
{
	struct prom p = {0};
	size_t length, lines = 0;
	char *text, *at;

	(void)state;
	prom_family(&p, "m", PROM_COUNTER, "h");
	for (unsigned int i = 0; i < 20000; i++)
		prom_sample(&p, NULL, 0, i);
	text = prom_take(&p, &length);
	assert_non_null(text);
	assert_int_equal(length, strlen(text));
	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 20002);
	assert_string_equal(text + length - strlen("m 19999\n"), "m 19999\n");
	free(text);
}

static void taking_starts_afresh(void **state)
{
	struct prom p = {0};

	(void)state;
	prom_family(&p, "m", PROM_GAUGE, "h");
	assert_text(&p, "# HELP m h\n# TYPE m gauge\n");
	prom_family(&p, "m", PROM_GAUGE, "h");
	assert_text(&p, "# HELP m h\n# TYPE m gauge\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_an_empty_text),
		cmocka_unit_test(a_family_is_headed_once),
		cmocka_unit_test(labels_without_a_value_are_left_out),
		cmocka_unit_test(quotes_backslashes_and_newlines_are_escaped),
		cmocka_unit_test(the_largest_number_is_whole),
		cmocka_unit_test(a_long_text_is_complete),
		cmocka_unit_test(taking_starts_afresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("prom", tests, NULL, NULL);
}
