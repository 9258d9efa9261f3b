/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/hash_table.h"

#include <stdbool.h>

struct item {
	uint32_t key;
	struct hash_node node;
};

static struct item *item_of(struct hash_node *node)
{
	return (struct item *)((char *)node - offsetof(struct item, node));
}

static uint32_t hash_of(uint32_t key)
{
	return hash_bytes(&key, sizeof(key), HASH_SEED);
}

static bool found(const struct hash_table *t, uint32_t key, uint32_t hash)
{
	struct hash_node *node = hash_table_first(t, hash);

	for (; node; node = hash_table_next(node)) {
		if (item_of(node)->key == key)
			return true;
	}
	return false;
}

/* The published vectors of 32-bit FNV-1a, and chaining two fields. */
static void hash_is_fnv1a(void **state)
{
	uint32_t head = hash_bytes("foo", 3, HASH_SEED);

	(void)state;
	assert_int_equal(hash_bytes("", 0, HASH_SEED), 0x811c9dc5);
	assert_int_equal(hash_bytes("a", 1, HASH_SEED), 0xe40c292c);
	assert_int_equal(hash_bytes("foobar", 6, HASH_SEED), 0xbf9cf968);
	assert_int_equal(hash_bytes("bar", 3, head), 0xbf9cf968);
}

static void add_find_remove_many(void **state)
{
	static struct item items[5000];
	const size_t n = sizeof(items) / sizeof(items[0]);
	struct hash_table t;

	(void)state;
	assert_int_equal(hash_table_init(&t), 0);
	for (uint32_t i = 0; i < n; i++) {
		items[i].key = i;
		hash_table_add(&t, &items[i].node, hash_of(i));
	}
	assert_int_equal(t.count, n);
	assert_true(t.size >= n); /* it grew: chains stay short */
	for (uint32_t i = 0; i < n; i += 2)
		hash_table_remove(&t, &items[i].node);
	assert_int_equal(t.count, n / 2);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(found(&t, i, hash_of(i)), i % 2);
	assert_false(found(&t, n, hash_of(n)));
	hash_table_fini(&t);
}

static void one_hash_many_keys(void **state)
{
	struct item items[40];
	struct hash_table t;

	(void)state;
	assert_int_equal(hash_table_init(&t), 0);
	for (uint32_t i = 0; i < 40; i++) {
		items[i].key = i;
		/* two hashes that share every bucket up to 64 buckets */
		hash_table_add(&t, &items[i].node, i % 2 ? 5 : 5 + 64);
	}
	for (uint32_t i = 0; i < 40; i++) {
		assert_int_equal(found(&t, i, 5), i % 2);
		assert_int_equal(found(&t, i, 5 + 64), !(i % 2));
	}
	assert_null(hash_table_first(&t, 6));
	hash_table_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_fnv1a),
		cmocka_unit_test(add_find_remove_many),
		cmocka_unit_test(one_hash_many_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
