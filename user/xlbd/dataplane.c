/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open, load, pin; close; clean up after the dead.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"
#include "xlbd.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The largest value of a per-CPU map; all are multiples of 8. */
#define PER_CPU_VALUE sizeof(struct reasons)
_Static_assert(PER_CPU_VALUE >= sizeof(struct traffic_stats) &&
		       PER_CPU_VALUE % 8 == 0,
	       "per-CPU values");

int dataplane_fail(char *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, DATAPLANE_ERROR_SIZE, format, args);
	va_end(args);
	return err;
}

static int own_info(const char *config_id, struct dataplane_info *out,
		    char *error)
{
	struct dataplane_info info = {
		.layout = DATAPLANE_LAYOUT,
		.pid = getpid(),
	};
	socklen_t size = sizeof(info.netns_cookie);
	int fd, err = 0;

	if (!config_id)
		config_id = "";
	if (strlen(config_id) >= sizeof(info.config_id))
		return dataplane_fail(error, -ENAMETOOLONG,
				      "config id '%s' is longer than %zu",
				      config_id, sizeof(info.config_id) - 1);
	strcpy(info.config_id, config_id);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE,
				 &info.netns_cookie, &size))
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		return dataplane_fail(error, err,
				      "no network namespace cookie: %s "
				      "(needs Linux 5.14)",
				      strerror(-err));
	*out = info;
	return 0;
}

static int refuse_namespace(const struct dataplane_pins *pins,
			    const struct dataplane_info *own,
			    const struct dataplane_info *found, char *error)
{
	if (found->netns_cookie == own->netns_cookie || pins_orphaned(pins))
		return 0;
	return dataplane_fail(error, -EBUSY,
			      "%s is of an xlbd in another network namespace "
			      "(run xlbd --cleanup there, or use another "
			      "pin_path here)",
			      pins->path);
}

static int clear_pins(const struct dataplane_pins *pins, char *error)
{
	int err;

	tc_detach_all(tc_handle(pins->path));
	err = pins_clear(pins);
	if (err)
		return dataplane_fail(error, err, "cannot clear %s: %s",
				      pins->path, strerror(-err));
	return 0;
}

/*
 * What a crashed daemon has left in our directory: *adopt, if it is to be
 * gone on with.
 */
static int take_leftovers(const struct dataplane_pins *pins,
			  const struct dataplane_info *own, bool *adopt,
			  char *error)
{
	struct dataplane_info found;
	int err = pins_read_info(pins, &found, error);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = refuse_namespace(pins, own, &found, error);
	if (err)
		return err;
	if (strcmp(found.config_id, own->config_id))
		return dataplane_fail(error, -EBUSY,
				      "%s is of an xlbd with config id '%s', "
				      "this one has '%s' (xlbd --cleanup "
				      "removes it)",
				      pins->path, found.config_id,
				      own->config_id);
	*adopt = found.layout == own->layout &&
		 found.netns_cookie == own->netns_cookie;
	log_info("%s: %s what a crashed xlbd (pid %u, layout %u) left",
		 pins->path, *adopt ? "adopting" : "taking away", found.pid,
		 found.layout);
	return *adopt ? 0 : clear_pins(pins, error);
}

/* The directory: ours, locked, holding nothing but our info. */
static int claim_pins(struct dataplane *dp,
		      const struct dataplane_options *options,
		      const struct dataplane_info *own, char *error)
{
	int err = pins_open(options->pin_path, true, &dp->pins, error);

	if (!err)
		err = take_leftovers(&dp->pins, own, &dp->adopted, error);
	if (err)
		return err;
	err = pins_write_info(&dp->pins, own);
	if (err)
		pins_remove(&dp->pins);
	if (err)
		return dataplane_fail(error, err, "cannot pin %s/info: %s%s",
				      dp->pins.path, strerror(-err),
				      err == -EPERM ? " (needs root)" : "");
	return 0;
}

static int load_failed(int err, char *error)
{
	struct utsname kernel = {};
	const char *hint = "";

	uname(&kernel);
	if (err == -EPERM)
		hint = geteuid() ? "; run it as root"
				 : "; is bpf() allowed here (lockdown, "
				   "container)?";
	else if (err == -ENOMEM || err == -E2BIG)
		hint = "; is max_sessions too large for this machine?";
	return dataplane_fail(error, err,
			      "cannot load the programs: %s (Linux %s, needs "
			      "6.1 or later%s): %s %s",
			      strerror(-err), kernel.release, hint,
			      libbpf_said(), libbpf_verifier());
}

