/* SPDX-License-Identifier: GPL-2.0-only */
/* control_request.c: a line from the control socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xlbd/control_request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int parse(const char *line, struct control_request *out, char *error)
{
	*error = '\0';
	return control_request_parse(line, strlen(line), out, error);
}

/* A value for each argument that some command requires. */
static const char *const examples[ARGUMENT_COUNT] = {
	[ARGUMENT_SERVICE] = "\"1.2.3.4:5\"",
	[ARGUMENT_BACKEND] = "\"1.2.3.5:6\"",
	[ARGUMENT_WEIGHT] = "1",
	[ARGUMENT_INSTANCE] = "\"VI_1\"",
	[ARGUMENT_SWITCH] = "\"on\"",
};

static void every_command_is_understood(void **state)
{
	struct control_request r;
	char line[512], error[COMMAND_ERROR_SIZE];
	const char *comma;
	int used;

	(void)state;
	for (int id = 0; id < COMMAND_COUNT; id++) {
		used = snprintf(line, sizeof(line),
				"{\"cmd\":\"%s\",\"args\":{",
				commands[id].words);
		comma = "";
		for (int i = 0; i < ARGUMENT_COUNT; i++) {
			if (!(commands[id].required & ARGUMENT_BIT(i)))
				continue;
			assert_non_null(examples[i]);
			used += snprintf(line + used, sizeof(line) - used,
					 "%s\"%s\":%s", comma,
					 arguments[i].name, examples[i]);
			comma = ",";
		}
		snprintf(line + used, sizeof(line) - used, "}}");
		if (parse(line, &r, error))
			fail_msg("%s: %s", line, error);
		assert_int_equal(r.command, id);
		assert_int_equal(r.values.given, commands[id].required);
	}
}

static void numbers_and_times_may_be_json_numbers(void **state)
{
	struct control_request r;
	char error[COMMAND_ERROR_SIZE];

	(void)state;
	assert_int_equal(parse("{\"cmd\":\"backend set\",\"args\":{"
			       "\"service\":\"10.0.4.99:80\","
			       "\"backend\":\"10.0.4.31:8080\",\"weight\":7}}",
			       &r, error),
			 0);
	assert_int_equal(r.values.weight, 7);
	assert_int_equal(parse("{\"args\":{\"older\":10},"
			       "\"cmd\":\"session list\"}",
			       &r, error),
			 0);
	assert_int_equal(r.values.older.us, 10000000);
	assert_int_equal(parse("{\"cmd\":\"session list\",\"args\":{"
			       "\"older\":\"500ms\"}}",
			       &r, error),
			 0);
	assert_int_equal(r.values.older.us, 500000);
}

static void a_flag_is_true_or_not_said(void **state)
{
	struct control_request r;
	char error[COMMAND_ERROR_SIZE];

	(void)state;
	parse("{\"cmd\":\"stats\",\"args\":{\"prometheus\":true}}", &r, error);
	assert_int_equal(r.values.given, ARGUMENT_BIT(ARGUMENT_PROMETHEUS));
	parse("{\"cmd\":\"stats\",\"args\":{\"prometheus\":false}}", &r, error);
	assert_int_equal(r.values.given, 0);
}

static const struct {
	const char *line, *error; /* how it begins */
} bad[] = {
	{"", "not JSON: "},
	{"status", "not JSON: "},
	{"{\"cmd\":\"status\"} ;", "not JSON: "},
	{"{\"cmd\":\"status\",\"cmd\":\"status\"}", "not JSON: "},
	{"[]", "a request is one JSON object"},
	{"null", "a request is one JSON object"},
	{"{}", "no \"cmd\""},
	{"{\"cmd\":1}", "cmd: want a string"},
	{"{\"cmd\":\"halt\"}", "unknown command 'halt'; there are: status, "},
	{"{\"cmd\":\"status\",\"arg\":{}}", "a request has "},
	{"{\"cmd\":\"status\",\"args\":[]}", "args: want an object"},
	{"{\"cmd\":\"status\",\"args\":null}", "args: want an object"},
	{"{\"cmd\":\"status\",\"args\":{\"weight\":1}}",
	 "status takes no argument 'weight'"},
	{"{\"cmd\":\"status\",\"args\":{\"colour\":1}}",
	 "status takes no argument 'colour'"},
	{"{\"cmd\":\"service del\"}", "service del needs a service"},
	{"{\"cmd\":\"service del\",\"args\":{\"service\":80}}",
	 "service: want a string"},
	{"{\"cmd\":\"service del\",\"args\":{\"service\":\"x\"}}",
	 "'x' is no service"},
	{"{\"cmd\":\"backend set\",\"args\":{\"weight\":\"1\"}}",
	 "weight: want a whole number"},
	{"{\"cmd\":\"backend set\",\"args\":{\"weight\":1.5}}",
	 "weight: want a whole number"},
	{"{\"cmd\":\"backend set\",\"args\":{\"weight\":-1}}",
	 "'-1' is no weight"},
	{"{\"cmd\":\"session list\",\"args\":{\"older\":true}}",
	 "older: want a string"},
	{"{\"cmd\":\"session list\",\"args\":{\"older\":-1}}",
	 "'-1' is no time"},
	{"{\"cmd\":\"stats\",\"args\":{\"prometheus\":1}}",
	 "prometheus: want true or false"},
};

static void bad_requests_say_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct control_request r, untouched;
		char error[COMMAND_ERROR_SIZE];

		memset(&r, 0x5a, sizeof(r));
		untouched = r;
		if (parse(bad[i].line, &r, error) != -EINVAL)
			fail_msg("%s: was taken", bad[i].line);
		if (strncmp(error, bad[i].error, strlen(bad[i].error)))
			fail_msg("%s: %s", bad[i].line, error);
		assert_memory_equal(&r, &untouched, sizeof(r));
	}
}

static void depth_and_bytes_are_limited_by_refusing(void **state)
{
	struct control_request r;
	char error[COMMAND_ERROR_SIZE];
	char deep[60000];

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(control_request_parse(deep, sizeof(deep), &r, error),
			 -EINVAL);
	memset(deep, 0, sizeof(deep));
	assert_int_equal(control_request_parse(deep, sizeof(deep), &r, error),
			 -EINVAL);
	/* what stands behind a NUL is not overlooked */
	assert_int_equal(control_request_parse("{\"cmd\":\"status\"}\0x", 18,
					       &r, error),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_understood),
		cmocka_unit_test(numbers_and_times_may_be_json_numbers),
		cmocka_unit_test(a_flag_is_true_or_not_said),
		cmocka_unit_test(bad_requests_say_what_is_wrong),
		cmocka_unit_test(depth_and_bytes_are_limited_by_refusing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("control_request", tests, NULL,
					   NULL);
}
