/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/engine_internal.h"

#include <errno.h>
#include <stdlib.h>

int slots_init(struct slots *s, uint32_t size)
{
	s->free = calloc(size, sizeof(*s->free));
	if (!s->free)
		return -ENOMEM;
	for (uint32_t i = 0; i < size; i++)
		s->free[i] = i;
	s->size = size;
	s->count = size;
	s->head = 0;
	return 0;
}

void slots_fini(struct slots *s)
{
	free(s->free);
	s->free = NULL;
}

int slots_take(struct slots *s, uint32_t *slot)
{
	if (!s->count)
		return -ENOSPC;
	*slot = s->free[s->head];
	s->head = (s->head + 1) % s->size;
	s->count--;
	return 0;
}

void slots_take_these(struct slots *s, const bool *these)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t at = s->free[(s->head + i) % s->size];

		if (!these[at])
			s->free[(s->head + kept++) % s->size] = at;
	}
	s->count = kept;
}

void slots_return(struct slots *s, uint32_t slot)
{
	s->free[(s->head + s->count) % s->size] = slot;
	s->count++;
}
