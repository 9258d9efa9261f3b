/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing the maps and reading the counters.
 */
#include "xlbd/dataplane_internal.h"

#include <bpf/bpf.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct endpoint_key endpoint_key(const struct endpoint *e)
{
	struct endpoint_key key = {
		.port = htons(e->port),
		.protocol = e->protocol,
	};

	memcpy(key.address, e->addr.bytes, sizeof(key.address));
	return key;
}

static struct mac_key mac_key(const uint8_t mac[6])
{
	struct mac_key key = {};

	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

/* Not there is as good as deleted. */
static int remove_key(int map, const void *key)
{
	int err = bpf_map_delete_elem(map, key);

	return err == -ENOENT ? 0 : err;
}

void dataplane_set_owner(struct dataplane *dp, uint32_t vip,
			 const struct addr *addr, uint64_t lease_until)
{
	struct owner *o = &dp->owners[vip];

	memcpy(o->address, addr->bytes, sizeof(o->address));
	__atomic_store_n(&o->lease_until, lease_until, __ATOMIC_RELEASE);
}

uint64_t *dataplane_lease(struct dataplane *dp, uint32_t vip)
{
	return (uint64_t *)&dp->owners[vip].lease_until;
}

/* Bits are set and cleared while packets come: each word at once. */
static int filter_rebuild(struct dataplane *dp)
{
	uint64_t bits[XLBD_OURS_BITS / 64] = {0};
	uint32_t key, *before = NULL;

	while (!bpf_map_get_next_key(dp->maps.ours4, before, &key)) {
		bits[ours_bit(key) / 64] |= 1ULL << (ours_bit(key) % 64);
		before = &key;
	}
	if (errno != ENOENT)
		return -errno;
	for (size_t i = 0; i < XLBD_OURS_BITS / 64; i++)
		__atomic_store_n(&dp->ours_filter[i], bits[i],
				 __ATOMIC_RELAXED);
	return 0;
}

int dataplane_set_ours(struct dataplane *dp, const struct addr *addr,
		       uint32_t vip, uint32_t flags)
{
	struct ours value = {.vip = vip, .flags = flags};
	uint32_t key;
	int err;

	if (!addr_is_v4(addr))
		return 0; /* the path is IPv4's: none of it is ours there */
	key = addr_to_v4(addr);
	if (!flags)
		return remove_key(dp->maps.ours4, &key) ?: filter_rebuild(dp);
	err = bpf_map_update_elem(dp->maps.ours4, &key, &value, BPF_ANY);
	if (!err)
		__atomic_fetch_or(&dp->ours_filter[ours_bit(key) / 64],
				  1ULL << (ours_bit(key) % 64),
				  __ATOMIC_RELAXED);
	return err;
}

int dataplane_set_service(struct dataplane *dp, const struct endpoint *e,
			  const struct service *service)
{
	struct endpoint_key key = endpoint_key(e);

	return bpf_map_update_elem(dp->maps.services, &key, service, BPF_ANY);
}

int dataplane_del_service(struct dataplane *dp, const struct endpoint *e)
{
	struct endpoint_key key = endpoint_key(e);

	return remove_key(dp->maps.services, &key);
}

/*
 * The new ring is written where nobody looks yet, then the head is stored as
 * one word.  (A map in a map would cost a grace period of the kernel's each:
 * 5 to 20 ms.)
 */
int dataplane_set_ring(struct dataplane *dp, uint32_t service,
		       const uint32_t *backends, size_t length)
{
	struct ring_head old = dp->ring_heads[service], new = {0};
	uint64_t word;
	int err;

	if (length > XLBD_MAX_RING)
		return -EINVAL;
	if (length) {
		err = extents_take(&dp->ring_extents, ring_units(length),
				   &new.first);
		if (err)
			return err;
		new.first *= RING_UNIT;
		new.length = length;
		for (size_t i = 0; i < length; i++)
			dp->rings[new.first + i].backend = backends[i];
	}
	memcpy(&word, &new, sizeof(word));
	__atomic_store_n((uint64_t *)&dp->ring_heads[service], word,
			 __ATOMIC_RELEASE);
	if (old.length)
		extents_return(&dp->ring_extents, old.first / RING_UNIT,
			       ring_units(old.length));
	return 0;
}

int dataplane_set_backend(struct dataplane *dp, uint32_t slot,
			  const struct backend *backend)
{
	return bpf_map_update_elem(dp->maps.backends, &slot, backend, BPF_ANY);
}

int dataplane_set_endpoint(struct dataplane *dp, const struct endpoint *e,
			   uint32_t flags)
{
	struct endpoint_key key = endpoint_key(e);

	if (!flags)
		return remove_key(dp->maps.endpoints, &key);
	return bpf_map_update_elem(dp->maps.endpoints, &key, &flags, BPF_ANY);
}

int dataplane_set_link(struct dataplane *dp, unsigned int ifindex,
		       const uint8_t mac[6])
{
	struct link value = {};
	uint32_t key = ifindex;

	memcpy(value.mac, mac, sizeof(value.mac));
	return bpf_map_update_elem(dp->maps.links, &key, &value, BPF_ANY);
}

int dataplane_set_peer(struct dataplane *dp, const uint8_t mac[6],
		       const struct addr *addr)
{
	struct mac_key key = mac_key(mac);
	struct peer value;

	if (!addr)
		return remove_key(dp->maps.peers, &key);
	memcpy(value.address, addr->bytes, sizeof(value.address));
	return bpf_map_update_elem(dp->maps.peers, &key, &value, BPF_ANY);
}

int dataplane_set_snat_excluded(struct dataplane *dp, uint16_t port,
				bool excluded)
{
	uint64_t bits, bit = 1ULL << port % 64;
	uint32_t key = port / 64;
	int err;

	err = bpf_map_lookup_elem(dp->maps.snat_excluded, &key, &bits);
	if (err)
		return err;
	bits = excluded ? bits | bit : bits & ~bit;
	return bpf_map_update_elem(dp->maps.snat_excluded, &key, &bits,
				   BPF_ANY);
}

static int reset_traffic(struct dataplane *dp, int map, uint32_t slot)
{
	if (slot == UINT32_MAX)
		return 0;
	memset(dp->per_cpu, 0, dp->cpus * sizeof(struct traffic_stats));
	return bpf_map_update_elem(map, &slot, dp->per_cpu, BPF_ANY);
}

int dataplane_reset_stats(struct dataplane *dp, uint32_t service_slot,
			  uint32_t backend_slot)
{
	int err = reset_traffic(dp, dp->maps.service_stats, service_slot);

	if (err)
		return err;
	return reset_traffic(dp, dp->maps.backend_stats, backend_slot);
}

int dataplane_read_reason(struct dataplane *dp, enum xlbd_reason reason,
			  struct reason_stats *out)
{
	const struct reason_stats *cpu = dp->per_cpu;
	struct reason_stats sum = {};
	uint32_t first = 0;
	int err, i;

