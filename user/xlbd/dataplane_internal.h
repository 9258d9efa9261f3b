/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the dataplane*.c files share, and nobody else sees.  The pins are the
 * truth about what is attached: a crash leaves them, a clean exit does not,
 * and the lock on their directory says whether their daemon lives.
 */
#ifndef XLBD_DATAPLANE_INTERNAL_H
#define XLBD_DATAPLANE_INTERNAL_H

#include "core/extents.h"
#include "xlbd/dataplane.h"

#include <limits.h>

struct xlbd_bpf;

/*
 * Who made the pins: map `info`, one entry.  Stays as it is, so that every
 * version can clean up after every other; `layout` is of the other maps, for
 * one that would rather adopt them.
 */
#define DATAPLANE_LAYOUT 1
struct dataplane_info {
	uint64_t netns_cookie;
	uint32_t layout;
	uint32_t pid;
	char config_id[64];
};

struct dataplane_pins {
	char path[PATH_MAX - 64]; /* room for the names below it */
	int dir; /* locked as long as it is open */
};

struct dataplane_xdp {
	unsigned int ifindex; /* 0: free */
	int link;
	bool native;
};

struct dataplane_maps { /* fds, the skeleton's own */
	int sessions4, ours4, services, backends, endpoints;
	int snat_excluded, peers, links;
	int reasons, service_stats, backend_stats;
};

#define RING_UNIT 16 /* places: what ring_extents lends */

static inline uint32_t ring_units(uint32_t length)
{
	return (length + RING_UNIT - 1) / RING_UNIT;
}

enum dataplane_hook { HOOK_CONNECT4, HOOK_GETPEERNAME4, DATAPLANE_HOOKS };

struct dataplane {
	struct xlbd_bpf *skel;
	bool adopted; /* maps and links of a daemon that died */
	struct dataplane_pins pins;
	struct dataplane_maps maps;
	/* mapped maps, whole; NULL until they are */
	struct owner *owners;
	struct ring_head *ring_heads;
	struct ring_place *rings;
	uint64_t *ours_filter;
	struct extents ring_extents;
	int xdp, steer, egress; /* program fds, the skeleton's own */
	uint32_t tc_handle;
	struct dataplane_xdp interfaces[XLBD_MAX_LINKS];
	int hook_programs[DATAPLANE_HOOKS];
	int hook_links[DATAPLANE_HOOKS]; /* -1: none */
	int cpus;
	void *per_cpu; /* one value of any per-CPU map, for every CPU */
	struct session4_key *batch_keys;
	struct session4 *batch_values;
	uint32_t batch_room;
};

/* Writes `error` (DATAPLANE_ERROR_SIZE) and returns `err`. */
int dataplane_fail(char *error, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * dataplane_libbpf.c: libbpf's log goes to ours at level debug, and what it
 * said last is kept for error messages ("" if nothing).
 */
void libbpf_listen(void);
void libbpf_forget(void);
const char *libbpf_said(void); /* its first warning */
const char *libbpf_verifier(void); /* the end of the verifier's log */
const char *libbpf_kernel_said(void); /* netlink's extended ack */

/*
 * dataplane_pins.c.  open: makes (if `create`) and locks the directory, on a
 * bpffs mounted for it if need be.  -ENOENT, -EBUSY: a living daemon's.
 */
int pins_open(const char *path, bool create, struct dataplane_pins *out,
	      char *error);
void pins_close(struct dataplane_pins *pins); /* lets the lock go */
int pins_add(const struct dataplane_pins *pins, const char *name, int fd);
int pins_get(const struct dataplane_pins *pins, const char *name); /* its fd */
/* Detaches a link and removes its pin. */
void pins_remove_link(const struct dataplane_pins *pins, const char *name);
int pins_write_info(const struct dataplane_pins *pins,
		    const struct dataplane_info *info);
/* -ENOENT: none, and the directory is empty.  -EBUSY: not xlbd's. */
int pins_read_info(const struct dataplane_pins *pins,
		   struct dataplane_info *out, char *error);
/* No XDP link is on a living interface: their namespace is gone. */
bool pins_orphaned(const struct dataplane_pins *pins);
/* Detaches and removes everything in the directory; and it as well. */
int pins_clear(const struct dataplane_pins *pins);
int pins_remove(const struct dataplane_pins *pins);

/*
 * dataplane_tc.c.  A handle is the pin path's hash: filters of a daemon that
 * left no pins are recognised by it.  Its lowest bit says whether the clsact
 * qdisc was ours to make, and so is to be removed.
 */
uint32_t tc_handle(const char *pin_path);
int tc_attach(unsigned int ifindex, uint32_t handle, int steer, int egress,
	      char *error);
void tc_detach(unsigned int ifindex, uint32_t handle);
void tc_detach_all(uint32_t handle); /* from every interface */

/* dataplane_adopt.c */
struct bpf_map;
bool dataplane_is_pinned(const struct bpf_map *map);
int dataplane_reuse_maps(struct dataplane *dp); /* before load */
int dataplane_adopt_rings(struct dataplane *dp); /* once they are mapped */

/* dataplane_cgroup.c: for clients on this node; says in the log why not. */
void cgroup_attach(struct dataplane *dp);
void cgroup_detach(struct dataplane *dp);

void dataplane_close_sessions(struct dataplane *dp);

#endif