static int load(struct dataplane *dp, const struct dataplane_options *options,
		uint64_t netns_cookie, char *error)
{
	struct xlbd_bpf *skel;
	int err;

	libbpf_listen();
	libbpf_forget();
	skel = xlbd_bpf__open();
	if (!skel)
		return load_failed(-errno, error);
	dp->skel = skel;
	skel->rodata->netns_cookie = netns_cookie;
	bpf_program__set_autoload(skel->progs.connect4, options->clients_here);
	bpf_program__set_autoload(skel->progs.getpeername4,
				  options->clients_here);
	if (options->max_sessions > UINT32_MAX / 2)
		return load_failed(-E2BIG, error);
	err = bpf_map__set_max_entries(skel->maps.sessions4,
				       2 * options->max_sessions);
	if (!err && dp->adopted && dataplane_reuse_maps(dp))
		return -ESTALE;
	if (!err)
		err = xlbd_bpf__load(skel);
	return err ? load_failed(err, error) : 0;
}

static void note_fds(struct dataplane *dp)
{
	struct xlbd_bpf *skel = dp->skel;

	dp->maps = (struct dataplane_maps){
		.sessions4 = bpf_map__fd(skel->maps.sessions4),
		.ours4 = bpf_map__fd(skel->maps.ours4),
		.services = bpf_map__fd(skel->maps.services),
		.backends = bpf_map__fd(skel->maps.backends),
		.endpoints = bpf_map__fd(skel->maps.endpoints),
		.snat_excluded = bpf_map__fd(skel->maps.snat_excluded),
		.peers = bpf_map__fd(skel->maps.peers),
		.links = bpf_map__fd(skel->maps.links),
		.reasons = bpf_map__fd(skel->maps.reasons),
		.service_stats = bpf_map__fd(skel->maps.service_stats),
		.backend_stats = bpf_map__fd(skel->maps.backend_stats),
	};
	dp->xdp = bpf_program__fd(skel->progs.xlbd);
	dp->steer = bpf_program__fd(skel->progs.steer);
	dp->egress = bpf_program__fd(skel->progs.egress);
	dp->hook_programs[HOOK_CONNECT4] =
		bpf_program__fd(skel->progs.connect4);
	dp->hook_programs[HOOK_GETPEERNAME4] =
		bpf_program__fd(skel->progs.getpeername4);
}

/* All but libbpf's own (.rodata and the like), by their names. */
static int pin_maps(struct dataplane *dp, char *error)
{
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, dp->skel->obj) {
		const char *name = bpf_map__name(map);

		if (dp->adopted || !dataplane_is_pinned(map))
			continue;
		err = pins_add(&dp->pins, name, bpf_map__fd(map));
		if (err)
			return dataplane_fail(error, err,
					      "cannot pin %s/%s: %s",
					      dp->pins.path, name,
					      strerror(-err));
	}
	return 0;
}

/* NULL if it cannot be mapped. */
static void *map_memory(const struct bpf_map *map, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			bpf_map__fd(map), 0);

	return at == MAP_FAILED ? NULL : at;
}

static void unmap_memory(void *at, size_t size)
{
	if (at)
		munmap(at, size);
}

#define OWNERS_SIZE (XLBD_MAX_VIPS * sizeof(struct owner))
#define HEADS_SIZE  (XLBD_MAX_SERVICES * sizeof(struct ring_head))
#define FILTER_SIZE (XLBD_OURS_BITS / 8)
#define RINGS_SIZE  (XLBD_RING_PLACES * sizeof(struct ring_place))

static int map_memories(struct dataplane *dp)
{
	struct xlbd_bpf *skel = dp->skel;

	dp->owners = map_memory(skel->maps.owner, OWNERS_SIZE);
	dp->ring_heads = map_memory(skel->maps.ring_heads, HEADS_SIZE);
	dp->rings = map_memory(skel->maps.rings, RINGS_SIZE);
	dp->ours_filter = map_memory(skel->maps.ours_filter, FILTER_SIZE);
	if (!dp->owners || !dp->ring_heads || !dp->rings || !dp->ours_filter)
		return -ENOMEM;
	return extents_init(&dp->ring_extents, ring_units(XLBD_RING_PLACES));
}

static void unmap_memories(struct dataplane *dp)
{
	unmap_memory(dp->owners, OWNERS_SIZE);
	unmap_memory(dp->ring_heads, HEADS_SIZE);
	unmap_memory(dp->rings, RINGS_SIZE);
	unmap_memory(dp->ours_filter, FILTER_SIZE);
	extents_fini(&dp->ring_extents);
}

