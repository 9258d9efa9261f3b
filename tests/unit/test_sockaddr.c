/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses and ports in the kernel's form, byte by byte. */
#include "core/sockaddr.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_v4(void **state)
{
	static const uint8_t expected[] = {0x1f, 0x90, 10, 0, 4, 31};
	struct sockaddr_storage out;
	struct addr a;

	(void)state;
	assert_int_equal(addr_parse("10.0.4.31", &a), 0);
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(sockaddr_from(&a, 8080, &out),
			 sizeof(struct sockaddr_in));
	assert_int_equal(out.ss_family, AF_INET);
	assert_memory_equal((uint8_t *)&out + 2, expected, sizeof(expected));
}

static void test_v6(void **state)
{
	struct sockaddr_in6 expected = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(443),
	};
	struct sockaddr_storage out;
	struct addr a;

	(void)state;
	assert_int_equal(addr_parse("2001:db8::1", &a), 0);
	inet_pton(AF_INET6, "2001:db8::1", &expected.sin6_addr);
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(sockaddr_from(&a, 443, &out), sizeof(expected));
	assert_memory_equal(&out, &expected, sizeof(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v4),
		cmocka_unit_test(test_v6),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
