/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Backends: what they are to the data plane, and whether they may be
 * scheduled.  Every change ends in engine_backend_publish().
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct backend_name engine_backend_name(const struct engine_backend *b)
{
	char backend[ENDPOINT_PRINT_SIZE], service[ENDPOINT_PRINT_SIZE];
	struct endpoint plain = b->endpoint;
	struct backend_name name;

	plain.protocol = 0;
	snprintf(name.text, sizeof(name.text), "%s of %s",
		 endpoint_print(&plain, backend, sizeof(backend)),
		 endpoint_print(&b->service->endpoint, service,
				sizeof(service)));
	return name;
}

static bool is_local(struct engine *e, const struct addr *addr)
{
	return addr_is_loopback(addr) ||
	       netlink_has_address(e->netlink, addr, NULL);
}

static enum backend_kind kind_of(const struct engine_backend *b)
{
	struct engine *e = b->service->engine;

	if (b->local)
		return BACKEND_LOCAL;
	/* A host that schedules for the same VIPs: only DR does not meet
	 * itself there. */
	if (b->configured_kind == CONF_KIND_DR ||
	    engine_is_peer(e, &b->endpoint.addr))
		return BACKEND_DR;
	return BACKEND_FNAT;
}

const char *engine_backend_kind(const struct engine_backend *b)
{
	switch (kind_of(b)) {
	case BACKEND_LOCAL:
		return "local";
	case BACKEND_DR:
		return "DR";
	default:
		return "FNAT";
	}
}

/* Why it cannot be reached, or NULL. */
const char *engine_backend_unreachable(const struct engine_backend *b)
{
	if (b->local)
		return b->endpoint.protocol == IPPROTO_TCP
			       ? NULL
			       : "UDP backends on this node are not there yet";
	switch (b->hop.state) {
	case NEXT_HOP_NO_ROUTE:
		return "no route";
	case NEXT_HOP_RESOLVING:
		return "next hop does not answer ARP";
	case NEXT_HOP_LOCAL:
	case NEXT_HOP_READY:
		break;
	}
	if (kind_of(b) == BACKEND_DR && !b->hop.on_link)
		return "behind a router: DR needs it on the same link";
	return NULL;
}

bool engine_backend_usable(const struct engine_backend *b)
{
	return b->healthy && !b->drain && b->weight &&
	       !engine_backend_unreachable(b);
}

enum backend_state engine_backend_state(const struct engine_backend *b)
{
	if (!b->healthy || engine_backend_unreachable(b))
		return BACKEND_STATE_DOWN;
	if (b->drain)
		return BACKEND_STATE_DRAIN;
	return b->n_checkers ? BACKEND_STATE_UP : BACKEND_STATE_UNCHECKED;
}

static void record_snat(const struct engine_backend *b, struct backend *record)
{
	const struct engine *e = b->service->engine;
	const struct addr *snat = &b->service->vip->prefix.addr;

	if (e->conf->n_snat_addresses)
		snat = &e->conf->snat_addresses[b->slot %
						e->conf->n_snat_addresses];
	memcpy(record->snat_address, snat->bytes, 16);
}

static uint32_t endpoint_flags(const struct engine_backend *b)
{
	if (b->loopback)
		return ENDPOINT_LOOPBACK;
	return kind_of(b) == BACKEND_FNAT ? ENDPOINT_REPLIES : 0;
}

/* Others, in whatever services, may say something of the same endpoint. */
static int endpoint_release(struct engine_backend *b)
{
	struct engine *e = b->service->engine;

	b->endpoint_flags = 0;
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		for (size_t j = 0; j < s->n_backends; j++) {
			const struct engine_backend *other = s->backends[j];

			if (other->endpoint_flags &&
			    endpoint_equal(&other->endpoint, &b->endpoint))
				return dataplane_set_endpoint(
					e->dataplane, &b->endpoint,
					other->endpoint_flags);
		}
	}
	return dataplane_set_endpoint(e->dataplane, &b->endpoint, 0);
}

static int endpoint_publish(struct engine_backend *b)
{
	uint32_t flags = endpoint_flags(b);

	if (!flags)
		return b->endpoint_flags ? endpoint_release(b) : 0;
	b->endpoint_flags = flags;
	return dataplane_set_endpoint(b->service->engine->dataplane,
				      &b->endpoint, flags);
}

