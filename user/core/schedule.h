/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Weights to a sequence: what order a service's backends are taken in.
 */
#ifndef XLBD_SCHEDULE_H
#define XLBD_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

struct schedule_entry {
	uint32_t backend; /* slot */
	uint32_t weight; /* 0: never taken */
};

/*
 * Smooth weighted round robin (weights 5:1:1 give a a b a c a a): each cycle
 * holds every backend exactly weight/gcd times, spread as evenly as can be.
 * Cycles longer than `room` are scaled down to fit, each backend of weight > 0
 * keeping at least one place.  Equal weights give plain round robin in the
 * order given.  Returns the length written to `ring`, 0 if no weight is > 0.
 * `n` at most `room`; -ENOMEM, -EINVAL.
 */
long schedule_wrr(const struct schedule_entry *entries, size_t n,
		  uint32_t *ring, size_t room);

#endif
