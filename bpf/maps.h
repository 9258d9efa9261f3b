/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps.  Weak: each program's object defines them all, and linking the
 * objects makes one of each.  Sizes that depend on the configuration are set
 * before load.  Keys and values: include/xlbd_maps.h.
 */
#ifndef XLBD_BPF_MAPS_H
#define XLBD_BPF_MAPS_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "xlbd_maps.h"
#include "xlbd_reasons.h"

/* Known connections: what to do with a packet of one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct session4_key);
	__type(value, struct session4);
	__uint(max_entries, 2 * 262144);
} sessions4 SEC(".maps") __weak;

/* The small hot set of addresses that concern us. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __be32);
	__type(value, struct ours);
	__uint(max_entries, 2 * XLBD_MAX_VIPS);
} ours4 SEC(".maps") __weak;

/* Which addresses may be in it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, XLBD_OURS_BITS / 64);
} ours_filter SEC(".maps") __weak;

/* Destination to service. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct endpoint_key);
	__type(value, struct service);
	__uint(max_entries, XLBD_MAX_SERVICES);
} services SEC(".maps") __weak;

/* The sequences of backend slots of all services. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct ring_place);
	__uint(max_entries, XLBD_RING_PLACES);
} rings SEC(".maps") __weak;

/* Service slot to its part of them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct ring_head);
	__uint(max_entries, XLBD_MAX_SERVICES);
} ring_heads SEC(".maps") __weak;

/* Service slot to how many sessions it has scheduled: the round robin. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, XLBD_MAX_SERVICES);
} tickets SEC(".maps") __weak;

/* Where a backend is and how to reach it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct backend);
	__uint(max_entries, XLBD_MAX_BACKENDS);
} backends SEC(".maps") __weak;

/* Backends' addresses that need a rule of their own, and which. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct endpoint_key);
	__type(value, __u32);
	__uint(max_entries, XLBD_MAX_BACKENDS);
} endpoints SEC(".maps") __weak;

/*
 * How many SNAT ports were tried, by a hash of the backend's address and port:
 * oldest used again first.  Not by slot: a backend that comes back, or is in
 * two services, has the same TIME_WAITs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, XLBD_SNAT_CURSORS);
} snat_cursors SEC(".maps") __weak;

/* One bit a port: services' and listeners' ports are no SNAT ports. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 65536 / 64);
} snat_excluded SEC(".maps") __weak;

/* VIP slot to lease: may this node act as its owner now? */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct owner);
	__uint(max_entries, XLBD_MAX_VIPS);
} owner SEC(".maps") __weak;

/* MACs of nodes that schedule for the same VIPs. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct mac_key);
	__type(value, struct peer);
	__uint(max_entries, XLBD_MAX_PEERS);
} peers SEC(".maps") __weak;

/* Interface to its own MAC: XDP sees frames for other hosts as well. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct link);
	__uint(max_entries, XLBD_MAX_LINKS);
} links SEC(".maps") __weak;

/* Fragment trains: ports of the first one, for those that follow. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct fragment4_key);
	__type(value, struct fragment_ports);
	__uint(max_entries, XLBD_MAX_FRAGMENTS);
} fragments4 SEC(".maps") __weak;

/* Why packets left the path. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct reasons);
	__uint(max_entries, 1);
} reasons SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct traffic_stats);
	__uint(max_entries, XLBD_MAX_SERVICES);
} service_stats SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct traffic_stats);
	__uint(max_entries, XLBD_MAX_BACKENDS);
} backend_stats SEC(".maps") __weak;

/* Socket to the VIP that its owner, a client on this node, connected to. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct original_destination);
} original_destinations SEC(".maps") __weak;

#endif
