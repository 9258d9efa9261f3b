/* SPDX-License-Identifier: GPL-2.0-only */
/* command.c: the table of commands, and arguments' text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/command.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static void every_command_is_found_by_its_words(void **state)
{
	(void)state;
	for (int id = 0; id < COMMAND_COUNT; id++) {
		assert_non_null(commands[id].words);
		assert_non_null(commands[id].help);
		assert_int_equal(command_find(commands[id].words), id);
	}
	assert_int_equal(command_find("backend"), -1);
	assert_int_equal(command_find("backend  add"), -1);
	assert_int_equal(command_find(""), -1);
}

static void every_argument_is_found_by_its_name(void **state)
{
	(void)state;
	for (int id = 0; id < ARGUMENT_COUNT; id++) {
		assert_non_null(arguments[id].help);
		assert_int_equal(argument_find(arguments[id].name), id);
	}
	assert_int_equal(argument_find("Weight"), -1);
}

static void what_is_required_can_be_said(void **state)
{
	(void)state;
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *c = &commands[id];

		assert_int_equal(c->positional & c->named, 0);
		assert_int_equal(c->required & ~(c->positional | c->named), 0);
	}
}

static void synopses_are_those_of_the_manual(void **state)
{
	static const struct {
		enum command_id id;
		const char *synopsis;
	} cases[] = {
		{COMMAND_STATUS, "status"},
		{COMMAND_STATS, "stats [--prometheus]"},
		{COMMAND_SERVICE_ADD,
		 "service add SERVICE [kind KIND] [algo ALGO]"},
		{COMMAND_BACKEND_LIST, "backend list [SERVICE]"},
		{COMMAND_BACKEND_ADD,
		 "backend add SERVICE BACKEND [weight N] [check none|tcp|http PATH]"},
		{COMMAND_BACKEND_SET, "backend set SERVICE BACKEND weight N"},
		{COMMAND_BACKEND_DRAIN,
		 "backend drain SERVICE BACKEND [timeout TIME]"},
		{COMMAND_VRRP_SHOW, "vrrp show INSTANCE"},
		{COMMAND_VRRP_FAILOVER, "vrrp failover [INSTANCE] [--cancel]"},
		{COMMAND_VRRP_MAINTENANCE, "vrrp maintenance on|off"},
		{COMMAND_SESSION_FLUSH,
		 "session flush [service SERVICE] [backend BACKEND] [client PREFIX] [state syn|established|fin|closed|udp] [older TIME]"},
	};
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(command_synopsis(cases[i].id, buf,
						     sizeof(buf)),
				    cases[i].synopsis);
}

static void long_texts_are_cut_to_the_buffer(void **state)
{
	static const char around[] = "unknown command ''; there are: ";
	char buf[20], whole[512];

	(void)state;
	assert_string_equal(command_names(buf, sizeof(buf)),
			    "status, stats, serv");
	assert_string_equal(command_synopsis(COMMAND_BACKEND_ADD, buf,
					     sizeof(buf)),
			    "backend add SERVICE");
	command_names(whole, sizeof(whole));
	/* with 40 bytes of a wrong name it fits the error that lists them */
	assert_true(strlen(around) + 40 + strlen(whole) < COMMAND_ERROR_SIZE);
}

struct text_case {
	enum argument_id id;
	const char *text;
	bool good;
};

