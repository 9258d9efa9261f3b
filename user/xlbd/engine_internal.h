/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's model, for engine*.c alone.  Lists are arrays of pointers:
 * a service is found by its endpoint, a backend within its service.
 */
#ifndef XLBD_ENGINE_INTERNAL_H
#define XLBD_ENGINE_INTERNAL_H

#include "core/addr.h"
#include "core/conf.h"
#include "core/usec.h"
#include "xlbd/check.h"
#include "xlbd/control.h"
#include "xlbd/dataplane.h"
#include "xlbd/engine.h"
#include "xlbd/listeners.h"
#include "xlbd/loop.h"
#include "xlbd/netlink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers 0..size-1 to be lent; the one returned longest ago comes first. */
struct slots {
	uint32_t *free;
	uint32_t size, head, count;
};

int slots_init(struct slots *s, uint32_t size);
void slots_fini(struct slots *s);
int slots_take(struct slots *s, uint32_t *slot); /* -ENOSPC */
void slots_return(struct slots *s, uint32_t slot);

struct metrics;

struct engine_vip {
	struct prefix prefix;
	uint32_t slot;
	unsigned int refs;    /* services, vrrp_instances, SNAT */
	unsigned int ifindex; /* where it is or would be; 0: nowhere */
	uint32_t ours;	      /* enum ours_flag */
	bool managed;	      /* this node's to add and to remove */
	bool owned;
	bool added; /* by us: to be removed */
};

struct engine_service;

struct engine_backend {
	struct engine_service *service;
	struct endpoint endpoint;
	uint32_t slot;
	uint32_t weight;
	enum conf_kind configured_kind;
	bool inhibit_on_failure;
	bool local;    /* an address of this node */
	bool loopback; /* local, and nothing listens but on 127.0.0.1 */
	bool alpha;
	struct next_hop hop;
	/* checks: all must pass */
	struct conf_checker *checkers;
	struct check **checks;
	size_t n_checkers;
	/* verdicts */
	bool healthy;
	bool drain;
	bool expired; /* drain's deadline has passed: sessions were ended */
	struct loop_timer *drain_timer;
	int64_t since;
	char reason[CHECK_REASON_SIZE];
	uint64_t sessions, counting; /* of the last, the present sweep */
};

struct engine_service {
	struct engine *engine;
	struct endpoint endpoint;
	uint32_t slot;
	struct engine_vip *vip;
	enum conf_kind kind;
	enum conf_algo algo;
	bool drop_without_backend;
	struct engine_backend **backends;
	size_t n_backends;
	uint64_t sessions, counting;
};

struct engine_interface {
	unsigned int ifindex;
	char name[NETLINK_NAME_SIZE];
	bool native;
};

struct engine {
	struct loop *loop;
	struct engine_options options;
	struct conf *conf;
	struct dataplane *dataplane;
	struct netlink *netlink;
	struct checks *checks;
	struct control *control;
	struct metrics *metrics;
	int64_t started;

	struct engine_interface *interfaces;
	size_t n_interfaces;
	struct engine_vip **vips;
	size_t n_vips;
	struct engine_service **services;
	size_t n_services;

	struct engine_peer *peers;
	size_t n_peers;

	struct slots vip_slots, service_slots, backend_slots;
	uint32_t *generations;		      /* by backend slot */
	struct engine_backend **by_slot;      /* likewise; NULL: free */
	struct engine_service **service_by_slot;

	struct listeners *listeners;
	struct loop_timer *sweep_timer;
	struct session_cursor sweep;
	uint64_t sessions, counting;
};

/* engine_vip.c: owning addresses, and the interfaces they are on */
int engine_vip_get(struct engine *e, const struct prefix *prefix,
		   const char *dev, uint32_t ours, struct engine_vip **out);
void engine_vip_put(struct engine *e, struct engine_vip *v); /* NULL-safe */
struct engine_vip *engine_vip_find(struct engine *e, const struct addr *addr);
int engine_vip_take(struct engine *e, struct engine_vip *v);
void engine_vip_release(struct engine *e, struct engine_vip *v);
void engine_vip_address(struct engine *e, const struct addr *addr,
			unsigned int ifindex, bool gone);
int engine_attach(struct engine *e, unsigned int ifindex);
int engine_attach_configured(struct engine *e);
void engine_link(struct engine *e, const struct netlink_link *link, bool gone);

/* engine_peer.c */
int engine_peers_start(struct engine *e);
void engine_peers_stop(struct engine *e);
void engine_peer_hop(struct engine *e, const struct addr *addr,
		     const struct next_hop *hop);

/* engine_service.c */
int engine_service_add(struct engine *e, const struct conf_service *conf,
		       struct engine_service **out, char *error);
void engine_service_del(struct engine *e, struct engine_service *s);
struct engine_service *engine_service_find(struct engine *e,
					   const struct endpoint *endpoint);
int engine_service_publish(struct engine_service *s);
void engine_service_schedule(struct engine_service *s); /* ring anew */

/* engine_backend.c */
int engine_backend_add(struct engine_service *s,
		       const struct conf_backend *conf,
		       struct engine_backend **out, char *error);
void engine_backend_del(struct engine_backend *b);
struct engine_backend *engine_backend_find(struct engine_service *s,
					   const struct endpoint *endpoint);
int engine_backend_check(struct engine_backend *b,
			 const struct conf_checker *checkers, size_t n);
void engine_backend_weigh(struct engine_backend *b, uint32_t weight);
void engine_backend_drain(struct engine_backend *b, bool drain,
			  struct usec timeout);
void engine_backend_hop(struct engine_backend *b, const struct next_hop *hop);
void engine_backend_locate(struct engine_backend *b); /* local? loopback? */
void engine_backend_end_sessions(struct engine_backend *b);
bool engine_backend_usable(const struct engine_backend *b);
enum backend_state engine_backend_state(const struct engine_backend *b);
const char *engine_backend_kind(const struct engine_backend *b);

/* engine_session.c */
int engine_sweep_start(struct engine *e);
int engine_sessions(void *arg, struct session_cursor_slot *cursor,
		    const struct session_filter *filter,
		    void (*row)(void *to, const struct session_row *),
		    void *to);
int engine_session_flush(void *arg, struct session_cursor_slot *cursor,
			 const struct session_filter *filter, uint64_t *ended);

/* engine_control.c */
extern const struct control_ops engine_control_ops;

#endif
