/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of equal units out of a fixed pool.  Next fit: what was given back is
 * taken again only after the search has come round, so that readers who still
 * follow an old run have long left it.  Pure.
 */
#ifndef XLBD_EXTENTS_H
#define XLBD_EXTENTS_H

#include <stdint.h>

struct extents {
	uint64_t *used; /* a bit a unit */
	uint32_t units, cursor;
};

int extents_init(struct extents *e, uint32_t units); /* -ENOMEM */
void extents_fini(struct extents *e);

/* `count` > 0 units in a row.  0; -ENOSPC. */
int extents_take(struct extents *e, uint32_t count, uint32_t *first);
/* Takes just these, which must be free: what was in use before. */
void extents_mark(struct extents *e, uint32_t first, uint32_t count);
void extents_return(struct extents *e, uint32_t first, uint32_t count);

#endif
