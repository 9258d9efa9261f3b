/* SPDX-License-Identifier: GPL-2.0-only */
/* The keyword table against itself: rows that cannot be meant as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <string.h>

static void rows_are_complete(void **state)
{
	const struct conf_keyword *k;
	size_t n = 0;

	(void)state;
	for (; (k = conf_keyword_get(n)); n++) {
		bool choices = k->type == TYPE_CHOICE || k->type == TYPE_KIND;

		if (!k->in || !k->help || !*k->help || k->max < k->min ||
		    choices != (k->choices != NULL) ||
		    (k->type == TYPE_BLOCK) != (k->child != 0) ||
		    (k->class == CLASS_REFUSED && !k->reason))
			fail_msg("row of '%s'", k->name);
	}
	assert_true(n > 380);
}

static void no_word_is_twice_in_a_block(void **state)
{
	const struct conf_keyword *a, *b;

	(void)state;
	for (size_t i = 0; (a = conf_keyword_get(i)); i++) {
		for (size_t j = 0; j < i; j++) {
			b = conf_keyword_get(j);
			if ((a->in & b->in) && !strcmp(a->name, b->name))
				fail_msg("'%s' is twice in a block", a->name);
		}
	}
}

/* What a default says, its own setter takes without a message. */
static void defaults_are_values(void **state)
{
	const struct conf_keyword *k;

	(void)state;
	for (size_t i = 0; (k = conf_keyword_get(i)); i++) {
		struct conf_pos pos = {"table", 1, 1};
		struct conf_word words[] = {{k->name, pos, false},
					    {k->standard, pos, false}};
		struct conf_line line = {
			.pos = pos, .words = words, .count = 2};
		struct conf_messages messages = {0};
		struct conf_said said = {.key = k};

		if (!k->standard)
			continue;
		if (conf_type_parse(k, &line, true, &messages, &said) ||
		    messages.count)
			fail_msg("default of '%s': %s", k->name,
				 messages.list[0].text);
		conf_messages_free(&messages);
	}
}

static void enums_are_the_choices(void **state)
{
	const char *kinds = conf_keyword_find(IN_VS, "lb_kind")->choices;
	const char *algos = conf_keyword_find(IN_VS, "lb_algo")->choices;
	enum conf_kind kind;
	enum conf_algo algo;
	char name[16];

	(void)state;
	for (int i = CONF_KIND_NAT; i <= CONF_KIND_FNAT; i++) {
		conf_choice_print(kinds, i, name, sizeof(name));
		assert_string_equal(name, conf_kind_name(i));
		assert_int_equal(conf_kind_parse(name, &kind), 0);
		assert_int_equal(kind, i);
	}
	for (int i = CONF_ALGO_RR; i <= CONF_ALGO_LBLCR; i++) {
		conf_choice_print(algos, i, name, sizeof(name));
		assert_string_equal(name, conf_algo_name(i));
		assert_int_equal(conf_algo_parse(name, &algo), 0);
		assert_int_equal(algo, i);
	}
	assert_true(conf_kind_parse("FULLNAT", &kind) < 0);
	assert_true(conf_algo_parse("wr", &algo) < 0);
	assert_int_equal(conf_choice_find(kinds, "NA"), -1);
	assert_int_equal(conf_choice_find(kinds, ""), -1);
}

static void checkers_have_keepalived_s_defaults(void **state)
{
	struct conf_checker c;

	(void)state;
	conf_checker_defaults(CONF_CHECK_TCP, &c);
	assert_int_equal(c.type, CONF_CHECK_TCP);
	assert_int_equal(c.connect_timeout.us, 5000000);
	assert_int_equal(c.delay_loop.us, 60000000);
	assert_int_equal(c.warmup.us, 60000000);
	assert_int_equal(c.delay_before_retry.us, 1000000);
	assert_int_equal(c.retry, 1);
	assert_int_equal(c.rise, 1);
	conf_checker_defaults(CONF_CHECK_HTTP, &c);
	assert_int_equal(c.type, CONF_CHECK_HTTP);
	assert_int_equal(c.delay_before_retry.us, 3000000);
	assert_int_equal(c.retry, 1);
}

static void guesses(void **state)
{
	static const struct {
		const char *word, *candidates[4], *best;
	} cases[] = {
		{"wieght", {"weight", "height"}, "weight"},
		{"FANT", {"NAT", "FNAT", "DR"}, "FNAT"},
		{"tcp", {"UDP", "TCP", "SCTP"}, "TCP"},
		{"frobnicate", {"weight", "retry"}, NULL},
		{"x", {"y", "xy"}, NULL},
		{"", {"a"}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf_guess g = {.word = cases[i].word};

		for (size_t j = 0; cases[i].candidates[j]; j++)
			conf_guess_offer(&g, cases[i].candidates[j]);
		if (cases[i].best)
			assert_string_equal(g.best, cases[i].best);
		else
			assert_null(g.best);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(no_word_is_twice_in_a_block),
		cmocka_unit_test(defaults_are_values),
		cmocka_unit_test(enums_are_the_choices),
		cmocka_unit_test(checkers_have_keepalived_s_defaults),
		cmocka_unit_test(guesses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
