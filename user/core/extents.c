/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/extents.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int extents_init(struct extents *e, uint32_t units)
{
	e->used = calloc((units + 63) / 64, sizeof(*e->used));
	if (!e->used)
		return -ENOMEM;
	e->units = units;
	e->cursor = 0;
	return 0;
}

void extents_fini(struct extents *e)
{
	free(e->used);
	e->used = NULL;
	e->units = 0;
}

static bool is_used(const struct extents *e, uint32_t unit)
{
	return e->used[unit / 64] >> (unit % 64) & 1;
}

/* The first of `count` free units within [from, to), or `to`. */
static uint32_t search(const struct extents *e, uint32_t count, uint32_t from,
		       uint32_t to)
{
	uint32_t free_ones = 0;

	for (uint32_t unit = from; unit < to; unit++) {
		free_ones = is_used(e, unit) ? 0 : free_ones + 1;
		if (free_ones == count)
			return unit + 1 - count;
	}
	return to;
}

void extents_mark(struct extents *e, uint32_t first, uint32_t count)
{
	for (uint32_t unit = first; unit < first + count; unit++)
		e->used[unit / 64] |= 1ULL << (unit % 64);
}

int extents_take(struct extents *e, uint32_t count, uint32_t *first)
{
	uint32_t found = search(e, count, e->cursor, e->units);

	if (found == e->units)
		found = search(e, count, 0, e->units);
	if (found == e->units)
		return -ENOSPC;
	extents_mark(e, found, count);
	e->cursor = found + count;
	*first = found;
	return 0;
}

void extents_return(struct extents *e, uint32_t first, uint32_t count)
{
	for (uint32_t unit = first; unit < first + count; unit++)
		e->used[unit / 64] &= ~(1ULL << (unit % 64));
}
