/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A text and what it prints as again; NULL: it must be refused. */
struct text_case {
	const char *text, *printed;
};

static const struct text_case addrs[] = {
	{"10.0.4.99", "10.0.4.99"},
	{"0.0.0.0", "0.0.0.0"},
	{"255.255.255.255", "255.255.255.255"},
	{"127.0.0.1", "127.0.0.1"},
	{"::", "::"},
	{"::1", "::1"},
	{"2001:DB8::0001", "2001:db8::1"},
	{"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
	{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	{"2001:db8::10.0.0.1", "2001:db8::a00:1"},
	{"::ffff:10.0.4.99", "10.0.4.99"}, /* the maps' form of IPv4 */
	{"::ffff:a00:463", "10.0.4.99"},
	{"", NULL},
	{" 10.0.4.99", NULL},
	{"10.0.4.99 ", NULL},
	{"10.0.4.99\n", NULL},
	{"10.0.4", NULL},
	{"10.0.4.", NULL},
	{"10.0.4.256", NULL},
	{"10.0.4.-1", NULL},
	{"10.0.4.1.1", NULL},
	{"10..4.1", NULL},
	{"010.0.0.1", NULL}, /* octal to some, decimal to others */
	{"0x0a.0.0.1", NULL},
	{"167773283", NULL},
	{"localhost", NULL},
	{"10.0.4.99:80", NULL},
	{"10.0.4.99/32", NULL},
	{":", NULL},
	{":::", NULL},
	{"1::2::3", NULL},
	{"1:2:3:4:5:6:7", NULL},
	{"1:2:3:4:5:6:7:8:9", NULL},
	{"12345::", NULL},
	{"g::", NULL},
	{"[::1]", NULL},
	{"fe80::1%eth0", NULL},
	{"::ffff:10.0.0.256", NULL},
};

static void addrs_parse_and_print(void **state)
{
	char buf[ADDR_PRINT_SIZE];
	struct addr a, again, before;

	(void)state;
	for (size_t i = 0; i < COUNT(addrs); i++) {
		memset(&a, 0x5a, sizeof(a));
		before = a;
		if (!addrs[i].printed) {
			if (addr_parse(addrs[i].text, &a) != -EINVAL)
				fail_msg("'%s' accepted", addrs[i].text);
			assert_true(addr_equal(&a, &before));
			continue;
		}
		if (addr_parse(addrs[i].text, &a))
			fail_msg("'%s' refused", addrs[i].text);
		assert_string_equal(addr_print(&a, buf, sizeof(buf)),
				    addrs[i].printed);
		assert_int_equal(addr_parse(buf, &again), 0);
		assert_true(addr_equal(&a, &again));
	}
}

static const struct text_case prefixes[] = {
	{"10.0.4.99", "10.0.4.99/32"},
	{"10.0.4.99/32", "10.0.4.99/32"},
	{"10.0.4.99/24", "10.0.4.99/24"}, /* host bits stay: a VIP's */
	{"0.0.0.0/0", "0.0.0.0/0"},
	{"::/0", "::/0"},
	{"2001:db8::1", "2001:db8::1/128"},
	{"2001:db8::/64", "2001:db8::/64"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
	 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"},
	{"", NULL},
	{"/", NULL},
	{"/24", NULL},
	{"10.0.4.0/", NULL},
	{"10.0.4.0/33", NULL},
	{"10.0.4.0/-1", NULL},
	{"10.0.4.0/+1", NULL},
	{"10.0.4.0/ 24", NULL},
	{"10.0.4.0/24 ", NULL},
	{"10.0.4.0/24/8", NULL},
	{"10.0.4.0/2a", NULL},
	{"10.0.4.0/0x18", NULL},
	{"10.0.4.0/255.255.255.0", NULL},
	{"10.0.4.0/99999999999999999999", NULL},
	{"10.0.4/24", NULL},
	{"::/129", NULL},
	{"::ffff:10.0.0.0/104", NULL}, /* it is IPv4, and 104 > 32 */
	{"::ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/64", NULL},
};

static void prefixes_parse_and_print(void **state)
{
	char buf[ADDR_PRINT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		struct prefix p = {.length = 77};
		int err = prefix_parse(prefixes[i].text, &p);

		if (!prefixes[i].printed) {
			if (err != -EINVAL || p.length != 77)
				fail_msg("'%s' accepted", prefixes[i].text);
			continue;
		}
		if (err)
			fail_msg("'%s' refused", prefixes[i].text);
		assert_string_equal(prefix_print(&p, buf, sizeof(buf)),
				    prefixes[i].printed);
	}
}

static const struct text_case endpoints[] = {
	{"10.0.4.99:80", "10.0.4.99:80"},
	{"10.0.4.99:80/tcp", "10.0.4.99:80/tcp"},
	{"10.0.4.99:53/udp", "10.0.4.99:53/udp"},
	{"10.0.4.99:0", "10.0.4.99:0"},
	{"10.0.4.99:65535", "10.0.4.99:65535"},
	{"[2001:db8::1]:443", "[2001:db8::1]:443"},
	{"[2001:db8::1]:443/tcp", "[2001:db8::1]:443/tcp"},
	{"[::]:0/udp", "[::]:0/udp"},
	{"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535/tcp",
	 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535/tcp"},
	{"", NULL},
	{":", NULL},
	{":80", NULL},
	{"/tcp", NULL},
	{"10.0.4.99", NULL},
	{"10.0.4.99:", NULL},
	{"10.0.4.99:/tcp", NULL},
	{"10.0.4.99:65536", NULL},
	{"10.0.4.99:100000", NULL},
	{"10.0.4.99:-1", NULL},
	{"10.0.4.99:+80", NULL},
	{"10.0.4.99: 80", NULL},
	{"10.0.4.99:80 ", NULL},
	{"10.0.4.99:http", NULL},
	{"10.0.4.99:80/", NULL},
	{"10.0.4.99:80/TCP", NULL},
	{"10.0.4.99:80/sctp", NULL},
	{"10.0.4.99:80/tcp/udp", NULL},
	{"10.0.4.99/tcp:80", NULL},
	{"10.0.4.99:80:81", NULL},
	{"10.0.4.0/24:80", NULL},
	{"[10.0.4.99]:80", NULL},
	{"2001:db8::1:443", NULL},
	{"[2001:db8::1]", NULL},
	{"[2001:db8::1]443", NULL},
	{"[2001:db8::1:443", NULL},
	{"2001:db8::1]:443", NULL},
	{"[[2001:db8::1]]:443", NULL},
	{"[2001:db8::1]x:443", NULL},
	{"x[2001:db8::1]:443", NULL},
	{"[]:80", NULL},
	{"[:80", NULL},
	{"]:80", NULL},
	{"[fe80::1%eth0]:80", NULL},
	{"10.0.4.99:80/tcpppppppppppppppppppppppppppppppppppppppppppppppppppppp",
	 NULL},
};

static void endpoints_parse_and_print(void **state)
{
	char buf[ENDPOINT_PRINT_SIZE];
	struct endpoint again;

	(void)state;
	for (size_t i = 0; i < COUNT(endpoints); i++) {
		struct endpoint e = {.port = 7};
		int err = endpoint_parse(endpoints[i].text, &e);

		if (!endpoints[i].printed) {
			if (err != -EINVAL || e.port != 7)
				fail_msg("'%s' accepted", endpoints[i].text);
			continue;
		}
		if (err)
			fail_msg("'%s' refused", endpoints[i].text);
		assert_string_equal(endpoint_print(&e, buf, sizeof(buf)),
				    endpoints[i].printed);
		assert_int_equal(endpoint_parse(buf, &again), 0);
		assert_true(endpoint_equal(&e, &again));
	}
}

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static void endpoints_differ_in_each_field(void **state)
{
	struct endpoint a, b;

	(void)state;
	assert_int_equal(endpoint_parse("10.0.4.99:80/tcp", &a), 0);
	assert_int_equal(a.port, 80);
	assert_int_equal(a.protocol, IPPROTO_TCP);
	b = a;
	assert_true(endpoint_equal(&a, &b));
	b.port = 81;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.protocol = IPPROTO_UDP;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.addr = addr("10.0.4.100");
	assert_false(endpoint_equal(&a, &b));
}

struct contains_case {
	const char *prefix, *addr;
	bool in;
};

static const struct contains_case contains[] = {
	{"10.0.4.0/24", "10.0.4.0", true},
	{"10.0.4.0/24", "10.0.4.255", true},
	{"10.0.4.0/24", "10.0.5.0", false},
	{"10.0.4.0/24", "10.0.3.255", false},
	{"10.0.4.99/24", "10.0.4.1", true}, /* host bits do not count */
	{"10.0.4.0/25", "10.0.4.127", true},
	{"10.0.4.0/25", "10.0.4.128", false},
	{"10.0.4.99/32", "10.0.4.99", true},
	{"10.0.4.99/32", "10.0.4.98", false},
	{"10.0.4.98/31", "10.0.4.99", true},
	{"128.0.0.0/1", "255.1.2.3", true},
	{"128.0.0.0/1", "127.255.255.255", false},
	{"0.0.0.0/0", "255.255.255.255", true},
	{"0.0.0.0/0", "::1", false},
	{"::/0", "::1", true},
	{"::/0", "10.0.0.1", false},
	{"::/1", "10.0.0.1", false},
	{"2001:db8::/32", "2001:db8:ffff::1", true},
	{"2001:db8::/32", "2001:db9::1", false},
	{"2001:db8::/33", "2001:db8:7fff::", true},
	{"2001:db8::/33", "2001:db8:8000::", false},
	{"2001:db8::1/128", "2001:db8::1", true},
	{"2001:db8::1/128", "2001:db8::", false},
	{"2001:db8::2/127", "2001:db8::3", true},
	{"2001:db8::2/127", "2001:db8::1", false},
};

static void prefixes_contain(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(contains); i++) {
		struct addr a = addr(contains[i].addr);
		struct prefix p;

		assert_int_equal(prefix_parse(contains[i].prefix, &p), 0);
		if (prefix_contains(&p, &a) != contains[i].in)
			fail_msg("%s in %s", contains[i].addr,
				 contains[i].prefix);
	}
}

struct kind_case {
	const char *addr;
	bool v4, loopback, zero;
};

static const struct kind_case kinds[] = {
	{"10.0.4.99", true, false, false},
	{"0.0.0.0", true, false, true},
	{"0.0.0.1", true, false, false},
	{"127.0.0.1", true, true, false},
	{"127.255.255.254", true, true, false},
	{"128.0.0.1", true, false, false},
	{"126.255.255.255", true, false, false},
	{"::", false, false, true},
	{"::1", false, true, false},
	{"::2", false, false, false},
	{"1::1", false, false, false},
	{"7f00::", false, false, false},
	{"::127.0.0.1", false, false, false}, /* not v4-mapped */
	{"::1:ffff:7f00:1", false, false, false},
};

static void kinds_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct kind_case *k = &kinds[i];
		struct addr a = addr(k->addr);

		if (addr_is_v4(&a) != k->v4 ||
		    addr_is_loopback(&a) != k->loopback ||
		    addr_is_zero(&a) != k->zero)
			fail_msg("%s", k->addr);
	}
}

static void v4_is_mapped_in_network_order(void **state)
{
	static const uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff, 10,
					  0,           4,           99};
	struct addr a = addr_from_v4(htonl(0x0a000463));
	struct addr parsed = addr("10.0.4.99");

	(void)state;
	assert_memory_equal(a.bytes, bytes, 16);
	assert_true(addr_equal(&a, &parsed));
	assert_int_equal(addr_to_v4(&a), htonl(0x0a000463));
}

