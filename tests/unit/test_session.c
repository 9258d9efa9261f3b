/* SPDX-License-Identifier: GPL-2.0-only */
/* core/session: states from what the directions have seen, and their limits */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/session.h"

#include <netinet/in.h>

#define SYN SEEN_SYN
#define ACK SEEN_ACK
#define FIN SEEN_FIN
#define RST SEEN_RST

static const struct {
	const char *name;
	uint8_t kind, protocol, forward, reply;
	enum session_state state;
} cases[] = {
	{"first SYN", BACKEND_FNAT, IPPROTO_TCP, SYN, 0, SESSION_SYN},
	{"answered, not acknowledged", BACKEND_FNAT, IPPROTO_TCP, SYN, SYN,
	 SESSION_SYN},
	{"acknowledged", BACKEND_FNAT, IPPROTO_TCP, SYN | ACK, SYN,
	 SESSION_ESTABLISHED},
	{"client talks, backend never answered", BACKEND_FNAT, IPPROTO_TCP,
	 SYN | ACK, 0, SESSION_SYN},
	{"client closed", BACKEND_FNAT, IPPROTO_TCP, SYN | ACK | FIN, SYN | ACK,
	 SESSION_FIN},
	{"backend closed", BACKEND_FNAT, IPPROTO_TCP, SYN | ACK,
	 SYN | ACK | FIN, SESSION_FIN},
	{"both closed", BACKEND_FNAT, IPPROTO_TCP, SYN | ACK | FIN,
	 SYN | ACK | FIN, SESSION_CLOSED},
	{"client reset", BACKEND_FNAT, IPPROTO_TCP, SYN | RST, SYN,
	 SESSION_CLOSED},
	{"refused", BACKEND_FNAT, IPPROTO_TCP, SYN, RST | ACK, SESSION_CLOSED},
	{"DR first SYN", BACKEND_DR, IPPROTO_TCP, SYN, 0, SESSION_SYN},
	{"DR acknowledged", BACKEND_DR, IPPROTO_TCP, SYN | ACK, 0,
	 SESSION_ESTABLISHED},
	{"DR closed by the client", BACKEND_DR, IPPROTO_TCP, SYN | ACK | FIN, 0,
	 SESSION_FIN},
	{"DR reset", BACKEND_DR, IPPROTO_TCP, SYN | ACK | RST, 0,
	 SESSION_CLOSED},
	{"local acknowledged", BACKEND_LOCAL, IPPROTO_TCP, SYN | ACK, 0,
	 SESSION_ESTABLISHED},
	{"UDP", BACKEND_FNAT, IPPROTO_UDP, SEEN_DATA, 0, SESSION_UDP},
	{"UDP answered", BACKEND_FNAT, IPPROTO_UDP, SEEN_DATA, SEEN_DATA,
	 SESSION_UDP},
};

static void test_states(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum session_state state =
			session_state_of(cases[i].kind, cases[i].protocol,
					 cases[i].forward, cases[i].reply);

		if (state != cases[i].state)
			fail_msg("%s: %s, expected %s", cases[i].name,
				 session_state_name(state),
				 session_state_name(cases[i].state));
	}
}

static void test_names(void **unused)
{
	enum session_state state;

	(void)unused;
	for (int i = SESSION_SYN; i <= SESSION_UDP; i++) {
		assert_int_equal(
			session_state_parse(
				session_state_name((enum session_state)i),
				&state),
			0);
		assert_int_equal(state, i);
	}
	assert_true(session_state_parse("", &state) < 0);
	assert_true(session_state_parse("SYN", &state) < 0);
}

static void test_limits(void **unused)
{
	const struct conf_timeouts t = {
		.tcp = USEC_SECONDS(900),
		.tcp_fin = USEC_SECONDS(120),
		.tcp_syn = USEC_SECONDS(60),
		.udp = USEC_SECONDS(300),
	};

	(void)unused;
	assert_int_equal(session_idle_limit(SESSION_SYN, &t).us, t.tcp_syn.us);
	assert_int_equal(session_idle_limit(SESSION_ESTABLISHED, &t).us,
			 t.tcp.us);
	assert_int_equal(session_idle_limit(SESSION_FIN, &t).us, t.tcp_fin.us);
	assert_int_equal(session_idle_limit(SESSION_UDP, &t).us, t.udp.us);
	assert_int_equal(session_idle_limit(SESSION_CLOSED, &t).us,
			 SESSION_IDLE_CLOSED.us);
}

static void test_least(void **unused)
{
	const struct usec hour = USEC_SECONDS(3600), second = USEC_SECONDS(1);
	const struct conf_timeouts all = {hour, hour, hour, hour};
	struct conf_timeouts t = all;
	struct usec *const spans[] = {&t.tcp, &t.tcp_fin, &t.tcp_syn, &t.udp};

	(void)unused;
	assert_int_equal(session_idle_least(&t).us, SESSION_IDLE_CLOSED.us);
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		t = all;
		*spans[i] = second;
		assert_int_equal(session_idle_least(&t).us, second.us);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_least),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
