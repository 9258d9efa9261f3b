/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One virtual router on the pulse's thread: what comes is opened, judged and
 * given to the machine, what the machine wants is done; a sync group's
 * members are asked after each step, so that they move together.
 */
#include "xlbd/pulse_internal.h"
#include "xlbd/pulse_socket.h"

#include "core/vrrp_group.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static void step_alone(struct pulse_thread *t, struct pulse_router *r,
		       enum vrrp_event event, const struct vrrp_advert *advert)
{
	enum vrrp_state from = r->fsm.state;
	unsigned int effects =
		vrrp_step(&r->fsm, event, advert, pulse_thread_now());

	if (pulse_perform(t, r, effects, from))
		return;
	/* Nobody has heard of it: the machine takes the renewal back. */
	from = r->fsm.state;
	effects =
		vrrp_step(&r->fsm, VRRP_EVENT_UNSENT, NULL, pulse_thread_now());
	pulse_perform(t, r, effects, from);
}

static size_t find_members(const struct pulse_thread *t, int group,
			   struct pulse_router **members,
			   const struct vrrp **machines)
{
	size_t n = 0;

	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		struct pulse_router *r = t->routers[i];

		if (!r || r->leaving || r->setup->conf.sync_group != group)
			continue;
		members[n] = r;
		machines[n++] = &r->fsm;
	}
	return n;
}

/* Twice for each member is more than two machines ever take to agree. */
static void step_group(struct pulse_thread *t, int group)
{
	struct pulse_router *members[PULSE_MAX_INSTANCES];
	const struct vrrp *machines[PULSE_MAX_INSTANCES];
	size_t n = find_members(t, group, members, machines);
	bool told = true;

	for (size_t round = 0; told && round < 2 * n; round++) {
		told = false;
		for (size_t i = 0; i < n; i++) {
			enum vrrp_event event = vrrp_group_tell(machines, n, i);

			if (event == VRRP_EVENT_NONE)
				continue;
			step_alone(t, members[i], event, NULL);
			told = true;
		}
	}
}

void pulse_router_step(struct pulse_thread *t, struct pulse_router *r,
		       enum vrrp_event event, const struct vrrp_advert *advert)
{
	step_alone(t, r, event, advert);
	if (r->setup->conf.sync_group != PULSE_NO_GROUP)
		step_group(t, r->setup->conf.sync_group);
}

static enum vrrp_rejection judge(struct pulse_thread *t, struct pulse_router *r,
				 const struct vrrp_datagram *datagram,
				 const struct vrrp_origin *origin)
{
	const struct pulse_instance *c = &r->setup->conf;
	struct vrrp_expect expect = {
		.version = c->conf.version,
		.vrid = c->vrid,
		.advert_int = c->conf.advert_int,
		.peers = c->peers,
		.n_peers = c->n_peers,
		.check_unicast_src = c->check_unicast_src,
		.own = &r->setup->source,
		.n_own = 1,
	};
	enum vrrp_rejection why = vrrp_packet_parse(
		datagram->pdu, datagram->length, origin, &t->heard);

	return why != VRRP_ACCEPTED
		       ? why
		       : vrrp_judge(&expect, &r->auth, t->digest, datagram,
				    origin, &t->heard, pulse_thread_wall());
}

static void hear(struct pulse_thread *t, struct pulse_router *r,
		 const struct vrrp_datagram *datagram,
		 const struct vrrp_origin *origin, enum vrrp_rejection why)
{
	if (why == VRRP_ACCEPTED)
		why = judge(t, r, datagram, origin);
	if (why != VRRP_ACCEPTED) {
		pulse_peer_reject(r, &origin->source, why);
		return;
	}
	pulse_peer_accept(r, &t->heard);
	pulse_router_step(t, r, VRRP_EVENT_ADVERT, &t->heard);
}