static void order_is_by_bytes(void **state)
{
	struct addr low = addr("10.0.4.9"), high = addr("10.0.4.10");
	struct addr v6 = addr("2001:db8::1");

	(void)state;
	assert_true(addr_compare(&low, &high) < 0);
	assert_true(addr_compare(&high, &low) > 0);
	assert_int_equal(addr_compare(&low, &low), 0);
	assert_true(addr_compare(&low, &v6) < 0);
}

static void short_buffers_are_terminated(void **state)
{
	struct endpoint e;
	struct prefix p;
	char buf[8];

	(void)state;
	assert_int_equal(endpoint_parse("10.0.4.99:80", &e), 0);
	assert_int_equal(prefix_parse("10.0.4.99/24", &p), 0);
	memset(buf, 'x', sizeof(buf));
	assert_string_equal(addr_print(&e.addr, buf, sizeof(buf)), "");
	memset(buf, 'x', sizeof(buf));
	assert_string_equal(endpoint_print(&e, buf, sizeof(buf)), "10.0.4.");
	memset(buf, 'x', sizeof(buf));
	assert_string_equal(prefix_print(&p, buf, sizeof(buf)), "10.0.4.");
}

static void protocols_have_names(void **state)
{
	(void)state;
	assert_string_equal(protocol_name(IPPROTO_TCP), "tcp");
	assert_string_equal(protocol_name(IPPROTO_UDP), "udp");
	assert_string_equal(protocol_name(0), "?");
	assert_string_equal(protocol_name(255), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addrs_parse_and_print),
		cmocka_unit_test(prefixes_parse_and_print),
		cmocka_unit_test(endpoints_parse_and_print),
		cmocka_unit_test(endpoints_differ_in_each_field),
		cmocka_unit_test(prefixes_contain),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(v4_is_mapped_in_network_order),
		cmocka_unit_test(order_is_by_bytes),
		cmocka_unit_test(short_buffers_are_terminated),
		cmocka_unit_test(protocols_have_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
