/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE 16384

struct chunk {
	struct chunk *next;
	size_t size, used; /* of bytes[] */
	alignas(max_align_t) char bytes[];
};

struct conf_arena {
	struct chunk *chunks; /* the first is the one being filled */
};

struct conf_arena *conf_arena_new(void)
{
	return calloc(1, sizeof(struct conf_arena));
}

void conf_arena_free(struct conf_arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c = calloc(1, sizeof(*c) + size);

	if (c)
		c->size = size;
	return c;
}

void *conf_arena_alloc(struct conf_arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c = a->chunks;
	void *bytes;

	size = (size + align - 1) / align * align;
	if (!c || c->size - c->used < size) {
		c = chunk_new(size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE);
		if (!c)
			return NULL;
		/* a large piece has its own chunk, behind the open one */
		if (a->chunks && c->size != CHUNK_SIZE) {
			c->next = a->chunks->next;
			a->chunks->next = c;
		} else {
			c->next = a->chunks;
			a->chunks = c;
		}
	}
	bytes = c->bytes + c->used;
	c->used += size;
	return bytes;
}

char *conf_arena_copy(struct conf_arena *a, const char *bytes, size_t length)
{
	char *copy = conf_arena_alloc(a, length + 1);

	if (copy && length)
		memcpy(copy, bytes, length);
	return copy;
}
