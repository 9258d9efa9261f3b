/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bounded queue of fixed-size messages between two threads: exactly one
 * pushes, exactly one pops.  Neither ever waits or allocates; waking the
 * other side is the caller's business.
 */
#ifndef XLBD_MESSAGE_RING_H
#define XLBD_MESSAGE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message_ring;

/* `capacity` is a power of two, at most 2^31; -EINVAL, -ENOMEM. */
int message_ring_new(size_t message_size, uint32_t capacity,
		     struct message_ring **out);
void message_ring_free(struct message_ring *r); /* NULL-safe */

/* The pushing side's. */
bool message_ring_push(struct message_ring *r, const void *message);
uint32_t message_ring_room(const struct message_ring *r); /* at least */

/* The popping side's. */
bool message_ring_pop(struct message_ring *r, void *message);

#endif
