/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What takes allocations and system calls is done here, on the loop's
 * thread, before the pulse gets to see it.
 */
#include "xlbd/pulse_internal.h"
#include "xlbd/pulse_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_socket(struct pulse_setup *s)
{
	const struct pulse_instance *c = &s->conf;
	struct pulse_socket_options options = {
		.ifindex = c->ifindex,
		.v6 = c->v6,
		.ah = c->auth.type == VRRP_AUTH_AH,
		.vrid = c->vrid,
		.group = c->n_peers ? NULL : &c->group,
		.unicast_ttl = c->unicast_ttl ? c->unicast_ttl : VRRP_TTL,
	};

	if (!c->ifindex)
		return 0;
	s->fd = pulse_socket_open(&options);
	if (s->fd < 0)
		return s->fd;
	s->source = c->source;
	/* No address is no error: the engine sees it in the status. */
	if (addr_is_zero(&s->source))
		pulse_socket_source(c->ifindex, c->v6, &s->source);
	return 0;
}

static void build_advert(struct pulse_setup *s)
{
	const struct pulse_instance *c = &s->conf;

	s->advert.version = c->conf.version;
	s->advert.vrid = c->vrid;
	s->advert.advert_int = c->conf.advert_int;
	s->advert.source = s->source;
	s->advert.n_addrs = c->n_addrs;
	memcpy(s->advert.addrs, c->addrs, c->n_addrs * sizeof(c->addrs[0]));
}

int pulse_setup_new(const struct pulse_instance *conf, struct pulse_setup **out)
{
	struct pulse_setup *s;
	int err;

	if (conf->n_vips > PULSE_MAX_VIPS || conf->n_addrs > PULSE_MAX_VIPS ||
	    conf->n_peers > PULSE_MAX_PEERS)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	/* A wish: pulse_start() has said it if we may not. */
	mlock(s, sizeof(*s));
	s->conf = *conf;
	s->fd = -1;
	err = open_socket(s);
	if (err) {
		pulse_setup_free(s);
		return err;
	}
	build_advert(s);
	for (size_t i = 0; i < conf->n_vips; i++) {
		const struct pulse_vip *vip = &conf->vips[i];

		s->frames[i].length = neigh_packet_build(
			&vip->addr, vip->mac, vip->router, s->frames[i].bytes);
	}
	*out = s;
	return 0;
}

void pulse_setup_free(struct pulse_setup *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

int pulse_router_new(unsigned int id, struct pulse_setup *setup,
		     struct pulse_router **out)
{
	struct pulse_router *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	mlock(r, sizeof(*r));
	r->id = id;
	r->setup = setup;
	vrrp_init(&r->fsm, &setup->conf.conf);
	r->fsm.primary = setup->source;
	vrrp_auth_init(&r->auth, &setup->conf.auth);
	pulse_peer_init(r);
	r->status_due = true;
	*out = r;
	return 0;
}

void pulse_router_free(struct pulse_router *r)
{
	if (!r)
		return;
	while (r->replaced) {
		struct pulse_setup *s = r->replaced;

		r->replaced = s->next;
		pulse_setup_free(s);
	}
	pulse_setup_free(r->setup);
	free(r);
}
