/* SPDX-License-Identifier: GPL-2.0-only */
/* One string, cut into arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/conf_command.h"

#include <errno.h>

#define ARGS 7

struct command_case {
	const char *text;
	bool escapes;
	const char *argv[ARGS]; /* the first NULL: -EINVAL */
};

static const struct command_case cases[] = {
	{"/bin/true", true, {"/bin/true"}},
	{"  /a \t b\v", true, {"/a", "b"}},
	{"/a 'b c' d", true, {"/a", "b c", "d"}},
	{"/a b'c d'e ''", true, {"/a", "bc de", ""}},
	{"/a \"b c\"", true, {"/a", "\"b", "c\""}},
	/* in quotes or not */
	{"/a \\n '\\t' \\E\\a\\b\\f\\r\\v",
	 true,
	 {"/a", "\n", "\t", "\033\a\b\f\r\v"}},
	{"/a \\101\\1012 \\7x \\8", true, {"/a", "AA2", "\ax", "8"}},
	{"/a \\x41 \\x4a4B \\xg \\cA", true, {"/a", "A", "K", "xg", "\001"}},
	{"/a b\\ c \\' '\\'' \\\\", true, {"/a", "b c", "'", "'", "\\"}},
	{"/a b\\", true, {"/a", "b\\"}},
	{"/a \\c", true, {"/a", "c"}},
	/* or as they are */
	{"/a \\n b\\ c '\\' \\\\",
	 false,
	 {"/a", "\\n", "b\\", "c", "\\", "\\\\"}},
	/* a quote that is open, a NUL */
	{"/a 'b", true, {NULL}},
	{"/a 'b", false, {NULL}},
	{"/a 'b\\'", true, {NULL}},
	{"/a \\0", true, {NULL}},
	{"/a \\x100", true, {NULL}},
	{"/a \\c@", true, {NULL}},
};

static void splits(void **state)
{
	struct conf_arena *a = conf_arena_new();
	char **argv;

	(void)state;
	assert_non_null(a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct command_case *c = &cases[i];
		int err = conf_command_split(a, c->text, c->escapes, &argv);

		if (err != (c->argv[0] ? 0 : -EINVAL))
			fail_msg("'%s': %d", c->text, err);
		for (size_t j = 0; !err; j++) {
			if (!c->argv[j] || !argv[j]) {
				assert_ptr_equal(c->argv[j], argv[j]);
				break;
			}
			assert_string_equal(c->argv[j], argv[j]);
		}
	}
	conf_arena_free(a);
}

static void nothing_is_no_argument(void **state)
{
	struct conf_arena *a = conf_arena_new();
	char **argv;

	(void)state;
	assert_int_equal(conf_command_split(a, "", true, &argv), 0);
	assert_null(argv[0]);
	assert_int_equal(conf_command_split(a, " \t ", false, &argv), 0);
	assert_null(argv[0]);
	conf_arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits),
		cmocka_unit_test(nothing_is_no_argument),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
