/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs and maps in the kernel, behind which libbpf is hidden: load,
 * attach, pin, write maps, read counters, age sessions.  Knows slots, not the
 * model: which slot means what is the engine's business.
 */
#ifndef XLBD_DATAPLANE_H
#define XLBD_DATAPLANE_H

#include "core/addr.h"
#include "core/usec.h"

#include <linux/types.h>

#include "xlbd_maps.h"
#include "xlbd_reasons.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dataplane;

enum dataplane_xdp_mode { XDP_MODE_AUTO, XDP_MODE_NATIVE, XDP_MODE_GENERIC };

struct dataplane_options {
	const char
		*pin_path; /* a directory on a bpffs; mounted if it must be */
	const char *config_id;
	uint32_t max_sessions; /* per direction's record: see sessions4 */
	bool clients_here; /* attach the cgroup hooks */
};

#define DATAPLANE_ERROR_SIZE 512

/*
 * Opens and loads all programs, creates and pins the maps.  What a
 * crashed daemon of the same namespace and config left under pin_path is
 * adopted, or taken away first if it does not fit; a living one's (its lock is held), another namespace's or
 * another config's are refused: -EBUSY.  On failure `error` says what and
 * what to do about it.
 */
int dataplane_open(const struct dataplane_options *options,
		   struct dataplane **out, char *error);
/* Detaches and unpins everything.  NULL-safe. */
void dataplane_close(struct dataplane *dp);
/* xlbd --cleanup: removes every trace below pin_path; 0 if none was there. */
int dataplane_cleanup(const char *pin_path, char *error);
/*
 * Is this namespace free of other daemons?  Asked after dataplane_open() or
 * _cleanup(): a program of ours that is on an interface still is another
 * daemon's: -EBUSY, and where in `error`.
 */
int dataplane_alone(char *error);

/*
 * Attaches XDP, tc ingress (steer) and tc egress to an interface.  Another
 * XDP program there: -EBUSY and its name in `error`.  *native says which mode
 * it became; `error` then says why not native (or is "").  Again on the same
 * interface: no-op.
 */
int dataplane_attach(struct dataplane *dp, unsigned int ifindex,
		     enum dataplane_xdp_mode mode, bool *native, char *error);
void dataplane_detach(struct dataplane *dp, unsigned int ifindex);

/*
 * Whether maps and programs are those of a daemon that died, sessions and all:
 * then what it knew can be read here, and what is not wanted any more is to be
 * taken away by the caller.  Not to be called once slots are used anew.
 */
bool dataplane_adopted(const struct dataplane *dp);
const struct owner *dataplane_adopted_owner(const struct dataplane *dp,
					    uint32_t slot);
int dataplane_adopted_backend(const struct dataplane *dp, uint32_t slot,
			      struct backend *out);
bool dataplane_adopted_scheduled(const struct dataplane *dp, uint32_t service,
				 uint32_t backend);
int dataplane_adopted_services(const struct dataplane *dp,
			       void (*each)(void *arg,
					    const struct endpoint *endpoint,
					    const struct service *service),
			       void *arg);
int dataplane_adopted_forget_endpoints(const struct dataplane *dp);
int dataplane_adopted_forget_ports(const struct dataplane *dp);

/* Maps, by slot.  Return 0 or -errno. */
void dataplane_set_owner(struct dataplane *dp, uint32_t vip,
			 const struct addr *addr, uint64_t lease_until);
/* Where the lease of a VIP stands: CLOCK_MONOTONIC ns, to be stored at once */
uint64_t *dataplane_lease(struct dataplane *dp, uint32_t vip);
int dataplane_set_ours(struct dataplane *dp, const struct addr *addr,
		       uint32_t vip, uint32_t flags); /* flags 0: remove */
int dataplane_set_service(struct dataplane *dp, const struct endpoint *e,
			  const struct service *service);
int dataplane_del_service(struct dataplane *dp, const struct endpoint *e);
/* Swapped in atomically; length 0: no backend. */
int dataplane_set_ring(struct dataplane *dp, uint32_t service,
		       const uint32_t *backends, size_t length);
int dataplane_set_backend(struct dataplane *dp, uint32_t slot,
			  const struct backend *backend);
/* A backend's address and port; `flags` 0: no rule (any more). */
int dataplane_set_endpoint(struct dataplane *dp, const struct endpoint *e,
			   uint32_t flags);
/* Which MAC is ours on an interface; dataplane_detach() removes it. */
int dataplane_set_link(struct dataplane *dp, unsigned int ifindex,
		       const uint8_t mac[6]);
/* Whose MAC this is; `addr` NULL: no peer's (any more). */
int dataplane_set_peer(struct dataplane *dp, const uint8_t mac[6],
		       const struct addr *addr);
int dataplane_set_snat_excluded(struct dataplane *dp, uint16_t port,
				bool excluded);
/* Zeroes the counters of a slot, before it is used again. */
int dataplane_reset_stats(struct dataplane *dp, uint32_t service_slot,
			  uint32_t backend_slot); /* UINT32_MAX: none */

/* Counters, summed over CPUs. */
int dataplane_read_reason(struct dataplane *dp, enum xlbd_reason reason,
			  struct reason_stats *out);
int dataplane_read_service(struct dataplane *dp, uint32_t slot,
			   struct traffic_stats *out);
int dataplane_read_backend(struct dataplane *dp, uint32_t slot,
			   struct traffic_stats *out);

/*
 * Sessions.  A cursor walks the table in slices: visit at most `most`
 * records a call (whole hash buckets: seldom a few more); returns 1 while
 * there are more, 0 at the end, -errno.  Start with a zeroed cursor.  `visit`
 * may return SESSION_DELETE: the record is deleted, unless a packet has
 * refreshed it meanwhile (dataplane_del_session() in `visit` deletes without
 * looking).  Records may be missed or seen twice only if they are created
 * or deleted meanwhile.
 */
struct session_cursor {
	struct session4_key at;
	bool started;
};

enum session_verdict { SESSION_KEEP, SESSION_DELETE };

int dataplane_walk_sessions(
	struct dataplane *dp, struct session_cursor *cursor, size_t most,
	enum session_verdict (*visit)(void *arg, const struct session4_key *key,
				      const struct session4 *session),
	void *arg);
int dataplane_find_session(struct dataplane *dp, const struct session4_key *key,
			   struct session4 *out); /* -ENOENT */
int dataplane_del_session(struct dataplane *dp, const struct session4_key *key);

/* Now, in the units of session4.last_seen. */
uint32_t dataplane_ticks(void);
uint32_t dataplane_ticks_of(struct usec span);

#endif