void engine_backend_publish(struct engine_backend *b)
{
	struct engine *e = b->service->engine;
	struct backend record = {
		.port = htons(b->endpoint.port),
		.protocol = b->endpoint.protocol,
		.kind = kind_of(b),
		.generation = e->generations[b->slot],
		.service = b->service->slot,
		.ifindex = b->hop.ifindex,
	};
	struct backend_name name = engine_backend_name(b);
	int err;

	memcpy(record.address, b->endpoint.addr.bytes, 16);
	record_snat(b, &record);
	memcpy(record.mac, b->hop.mac, 6);
	memcpy(record.source_mac, b->hop.source_mac, 6);
	if (b->hop.state == NEXT_HOP_READY)
		record.flags |= BACKEND_REACHABLE;
	if (b->loopback)
		record.flags |= BACKEND_LOOPBACK;
	err = dataplane_set_backend(e->dataplane, b->slot, &record);
	if (!err)
		err = endpoint_publish(b);
	if (err)
		log_error("backend %s: cannot write: %s", name.text,
			  strerror(-err));
	engine_service_schedule(b->service);
}

/* Out of the ring first, so that no new session finds the old generation. */
void engine_backend_end_sessions(struct engine_backend *b)
{
	engine_service_schedule(b->service);
	b->service->engine->generations[b->slot]++;
	engine_backend_publish(b);
}

void engine_backend_explain(struct engine_backend *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(b->reason, sizeof(b->reason), format, args);
	va_end(args);
}

static void set_reason(struct engine_backend *b, const char *reason)
{
	engine_backend_explain(b, "%s", reason);
	b->since = time(NULL);
}

/* Where it is may change while it is served: an address moves to this node,
 * its program starts to listen on loopback only. */
void engine_backend_locate(struct engine_backend *b)
{
	struct engine *e = b->service->engine;
	const struct addr *addr = &b->endpoint.addr;
	bool local = is_local(e, addr);
	bool loopback = local && listeners_loopback_only(e->listeners, addr,
							 b->endpoint.port);
	bool moved = loopback != b->loopback;

	if (local == b->local && !moved)
		return;
	b->local = local;
	b->loopback = loopback;
	if (moved)
		engine_checks_restart(b);
	engine_backend_publish(b);
}

void engine_backend_hop(struct engine_backend *b, const struct next_hop *hop)
{
	const char *before = engine_backend_unreachable(b), *after;
	struct backend_name name = engine_backend_name(b);

	b->hop = *hop;
	after = engine_backend_unreachable(b);
	if (hop->state == NEXT_HOP_READY &&
	    !b->service->engine->conf->n_interfaces)
		engine_attach(b->service->engine, hop->ifindex);
	if (!before && after)
		log_warning("backend %s unreachable: %s", name.text, after);
	else if (before && !after)
		log_info("backend %s reachable", name.text);
	if (after)
		set_reason(b, after);
	else if (before)
		set_reason(b, "reachable");
	if (!b->healthy)
		engine_checks_explain(b);
	engine_backend_publish(b);
}

void engine_backends_changed(struct engine *e, const struct addr *addr)
{
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		for (size_t j = 0; j < s->n_backends; j++) {
			if (addr_equal(&s->backends[j]->endpoint.addr, addr))
				engine_backend_publish(s->backends[j]);
		}
	}
}

void engine_backend_weigh(struct engine_backend *b, uint32_t weight)
{
	log_info("backend %s weight %u (was %u)", engine_backend_name(b).text,
		 weight, b->weight);
	b->weight = weight;
	engine_service_schedule(b->service);
}

static void on_drain_deadline(void *arg)
{
	struct engine_backend *b = arg;

	log_info("backend %s: drain deadline: sessions ended",
		 engine_backend_name(b).text);
	b->expired = true;
	engine_backend_end_sessions(b);
}

void engine_backend_drain(struct engine_backend *b, bool drain,
			  struct usec timeout)
{
	loop_timer_stop(b->drain_timer);
	if (drain != b->drain) {
		set_reason(b, drain ? "drain by hand" : "drain ended by hand");
		log_info("backend %s: %s", engine_backend_name(b).text,
			 b->reason);
	}
	b->drain = drain;
	b->expired = false;
	if (drain && timeout.us > 0)
		loop_timer_set(b->drain_timer, timeout);
	engine_service_schedule(b->service);
}

