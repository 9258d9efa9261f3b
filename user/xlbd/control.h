/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: JSON lines in, JSON lines out.  Parses requests, checks
 * the arguments' form and calls the engine through `struct control_ops`, by
 * plain values; the engine never sees JSON.
 *
 *   {"cmd":"backend add","args":{"service":"10.0.4.99:80","backend":...}}
 *   {"ok":true,"data":{...}}      {"ok":false,"error":"..."}
 */
#ifndef XLBD_CONTROL_H
#define XLBD_CONTROL_H

#include "core/addr.h"
#include "core/conf.h"
#include "core/vrrp_fsm.h"
#include "core/vrrp_packet.h"
#include "core/vrrp_track.h"
#include "xlbd/loop.h"

#include <linux/types.h>

#include "xlbd_maps.h"
#include "xlbd_reasons.h"

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_ERROR_SIZE 320

enum backend_state { /* up|down|drain|unchecked */
		     BACKEND_STATE_UP,
		     BACKEND_STATE_DOWN,
		     BACKEND_STATE_DRAIN,
		     BACKEND_STATE_UNCHECKED,
};
const char *backend_state_name(enum backend_state state);

/* Rows of the answers, by value. */
struct service_row {
	struct endpoint endpoint;
	enum conf_kind kind;
	enum conf_algo algo;
	bool owned;
	unsigned int backends, backends_up;
	uint64_t sessions; /* open now */
	struct traffic_stats traffic;
};

struct backend_row {
	struct endpoint service, backend; /* backend.protocol is 0 */
	const char *kind; /* "FNAT", "DR", "local" */
	uint32_t weight;
	enum backend_state state;
	int64_t since; /* seconds since 1970 of the last state change */
	const char *reason; /* of the state; never NULL */
	uint64_t sessions;
	struct traffic_stats traffic;
	uint64_t check_failures[2]; /* by enum conf_checker_type */
	bool has_check[2];
};

struct session_row {
	struct endpoint client, service, backend;
	struct endpoint snat; /* FNAT's source towards the backend */
	const char *kind;
	const char *state; /* syn established fin closed udp */
	struct usec age, idle;
};

struct vrrp_vip_row {
	struct prefix prefix;
	bool excluded; /* not advertised */
	bool owned; /* by this node, now */
};

struct vrrp_peer_row {
	struct addr addr; /* zero: all for whom there was no room */
	uint64_t received, rejected[VRRP_REJECTION_MAX];
	int64_t last_heard; /* seconds since 1970; 0: never */
};

/* A vrrp_instance; its lists last as long as the call that it is given to. */
struct vrrp_row {
	const char *name, *interface;
	const char *group; /* vrrp_sync_group; or NULL */
	uint8_t vrid, version;
	enum vrrp_state state;
	int64_t since; /* seconds since 1970 of the last transition; 0: none */
	const char *cause; /* of that; "": none */
	const char *why; /* it is what it is; never NULL */
	uint8_t priority, base_priority; /* effective, configured */
	struct usec advert_int;
	bool nopreempt, failover;
	struct addr source; /* of our adverts; zero: none */
	struct addr master; /* zero: nobody that we know */
	uint8_t master_priority;
	struct usec lease_left; /* while master */
	int send_error; /* of the last advert: 0/-errno */
	uint64_t sent, sent_stop, transitions[VRRP_STATES];
	const struct vrrp_vip_row *vips;
	size_t n_vips;
	const struct vrrp_peer_row *peers;
	size_t n_peers;
	const struct vrrp_tracked *tracks;
	size_t n_tracks;
};

struct session_filter {
	bool has_service, has_backend, has_client;
	struct endpoint service, backend; /* backend.protocol is 0 */
	struct prefix client;
	const char *state; /* NULL: any */
	struct usec older; /* age at least */
};

struct interface_row {
	const char *name, *mode; /* "native", "generic" */
};

struct status_row {
	const char *version, *config_file, *pin_path;
	int64_t since;
	unsigned int services, backends, backends_up, vips;
	unsigned int instances, masters; /* vrrp_instances */
	bool maintenance;
	uint64_t sessions, max_sessions;
	const struct interface_row *interfaces;
	size_t n_interfaces;
};

struct backend_check { /* of `backend add ... check none|tcp|http PATH` */
	bool given, none;
	enum conf_checker_type type;
	const char *path;
};

/*
 * What the engine does for the control socket.  `error` has
 * CONTROL_ERROR_SIZE; -errno and a message in it refuse the command.
 */
struct session_cursor_slot;

struct control_ops {
	int (*status)(void *arg, struct status_row *out);
	void (*services)(void *arg,
			 void (*row)(void *to, const struct service_row *),
			 void *to);
	/* service NULL: all; -ENOENT if there is no such service */
	int (*backends)(void *arg, const struct endpoint *service,
			void (*row)(void *to, const struct backend_row *),
			void *to, char *error);
	int (*service_add)(void *arg, const struct endpoint *service,
			   enum conf_kind kind, enum conf_algo algo,
			   char *error);
	int (*service_del)(void *arg, const struct endpoint *service,
			   char *error);
	int (*backend_add)(void *arg, const struct endpoint *service,
			   const struct endpoint *backend, uint32_t weight,
			   const struct backend_check *check, char *error);
	int (*backend_del)(void *arg, const struct endpoint *service,
			   const struct endpoint *backend, char *error);
	int (*backend_weight)(void *arg, const struct endpoint *service,
			      const struct endpoint *backend, uint32_t weight,
			      char *error);
	int (*backend_drain)(void *arg, const struct endpoint *service,
			     const struct endpoint *backend, bool drain,
			     struct usec timeout, char *error);
	/* in slices: visits some, returns 1 while there are more, 0 at end */
	int (*sessions)(void *arg, struct session_cursor_slot *cursor,
			const struct session_filter *filter,
			void (*row)(void *to, const struct session_row *),
			void *to);
	/* like sessions, ending each that matches; *ended counts */
	int (*session_flush)(void *arg, struct session_cursor_slot *cursor,
			     const struct session_filter *filter,
			     uint64_t *ended);
	/* name NULL: all; -ENOENT if there is no such instance */
	int (*vrrps)(void *arg, const char *name,
		     void (*row)(void *to, const struct vrrp_row *), void *to,
		     char *error);
	/* name NULL: all; `cancel`: no longer */
	int (*vrrp_failover)(void *arg, const char *name, bool cancel,
			     char *error);
	int (*vrrp_maintenance)(void *arg, bool on, char *error);
	int (*reason)(void *arg, enum xlbd_reason reason,
		      struct reason_stats *out);
};

/* Opaque to control: room for the engine's place in a long walk. */
struct session_cursor_slot {
	uint64_t words[8]; /* zeroed at the start */
};

struct control;

int control_open(struct loop *l, const char *path,
		 const struct control_ops *ops, void *arg,
		 struct control **out); /* 0, -EADDRINUSE, -errno */
void control_close(struct control *c); /* NULL-safe */

/* The socket file of a daemon that died.  0, -EADDRINUSE, -errno. */
int control_cleanup(const char *path);

/*
 * All metrics in Prometheus' text format, to free(); NULL if memory ran out.
 * The HTTP endpoint and `stats --prometheus` say the same.
 */
char *control_render_metrics(const struct control_ops *ops, void *arg,
			     size_t *length);

#endif
