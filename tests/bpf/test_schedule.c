/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Round robin is exact, by one CPU and by several at once, weighted or not;
 * SNAT ports come round oldest first.
 */
#include "fixtures.h"
#include "tap.h"

#include <arpa/inet.h>
#include <assert.h>
#include <bpf/bpf.h>
#include <pthread.h>
#include <string.h>

#include "xlbd.skel.h"

#define SESSIONS 65536
#define SYNS     3000
#define THREADS  4

static struct harness h;

/* The n-th client's SYN; where it went: last bytes of the address, port. */
static void open_session(unsigned int n, __u8 *backend, __u16 *port)
{
	const struct frame syn = {
		LINK_IN,
		FROM_TO(IPV4(172, 16, 0, 0) + (n >> 8), 10000 + (n & 255), VIP,
			80),
		.flags = SYN,
	};
	struct verdict v;

	harness_send(&h, &syn, &v);
	if (v.action != XDP_TX || v.length != 54) {
		*backend = 0;
		*port = 0;
		return;
	}
	*backend = v.frame[33];
	*port = frame_get16(v.frame + 34);
}

static void test_round_robin(void)
{
	__u8 backend, expected;
	__u16 port, expected_port;
	bool ok = true;

	world_reset(h.bpf);
	for (unsigned int n = 0; n < SYNS && ok; n++) {
		open_session(n, &backend, &port);
		expected = n % 2 ? 32 : 31;
		expected_port = FIRST_PORT + n / 2;
		ok = backend == expected && port == expected_port;
		if (!ok)
			tap_diag("session %u: .%u port %u, not .%u port %u", n,
				 backend, port, expected, expected_port);
	}
	tap_ok(ok, "rr: %u sessions strictly in turn, ports in order", SYNS);
}

/* As the daemon interleaves weights 3, 2: what the ring says is what is. */
static void test_weighted(void)
{
	static const __u32 ring[] = {API1, API2, API1, API2, API1};
	static const __u8 expected[] = {31, 32, 31, 32, 31};
	__u8 backend;
	__u16 port;
	bool ok = true;

	world_reset(h.bpf);
	world_set_ring(h.bpf, API, ring, 5);
	for (unsigned int n = 0; n < SYNS && ok; n++) {
		open_session(n, &backend, &port);
		ok = backend == expected[n % 5];
		if (!ok)
			tap_diag("session %u: .%u, not .%u", n, backend,
				 expected[n % 5]);
	}
	tap_ok(ok, "wrr: %u sessions follow the ring", SYNS);
}

/* Packets of known sessions, refused ones and repeated SYNs take no turn. */
static void test_turns_not_wasted(void)
{
	static const struct frame others[] = {
		{CLIENT_TO(80), .flags = ACK},
		{CLIENT_TO(80), .flags = RST},
		{CLIENT_TO(81), .flags = SYN},
		{CLIENT_TO(83), .flags = SYN},
		{.to = backend2_mac,
		 .from = client_mac,
		 FROM_TO(CLIENT, 40000, VIP, 80),
		 .flags = SYN},
	};
	struct verdict v;
	__u8 backend;
	__u16 port;
	bool ok = true;

	world_reset(h.bpf);
	for (unsigned int n = 0; n < 100 && ok; n++) {
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			harness_send(&h, &others[i], &v);
		open_session(n, &backend, &port);
		open_session(n, &backend, &port);
		ok = backend == (n % 2 ? 32 : 31);
	}
	tap_ok(ok, "rr: only a new session takes a turn");
}

/* A new ring (a backend added, or gone) goes on with the same counter. */
static void test_ring_change(void)
{
	static const __u32 one[] = {API2}, two[] = {API1, API2};
	unsigned int counts[2] = {0};
	__u8 backend;
	__u16 port;
	bool ok = true;

	world_reset(h.bpf);
	world_set_ring(h.bpf, API, one, 1);
	for (unsigned int n = 0; n < 101; n++) {
		open_session(n, &backend, &port);
		ok = ok && backend == 32;
	}
	world_set_ring(h.bpf, API, two, 2);
	for (unsigned int n = 101; n < 201; n++) {
		open_session(n, &backend, &port);
		counts[backend == 32]++;
	}
	tap_ok(ok && counts[0] == 50 && counts[1] == 50,
	       "rr: exact from the first session after the ring has changed");
}

