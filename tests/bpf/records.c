/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads sessions4 as the daemon does, and compares. */
#include "records.h"

#include <arpa/inet.h>
#include <assert.h>
#include <bpf/bpf.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "tap.h"
#include "xlbd.skel.h"

static __u32 ticks_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((__u64)ts.tv_sec * 1000000000 + ts.tv_nsec) >>
	       XLBD_LAST_SEEN_SHIFT;
}

static bool same(const char *field, __u64 expected, __u64 found)
{
	if (expected != found)
		tap_diag("  record: %s is %#" PRIx64 ", not %#" PRIx64, field,
			 (uint64_t)found, (uint64_t)expected);
	return expected == found;
}

static bool same_mac(const char *field, const __u8 *expected, const __u8 *found)
{
	if (!memcmp(expected, found, 6))
		return true;
	tap_diag("  record: %s ends in %02x, not in %02x", field, found[5],
		 expected[5]);
	return false;
}

static bool recent(const char *field, __u32 ticks)
{
	__u32 age = ticks_now() - ticks;

	if (age < 64)
		return true;
	tap_diag("  record: %s is %u ticks old", field, age);
	return false;
}

static struct backend get_backend(struct xlbd_bpf *bpf, __u32 slot)
{
	struct backend backend;
	int err = bpf_map_lookup_elem(bpf_map__fd(bpf->maps.backends), &slot,
				      &backend);

	assert(!err);
	return backend;
}

bool record_is(struct xlbd_bpf *bpf, const struct record *e)
{
	struct session4_key key = world_session_key(
		e->key_saddr, e->key_sport, e->key_daddr, e->key_dport,
		e->protocol ? e->protocol : IPPROTO_TCP);
	struct backend backend = get_backend(bpf, e->backend);
	struct session4 s;
	bool ok;

	if (world_get_session(bpf, &key, &s)) {
		tap_diag("  record: none for port %u -> %u", e->key_sport,
			 e->key_dport);
		return false;
	}
	ok = same("saddr", e->saddr, ntohl(s.saddr));
	ok &= same("daddr", e->daddr, ntohl(s.daddr));
	ok &= same("sport", e->sport, ntohs(s.sport));
	ok &= same("dport", e->dport, ntohs(s.dport));
	ok &= same("backend", e->backend, s.backend);
	ok &= same("generation", backend.generation, s.generation);
	ok &= same("service", backend.service, s.service);
	ok &= same("ifindex", e->ifindex ? e->ifindex : LINK1, s.ifindex);
	ok &= same("vip", VIP_MINE, s.vip);
	ok &= same("kind", e->kind, s.kind);
	ok &= same("direction", e->direction, s.direction);
	ok &= same("seen", e->seen, s.seen);
	ok &= same("pad", 0, s.pad[0] | s.pad[1] | s.pad[2]);
	ok &= same_mac("client_mac", e->client_mac ? e->client_mac : client_mac,
		       s.client_mac);
	ok &= same_mac("own_mac", e->own_mac ? e->own_mac : node_mac,
		       s.own_mac);
	ok &= recent("last_seen", s.last_seen);
	ok &= recent("created", s.created);
	return ok;
}

bool record_absent(struct xlbd_bpf *bpf, const struct session4_key *key)
{
	struct session4 s;

	if (world_get_session(bpf, key, &s))
		return true;
	tap_diag("  record: there is one for port %u -> %u", ntohs(key->sport),
		 ntohs(key->dport));
	return false;
}

bool record_count_is(struct xlbd_bpf *bpf, __u32 n)
{
	__u32 found = world_count_sessions(bpf);

	if (found == n)
		return true;
	tap_diag("  records: %u, not %u", found, n);
	return false;
}
