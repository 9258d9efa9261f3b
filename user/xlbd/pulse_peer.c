/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sends us adverts.  Sources can be forged, so the table is bounded, and
 * so is what is said: configured peers are in it from the start, one that was
 * listened to takes the place of one that never was, and the last slot counts
 * all that find no room.
 */
#include "xlbd/pulse_internal.h"

#include <string.h>

#define OTHERS (PULSE_MAX_PEERS - 1)

void pulse_peer_init(struct pulse_router *r)
{
	const struct pulse_instance *c = &r->setup->conf;

	for (size_t i = 0; i < c->n_peers && i < OTHERS; i++)
		r->peers[r->n_peers++].stats.peer = c->peers[i].addr;
}

static struct pulse_peer *find(struct pulse_router *r, const struct addr *addr)
{
	for (size_t i = 0; i < r->n_peers; i++) {
		if (addr_equal(&r->peers[i].stats.peer, addr))
			return &r->peers[i];
	}
	return NULL;
}

static bool is_configured(const struct pulse_router *r, const struct addr *addr)
{
	const struct pulse_instance *c = &r->setup->conf;

	for (size_t i = 0; i < c->n_peers; i++) {
		if (addr_equal(&c->peers[i].addr, addr))
			return true;
	}
	return false;
}

static struct pulse_peer *take(struct pulse_peer *p, const struct addr *addr)
{
	memset(p, 0, sizeof(*p));
	p->stats.peer = *addr;
	return p;
}

static struct pulse_peer *others(struct pulse_router *r)
{
	r->n_peers = PULSE_MAX_PEERS;
	return &r->peers[OTHERS];
}

static struct pulse_peer *get(struct pulse_router *r, const struct addr *addr,
			      bool accepted)
{
	struct pulse_peer *p = find(r, addr);

	if (p)
		return p;
	if (r->n_peers < OTHERS)
		return take(&r->peers[r->n_peers++], addr);
	for (size_t i = 0; accepted && i < OTHERS; i++) {
		p = &r->peers[i];
		if (!p->heard && !is_configured(r, &p->stats.peer))
			return take(p, addr);
	}
	return others(r);
}

static void compare_addrs(struct pulse_router *r, struct pulse_peer *p,
			  const struct vrrp_advert *a)
{
	const struct pulse_instance *c = &r->setup->conf;
	struct pulse_difference *d = &r->difference;

	/* One at a time waits to be said; the next advert comes soon. */
	if (p->differs || r->difference_due || c->skip_check_adv_addr ||
	    !vrrp_addrs_differ(c->addrs, c->n_addrs, a->addrs, a->n_addrs))
		return;
	p->differs = true;
	r->difference_due = true;
	d->peer = a->source;
	d->total = a->n_addrs;
	d->n = a->n_addrs < PULSE_LISTED_ADDRS ? a->n_addrs
					       : PULSE_LISTED_ADDRS;
	memcpy(d->theirs, a->addrs, d->n * sizeof(d->theirs[0]));
}

void pulse_peer_accept(struct pulse_router *r, const struct vrrp_advert *a)
{
	struct pulse_peer *p = get(r, &a->source, true);

	if (!p->heard)
		p->heard_due = true;
	p->heard = true;
	p->old_checksum = a->old_checksum;
	p->stats.received++;
	p->stats.last_heard = pulse_thread_now();
	p->stats_due = true;
	compare_addrs(r, p, a);
}

void pulse_peer_reject(struct pulse_router *r, const struct addr *source,
		       enum vrrp_rejection why)
{
	struct pulse_peer *p = get(r, source, false);
	uint32_t bit = 1U << why;

	p->stats.rejected[why]++;
	p->stats_due = true;
	if (!(p->rejections_said & bit))
		p->rejections_due |= bit;
	p->rejections_said |= bit;
}

bool pulse_peer_has_old_checksum(const struct pulse_router *r,
				 const struct addr *peer)
{
	for (size_t i = 0; i < r->n_peers; i++) {
		if (addr_equal(&r->peers[i].stats.peer, peer))
			return r->peers[i].old_checksum;
	}
	return false;
}