struct engine_backend *engine_backend_find(struct engine_service *s,
					   const struct endpoint *endpoint)
{
	for (size_t i = 0; i < s->n_backends; i++) {
		const struct endpoint *e = &s->backends[i]->endpoint;

		if (e->port == endpoint->port &&
		    addr_equal(&e->addr, &endpoint->addr))
			return s->backends[i];
	}
	return NULL;
}

static int backend_append(struct engine_service *s, struct engine_backend *b)
{
	struct engine *e = s->engine;
	bool scheduled = true;
	struct engine_backend **grown = realloc(
		s->backends, (s->n_backends + 1) * sizeof(*s->backends));
	int err;

	if (!grown)
		return -ENOMEM;
	s->backends = grown;
	if (engine_adopt_backend(e, s->slot, &b->endpoint, &b->slot,
				 &scheduled)) {
		/* what was down is so until a check says otherwise */
		b->healthy = scheduled;
	} else {
		err = slots_take(&e->backend_slots, &b->slot);
		if (err)
			return err;
		e->generations[b->slot]++;
		dataplane_reset_stats(e->dataplane, UINT32_MAX, b->slot);
	}
	s->backends[s->n_backends++] = b;
	e->by_slot[b->slot] = b;
	return 0;
}

void engine_backend_del(struct engine_backend *b)
{
	struct backend free_record = {.kind = BACKEND_NONE};
	struct engine_service *s = b->service;
	struct engine *e = s->engine;

	engine_checks_fini(b);
	loop_timer_free(b->drain_timer);
	b->weight = 0;
	engine_backend_end_sessions(b);
	if (b->watched)
		netlink_unwatch(e->netlink, &b->endpoint.addr);
	if (b->endpoint_flags)
		endpoint_release(b);
	for (size_t i = 0; i < s->n_backends; i++) {
		if (s->backends[i] != b)
			continue;
		memmove(&s->backends[i], &s->backends[i + 1],
			(s->n_backends - i - 1) * sizeof(*s->backends));
		s->n_backends--;
		break;
	}
	free_record.generation = e->generations[b->slot];
	dataplane_set_backend(e->dataplane, b->slot, &free_record);
	e->by_slot[b->slot] = NULL;
	slots_return(&e->backend_slots, b->slot);
	free(b);
}

static struct engine_backend *backend_new(struct engine_service *s,
					  const struct conf_backend *conf)
{
	struct engine_backend *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	if (loop_timer_new(s->engine->loop, on_drain_deadline, b,
			   &b->drain_timer)) {
		free(b);
		return NULL;
	}
	b->service = s;
	b->endpoint.addr = conf->addr;
	b->endpoint.port = is_local(s->engine, &conf->addr) ? conf->local_port
							    : conf->port;
	b->endpoint.protocol = s->endpoint.protocol;
	b->weight = conf->weight;
	b->configured_kind = conf->kind;
	b->inhibit_on_failure = conf->inhibit_on_failure;
	b->alpha = conf->alpha;
	b->healthy = !conf->alpha || !conf->n_checkers;
	set_reason(b, conf->n_checkers ? "not checked yet" : "no checks");
	return b;
}

int engine_backend_add(struct engine_service *s,
		       const struct conf_backend *conf,
		       struct engine_backend **out, char *error)
{
	struct engine *e = s->engine;
	struct engine_backend *b = backend_new(s, conf);
	int err;

	if (!b)
		return -ENOMEM;
	err = backend_append(s, b);
	if (err) {
		snprintf(error, CONTROL_ERROR_SIZE, "backend %s: %s",
			 engine_backend_name(b).text,
			 err == -ENOSPC ? "too many backends" : strerror(-err));
		loop_timer_free(b->drain_timer);
		free(b);
		return err;
	}
	engine_backend_locate(b);
	netlink_resolve(e->netlink, &conf->addr, &b->hop);
	if (!b->local && b->hop.ifindex && !e->conf->n_interfaces)
		err = engine_attach(e, b->hop.ifindex);
	if (!err)
		err = netlink_watch(e->netlink, &conf->addr);
	b->watched = !err;
	if (!err)
		err = engine_backend_check(b, conf->checkers, conf->n_checkers);
	if (err) {
		snprintf(error, CONTROL_ERROR_SIZE, "backend %s: %s",
			 engine_backend_name(b).text, strerror(-err));
		engine_backend_del(b);
		return err;
	}
	engine_backend_publish(b);
	*out = b;
	return 0;
}
