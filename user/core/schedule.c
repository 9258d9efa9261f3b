/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Smooth weighted round robin as nginx made it known: at each place every
 * backend gains its share of credit, the richest is taken and pays for the
 * whole cycle.  Ties go to the one given first.
 */
#include "core/schedule.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct share {
	uint32_t backend;
	uint32_t weight;
	uint64_t places; /* in one cycle */
	uint64_t rest; /* what rounding down cost it */
	int64_t credit;
};

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Divides all places by what they have in common; returns their sum. */
static uint64_t reduce(struct share *shares, size_t n)
{
	uint64_t common = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		common = gcd(shares[i].places, common);
	for (size_t i = 0; i < n; i++) {
		shares[i].places /= common;
		sum += shares[i].places;
	}
	return sum;
}

/*
 * Whoever would round down to nothing gets one place and leaves the division.
 * That leaves less for the others, so look again until nobody else drops out.
 */
static void give_single_places(struct share *shares, size_t n, uint64_t *room,
			       uint64_t *weight)
{
	bool again = true;

	while (again) {
		uint64_t room_now = *room, weight_now = *weight;

		again = false;
		for (size_t i = 0; i < n; i++) {
			struct share *s = &shares[i];

			if (s->places || s->weight * room_now >= weight_now)
				continue;
			s->places = 1;
			*room -= 1;
			*weight -= s->weight;
			again = true;
		}
	}
}

static int by_rest(const void *a, const void *b)
{
	const struct share *x = *(struct share *const *)a;
	const struct share *y = *(struct share *const *)b;

	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x < y ? -1 : x > y; /* the order given */
}

/* Fits the cycle into `room` places by largest remainders. */
static int scale(struct share *shares, size_t n, size_t room)
{
	struct share **order = calloc(n, sizeof(struct share *));
	uint64_t left = room, weight = 0, given = 0;
	size_t in = 0;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		shares[i].places = 0;
		weight += shares[i].weight;
	}
	give_single_places(shares, n, &left, &weight);
	for (size_t i = 0; i < n; i++) {
		struct share *s = &shares[i];

		if (s->places)
			continue;
		s->places = s->weight * left / weight;
		s->rest = s->weight * left % weight;
		given += s->places;
		order[in++] = s;
	}
	qsort(order, in, sizeof(struct share *), by_rest);
	for (size_t i = 0; i < in && given < left; i++, given++)
		order[i]->places++;
	free(order);
	return 0;
}

static void interleave(struct share *shares, size_t n, uint32_t *ring,
		       size_t length)
{
	for (size_t at = 0; at < length; at++) {
		struct share *best = &shares[0];

		for (size_t i = 0; i < n; i++) {
			shares[i].credit += (int64_t)shares[i].places;
			if (shares[i].credit > best->credit)
				best = &shares[i];
		}
		best->credit -= (int64_t)length;
		ring[at] = best->backend;
	}
}

long schedule_wrr(const struct schedule_entry *entries, size_t n,
		  uint32_t *ring, size_t room)
{
	struct share *shares;
	uint64_t length = 0;
	size_t live = 0;
	long err = 0;

	if (n > room || room > UINT32_MAX)
		return -EINVAL;
	shares = calloc(n ? n : 1, sizeof(*shares));
	if (!shares)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!entries[i].weight)
			continue;
		shares[live].backend = entries[i].backend;
		shares[live].weight = entries[i].weight;
		shares[live++].places = entries[i].weight;
	}
	if (!live)
		goto out;
	length = reduce(shares, live);
	if (length > room) {
		err = scale(shares, live, room);
		if (err)
			goto out;
		length = reduce(shares, live);
	}
	interleave(shares, live, ring, length);
out:
	free(shares);
	return err ? err : (long)length;
}
