/* SPDX-License-Identifier: GPL-2.0-only */
/* Request heads, whole, in pieces and malformed. */
#include "core/http_head.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *bytes;
	int result;
	enum http_method method;
	const char *path;
} heads[] = {
	{"plain", "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 0, HTTP_GET,
	 "/metrics"},
	{"no header", "GET / HTTP/1.0\r\n\r\n", 0, HTTP_GET, "/"},
	{"lone LF", "HEAD /metrics HTTP/1.1\nHost: x\n\n", 0, HTTP_HEAD,
	 "/metrics"},
	{"query", "GET /metrics?a=b&c=? HTTP/1.1\r\n\r\n", 0, HTTP_GET,
	 "/metrics"},
	{"other method", "POST /metrics HTTP/1.1\r\n\r\nbody", 0,
	 HTTP_OTHER_METHOD, "/metrics"},
	{"methods have a case", "get / HTTP/1.1\r\n\r\n", 0, HTTP_OTHER_METHOD,
	 "/"},
	{"nothing", "", -EAGAIN, 0, NULL},
	{"half a line", "GET /metr", -EAGAIN, 0, NULL},
	{"no empty line", "GET / HTTP/1.1\r\nHost: x\r\n", -EAGAIN, 0, NULL},
	{"empty first line", "\r\n\r\n", -EINVAL, 0, NULL},
	{"lone newlines", "\n\n", -EINVAL, 0, NULL},
	{"one word", "GET\r\n\r\n", -EINVAL, 0, NULL},
	{"no method", " / HTTP/1.1\r\n\r\n", -EINVAL, 0, NULL},
	{"HTTP/0.9", "GET /\r\n\r\n", -EINVAL, 0, NULL},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", -EINVAL, 0, NULL},
	{"version", "GET / HTTP/1.10\r\n\r\n", -EINVAL, 0, NULL},
	{"absolute form", "GET http://x/ HTTP/1.1\r\n\r\n", -EINVAL, 0, NULL},
	{"two spaces", "GET  / HTTP/1.1\r\n\r\n", -EINVAL, 0, NULL},
	{"space in the path", "GET /a b HTTP/1.1\r\n\r\n", -EINVAL, 0, NULL},
	{"the line's own words only", "GET\r\n / HTTP/1.1\r\n\r\n", -EINVAL, 0,
	 NULL},
};

#define N_HEADS (sizeof(heads) / sizeof(heads[0]))

/* In memory of exactly its size, so that a sanitizer sees one byte too many. */
static int parse(const char *text, size_t length, struct http_head *out,
		 char **copy)
{
	*copy = malloc(length + !length);
	assert_non_null(*copy);
	memcpy(*copy, text, length);
	return http_head_parse(*copy, length, out);
}

static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_HEADS; i++) {
		struct http_head h = {.path = NULL};
		char *copy;
		int result = parse(heads[i].bytes, strlen(heads[i].bytes), &h,
				   &copy);

		if (result != heads[i].result)
			fail_msg("%s: %d", heads[i].name, result);
		if (!result && (h.method != heads[i].method ||
				!http_head_is_path(&h, heads[i].path)))
			fail_msg("%s: method %d, path %.*s", heads[i].name,
				 h.method, (int)h.path_length, h.path);
		if (result)
			assert_null(h.path);
		free(copy);
	}
}

/* However it is cut, a head is incomplete until its very last byte. */
static void test_every_cut_is_incomplete(void **state)
{
	const char *whole = heads[0].bytes;
	struct http_head h;
	char *copy;

	(void)state;
	for (size_t length = 0; length < strlen(whole); length++) {
		assert_int_equal(parse(whole, length, &h, &copy), -EAGAIN);
		free(copy);
	}
}

static void test_nul_bytes(void **state)
{
	static const char bytes[] = "GET /\0metrics HTTP/1.1\r\n\r\n";
	struct http_head h;

	(void)state;
	assert_int_equal(http_head_parse(bytes, sizeof(bytes) - 1, &h), 0);
	assert_false(http_head_is_path(&h, "/"));
	assert_false(http_head_is_path(&h, "/metrics"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_every_cut_is_incomplete),
		cmocka_unit_test(test_nul_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