static const struct text_case texts[] = {
	{ARGUMENT_SERVICE, "10.0.4.99:80", true},
	{ARGUMENT_SERVICE, "10.0.4.99:80/udp", true},
	{ARGUMENT_SERVICE, "[2001:db8::1]:443", true},
	{ARGUMENT_SERVICE, "10.0.4.99", false},
	{ARGUMENT_SERVICE, "10.0.4.99:80/sctp", false},
	{ARGUMENT_SERVICE, "", false},
	{ARGUMENT_BACKEND, "10.0.4.31:8080", true},
	{ARGUMENT_BACKEND, "10.0.4.31:8080/tcp", false},
	{ARGUMENT_BACKEND, "10.0.4.31:65536", false},
	{ARGUMENT_INSTANCE, "VI_1", true},
	{ARGUMENT_INSTANCE, "", false},
	{ARGUMENT_SWITCH, "on", true},
	{ARGUMENT_SWITCH, "off", true},
	{ARGUMENT_SWITCH, "ON", false},
	{ARGUMENT_SWITCH, "", false},
	{ARGUMENT_KIND, "FNAT", true},
	{ARGUMENT_KIND, "fast", false},
	{ARGUMENT_ALGO, "wrr", true},
	{ARGUMENT_ALGO, "best", false},
	{ARGUMENT_WEIGHT, "0", true},
	{ARGUMENT_WEIGHT, "65535", true},
	{ARGUMENT_WEIGHT, "65536", false},
	{ARGUMENT_WEIGHT, "99999999999999999999", false},
	{ARGUMENT_WEIGHT, "-1", false},
	{ARGUMENT_WEIGHT, "1.5", false},
	{ARGUMENT_WEIGHT, " 1", false},
	{ARGUMENT_WEIGHT, "", false},
	{ARGUMENT_CHECK, "none", true},
	{ARGUMENT_CHECK, "tcp", true},
	{ARGUMENT_CHECK, "http /healthz", true},
	{ARGUMENT_CHECK, "http", false},
	{ARGUMENT_CHECK, "http healthz", false},
	{ARGUMENT_CHECK, "http /a b", false},
	{ARGUMENT_CHECK, "http /a\r\nHost: x", false},
	{ARGUMENT_CHECK, "icmp", false},
	{ARGUMENT_TIMEOUT, "10m", true},
	{ARGUMENT_TIMEOUT, "soon", false},
	{ARGUMENT_CLIENT, "10.0.0.0/8", true},
	{ARGUMENT_CLIENT, "10.0.4.50", true},
	{ARGUMENT_CLIENT, "10.0.0.0/33", false},
	{ARGUMENT_STATE, "syn", true},
	{ARGUMENT_STATE, "established", true},
	{ARGUMENT_STATE, "fin", true},
	{ARGUMENT_STATE, "closed", true},
	{ARGUMENT_STATE, "udp", true},
	{ARGUMENT_STATE, "SYN", false},
	{ARGUMENT_OLDER, "500ms", true},
	{ARGUMENT_OLDER, "-5", false},
};

static void texts_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct text_case *c = &texts[i];
		struct command_values values = {0};
		char error[COMMAND_ERROR_SIZE] = "";
		int err = argument_parse(c->id, c->text, &values, error);

		if (err != (c->good ? 0 : -EINVAL))
			fail_msg("%s '%s': %d, %s", arguments[c->id].name,
				 c->text, err, error);
		assert_int_equal(values.given,
				 c->good ? ARGUMENT_BIT(c->id) : 0);
		assert_int_equal(*error == '\0', c->good);
	}
}

