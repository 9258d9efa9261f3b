/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes are meant, and how long a quorum must last to count. */
#include "core/process_match.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *stat;
	int result;
	const char *comm;
} stats[] = {
	{"plain", "1234 (nginx) S 1 2 3", 0, "nginx"},
	{"brackets and spaces", "1 (a) (b) R)) R 1", 0, "a) (b) R)"},
	{"empty", "7 () D 1", 0, ""},
	{"longest", "7 (iam-authz-serve) S 1", 0, "iam-authz-serve"},
	{"too long", "7 (iam-authz-server) S 1", -EINVAL, NULL},
	{"zombie", "7 (nginx) Z 1", -ESRCH, NULL},
	{"dead", "7 (nginx) X 1", -ESRCH, NULL},
	{"zombie's brackets", "7 (a) S) Z 1", -ESRCH, NULL},
	{"nothing", "", -EINVAL, NULL},
	{"no brackets", "7 nginx S", -EINVAL, NULL},
	{"one bracket", "7 (nginx S", -EINVAL, NULL},
	{"wrong way round", "7 )(", -EINVAL, NULL},
	{"cut behind the comm", "7 (nginx)", -EINVAL, NULL},
	{"cut before the state", "7 (nginx) ", -EINVAL, NULL},
};

/* In memory of exactly its size, so that a sanitizer sees one byte too many. */
static char *exactly(const char *bytes, size_t length)
{
	char *copy = malloc(length + !length);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	return copy;
}

static void test_stat(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		char *bytes = exactly(stats[i].stat, strlen(stats[i].stat));
		char comm[PROCESS_COMM_SIZE] = "untouched";
		int result =
			process_stat_parse(bytes, strlen(stats[i].stat), comm);

		if (result != stats[i].result)
			fail_msg("%s: %d", stats[i].name, result);
		assert_string_equal(comm, result ? "untouched" : stats[i].comm);
		free(bytes);
	}
}

#define ANY     PROCESS_PARAMS_ANY
#define EXACT   PROCESS_PARAMS_EXACT
#define PARTIAL PROCESS_PARAMS_PARTIAL
#define INITIAL PROCESS_PARAMS_INITIAL
#define P(...)  ((char *[]){__VA_ARGS__, NULL})
/* with the NUL that the kernel has behind the last argument */
#define C(text) text, sizeof(text)

static const struct {
	const char *name;
	bool matches;
	const char *path;
	enum process_params how;
	bool full;
	char *const *params;
	const char *comm, *cmdline;
	size_t length;
} matches[] = {
	{"name", true, "nginx", ANY, false, NULL, "nginx", C("x")},
	{"path", true, "/usr/sbin/nginx", ANY, false, NULL, "nginx", C("x")},
	{"other", false, "nginx", ANY, false, NULL, "nginx2", C("nginx")},
	{"shorter", false, "nginx", ANY, false, NULL, "ngin", C("nginx")},
	{"cut", true, "/opt/iam-authz-server", ANY, false, NULL,
	 "iam-authz-serve", C("x")},
	{"fifteen", true, "iam-authz-serve", ANY, false, NULL,
	 "iam-authz-serve", C("x")},
	{"directory", false, "/usr/", ANY, false, NULL, "", C("x")},
	{"kernel thread", true, "kthreadd", ANY, false, NULL, "kthreadd", "",
	 0},
	{"kernel thread, parameters", false, "kthreadd", EXACT, false, NULL,
	 "kthreadd", "", 0},
	{"full", true, "/bin/x", ANY, true, NULL, "y", C("/bin/x\0-a")},
	{"full, other", false, "/bin/x", ANY, true, NULL, "x", C("x\0-a")},
	{"full, longer", false, "/bin/x", ANY, true, NULL, "x", C("/bin/xy")},
	{"full, shorter", false, "/bin/x", ANY, true, NULL, "x", C("/bin/")},
	{"full, no line", false, "/bin/x", ANY, true, NULL, "x", "", 0},
	{"exact", true, "x", EXACT, false, P("-a", "b"), "x", C("x\0-a\0b")},
	{"exact, unended", true, "x", EXACT, false, P("-a", "b"), "x",
	 "x\0-a\0b", 6},
	{"exact, more", false, "x", EXACT, false, P("-a", "b"), "x",
	 C("x\0-a\0b\0c")},
	{"exact, fewer", false, "x", EXACT, false, P("-a", "b"), "x",
	 C("x\0-a")},
	{"exact, longer", false, "x", EXACT, false, P("-a", "b"), "x",
	 C("x\0-a\0bc")},
	{"exact, shorter", false, "x", EXACT, false, P("-a", "bc"), "x",
	 C("x\0-a\0b")},
	{"exact, joined", false, "x", EXACT, false, P("-a", "b"), "x",
	 C("x\0-a b")},
	{"exact, none", true, "x", EXACT, false, NULL, "x", C("x")},
	{"exact, none wanted", false, "x", EXACT, false, NULL, "x", C("x\0-a")},
	{"exact, an empty one", true, "x", EXACT, false, P(""), "x", C("x\0")},
	{"exact, other comm", false, "x", EXACT, false, P("-a"), "y",
	 C("x\0-a")},
	{"exact, other argv[0]", true, "x", EXACT, false, P("-a"), "x",
	 C("renamed\0-a")},
	{"full and exact", true, "/bin/x", EXACT, true, P("-a"), "y",
	 C("/bin/x\0-a")},
	{"partial", true, "x", PARTIAL, false, P("-a"), "x", C("x\0-a\0b")},
	{"partial, same", true, "x", PARTIAL, false, P("-a"), "x", C("x\0-a")},
	{"partial, longer", false, "x", PARTIAL, false, P("-a"), "x",
	 C("x\0-ab\0b")},
	{"partial, second", false, "x", PARTIAL, false, P("b"), "x",
	 C("x\0-a\0b")},
	{"initial", true, "x", INITIAL, false, P("-a", "b"), "x",
	 C("x\0-a\0bcd")},
	{"initial, more", true, "x", INITIAL, false, P("-a", "b"), "x",
	 C("x\0-a\0bcd\0e")},
	{"initial, first longer", false, "x", INITIAL, false, P("-a", "b"), "x",
	 C("x\0-ax\0b")},
	{"initial, fewer", false, "x", INITIAL, false, P("-a", "b"), "x",
	 C("x\0-a")},
	{"initial, shorter", false, "x", INITIAL, false, P("-a", "bc"), "x",
	 C("x\0-a\0b")},
};

