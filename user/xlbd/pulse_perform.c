/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine wants done, in the order of its bits.  Addresses are the
 * loop's: it is told of every change of state, and the data plane has been
 * told before.
 */
#include "xlbd/pulse_internal.h"
#include "xlbd/pulse_socket.h"

#include <errno.h>

/* The maps are memory that the programs read at the same time. */
static void write_lease(struct pulse_router *r, uint64_t until)
{
	const struct pulse_instance *c = &r->setup->conf;

	for (size_t i = 0; i < c->n_vips; i++) {
		if (c->vips[i].lease)
			__atomic_store_n(c->vips[i].lease, until,
					 __ATOMIC_RELEASE);
	}
}

void pulse_end_lease(struct pulse_router *r)
{
	write_lease(r, 0);
}

void pulse_renew_lease(struct pulse_router *r)
{
	write_lease(r, (uint64_t)r->fsm.lease_until.us * 1000);
}

static int send_to(struct pulse_thread *t, struct pulse_router *r,
		   const struct addr *destination)
{
	struct pulse_setup *s = r->setup;
	const struct pulse_instance *c = &s->conf;
	struct vrrp_route route = {
		.destination = *destination,
		.ttl = c->n_peers && c->unicast_ttl ? c->unicast_ttl : VRRP_TTL,
		.v3_checksum_as_v2 = c->v3_checksum_as_v2,
	};
	long length;

	if (c->n_peers && pulse_peer_has_old_checksum(r, destination))
		route.checksum_group = c->group;
	length = vrrp_auth_build(&r->auth, t->digest, &s->advert, &route,
				 pulse_thread_wall(), t->out);
	return length < 0
		       ? (int)length
		       : pulse_socket_send(s->fd, c->ifindex, &s->source,
					   destination, t->out, (size_t)length);
}

/* Sent, if anybody could get it: one unicast peer may be unreachable. */
static int send_advert(struct pulse_thread *t, struct pulse_router *r,
		       uint8_t priority)
{
	struct pulse_setup *s = r->setup;
	int err = -EADDRNOTAVAIL, any = 1;

	if (s->fd < 0)
		return -ENODEV;
	if (addr_is_zero(&s->source))
		return err;
	s->advert.priority = priority;
	s->advert.advert_int = r->fsm.conf.advert_int;
	if (!s->conf.n_peers)
		return send_to(t, r, &s->conf.group);
	for (size_t i = 0; i < s->conf.n_peers; i++) {
		err = send_to(t, r, &s->conf.peers[i].addr);
		if (!err)
			any = 0;
	}
	return any ? err : 0;
}

static int send_and_count(struct pulse_thread *t, struct pulse_router *r,
			  uint8_t priority)
{
	int err;

	/* Nobody could take or drop addresses: others had better have them. */
	if (t->loop_hung)
		return -ETIME;
	err = send_advert(t, r, priority);
	if (err != r->send_error)
		r->sending_due = true;
	r->send_error = err;
	if (err)
		return err;
	if (priority == VRRP_PRIORITY_STOP)
		r->sent_stop++;
	r->sent++;
	r->last_sent = pulse_thread_now();
	return 0;
}

void pulse_announce(const struct pulse_thread *t, const struct pulse_setup *s,
		    size_t vip)
{
	/* Nobody is told if it fails: the link went, and will be noticed. */
	pulse_socket_send_frame(t->link_fd, s->conf.vips[vip].ifindex,
				s->frames[vip].bytes, s->frames[vip].length);
}

/* Each address once before any is repeated. */
static void announce_all(struct pulse_thread *t, const struct pulse_setup *s,
			 unsigned int times)
{
	while (times--) {
		for (size_t i = 0; i < s->conf.n_vips; i++)
			pulse_announce(t, s, i);
	}
}

static void announce(struct pulse_thread *t, struct pulse_router *r,
		     unsigned int effects)
{
	const struct pulse_setup *s = r->setup;

	if (effects & VRRP_ANNOUNCE)
		announce_all(t, s, s->conf.garp_repeat);
	if (effects & VRRP_ANNOUNCE_REFRESH)
		announce_all(t, s, s->conf.garp_refresh_repeat);
	if (effects & VRRP_ANNOUNCE_LOWER)
		announce_all(t, s, s->conf.garp_lower_repeat);
}

bool pulse_perform(struct pulse_thread *t, struct pulse_router *r,
		   unsigned int effects, enum vrrp_state from)
{
	bool sent = true;

	if (effects & VRRP_END_LEASE)
		pulse_end_lease(r);
	if (effects & VRRP_SEND)
		sent = !send_and_count(t, r, r->fsm.priority);
	if (effects & VRRP_SEND_STOP)
		send_and_count(t, r, VRRP_PRIORITY_STOP);
	if (effects & VRRP_RENEW_LEASE && sent)
		pulse_renew_lease(r);
	if (sent)
		announce(t, r, effects);
	if (effects & VRRP_CHANGED)
		pulse_report_change(r, from);
	if (effects & VRRP_LOWER_SEEN) {
		r->lower = r->fsm.peer;
		r->lower_due = true;
	}
	return sent;
}
