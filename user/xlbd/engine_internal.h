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
#include "core/vrrp_fsm.h"
#include "core/vrrp_track.h"
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
void slots_take_these(struct slots *s, const bool *these); /* by number */
void slots_return(struct slots *s, uint32_t slot);

struct engine_adoption;
struct engine_notify;
struct engine_tracks;
struct engine_watch;
struct mailer;
struct metrics;
struct notify_fifo;
struct pulse;
struct script_runner;
struct script_user;
struct sysctls;
struct track_processes;

struct engine_vip {
	struct prefix prefix;
	struct address_options options; /* strings are the config's */
	uint32_t slot;
	unsigned int refs; /* services, vrrp_instances, SNAT */
	unsigned int ifindex; /* where it is or would be; 0: nowhere yet */
	const char *dev; /* where it has to be; NULL: in its subnet */
	uint32_t ours; /* enum ours_flag */
	bool managed; /* this node's to add and to remove */
	bool by_vrrp; /* owned when its vrrp_instance is master */
	bool adopted; /* from a daemon that died */
	bool owned;
	bool added; /* by us: to be removed */
};

struct engine_vrrp {
	struct engine *engine;
	const struct conf_vrrp *conf;
	struct engine_vip **vips;
	size_t n_vips;
	unsigned int id; /* the pulse's */
	bool running; /* it has one */
	bool started; /* all that it tracks has reported */
	bool fault;
	bool routed; /* its routes are to be there */
	uint8_t priority; /* effective */
	enum vrrp_state state;
	int64_t since; /* seconds since 1970 of the last transition */
	char cause[VRRP_CAUSE_SIZE]; /* of that */
	struct engine_tracks *tracks;
	struct engine_notify *notify;
	struct loop_timer *extra; /* garp_extra_if; or NULL */
};

struct engine_service;

struct engine_backend {
	struct engine_service *service;
	struct endpoint endpoint;
	uint32_t slot;
	uint32_t weight;
	enum conf_kind configured_kind;
	bool inhibit_on_failure;
	bool local; /* an address of this node */
	bool loopback; /* local, and nothing listens but on 127.0.0.1 */
	bool alpha;
	struct next_hop hop;
	bool watched; /* netlink tells of its next hop */
	uint32_t endpoint_flags; /* as published */
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

enum { ENGINE_SHORTAGES = 2 };

struct engine_shortage {
	uint64_t refused, before; /* packets: so far, before it began */
	struct usec last; /* when the number was seen to grow */
	bool lasting;
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

	struct pulse *pulse;
	struct loop_timer *pulse_timer;
	struct engine_vrrp *vrrps;
	size_t n_vrrps;
	bool maintenance; /* by hand: all of them are in FAULT */
	struct engine_watch *watches;
	size_t n_watches;
	struct track_processes *processes;
	struct script_runner *scripts;
	struct notify_fifo *fifo;
	struct mailer *mailer;
	struct engine_notify **group_notifies; /* by index into conf's groups */
	char router_id[256];
	struct sysctls *sysctls;
	struct engine_peer *peers;
	size_t n_peers;

	struct engine_adoption *adoption; /* while it starts; or NULL */
	struct slots vip_slots, service_slots, backend_slots;
	uint32_t *generations; /* by backend slot */
	struct engine_backend **by_slot; /* likewise; NULL: free */
	struct engine_service **service_by_slot;