	if ((unsigned int)reason >= XLBD_REASON_MAX)
		return -EINVAL;
	err = bpf_map_lookup_elem(dp->maps.reasons, &first, dp->per_cpu);
	if (err)
		return err;
	for (i = 0; i < dp->cpus; i++, cpu += XLBD_REASON_MAX) {
		sum.packets += cpu[reason].packets;
		sum.bytes += cpu[reason].bytes;
	}
	*out = sum;
	return 0;
}

static int read_traffic(struct dataplane *dp, int map, uint32_t slot,
			struct traffic_stats *out)
{
	const struct traffic_stats *cpu = dp->per_cpu;
	struct traffic_stats sum = {};
	int err, i;

	err = bpf_map_lookup_elem(map, &slot, dp->per_cpu);
	if (err)
		return err;
	for (i = 0; i < dp->cpus; i++) {
		sum.packets_in += cpu[i].packets_in;
		sum.bytes_in += cpu[i].bytes_in;
		sum.packets_out += cpu[i].packets_out;
		sum.bytes_out += cpu[i].bytes_out;
		sum.sessions += cpu[i].sessions;
	}
	*out = sum;
	return 0;
}

int dataplane_read_service(struct dataplane *dp, uint32_t slot,
			   struct traffic_stats *out)
{
	return read_traffic(dp, dp->maps.service_stats, slot, out);
}

int dataplane_read_backend(struct dataplane *dp, uint32_t slot,
			   struct traffic_stats *out)
{
	return read_traffic(dp, dp->maps.backend_stats, slot, out);
}