struct worker {
	pthread_t thread;
	unsigned int first, counts[2], lost;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	__u8 backend;
	__u16 port;

	for (unsigned int n = 0; n < SYNS; n++) {
		open_session(w->first + n, &backend, &port);
		if (backend == 31 || backend == 32)
			w->counts[backend - 31]++;
		else
			w->lost++;
	}
	return NULL;
}

static void test_concurrent(void)
{
	struct worker workers[THREADS] = {0};
	unsigned int counts[2] = {0}, lost = 0;
	int err;

	world_reset(h.bpf);
	for (int i = 0; i < THREADS; i++) {
		workers[i].first = i * SYNS;
		err = pthread_create(&workers[i].thread, NULL, work,
				     &workers[i]);
		assert(!err);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		counts[0] += workers[i].counts[0];
		counts[1] += workers[i].counts[1];
		lost += workers[i].lost;
	}
	tap_ok(counts[0] == THREADS * SYNS / 2 &&
		       counts[1] == THREADS * SYNS / 2 && !lost,
	       "rr: %u threads' %u sessions are %u and %u", THREADS,
	       THREADS * SYNS, counts[0], counts[1]);
	tap_ok(world_count_sessions(h.bpf) == 2 * THREADS * SYNS,
	       "rr: each of them has its two records: no port given twice");
}

/* The same SYN from several threads at once is one session. */
static void *work_same(void *arg)
{
	struct worker *w = arg;
	__u8 backend;
	__u16 port;

	for (unsigned int n = 0; n < SYNS; n++)
		open_session(w->first + n, &backend, &port);
	return NULL;
}

static void test_same_session(void)
{
	struct worker workers[THREADS] = {0};
	__u64 tickets;
	__u32 api = API;
	int err;

	world_reset(h.bpf);
	for (int i = 0; i < THREADS; i++) {
		err = pthread_create(&workers[i].thread, NULL, work_same,
				     &workers[i]);
		assert(!err);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	err = bpf_map_lookup_elem(bpf_map__fd(h.bpf->maps.tickets), &api,
				  &tickets);
	assert(!err);
	tap_ok(tickets == SYNS && world_count_sessions(h.bpf) == 2 * SYNS,
	       "claim: %u SYNs, each from %u threads, are %llu sessions", SYNS,
	       THREADS, (unsigned long long)tickets);
}

static void forget(unsigned int port)
{
	struct session4_key key =
		world_session_key(BACKEND1, 8080, VIP, port, TCP);
	int err = bpf_map_delete_elem(bpf_map__fd(h.bpf->maps.sessions4), &key);

	assert(!err);
}

/* One that was just given back is the last to be used again. */
static void test_oldest_port_first(void)
{
	static const __u32 one[] = {API1};
	const unsigned int n = 200;
	__u8 backend;
	__u16 port;
	bool ok = true;

	world_reset(h.bpf);
	world_set_ring(h.bpf, API, one, 1);
	for (unsigned int i = 0; i < n && ok; i++) {
		open_session(i, &backend, &port);
		ok = port == FIRST_PORT + i;
		forget(port);
	}
	world_set_cursors(h.bpf, XLBD_SNAT_PORTS - 1);
	open_session(n, &backend, &port);
	ok = ok && port == 65535;
	open_session(n + 1, &backend, &port);
	ok = ok && port == FIRST_PORT;
	tap_ok(ok, "snat: a port given back is not given out before the rest");
}

int main(void)
{
	int err = harness_open(&h, SESSIONS);

	if (err)
		return tap_bail("cannot load the program: %s", strerror(-err));
	test_round_robin();
	test_weighted();
	test_turns_not_wasted();
	test_ring_change();
	test_concurrent();
	test_same_session();
	test_oldest_port_first();
	harness_close(&h);
	return tap_done();
}
