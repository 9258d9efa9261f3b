/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixtures' network, written into the maps as the daemon would.
 */
#include "world.h"

#include <assert.h>
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xlbd.skel.h"

#define TCP IPPROTO_TCP
#define UDP IPPROTO_UDP

#define LAST_BYTE(x)                \
	{                           \
		0x02, 0, 0, 0, 0, x \
	}
const __u8 node_mac[6] = LAST_BYTE(0x20);
const __u8 node2_mac[6] = LAST_BYTE(0x22);
const __u8 client_mac[6] = LAST_BYTE(0x50);
const __u8 client2_mac[6] = LAST_BYTE(0x51);
const __u8 peer_mac[6] = LAST_BYTE(0x21);
const __u8 backend1_mac[6] = LAST_BYTE(0x31);
const __u8 backend2_mac[6] = LAST_BYTE(0x32);
const __u8 far_mac[6] = LAST_BYTE(0x61);
const __u8 broadcast_mac[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct service_row {
	__u32 address;
	__u16 port;
	__u8 protocol;
	__u8 vip;
	__u32 flags;
	__u32 local_backend;
	__u32 ring_length;
	__u32 ring[2];
};

static const struct service_row service_rows[WORLD_SERVICES] = {
	[API] = {VIP, 80, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 2, {API1, API2}},
	[DNS] = {VIP, 53, UDP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {DNS1}},
	[WEB] = {VIP, 81, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {WEB1}},
	[LOG] = {VIP, 514, UDP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {LOG1}},
	[HERE] = {VIP, 82, TCP, VIP_MINE, 0, HERE1, 1, {HERE1}},
	[EMPTY] = {VIP, 83, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 0, {0}},
	[SILENT] = {VIP,
		    84,
		    TCP,
		    VIP_MINE,
		    SERVICE_DROP_WITHOUT_BACKEND,
		    XLBD_NO_BACKEND,
		    0,
		    {0}},
	[LOST] = {VIP, 85, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {LOST1}},
	[AWAY] = {VIP, 86, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {AWAY1}},
	[SNATTED] = {VIP, 87, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, 1, {SNATTED1}},
	[THEIRS] = {VIP_OTHERS,
		    80,
		    TCP,
		    VIP_PEERS,
		    0,
		    XLBD_NO_BACKEND,
		    1,
		    {THEIRS1}},
	[THEIRS_HERE] = {VIP_OTHERS,
			 82,
			 TCP,
			 VIP_PEERS,
			 0,
			 THEIRS_HERE1,
			 1,
			 {THEIRS_HERE1}},
	[EMPTY_UDP] = {VIP, 83, UDP, VIP_MINE, 0, XLBD_NO_BACKEND, 0, {0}},
	[NO_RING] = {VIP, 88, TCP, VIP_MINE, 0, XLBD_NO_BACKEND, ~0U, {0}},
	[HALF] = {VIP, 89, TCP, VIP_MINE, 0, HALF_HERE, 1, {HALF1}},
};

struct backend_row {
	__u32 address;
	__u16 port;
	__u8 protocol;
	__u8 kind;
	__u32 service;
	__u32 snat;
	__u32 ifindex;
	const __u8 *mac;
};

static const struct backend_row backend_rows[WORLD_BACKENDS] = {
	[API1] = {BACKEND1, 8080, TCP, BACKEND_FNAT, API, VIP, LINK1,
		  backend1_mac},
	[API2] = {BACKEND2, 8080, TCP, BACKEND_FNAT, API, VIP, LINK1,
		  backend2_mac},
	[DNS1] = {BACKEND1, 5353, UDP, BACKEND_FNAT, DNS, VIP, LINK1,
		  backend1_mac},
	[WEB1] = {BACKEND1, 81, TCP, BACKEND_DR, WEB, 0, LINK1, backend1_mac},
	[LOG1] = {BACKEND1, 514, UDP, BACKEND_DR, LOG, 0, LINK1, backend1_mac},
	[HERE1] = {IPV4(127, 0, 0, 1), 8082, TCP, BACKEND_LOCAL, HERE, 0, 0,
		   NULL},
	[LOST1] = {BACKEND1, 85, TCP, BACKEND_FNAT, LOST, VIP, 0, NULL},
	[AWAY1] = {FAR, 8086, TCP, BACKEND_FNAT, AWAY, VIP, LINK2, far_mac},
	[SNATTED1] = {BACKEND1, 8087, TCP, BACKEND_FNAT, SNATTED, SNAT, LINK1,
		      backend1_mac},
	[THEIRS1] = {BACKEND2, 8080, TCP, BACKEND_FNAT, THEIRS, VIP_OTHERS,
		     LINK1, backend2_mac},
	[THEIRS_HERE1] = {IPV4(127, 0, 0, 1), 8082, TCP, BACKEND_LOCAL,
			  THEIRS_HERE, 0, 0, NULL},
	[HALF1] = {BACKEND2, 89, TCP, BACKEND_DR, HALF, 0, LINK1, backend2_mac},
	[HALF_HERE] = {IPV4(127, 0, 0, 1), 8089, TCP, BACKEND_LOCAL, HALF, 0, 0,
		       NULL},
};

static void set(const struct bpf_map *map, const void *key, const void *value)
{
	int err = bpf_map_update_elem(bpf_map__fd(map), key, value, BPF_ANY);

	assert(!err);
}

static void put_address(__u8 address[16], __u32 v4)
{
	memset(address, 0, 16);
	address[10] = address[11] = 0xff;
	frame_put32(address + 12, v4);
}

static void put_endpoint(struct endpoint_key *key, __u32 address, __u16 port,
			 __u8 protocol)
{
	memset(key, 0, sizeof(*key));
	put_address(key->address, address);
	key->port = htons(port);
	key->protocol = protocol;
}

#define BATCH 4096

/* Deletes every entry: of hash maps whose entries come from packets. */
static void empty(const struct bpf_map *map)
{
	static __u8 keys[BATCH * 16], values[BATCH * 64];
	int fd = bpf_map__fd(map), err;
	__u32 at, n;
	bool first = true;

	do {
		n = BATCH;
		err = bpf_map_lookup_and_delete_batch(
			fd, first ? NULL : &at, &at, keys, values, &n, NULL);
		first = false;
	} while (!err);
	assert(err == -ENOENT);
}

static void zero(const struct bpf_map *map, __u32 slots)
{
	size_t size = bpf_map__value_size(map);
	void *zeros;

	/* A value of a per-CPU map is one of each CPU. */
	zeros = calloc(libbpf_num_possible_cpus(), (size + 7) & ~7UL);
	assert(zeros);
	for (__u32 i = 0; i < slots; i++)
		set(map, &i, zeros);
	free(zeros);
}

#define RING_ROOM 64 /* places a service here, of those of the map */

void world_set_ring(struct xlbd_bpf *bpf, __u32 service, const __u32 *backends,
		    __u32 length)
{
	struct ring_head head = {
		.first = service * RING_ROOM,
		.length = length,
	};
	__u32 number;

	assert(length <= RING_ROOM);
	for (__u32 i = 0; i < length; i++) {
		struct ring_place place = {.backend = backends[i]};

		number = head.first + i;
		set(bpf->maps.rings, &number, &place);
	}
	set(bpf->maps.ring_heads, &service, &head);
}

static void set_services(struct xlbd_bpf *bpf)
{
	for (__u32 i = 0; i < WORLD_SERVICES; i++) {
		const struct service_row *row = &service_rows[i];
		struct service service = {
			.slot = i,
			.vip = row->vip,
			.flags = row->flags,
			.local_backend = row->local_backend,
		};
		struct endpoint_key key;

		put_endpoint(&key, row->address, row->port, row->protocol);
		set(bpf->maps.services, &key, &service);
		world_set_ring(bpf, i, row->ring,
			       row->ring_length == ~0U ? 0 : row->ring_length);
	}
}

static void set_backends(struct xlbd_bpf *bpf)
{
	const __u32 replies = ENDPOINT_REPLIES;

	for (__u32 i = 0; i < WORLD_BACKENDS; i++) {
		const struct backend_row *row = &backend_rows[i];
		struct backend backend = {
			.port = htons(row->port),
			.protocol = row->protocol,
			.kind = row->kind,
			.flags = row->mac ? BACKEND_REACHABLE : 0,
			.generation = 7 + i,
			.service = row->service,
			.ifindex = row->ifindex,
		};
		struct endpoint_key key;

		put_address(backend.address, row->address);
		if (row->snat)
			put_address(backend.snat_address, row->snat);
		if (row->mac) {
			memcpy(backend.mac, row->mac, 6);
			memcpy(backend.source_mac,
			       row->ifindex == LINK1 ? node_mac : node2_mac, 6);
		}
		set(bpf->maps.backends, &i, &backend);
		if (row->kind != BACKEND_FNAT)
			continue;
		put_endpoint(&key, row->address, row->port, row->protocol);
		set(bpf->maps.endpoints, &key, &replies);
	}
}

static void set_bit(const struct bpf_map *map, __u32 bit)
{
	__u32 word = bit / 64;
	__u64 bits = 0;

	bpf_map_lookup_elem(bpf_map__fd(map), &word, &bits);
	bits |= 1ULL << (bit % 64);
	set(map, &word, &bits);
}

static void set_ours(struct xlbd_bpf *bpf, __u32 address, __u32 vip,
		     __u32 flags)
{
	struct ours ours = {.vip = vip, .flags = flags};
	__be32 key = htonl(address);

	set(bpf->maps.ours4, &key, &ours);
	set_bit(bpf->maps.ours_filter, ours_bit(key));
}

static void set_link(struct xlbd_bpf *bpf, __u32 ifindex, const __u8 *mac)
{
	struct link link = {0};

	memcpy(link.mac, mac, 6);
	set(bpf->maps.links, &ifindex, &link);
}

static void set_node(struct xlbd_bpf *bpf)
{
	struct mac_key mac = {0};
	struct peer peer;

	set_ours(bpf, VIP, VIP_MINE, OURS_VIP | OURS_SNAT);
	set_ours(bpf, SNAT, VIP_MINE, OURS_SNAT);
	set_ours(bpf, VIP_OTHERS, VIP_PEERS, OURS_VIP | OURS_SNAT);
	set_link(bpf, LINK1, node_mac);
	set_link(bpf, LINK2, node2_mac);
	memcpy(mac.mac, peer_mac, 6);
	put_address(peer.address, PEER);
	set(bpf->maps.peers, &mac, &peer);
	world_set_lease(bpf, VIP_MINE, XLBD_LEASE_FOREVER);
	world_set_lease(bpf, VIP_PEERS, 0);
}

void world_reset(struct xlbd_bpf *bpf)
{
	empty(bpf->maps.sessions4);
	empty(bpf->maps.fragments4);
	zero(bpf->maps.snat_excluded, 65536 / 64);
	world_set_cursors(bpf, 0);
	zero(bpf->maps.tickets, WORLD_SERVICES);
	set_node(bpf);
	set_backends(bpf);
	set_services(bpf);
}

void world_set_lease(struct xlbd_bpf *bpf, __u32 vip, __u64 lease_until)
{
	struct owner owner = {.lease_until = lease_until};

	put_address(owner.address, vip == VIP_MINE ? VIP : VIP_OTHERS);
	set(bpf->maps.owner, &vip, &owner);
}

static struct backend get_backend(struct xlbd_bpf *bpf, __u32 slot)
{
	struct backend backend;
	int err = bpf_map_lookup_elem(bpf_map__fd(bpf->maps.backends), &slot,
				      &backend);

	assert(!err);
	return backend;
}

void world_end_sessions(struct xlbd_bpf *bpf, __u32 slot)
{
	struct backend backend = get_backend(bpf, slot);

	backend.generation++;
	set(bpf->maps.backends, &slot, &backend);
}

void world_set_reachable(struct xlbd_bpf *bpf, __u32 slot, bool yes)
{
	struct backend backend = get_backend(bpf, slot);

	backend.flags = yes ? BACKEND_REACHABLE : 0;
	backend.ifindex = LINK1;
	memcpy(backend.mac, backend1_mac, 6);
	memcpy(backend.source_mac, node_mac, 6);
	set(bpf->maps.backends, &slot, &backend);
}

void world_set_cursors(struct xlbd_bpf *bpf, __u32 cursor)
{
	for (__u32 i = 0; i < XLBD_SNAT_CURSORS; i++)
		set(bpf->maps.snat_cursors, &i, &cursor);
}

void world_exclude_port(struct xlbd_bpf *bpf, __u16 port)
{
	__u32 word = port / 64;
	__u64 bits = 0;
	int err = bpf_map_lookup_elem(bpf_map__fd(bpf->maps.snat_excluded),
				      &word, &bits);

	assert(!err);
	bits |= 1ULL << (port % 64);
	set(bpf->maps.snat_excluded, &word, &bits);
}

struct session4_key world_session_key(__u32 saddr, __u16 sport, __u32 daddr,
				      __u16 dport, __u8 protocol)
{
	struct session4_key key = {
		.saddr = htonl(saddr),
		.daddr = htonl(daddr),
		.sport = htons(sport),
		.dport = htons(dport),
		.protocol = protocol,
	};

	return key;
}

int world_get_session(struct xlbd_bpf *bpf, const struct session4_key *key,
		      struct session4 *out)
{
	return bpf_map_lookup_elem(bpf_map__fd(bpf->maps.sessions4), key, out);
}

void world_fill_sessions(struct xlbd_bpf *bpf, __u32 leave)
{
	int fd = bpf_map__fd(bpf->maps.sessions4), err = 0;
	struct session4 session = {.kind = BACKEND_DR};
	struct session4_key key = {.protocol = TCP};
	__u32 n;

	for (n = 0; !err; n++) {
		key.saddr = n;
		err = bpf_map_update_elem(fd, &key, &session, BPF_NOEXIST);
	}
	assert(errno == E2BIG && n > leave);
	for (__u32 i = 0; i < leave; i++) {
		key.saddr = i;
		err = bpf_map_delete_elem(fd, &key);
		assert(!err);
	}
}

__u32 world_count_sessions(struct xlbd_bpf *bpf)
{
	int fd = bpf_map__fd(bpf->maps.sessions4);
	struct session4_key key, *previous = NULL;
	__u32 n = 0;

	for (; !bpf_map_get_next_key(fd, previous, &key); n++)
		previous = &key;
	return n;
}