/*
 * From where the clock is, at 1,000 ports a second: a daemon before, unless it
 * was faster, used others within the minute that backends keep TIME_WAITs.
 */
static int set_snat_cursors(const struct xlbd_bpf *skel)
{
	int cursors = bpf_map__fd(skel->maps.snat_cursors), err = 0;
	struct timespec now;
	uint32_t start;

	clock_gettime(CLOCK_REALTIME, &now);
	start = ((uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) %
		XLBD_SNAT_PORTS;
	for (uint32_t i = 0; !err && i < XLBD_SNAT_CURSORS; i++)
		err = bpf_map_update_elem(cursors, &i, &start, BPF_ANY);
	return err;
}

static int prepare(struct dataplane *dp, char *error)
{
	int err;

	note_fds(dp);
	dp->tc_handle = tc_handle(dp->pins.path);
	dp->cpus = libbpf_num_possible_cpus();
	if (dp->cpus > 0)
		dp->per_cpu = calloc(dp->cpus, PER_CPU_VALUE);
	if (!dp->per_cpu || map_memories(dp))
		return dataplane_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	if (dp->adopted)
		err = dataplane_adopt_rings(dp);
	else
		err = set_snat_cursors(dp->skel);
	if (err)
		return dataplane_fail(error, err, "cannot write maps: %s",
				      strerror(-err));
	return pin_maps(dp, error);
}

/* What was left cannot be adopted after all. */
static int start_afresh(struct dataplane *dp,
			const struct dataplane_options *options,
			const struct dataplane_info *own, char *error)
{
	int err;

	xlbd_bpf__destroy(dp->skel);
	dp->skel = NULL;
	dp->adopted = false;
	err = clear_pins(&dp->pins, error);
	if (!err)
		err = pins_write_info(&dp->pins, own);
	return err ? err : load(dp, options, own->netns_cookie, error);
}

int dataplane_open(const struct dataplane_options *options,
		   struct dataplane **out, char *error)
{
	struct dataplane_info own;
	struct dataplane *dp;
	int err, i;

	error[0] = '\0';
	err = own_info(options->config_id, &own, error);
	if (err)
		return err;
	dp = calloc(1, sizeof(*dp));
	if (!dp)
		return dataplane_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	dp->pins.dir = -1;
	for (i = 0; i < DATAPLANE_HOOKS; i++)
		dp->hook_links[i] = -1;
	err = claim_pins(dp, options, &own, error);
	if (err) {
		pins_close(&dp->pins);
		free(dp);
		return err;
	}
	err = load(dp, options, own.netns_cookie, error);
	if (err == -ESTALE)
		err = start_afresh(dp, options, &own, error);
	if (!err)
		err = prepare(dp, error);
	if (err) {
		dataplane_close(dp);
		return err;
	}
	if (options->clients_here)
		cgroup_attach(dp);
	*out = dp;
	return 0;
}

void dataplane_close(struct dataplane *dp)
{
	size_t i;
	int err;

	if (!dp)
		return;
	cgroup_detach(dp);
	for (i = 0; i < XLBD_MAX_LINKS; i++)
		dataplane_detach(dp, dp->interfaces[i].ifindex);
	if (dp->adopted) /* what only our predecessor's config named */
		tc_detach_all(dp->tc_handle);
	err = pins_remove(&dp->pins);
	if (err)
		log_warning("%s is not empty and stays: %s", dp->pins.path,
			    strerror(-err));
	unmap_memories(dp);
	xlbd_bpf__destroy(dp->skel);
	dataplane_close_sessions(dp);
	free(dp->per_cpu);
	pins_close(&dp->pins);
	free(dp);
}

int dataplane_cleanup(const char *pin_path, char *error)
{
	struct dataplane_info own, found;
	struct dataplane_pins pins;
	int err;

	error[0] = '\0';
	libbpf_listen();
	err = own_info(NULL, &own, error);
	if (err)
		return err;
	err = pins_open(pin_path, false, &pins, error);
	if (err == -ENOENT) {
		/* Pins go with the mount namespace they were made in. */
		tc_detach_all(tc_handle(pin_path));
		return 0;
	}
	if (err)
		return err;
	err = pins_read_info(&pins, &found, error);
	if (!err)
		err = refuse_namespace(&pins, &own, &found, error);
	if (!err || err == -ENOENT) {
		tc_detach_all(tc_handle(pins.path));
		err = pins_remove(&pins);
		if (err)
			dataplane_fail(error, err, "cannot remove %s: %s",
				       pins.path, strerror(-err));
	}
	pins_close(&pins);
	return err;
}