static void test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		const struct process_match m = {
			.path = matches[i].path,
			.params = matches[i].params,
			.how = matches[i].how,
			.full_command = matches[i].full,
		};
		char *line = exactly(matches[i].cmdline, matches[i].length);

		if (process_matches(&m, matches[i].comm, line,
				    matches[i].length) != matches[i].matches)
			fail_msg("%s", matches[i].name);
		free(line);
	}
}

static void test_needs_cmdline(void **state)
{
	const struct process_match name = {.path = "x"};
	const struct process_match full = {.path = "x", .full_command = true};
	const struct process_match none = {.path = "x", .how = EXACT};

	(void)state;
	assert_false(process_match_needs_cmdline(&name));
	assert_true(process_match_needs_cmdline(&full));
	assert_true(process_match_needs_cmdline(&none));
}

#define MAX_STEPS 8

/* fork_delay 100 ms, terminate_delay 200 ms */
static const struct {
	const char *name;
	unsigned int least, most;
	struct {
		int at; /* ms; the step after the last one has 0 */
		unsigned int count;
		char says; /* '+' went up, '-' down, '=' neither */
		int deadline; /* ms; 0: none */
	} steps[MAX_STEPS];
} quorums[] = {
	{"known at once", 1, UINT_MAX, {{1, 1, '+', 0}}},
	{"missing at once", 1, UINT_MAX, {{1, 0, '-', 0}}},
	{"starts",
	 1,
	 UINT_MAX,
	 {{1, 0, '-', 0},
	  {10, 1, '=', 110},
	  {109, 1, '=', 110},
	  {110, 1, '+', 0},
	  {111, 2, '=', 0}}},
	{"ends",
	 1,
	 UINT_MAX,
	 {{1, 2, '+', 0},
	  {10, 1, '=', 0},
	  {20, 0, '=', 220},
	  {220, 0, '-', 0}}},
	{"is started again in time",
	 1,
	 UINT_MAX,
	 {{1, 1, '+', 0},
	  {20, 0, '=', 220},
	  {219, 1, '=', 0},
	  {300, 1, '=', 0},
	  {400, 0, '=', 600}}},
	{"late by hours",
	 1,
	 UINT_MAX,
	 {{1, 1, '+', 0}, {20, 0, '=', 220}, {9999999, 0, '-', 0}}},
	{"the first reason's delay",
	 2,
	 UINT_MAX,
	 {{1, 3, '+', 0},
	  {10, 1, '=', 210},
	  {20, 0, '=', 210},
	  {30, 1, '=', 210},
	  {210, 1, '-', 0}}},
	{"too many, forking",
	 1,
	 1,
	 {{1, 1, '+', 0},
	  {10, 2, '=', 110},
	  {50, 1, '=', 0},
	  {60, 2, '=', 160},
	  {160, 2, '-', 0},
	  {170, 1, '=', 370},
	  {370, 1, '+', 0}}},
	{"must not run",
	 0,
	 0,
	 {{1, 0, '+', 0}, {10, 1, '=', 110}, {110, 1, '-', 0}}},
};

static void check_quorum(size_t i)
{
	struct process_quorum q = {
		.least = quorums[i].least,
		.most = quorums[i].most,
		.fork_delay = USEC_MS(100),
		.terminate_delay = USEC_MS(200),
	};

	for (size_t s = 0; s < MAX_STEPS && quorums[i].steps[s].at; s++) {
		bool said =
			process_quorum_step(&q, quorums[i].steps[s].count,
					    USEC_MS(quorums[i].steps[s].at));
		char says = !said ? '=' : q.up ? '+' : '-';

		if (says != quorums[i].steps[s].says)
			fail_msg("%s, step %zu: '%c'", quorums[i].name, s,
				 says);
		assert_int_equal(q.pending, quorums[i].steps[s].deadline > 0);
		if (q.pending)
			assert_int_equal(
				q.deadline.us,
				USEC_MS(quorums[i].steps[s].deadline).us);
	}
}

static void test_quorum(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(quorums) / sizeof(quorums[0]); i++)
		check_quorum(i);
}

static void test_no_delay(void **state)
{
	struct process_quorum q = {.least = 1, .most = 1};

	(void)state;
	assert_true(process_quorum_step(&q, 1, USEC_MS(5)));
	assert_true(process_quorum_step(&q, 2, USEC_MS(5)));
	assert_false(q.up);
	assert_true(process_quorum_step(&q, 1, USEC_MS(5)));
	assert_true(q.up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_needs_cmdline),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_no_delay),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
