/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking over what a daemon that died has left running: its maps, with every
 * session in them, and its links, in which the programs are replaced without
 * a packet lost.  Only maps of exactly our making are taken.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "xlbd.skel.h"

/* libbpf's own (.rodata) are made anew; `links` is not pinned. */
bool dataplane_is_pinned(const struct bpf_map *map)
{
	return !bpf_map__is_internal(map) &&
	       strcmp(bpf_map__name(map), "links");
}

static bool is_alike(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) &&
	       info.type == (uint32_t)bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map) &&
	       info.max_entries == bpf_map__max_entries(map) &&
	       info.map_flags == bpf_map__map_flags(map);
}

static int reuse_map(struct dataplane *dp, struct bpf_map *map)
{
	int fd = pins_get(&dp->pins, bpf_map__name(map)), err;

	if (fd < 0)
		return fd;
	err = is_alike(map, fd) ? bpf_map__reuse_fd(map, fd) : -EINVAL;
	close(fd); /* libbpf has its own by now */
	return err;
}

int dataplane_reuse_maps(struct dataplane *dp)
{
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, dp->skel->obj) {
		if (!dataplane_is_pinned(map))
			continue;
		err = reuse_map(dp, map);
		if (err) {
			log_info("%s/%s is not of our making (%s): starting "
				 "afresh",
				 dp->pins.path, bpf_map__name(map),
				 strerror(-err));
			return err;
		}
	}
	return 0;
}

/* Which places of the pool the rings that run stand in. */
int dataplane_adopt_rings(struct dataplane *dp)
{
	for (uint32_t i = 0; i < XLBD_MAX_SERVICES; i++) {
		const struct ring_head *head = &dp->ring_heads[i];

		if (!head->length)
			continue;
		if (head->length > XLBD_MAX_RING ||
		    head->first > XLBD_RING_PLACES - head->length)
			return -EINVAL;
		extents_mark(&dp->ring_extents, head->first / RING_UNIT,
			     ring_units(head->length));
	}
	return 0;
}

bool dataplane_adopted(const struct dataplane *dp)
{
	return dp->adopted;
}

const struct owner *dataplane_adopted_owner(const struct dataplane *dp,
					    uint32_t slot)
{
	return &dp->owners[slot];
}

int dataplane_adopted_backend(const struct dataplane *dp, uint32_t slot,
			      struct backend *out)
{
	return bpf_map_lookup_elem(dp->maps.backends, &slot, out);
}

bool dataplane_adopted_scheduled(const struct dataplane *dp, uint32_t service,
				 uint32_t backend)
{
	const struct ring_head *head = &dp->ring_heads[service];

	for (uint32_t i = 0; i < head->length; i++) {
		if (dp->rings[head->first + i].backend == backend)
			return true;
	}
	return false;
}

int dataplane_adopted_services(const struct dataplane *dp,
			       void (*each)(void *arg,
					    const struct endpoint *endpoint,
					    const struct service *service),
			       void *arg)
{
	struct endpoint_key key, *before = NULL;
	struct service service;

	while (!bpf_map_get_next_key(dp->maps.services, before, &key)) {
		struct endpoint e = {
			.port = ntohs(key.port),
			.protocol = key.protocol,
		};

		memcpy(e.addr.bytes, key.address, sizeof(e.addr.bytes));
		if (!bpf_map_lookup_elem(dp->maps.services, &key, &service))
			each(arg, &e, &service);
		before = &key;
	}
	return errno == ENOENT ? 0 : -errno;
}

/* Whoever is still there says so again; what nobody says is gone. */
int dataplane_adopted_forget_endpoints(const struct dataplane *dp)
{
	struct endpoint_key key;
	int err;

	while (!bpf_map_get_next_key(dp->maps.endpoints, NULL, &key)) {
		err = bpf_map_delete_elem(dp->maps.endpoints, &key);
		if (err)
			return err;
	}
	return 0;
}

/* Likewise those that no session's reply may come to. */
int dataplane_adopted_forget_ports(const struct dataplane *dp)
{
	uint64_t none = 0;
	int err = 0;

	for (uint32_t i = 0; !err && i < 65536 / 64; i++)
		err = bpf_map_update_elem(dp->maps.snat_excluded, &i, &none,
					  BPF_ANY);
	return err;
}
