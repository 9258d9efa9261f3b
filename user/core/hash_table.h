/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chained hash table of nodes that live inside the caller's structs.  It
 * owns its buckets, never the nodes, and knows no keys: find by walking the
 * nodes of one hash and comparing.  Not meant for keys that an attacker picks.
 */
#ifndef XLBD_HASH_TABLE_H
#define XLBD_HASH_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct hash_node {
	struct hash_node *next;
	uint32_t hash;
};

struct hash_table {
	struct hash_node **buckets;
	size_t size; /* a power of two */
	size_t count;
};

#define HASH_SEED 2166136261u

/* FNV-1a; pass one call's result as the next one's seed to hash two fields. */
uint32_t hash_bytes(const void *data, size_t size, uint32_t seed);

int hash_table_init(struct hash_table *t); /* -ENOMEM */
void hash_table_fini(struct hash_table *t);
/* Cannot fail: without memory to grow, chains get longer. */
void hash_table_add(struct hash_table *t, struct hash_node *node,
		    uint32_t hash);
void hash_table_remove(struct hash_table *t, struct hash_node *node);

/* All nodes of this hash, in no order: first, then next until NULL. */
struct hash_node *hash_table_first(const struct hash_table *t, uint32_t hash);
struct hash_node *hash_table_next(const struct hash_node *node);

#endif
