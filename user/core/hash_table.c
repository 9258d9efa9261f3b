/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/hash_table.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SIZE 16

uint32_t hash_bytes(const void *data, size_t size, uint32_t seed)
{
	const uint8_t *bytes = data;
	uint32_t hash = seed;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

/* FNV's low bits are its weak ones: fold the high ones in. */
static struct hash_node **bucket_of(struct hash_node **buckets, size_t size,
				    uint32_t hash)
{
	return &buckets[(hash ^ hash >> 16) & (size - 1)];
}

static void push(struct hash_node **bucket, struct hash_node *node)
{
	node->next = *bucket;
	*bucket = node;
}

int hash_table_init(struct hash_table *t)
{
	struct hash_node **buckets = calloc(FIRST_SIZE, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	*t = (struct hash_table){.buckets = buckets, .size = FIRST_SIZE};
	return 0;
}

void hash_table_fini(struct hash_table *t)
{
	free(t->buckets);
	*t = (struct hash_table){.size = 0};
}

static void grow(struct hash_table *t)
{
	size_t size = t->size * 2;
	struct hash_node **buckets = calloc(size, sizeof(*buckets));
	struct hash_node *node, *next;

	if (!buckets)
		return;
	for (size_t i = 0; i < t->size; i++) {
		for (node = t->buckets[i]; node; node = next) {
			next = node->next;
			push(bucket_of(buckets, size, node->hash), node);
		}
	}
	free(t->buckets);
	t->buckets = buckets;
	t->size = size;
}

void hash_table_add(struct hash_table *t, struct hash_node *node, uint32_t hash)
{
	if (t->count >= t->size)
		grow(t);
	node->hash = hash;
	push(bucket_of(t->buckets, t->size, hash), node);
	t->count++;
}

void hash_table_remove(struct hash_table *t, struct hash_node *node)
{
	struct hash_node **at = bucket_of(t->buckets, t->size, node->hash);

	for (; *at; at = &(*at)->next) {
		if (*at == node) {
			*at = node->next;
			t->count--;
			return;
		}
	}
}

struct hash_node *hash_table_first(const struct hash_table *t, uint32_t hash)
{
	struct hash_node *node = *bucket_of(t->buckets, t->size, hash);

	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct hash_node *hash_table_next(const struct hash_node *node)
{
	struct hash_node *next = node->next;

	while (next && next->hash != node->hash)
		next = next->next;
	return next;
}
