/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Going on where a daemon that died has stopped: services, backends and VIPs
 * that the config still has get the slots they had, so that sessions find
 * them; what it has no more is taken away.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct adopted_service {
	struct endpoint endpoint;
	uint32_t slot;
	bool claimed;
};

struct adopted_backend {
	struct backend record;
	uint32_t slot;
	bool claimed;
};

struct engine_adoption {
	struct adopted_service *services;
	struct adopted_backend *backends;
	size_t n_services, n_backends;
	bool vip_claimed[XLBD_MAX_VIPS];
	/* no slot for anything new, until it is known who is back */
	bool vip_held[XLBD_MAX_VIPS];
	bool service_held[XLBD_MAX_SERVICES];
	bool backend_held[XLBD_MAX_BACKENDS];
};

static void note_service(void *arg, const struct endpoint *endpoint,
			 const struct service *service)
{
	struct engine_adoption *a = arg;

	if (a->n_services == XLBD_MAX_SERVICES ||
	    service->slot >= XLBD_MAX_SERVICES)
		return;
	a->services[a->n_services++] = (struct adopted_service){
		.endpoint = *endpoint,
		.slot = service->slot,
	};
	a->service_held[service->slot] = true;
}

static int note_backends(struct engine *e, struct engine_adoption *a)
{
	struct backend record;
	int err;

	for (uint32_t slot = 0; slot < XLBD_MAX_BACKENDS; slot++) {
		err = dataplane_adopted_backend(e->dataplane, slot, &record);
		if (err)
			return err;
		/* also of free slots: older sessions must not match again */
		e->generations[slot] = record.generation;
		if (record.kind == BACKEND_NONE)
			continue;
		a->backends[a->n_backends++] = (struct adopted_backend){
			.record = record,
			.slot = slot,
		};
		a->backend_held[slot] = true;
	}
	return 0;
}

static struct addr vip_in(struct engine *e, uint32_t slot)
{
	struct addr vip;

	memcpy(vip.bytes, dataplane_adopted_owner(e->dataplane, slot)->address,
	       sizeof(vip.bytes));
	return vip;
}

static void hold_slots(struct engine *e, struct engine_adoption *a)
{
	for (uint32_t slot = 0; slot < XLBD_MAX_VIPS; slot++) {
		struct addr vip = vip_in(e, slot);

		a->vip_held[slot] = !addr_is_zero(&vip);
	}
	slots_take_these(&e->vip_slots, a->vip_held);
	slots_take_these(&e->service_slots, a->service_held);
	slots_take_these(&e->backend_slots, a->backend_held);
}

int engine_adopt_start(struct engine *e)
{
	struct engine_adoption *a;
	int err = -ENOMEM;

	if (!dataplane_adopted(e->dataplane))
		return 0;
	a = calloc(1, sizeof(*a));
	if (!a)
		return -ENOMEM;
	e->adoption = a;
	a->services = calloc(XLBD_MAX_SERVICES, sizeof(*a->services));
	a->backends = calloc(XLBD_MAX_BACKENDS, sizeof(*a->backends));
	if (a->services && a->backends)
		err = dataplane_adopted_services(e->dataplane, note_service, a);
	if (!err)
		err = note_backends(e, a);
	if (!err)
		err = dataplane_adopted_forget_endpoints(e->dataplane);
	if (!err)
		err = dataplane_adopted_forget_ports(e->dataplane);
	if (!err)
		hold_slots(e, a);
	return err;
}

bool engine_adopt_vip(struct engine *e, const struct addr *addr, uint32_t *slot)
{
	struct engine_adoption *a = e->adoption;
	struct addr vip;

	for (uint32_t i = 0; a && i < XLBD_MAX_VIPS; i++) {
		vip = vip_in(e, i);
		if (!a->vip_held[i] || a->vip_claimed[i] ||
		    !addr_equal(&vip, addr))
			continue;
		a->vip_claimed[i] = true;
		*slot = i;
		return true;
	}
	return false;
}

bool engine_adopt_service(struct engine *e, const struct endpoint *endpoint,
			  uint32_t *slot)
{
	struct engine_adoption *a = e->adoption;

	for (size_t i = 0; a && i < a->n_services; i++) {
		struct adopted_service *s = &a->services[i];

		if (s->claimed || !endpoint_equal(&s->endpoint, endpoint))
			continue;
		s->claimed = true;
		*slot = s->slot;
		return true;
	}
	return false;
}

bool engine_adopt_backend(struct engine *e, uint32_t service,
			  const struct endpoint *endpoint, uint32_t *slot,
			  bool *scheduled)
{
	struct engine_adoption *a = e->adoption;

	for (size_t i = 0; a && i < a->n_backends; i++) {
		struct adopted_backend *b = &a->backends[i];

		if (b->claimed || b->record.service != service ||
		    ntohs(b->record.port) != endpoint->port ||
		    b->record.protocol != endpoint->protocol ||
		    memcmp(b->record.address, endpoint->addr.bytes, 16))
			continue;
		b->claimed = true;
		*slot = b->slot;
		*scheduled = dataplane_adopted_scheduled(e->dataplane, service,
							 b->slot);
		return true;
	}
	return false;
}

/* A VIP that is not in the config any more. */
static void drop_vip(struct engine *e, uint32_t slot)
{
	struct addr vip = vip_in(e, slot);
	static const struct addr nobody;

	if (!e->adoption->vip_held[slot] || e->adoption->vip_claimed[slot])
		return;
	dataplane_set_owner(e->dataplane, slot, &nobody, 0);
	dataplane_set_ours(e->dataplane, &vip, slot, 0);
	netlink_del_local_route(e->netlink, &vip);
	netlink_forget_vip(e->netlink, &vip);
	slots_return(&e->vip_slots, slot);
}

void engine_adopt_finish(struct engine *e)
{
	struct engine_adoption *a = e->adoption;
	struct backend none = {.kind = BACKEND_NONE};
	size_t services = 0, backends = 0;

	if (!a)
		return;
	for (size_t i = 0; i < a->n_services; i++) {
		services += a->services[i].claimed;
		if (a->services[i].claimed)
			continue;
		dataplane_del_service(e->dataplane, &a->services[i].endpoint);
		dataplane_set_ring(e->dataplane, a->services[i].slot, NULL, 0);
		slots_return(&e->service_slots, a->services[i].slot);
	}
	for (size_t i = 0; i < a->n_backends; i++) {
		backends += a->backends[i].claimed;
		if (a->backends[i].claimed)
			continue;
		none.generation = ++e->generations[a->backends[i].slot];
		dataplane_set_backend(e->dataplane, a->backends[i].slot, &none);
		slots_return(&e->backend_slots, a->backends[i].slot);
	}
	for (uint32_t slot = 0; slot < XLBD_MAX_VIPS; slot++)
		drop_vip(e, slot);
	log_info("adopted %zu of %zu services, %zu of %zu backends", services,
		 a->n_services, backends, a->n_backends);
	engine_adopt_stop(e);
	/* put off until all backends of a service were there again */
	for (size_t i = 0; i < e->n_services; i++)
		engine_service_schedule(e->services[i]);
}

void engine_adopt_stop(struct engine *e)
{
	if (!e->adoption)
		return;
	free(e->adoption->services);
	free(e->adoption->backends);
	free(e->adoption);
	e->adoption = NULL;
}
