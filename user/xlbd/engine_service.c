/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Services: where they are published, and in which order their backends are
 * scheduled.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct engine_service *engine_service_find(struct engine *e,
					   const struct endpoint *endpoint)
{
	for (size_t i = 0; i < e->n_services; i++) {
		if (endpoint_equal(&e->services[i]->endpoint, endpoint))
			return e->services[i];
	}
	return NULL;
}

/* Which backend takes what a peer has scheduled for this node. */
static uint32_t local_backend(const struct engine_service *s)
{
	for (size_t i = 0; i < s->n_backends; i++) {
		if (s->backends[i]->local &&
		    engine_backend_usable(s->backends[i]))
			return s->backends[i]->slot;
	}
	return XLBD_NO_BACKEND;
}

int engine_service_publish(struct engine_service *s)
{
	struct service record = {
		.slot = s->slot,
		.vip = s->vip->slot,
		.flags = s->drop_without_backend ? SERVICE_DROP_WITHOUT_BACKEND
						 : 0,
		.local_backend = local_backend(s),
	};

	return dataplane_set_service(s->engine->dataplane, &s->endpoint,
				     &record);
}

/* rr gives each its turn; everything else goes by weight. */
static size_t entries_of(const struct engine_service *s,
			 struct schedule_entry *entries)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_backends && n < XLBD_MAX_RING; i++) {
		const struct engine_backend *b = s->backends[i];

		if (!engine_backend_usable(b))
			continue;
		entries[n].backend = b->slot;
		entries[n].weight = s->algo == CONF_ALGO_RR ? 1 : b->weight;
		n++;
	}
	return n;
}

void engine_service_schedule(struct engine_service *s)
{
	struct schedule_entry *entries;
	char name[ENDPOINT_PRINT_SIZE];
	uint32_t *ring;
	long length = -ENOMEM;
	int err = -ENOMEM;

	if (s->engine->adoption)
		return; /* the order that runs stands until all are back */
	entries = calloc(XLBD_MAX_RING, sizeof(*entries));
	ring = calloc(XLBD_MAX_RING, sizeof(*ring));
	if (entries && ring)
		length = schedule_wrr(entries, entries_of(s, entries), ring,
				      XLBD_MAX_RING);
	if (length >= 0)
		err = dataplane_set_ring(s->engine->dataplane, s->slot, ring,
					 (size_t)length);
	if (!err)
		err = engine_service_publish(s);
	if (err)
		log_error("service %s: cannot schedule: %s",
			  endpoint_print(&s->endpoint, name, sizeof(name)),
			  strerror(-err));
	free(entries);
	free(ring);
}

static int service_append(struct engine *e, struct engine_service *s)
{
	struct engine_service **grown = realloc(
		e->services, (e->n_services + 1) * sizeof(*e->services));
	int err;

	if (!grown)
		return -ENOMEM;
	e->services = grown;
	if (!engine_adopt_service(e, &s->endpoint, &s->slot)) {
		err = slots_take(&e->service_slots, &s->slot);
		if (err)
			return err;
		dataplane_reset_stats(e->dataplane, s->slot, UINT32_MAX);
	}
	e->services[e->n_services++] = s;
	e->service_by_slot[s->slot] = s;
	return 0;
}

static void service_remove(struct engine *e, struct engine_service *s)
{
	for (size_t i = 0; i < e->n_services; i++) {
		if (e->services[i] != s)
			continue;
		memmove(&e->services[i], &e->services[i + 1],
			(e->n_services - i - 1) * sizeof(*e->services));
		e->n_services--;
		e->service_by_slot[s->slot] = NULL;
		slots_return(&e->service_slots, s->slot);
		break;
	}
	free(s->backends);
	free(s);
}

static const char *vip_failure(int err)
{
	switch (err) {
	case -ENODEV:
		return "no interface's subnet holds it (name one: "
		       "xlbd { interface IF })";
	case -ENOSPC:
		return "too many VIPs";
	}
	return strerror(-err);
}

int engine_service_add(struct engine *e, const struct conf_service *conf,
		       struct engine_service **out, char *error)
{
	struct prefix vip = {
		.addr = conf->endpoint.addr,
		.length = addr_is_v4(&conf->endpoint.addr) ? 32 : 128,
	};
	struct engine_service *s = calloc(1, sizeof(*s));
	char name[ENDPOINT_PRINT_SIZE];
	int err;

	if (!s)
		return -ENOMEM;
	s->engine = e;
	s->endpoint = conf->endpoint;
	s->algo = conf->algo;
	s->kind = conf->kind;
	s->drop_without_backend = conf->drop_without_backend;
	endpoint_print(&s->endpoint, name, sizeof(name));
	err = service_append(e, s);
	if (err) {
		snprintf(error, CONTROL_ERROR_SIZE, "service %s: %s", name,
			 err == -ENOSPC ? "too many services" : strerror(-err));
		free(s);
		return err;
	}
	err = engine_vip_get(e, &vip, NULL, OURS_VIP, &s->vip);
	if (err) {
		snprintf(error, CONTROL_ERROR_SIZE, "service %s: vip: %s", name,
			 vip_failure(err));
		service_remove(e, s);
		return err;
	}
	engine_exclude_port(e, s->endpoint.port);
	engine_service_schedule(s);
	for (size_t i = 0; i < conf->n_backends; i++) {
		struct engine_backend *b;

		err = engine_backend_add(s, &conf->backends[i], &b, error);
		if (err) {
			engine_service_del(e, s);
			return err;
		}
	}
	if (out)
		*out = s;
	return 0;
}

void engine_service_del(struct engine *e, struct engine_service *s)
{
	uint16_t port;

	while (s->n_backends)
		engine_backend_del(s->backends[s->n_backends - 1]);
	/* last: with each backend that went it was published anew */
	dataplane_del_service(e->dataplane, &s->endpoint);
	dataplane_set_ring(e->dataplane, s->slot, NULL, 0);
	engine_vip_put(e, s->vip);
	port = s->endpoint.port;
	service_remove(e, s);
	engine_exclude_port(e, port);
}
