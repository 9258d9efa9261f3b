/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/message_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

/*
 * `pushed` and `popped` run freely and wrap; their difference is the fill.
 * Each has one writer, and no cache line in common with the other.
 */
struct message_ring {
	size_t size;
	uint32_t capacity;
	uint8_t *messages;
	uint8_t apart[CACHE_LINE];
	uint32_t pushed;
	uint8_t far_apart[CACHE_LINE];
	uint32_t popped;
};

int message_ring_new(size_t message_size, uint32_t capacity,
		     struct message_ring **out)
{
	struct message_ring *r;

	if (!message_size || !capacity || capacity & (capacity - 1))
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->size = message_size;
	r->capacity = capacity;
	r->messages = calloc(capacity, message_size);
	if (!r->messages) {
		free(r);
		return -ENOMEM;
	}
	*out = r;
	return 0;
}

void message_ring_free(struct message_ring *r)
{
	if (!r)
		return;
	free(r->messages);
	free(r);
}

static uint8_t *slot(struct message_ring *r, uint32_t n)
{
	return r->messages + (n & (r->capacity - 1)) * r->size;
}

/* Acquire: a slot is written only after its reader has let go of it. */
uint32_t message_ring_room(const struct message_ring *r)
{
	uint32_t popped = __atomic_load_n(&r->popped, __ATOMIC_ACQUIRE);

	return r->capacity - (r->pushed - popped);
}

bool message_ring_push(struct message_ring *r, const void *message)
{
	if (!message_ring_room(r))
		return false;
	memcpy(slot(r, r->pushed), message, r->size);
	__atomic_store_n(&r->pushed, r->pushed + 1, __ATOMIC_RELEASE);
	return true;
}

bool message_ring_pop(struct message_ring *r, void *message)
{
	uint32_t pushed = __atomic_load_n(&r->pushed, __ATOMIC_ACQUIRE);

	if (pushed == r->popped)
		return false;
	memcpy(message, slot(r, r->popped), r->size);
	__atomic_store_n(&r->popped, r->popped + 1, __ATOMIC_RELEASE);
	return true;
}