void pulse_router_receive(struct pulse_thread *t, struct pulse_router *r)
{
	struct vrrp_datagram datagram;
	struct vrrp_origin origin;
	enum vrrp_rejection why;
	int err;

	if (r->setup->fd < 0)
		return;
	for (unsigned int i = 0; i < PULSE_SOCKET_QUEUE; i++) {
		err = pulse_socket_receive(r->setup->fd, r->setup->conf.v6,
					   t->in, sizeof(t->in), &datagram,
					   &origin, &why);
		if (err == -EAGAIN)
			return;
		/* Another error is the interface's: what is behind it comes. */
		if (!err)
			hear(t, r, &datagram, &origin, why);
	}
}

/* A predecessor's lease goes on if all addresses have one. */
void pulse_router_adopt(struct pulse_thread *t, struct pulse_router *r)
{
	const struct pulse_instance *c = &r->setup->conf;
	uint64_t until = c->n_vips ? UINT64_MAX : 0;

	for (size_t i = 0; i < c->n_vips; i++) {
		uint64_t lease = c->vips[i].lease
					 ? __atomic_load_n(c->vips[i].lease,
							   __ATOMIC_ACQUIRE)
					 : 0;

		until = lease < until ? lease : until;
	}
	/* Without an end it was nobody's that had peers. */
	r->fsm.lease_until.us = until == UINT64_MAX ? 0
						    : (int64_t)(until / 1000);
	pulse_router_step(t, r, VRRP_EVENT_ADOPT, NULL);
}

static bool has_lease(const struct pulse_instance *c, const uint64_t *lease)
{
	for (size_t i = 0; i < c->n_vips; i++) {
		if (c->vips[i].lease == lease)
			return true;
	}
	return false;
}

static bool has_vip(const struct pulse_instance *c, const struct pulse_vip *vip)
{
	for (size_t i = 0; i < c->n_vips; i++) {
		const struct pulse_vip *other = &c->vips[i];

		if (other->lease == vip->lease &&
		    other->ifindex == vip->ifindex &&
		    addr_equal(&other->addr, &vip->addr) &&
		    !memcmp(other->mac, vip->mac, sizeof(vip->mac)))
			return true;
	}
	return false;
}

static void move_leases(struct pulse_thread *t, struct pulse_router *r,
			const struct pulse_instance *old)
{
	const struct pulse_instance *c = &r->setup->conf;

	for (size_t i = 0; i < old->n_vips; i++) {
		if (old->vips[i].lease && !has_lease(c, old->vips[i].lease))
			__atomic_store_n(old->vips[i].lease, 0,
					 __ATOMIC_RELEASE);
	}
	if (r->fsm.state != VRRP_MASTER)
		return;
	pulse_renew_lease(r);
	for (size_t i = 0; i < c->n_vips; i++) {
		for (unsigned int n = 0;
		     n < c->garp_repeat && !has_vip(old, &c->vips[i]); n++)
			pulse_announce(t, r->setup, i);
	}
}

void pulse_router_listen(struct pulse_thread *t, struct pulse_router *r)
{
	struct epoll_event event = {
		.events = EPOLLIN,
		.data.ptr = r,
	};

	/* It fails only for want of memory: then the timer reads, too. */
	if (r->setup->fd >= 0)
		epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, r->setup->fd, &event);
}

void pulse_router_deafen(struct pulse_thread *t, struct pulse_router *r)
{
	if (r->setup->fd >= 0)
		epoll_ctl(t->epoll_fd, EPOLL_CTL_DEL, r->setup->fd, NULL);
}

void pulse_router_update(struct pulse_thread *t, struct pulse_router *r,
			 struct pulse_setup *setup)
{
	struct pulse_setup *old = r->setup;

	/* What was heard before is not lost with the socket. */
	pulse_router_receive(t, r);
	pulse_router_deafen(t, r);
	r->setup = setup;
	pulse_router_listen(t, r);
	r->fsm.conf = setup->conf.conf;
	r->fsm.primary = setup->source;
	r->auth.conf = setup->conf.auth;
	for (size_t i = 0; i < r->n_peers; i++)
		r->peers[i].differs = false;
	move_leases(t, r, &old->conf);
	old->next = r->replaced;
	r->replaced = old;
	r->status_due = true;
}
