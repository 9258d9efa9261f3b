/* SPDX-License-Identifier: GPL-2.0-only */
/* json.c: built and printed, parsed and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xlbd/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void assert_prints(struct json *value, const char *expected)
{
	char *text = json_print(value);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_free(value);
}

static struct json *parse(const char *text)
{
	char error[JSON_ERROR_SIZE];
	struct json *value = NULL;

	assert_int_equal(json_parse(text, strlen(text), &value, error), 0);
	return value;
}

static void members_keep_their_order(void **state)
{
	struct json *o = json_new_object(), *list = json_new_array();
	int err = 0;

	(void)state;
	err |= json_append(list, json_new_object());
	err |= json_add_text(o, "z", "last letter");
	err |= json_add_number(o, "a", 1);
	err |= json_add_flag(o, "yes", true);
	err |= json_add_flag(o, "no", false);
	err |= json_add(o, "list", list);
	assert_int_equal(err, 0);
	assert_prints(o, "{\"z\":\"last letter\",\"a\":1,\"yes\":true,"
			 "\"no\":false,\"list\":[{}]}");
}

static void times_are_rfc_3339(void **state)
{
	struct json *o = json_new_object();

	(void)state;
	json_add_time(o, "since", 1700000000);
	json_add_time(o, "never", 0);
	assert_prints(o, "{\"since\":\"2023-11-14T22:13:20Z\",\"never\":null}");
}

static void spans_are_seconds_and_come_back(void **state)
{
	static const int64_t spans[] = {0, 1, 100000, 4500000, 86400000001};
	struct json *o = json_new_object();

	(void)state;
	json_add_span(o, "age", (struct usec){100000});
	assert_prints(o, "{\"age\":0.1}");
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		o = json_new_object();
		json_add_span(o, "age", (struct usec){spans[i]});
		assert_int_equal(json_span(json_get(o, "age")).us, spans[i]);
		json_free(o);
	}
	o = parse("[1e300]");
	assert_int_equal(json_span(json_at(o, 0)).us, 0);
	json_free(o);
}

static void large_counters_stay_numbers(void **state)
{
	struct json *o = json_new_object();

	(void)state;
	json_add_number(o, "n", UINT64_MAX);
	assert_prints(o, "{\"n\":9223372036854775807}");
}

static void bytes_that_are_no_utf8_do_not_break_an_answer(void **state)
{
	struct json *o = json_new_object();

	(void)state;
	assert_int_equal(json_add_text(o, "cut", "caf\xc3"), 0);
	assert_int_equal(json_add_text(o, "good", "caf\xc3\xa9\n\"\x1b"), 0);
	assert_prints(o, "{\"cut\":\"caf?\","
			 "\"good\":\"caf\xc3\xa9\\n\\\"\\u001B\"}");
}

static void what_could_not_be_made_is_an_error_at_the_end(void **state)
{
	struct json *o = json_new_object();
	int err = 0;

	(void)state;
	err |= json_add_text(o, "a", "b");
	err |= json_add(o, "child", NULL);
	assert_int_equal(err, -ENOMEM);
	assert_null(json_built(o, err));
	assert_int_equal(json_add_number(NULL, "a", 1), -ENOMEM);
	assert_int_equal(json_append(NULL, json_new_object()), -ENOMEM);
	assert_null(json_print(NULL));
	json_free(NULL);
}

static void kinds_are_told_apart(void **state)
{
	static const enum json_kind kinds[] = {
		JSON_KIND_NULL, JSON_KIND_OBJECT,  JSON_KIND_ARRAY,
		JSON_KIND_TEXT, JSON_KIND_INTEGER, JSON_KIND_REAL,
		JSON_KIND_TRUE, JSON_KIND_FALSE,
	};
	struct json *o = parse("[null,{},[],\"\",1,1.0,true,false]");

	(void)state;
	assert_int_equal(json_count(o), 8);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(json_kind(json_at(o, i)), kinds[i]);
	assert_int_equal(json_kind(json_at(o, 8)), JSON_KIND_NULL);
	json_free(o);
}

static void what_is_not_there_reads_as_nothing(void **state)
{
	struct json *o = parse("{\"n\":5,\"t\":\"x\"}");

	(void)state;
	assert_null(json_get(o, "x"));
	assert_null(json_get(NULL, "x"));
	assert_null(json_text(json_get(o, "n")));
	assert_string_equal(json_text(json_get(o, "t")), "x");
	assert_int_equal(json_whole(json_get(o, "n")), 5);
	assert_int_equal(json_whole(json_get(o, "t")), 0);
	assert_int_equal(json_count(o), 0);
	json_free(o);
}

static void members_are_walked_in_order(void **state)
{
	struct json *o = parse("{\"b\":1,\"a\":2}");
	const struct json *value;
	void *cursor = NULL;
	const char *name;

	(void)state;
	assert_true(json_next(o, &cursor, &name, &value));
	assert_string_equal(name, "b");
	assert_true(json_next(o, &cursor, &name, &value));
	assert_string_equal(name, "a");
	assert_int_equal(json_whole(value), 2);
	assert_false(json_next(o, &cursor, &name, &value));
	cursor = NULL;
	assert_false(json_next(NULL, &cursor, &name, &value));
	json_free(o);
}

static void bad_json_is_refused_with_a_reason(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[1,]",
		"{\"a\":1}x",
		"{\"a\":1,\"a\":2}",
		"nul",
		"\"\\u0000\"",
		"\"\xff\"",
		"99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char error[JSON_ERROR_SIZE] = "";
		struct json *value = (void *)bad;

		if (json_parse(bad[i], strlen(bad[i]), &value, error) !=
		    -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_ptr_equal(value, bad);
		assert_true(strlen(error) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_keep_their_order),
		cmocka_unit_test(times_are_rfc_3339),
		cmocka_unit_test(spans_are_seconds_and_come_back),
		cmocka_unit_test(large_counters_stay_numbers),
		cmocka_unit_test(bytes_that_are_no_utf8_do_not_break_an_answer),
		cmocka_unit_test(what_could_not_be_made_is_an_error_at_the_end),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(what_is_not_there_reads_as_nothing),
		cmocka_unit_test(members_are_walked_in_order),
		cmocka_unit_test(bad_json_is_refused_with_a_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