	struct listeners *listeners;
	struct loop_timer *sweep_timer;
	struct session_cursor sweep;
	uint64_t sessions, counting;
	struct engine_shortage shortages[ENGINE_SHORTAGES];
};

/* engine_adopt.c: true if there was one, with the slot it had */
int engine_adopt_start(struct engine *e);
bool engine_adopt_vip(struct engine *e, const struct addr *addr,
		      uint32_t *slot);
bool engine_adopt_service(struct engine *e, const struct endpoint *endpoint,
			  uint32_t *slot);
bool engine_adopt_backend(struct engine *e, uint32_t service,
			  const struct endpoint *endpoint, uint32_t *slot,
			  bool *scheduled);
void engine_adopt_finish(struct engine *e);
void engine_adopt_stop(struct engine *e);

/* engine_vip.c: owning addresses, and the interfaces they are on */
int engine_vip_get(struct engine *e, const struct prefix *prefix,
		   const char *dev, uint32_t ours, struct engine_vip **out);
void engine_vip_put(struct engine *e, struct engine_vip *v); /* NULL-safe */
struct engine_vip *engine_vip_find(struct engine *e, const struct addr *addr);
int engine_vip_take(struct engine *e, struct engine_vip *v);
void engine_vip_release(struct engine *e, struct engine_vip *v);
int engine_vip_add_address(struct engine *e, struct engine_vip *v);
void engine_vip_remove_address(struct engine *e, struct engine_vip *v);
void engine_vip_address(struct engine *e, const struct addr *addr,
			unsigned int ifindex, bool gone);
void engine_vips_locate(struct engine *e); /* those that are nowhere yet */
int engine_attach(struct engine *e, unsigned int ifindex);
int engine_attach_configured(struct engine *e);
void engine_link(struct engine *e, const struct netlink_link *link, bool gone);

/* engine_vrrp.c */
int engine_vrrps_init(struct engine *e);
int engine_vrrps_start(struct engine *e);
void engine_vrrps_stop(struct engine *e);
struct engine_vrrp *engine_vrrp_find(struct engine *e, const char *name);
void engine_vrrp_link(struct engine *e, const char *interface);
void engine_vrrp_judge(struct engine_vrrp *v);

/* engine_vrrp_options.c */
int engine_vrrp_options_start(struct engine_vrrp *v);
void engine_vrrp_options_own(struct engine_vrrp *v, bool master);
void engine_vrrp_options_stop(struct engine_vrrp *v);

/* engine_route.c */
void engine_routes_add(struct engine_vrrp *v);
void engine_routes_remove(struct engine_vrrp *v);
void engine_routes_put_back(struct engine *e);
void engine_static_add(struct engine *e);

/* engine_track.c: scripts, processes, files, interfaces of instances */
int engine_tracks_start(struct engine *e);
void engine_tracks_stop(struct engine *e);
struct vrrp_verdict engine_track_verdict(struct engine_vrrp *v);
void engine_track_link(struct engine *e, const char *name);
const struct vrrp_tracked *engine_tracked(const struct engine_vrrp *v,
					  size_t *n);

/* engine_notify.c: whom transitions are told to */
int engine_notify_start(struct engine *e);
void engine_notify_stop(struct engine *e);
void engine_notify_changed(struct engine_vrrp *v, enum vrrp_state state,
			   uint8_t priority, const char *why);
void engine_notify_lower(struct engine_vrrp *v);
void engine_notify_say_stop(struct engine *e);
/* Whom a script runs as; says in the log if there is no such user. */
int engine_script_user(struct engine *e, const struct conf_command *c,
		       struct script_user *out);

/* engine_peer.c */
int engine_peer_add(struct engine *e, const struct addr *addr);
bool engine_is_peer(struct engine *e, const struct addr *addr);
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
void engine_backend_weigh(struct engine_backend *b, uint32_t weight);
void engine_backend_drain(struct engine_backend *b, bool drain,
			  struct usec timeout);
void engine_backend_hop(struct engine_backend *b, const struct next_hop *hop);
void engine_backend_locate(struct engine_backend *b); /* local? loopback? */
void engine_backend_end_sessions(struct engine_backend *b);
bool engine_backend_usable(const struct engine_backend *b);
enum backend_state engine_backend_state(const struct engine_backend *b);
const char *engine_backend_kind(const struct engine_backend *b);

struct backend_name { /* "10.0.4.31:8080 of 10.0.4.99:80/tcp" */
	char text[2 * ENDPOINT_PRINT_SIZE + 8];
};
struct backend_name engine_backend_name(const struct engine_backend *b);
/* Its reason, as `backend list` shows it; `since` is another matter. */
void engine_backend_explain(struct engine_backend *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Why there is no way to it, or NULL. */
const char *engine_backend_unreachable(const struct engine_backend *b);
/* Writes what it is now, and the service's order anew. */
void engine_backend_publish(struct engine_backend *b);
/* something about a host that may be a backend of several services */
void engine_backends_changed(struct engine *e, const struct addr *addr);

/* engine_check.c; checkers are copied */
int engine_backend_check(struct engine_backend *b,
			 const struct conf_checker *checkers, size_t n);
void engine_checks_explain(struct engine_backend *b);
void engine_checks_restart(struct engine_backend *b);
void engine_checks_fini(struct engine_backend *b);

/* engine_session.c */
int engine_sweep_start(struct engine *e);
/* No SNAT port while a service or a listener has it. */
void engine_exclude_port(struct engine *e, uint16_t port);
int engine_sessions(void *arg, struct session_cursor_slot *cursor,
		    const struct session_filter *filter,
		    void (*row)(void *to, const struct session_row *),
		    void *to);
int engine_session_flush(void *arg, struct session_cursor_slot *cursor,
			 const struct session_filter *filter, uint64_t *ended);

/* engine_shortage.c */
void engine_shortages_start(struct engine *e);
void engine_shortages_look(struct engine *e);

/* engine_control_vrrp.c */
void engine_maintenance_init(struct engine *e);
/* "script chk_api fails"; false: nothing of its own fails */
bool engine_vrrp_explain_fault(struct engine_vrrp *v, char *buf, size_t size);
void engine_control_vrrp_status(struct engine *e, struct status_row *out);
int engine_control_vrrps(void *arg, const char *name,
			 void (*row)(void *to, const struct vrrp_row *),
			 void *to, char *error);
int engine_control_failover(void *arg, const char *name, bool cancel,
			    char *error);
int engine_control_maintenance(void *arg, bool on, char *error);

/* engine_control.c */
extern const struct control_ops engine_control_ops;

#endif
