/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lease in real time: while it runs everything is served; from the
 * instant it is over nothing is, not a packet, with nobody telling.
 */
#include "fixtures.h"
#include "tap.h"

#include <string.h>
#include <time.h>

#define LEASE_NS 400000000ULL
#define ATTEMPTS 10

static struct harness h;

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static const struct frame question = {
	.to = broadcast_mac,
	.from = client_mac,
	.arp = {.operation = 1, .sender = CLIENT, .target = VIP},
};
static const struct frame syn = {LINK_IN, FROM_TO(CLIENT, 40001, VIP, 80),
				 .flags = SYN};
static const struct frame known = {CLIENT_TO(80), .flags = ACK};
static const struct frame answer = {API1_TO(FIRST_PORT), .flags = ACK};

static int action_of(const struct frame *f)
{
	struct verdict v;

	harness_send(&h, f, &v);
	return v.action;
}

/*
 * Everything goes, and the lease was still fresh after it was asked.  False
 * if the machine was too slow for that to mean anything.
 */
static bool served_in_time(__u64 end, bool *served)
{
	const struct frame opens = {CLIENT_TO(80), .flags = SYN};

	*served = action_of(&opens) == XDP_TX && action_of(&known) == XDP_TX &&
		  action_of(&answer) == XDP_TX &&
		  action_of(&question) == XDP_PASS;
	/* Known sessions give up to 20 ms earlier: coarse clock. */
	return now_ns() + 30000000 < end;
}

/* Asks without a pause until the lease is over and then 50 ms longer. */
static bool refused_after(const struct frame *f, int refusal, __u64 end)
{
	__u64 before;
	bool ok = true;
	int action;

	do {
		before = now_ns();
		action = action_of(f);
		if (before >= end && action != refusal)
			ok = false;
	} while (before < end + 50000000);
	return ok;
}

int main(void)
{
	bool in_time = false, served = false;
	int err = harness_open(&h, 64);
	__u64 end = 0;

	if (err)
		return tap_bail("cannot load the program: %s", strerror(-err));
	for (int i = 0; i < ATTEMPTS && !in_time; i++) {
		world_reset(h.bpf);
		end = now_ns() + LEASE_NS;
		world_set_lease(h.bpf, VIP_MINE, end);
		in_time = served_in_time(end, &served);
	}
	tap_ok(in_time && served, "while the lease runs, all is served");
	tap_ok(refused_after(&known, XDP_DROP, end),
	       "from its end on no packet of a known session");
	tap_ok(action_of(&answer) == XDP_DROP, "nor a reply");
	tap_ok(action_of(&syn) == XDP_DROP, "nor a new session");
	tap_ok(action_of(&question) == XDP_DROP, "nor a question by ARP");
	end = now_ns() + LEASE_NS / 4;
	world_set_lease(h.bpf, VIP_MINE, end);
	tap_ok(refused_after(&syn, XDP_DROP, end),
	       "a renewed lease ends, too: no SYN after it");
	world_set_lease(h.bpf, VIP_MINE, XLBD_LEASE_FOREVER);
	tap_ok(action_of(&known) == XDP_TX,
	       "a session goes on when the lease is renewed");
	harness_close(&h);
	return tap_done();
}