static void values_are_those_said(void **state)
{
	struct command_values v = {0};
	char error[COMMAND_ERROR_SIZE], text[ENDPOINT_PRINT_SIZE];

	(void)state;
	argument_parse(ARGUMENT_SERVICE, "10.0.4.99:80/udp", &v, error);
	argument_parse(ARGUMENT_BACKEND, "10.0.4.31:8080", &v, error);
	argument_parse(ARGUMENT_KIND, "DR", &v, error);
	argument_parse(ARGUMENT_ALGO, "rr", &v, error);
	argument_parse(ARGUMENT_WEIGHT, "17", &v, error);
	argument_parse(ARGUMENT_CHECK, "http /healthz?a=1", &v, error);
	argument_parse(ARGUMENT_TIMEOUT, "2m", &v, error);
	argument_parse(ARGUMENT_CLIENT, "10.0.4.0/24", &v, error);
	argument_parse(ARGUMENT_STATE, "fin", &v, error);
	argument_parse(ARGUMENT_OLDER, "0.5", &v, error);
	assert_string_equal(endpoint_print(&v.service, text, sizeof(text)),
			    "10.0.4.99:80/udp");
	assert_string_equal(endpoint_print(&v.backend, text, sizeof(text)),
			    "10.0.4.31:8080");
	assert_int_equal(v.kind, CONF_KIND_DR);
	assert_int_equal(v.algo, CONF_ALGO_RR);
	assert_int_equal(v.weight, 17);
	assert_int_equal(v.check, COMMAND_CHECK_HTTP);
	assert_string_equal(v.path, "/healthz?a=1");
	assert_int_equal(v.timeout.us, 120000000);
	assert_string_equal(prefix_print(&v.client, text, sizeof(text)),
			    "10.0.4.0/24");
	assert_string_equal(v.state, "fin");
	assert_int_equal(v.older.us, 500000);
	argument_parse(ARGUMENT_INSTANCE, "VI_1", &v, error);
	argument_parse(ARGUMENT_SWITCH, "on", &v, error);
	assert_string_equal(v.instance, "VI_1");
	assert_true(v.on);
	argument_parse(ARGUMENT_SWITCH, "off", &v, error);
	assert_false(v.on);
}

static void a_name_has_an_end(void **state)
{
	char text[COMMAND_INSTANCE_SIZE + 1], error[COMMAND_ERROR_SIZE];
	struct command_values v = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	text[COMMAND_INSTANCE_SIZE - 1] = '\0';
	assert_int_equal(argument_parse(ARGUMENT_INSTANCE, text, &v, error), 0);
	assert_string_equal(v.instance, text);
	text[COMMAND_INSTANCE_SIZE - 1] = 'a';
	text[COMMAND_INSTANCE_SIZE] = '\0';
	assert_int_equal(argument_parse(ARGUMENT_INSTANCE, text, &v, error),
			 -EINVAL);
}

static void a_path_has_an_end(void **state)
{
	char text[COMMAND_PATH_SIZE + 16], error[COMMAND_ERROR_SIZE];
	struct command_values v = {0};

	(void)state;
	strcpy(text, "http /");
	memset(text + 6, 'a', COMMAND_PATH_SIZE - 2);
	text[6 + COMMAND_PATH_SIZE - 2] = '\0';
	assert_int_equal(argument_parse(ARGUMENT_CHECK, text, &v, error), 0);
	assert_int_equal(strlen(v.path), COMMAND_PATH_SIZE - 1);
	strcat(text, "a");
	assert_int_equal(argument_parse(ARGUMENT_CHECK, text, &v, error),
			 -EINVAL);
}

static void a_missing_argument_is_named(void **state)
{
	struct command_values v = {0};
	char error[COMMAND_ERROR_SIZE];

	(void)state;
	v.given = ARGUMENT_BIT(ARGUMENT_SERVICE);
	assert_int_equal(command_check_required(COMMAND_BACKEND_SET, &v, error),
			 -EINVAL);
	assert_string_equal(error, "backend set needs a backend");
	v.given |= ARGUMENT_BIT(ARGUMENT_BACKEND);
	assert_int_equal(command_check_required(COMMAND_BACKEND_SET, &v, error),
			 -EINVAL);
	assert_string_equal(error, "backend set needs a weight");
	assert_int_equal(command_check_required(COMMAND_BACKEND_DEL, &v, error),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_found_by_its_words),
		cmocka_unit_test(every_argument_is_found_by_its_name),
		cmocka_unit_test(what_is_required_can_be_said),
		cmocka_unit_test(synopses_are_those_of_the_manual),
		cmocka_unit_test(long_texts_are_cut_to_the_buffer),
		cmocka_unit_test(texts_are_judged),
		cmocka_unit_test(values_are_those_said),
		cmocka_unit_test(a_path_has_an_end),
		cmocka_unit_test(a_name_has_an_end),
		cmocka_unit_test(a_missing_argument_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
