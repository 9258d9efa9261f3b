/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks over the session table.  Batches of whole hash buckets: the cursor is
 * the kernel's bucket number, so what is inserted or deleted meanwhile
 * disturbs no other bucket, and a walk never starts over.
 */
#include "xlbd/dataplane_internal.h"

#include <bpf/bpf.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_USUAL 1024
#define BATCH_MOST  65536 /* a bucket with more: give up */

static int grow_batch(struct dataplane *dp, uint32_t room)
{
	struct session4_key *keys;
	struct session4 *values;

	if (room <= dp->batch_room)
		return 0;
	if (room > BATCH_MOST)
		return -ENOSPC;
	keys = reallocarray(dp->batch_keys, room, sizeof(*keys));
	if (keys)
		dp->batch_keys = keys;
	values = reallocarray(dp->batch_values, room, sizeof(*values));
	if (values)
		dp->batch_values = values;
	if (!keys || !values)
		return -ENOMEM;
	dp->batch_room = room;
	return 0;
}

void dataplane_close_sessions(struct dataplane *dp)
{
	free(dp->batch_keys);
	free(dp->batch_values);
}

/*
 * Fills the batch with at most `most` records, more if one bucket has more.
 * 1 if there may be others, 0 at the end; *count is how many it has.
 */
static int next_batch(struct dataplane *dp, struct session_cursor *cursor,
		      uint32_t most, uint32_t *count)
{
	_Static_assert(sizeof(cursor->at) >= sizeof(uint32_t),
		       "the kernel's cursor is a bucket number");
	struct session4_key from = cursor->at;
	uint32_t want = most;
	int err;

	for (;;) {
		err = grow_batch(dp, want);
		if (err)
			return err;
		*count = want;
		err = bpf_map_lookup_batch(dp->maps.sessions4,
					   cursor->started ? &from : NULL,
					   &cursor->at, dp->batch_keys,
					   dp->batch_values, count, NULL);
		if (err != -ENOSPC)
			break;
		want *= 2; /* the next bucket alone has more than that */
	}
	if (err && err != -ENOENT)
		return err;
	cursor->started = true;
	return err ? 0 : 1;
}

/* A record that a packet has refreshed since it was seen here stays. */
static void delete_unless_used(struct dataplane *dp,
			       const struct session4_key *key,
			       const struct session4 *seen)
{
	struct session4 now;

	if (bpf_map_lookup_elem(dp->maps.sessions4, key, &now) ||
	    now.last_seen != seen->last_seen || now.created != seen->created)
		return;
	bpf_map_delete_elem(dp->maps.sessions4, key);
}

int dataplane_walk_sessions(
	struct dataplane *dp, struct session_cursor *cursor, size_t most,
	enum session_verdict (*visit)(void *arg, const struct session4_key *key,
				      const struct session4 *session),
	void *arg)
{
	uint32_t count, i;
	int more = 1;

	while (more > 0 && most) {
		more = next_batch(dp, cursor,
				  most < BATCH_USUAL ? most : BATCH_USUAL,
				  &count);
		if (more < 0)
			return more;
		for (i = 0; i < count; i++)
			if (visit(arg, &dp->batch_keys[i],
				  &dp->batch_values[i]) == SESSION_DELETE)
				delete_unless_used(dp, &dp->batch_keys[i],
						   &dp->batch_values[i]);
		most -= count < most ? count : most;
	}
	return more;
}

int dataplane_find_session(struct dataplane *dp, const struct session4_key *key,
			   struct session4 *out)
{
	struct session4 found;
	int err = bpf_map_lookup_elem(dp->maps.sessions4, key, &found);

	if (!err)
		*out = found;
	return err;
}

int dataplane_del_session(struct dataplane *dp, const struct session4_key *key)
{
	return bpf_map_delete_elem(dp->maps.sessions4, key);
}

uint32_t dataplane_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return ((uint64_t)now.tv_sec * 1000000000 + now.tv_nsec) >>
	       XLBD_LAST_SEEN_SHIFT;
}

/* Rounded up; more than the ticks' range is as long as they reach. */
uint32_t dataplane_ticks_of(struct usec span)
{
	uint64_t most = (uint64_t)INT32_MAX << XLBD_LAST_SEEN_SHIFT;
	uint64_t ns;

	if (span.us <= 0)
		return 0;
	if ((uint64_t)span.us >= most / 1000)
		return INT32_MAX;
	ns = (uint64_t)span.us * 1000;
	return (ns + (1U << XLBD_LAST_SEEN_SHIFT) - 1) >> XLBD_LAST_SEEN_SHIFT;
}
