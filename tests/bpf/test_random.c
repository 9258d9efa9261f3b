/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A million frames: random bytes, real frames with bytes broken, and frames
 * of random fields with right checksums.  What must hold for each of them:
 * what is not ours comes out as it went in; so does what is passed or
 * dropped; what is sent on has right checksums if it came with right ones;
 * and the reasons add up to the packets.  XLBD_SEED repeats a run.
 */
#include "fixtures.h"
#include "tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FRAMES   1000000
#define BATCH    20000
#define SESSIONS 16384

static struct harness h;
static uint64_t state;

/* splitmix64: Vigna, public domain. */
static uint64_t next_random(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
	return next_random() % n;
}

#define PICK(array) array[below(sizeof(array) / sizeof(array[0]))]

static void random_fields(struct frame *f)
{
	static const uint8_t *const macs[] = {node_mac,     node_mac,
					      node_mac,     node_mac,
					      client_mac,   client2_mac,
					      peer_mac,     backend1_mac,
					      backend2_mac, broadcast_mac};
	static const uint32_t addresses[] = {CLIENT,   CLIENT2,    VIP,
					     VIP,      VIP,        BACKEND1,
					     BACKEND2, VIP_OTHERS, SNAT,
					     STRANGER};
	static const uint16_t ports[] = {80,   81,   82,   83,   84,   85,
					 86,   87,   88,   89,   53,   514,
					 22,   8080, 5353, 1024, 1025, 1026,
					 1027, 8087, 0,    65535};
	static const uint8_t flags[] = {SYN,       SYN,       SYN | ACK, ACK,
					ACK,       PSH | ACK, FIN | ACK, RST,
					RST | ACK, 0,         SYN | FIN, 0xff};
	static const uint8_t protocols[] = {TCP, TCP, TCP, UDP, UDP, 1, 47};
	static const uint16_t fragments[] = {0,      0,      0, 0,
					     0x4000, 0x2000, 3, 0x2003};
	static const uint8_t ttls[] = {64, 64, 64, 255, 2, 1};

	*f = (struct frame){
		.to = PICK(macs),
		.from = PICK(macs),
		.saddr = PICK(addresses),
		.daddr = PICK(addresses),
		.sport = below(2) ? PICK(ports) : 40000 + below(2000),
		.dport = PICK(ports),
		.protocol = PICK(protocols),
		.flags = PICK(flags),
		.seq = next_random(),
		.ack = next_random(),
		.ttl = PICK(ttls),
		.tos = next_random(),
		.id = below(8),
		.fragment = PICK(fragments),
		.fill = below(80),
		.no_checksum = !below(4),
		.pad = below(2) ? 60 : 0,
		.options = "\1\1\1\1\1\1\1\0",
		.options_length = below(3) ? 0 : 4 * below(3),
		.tcp_options = "\1\1\1\1\1\1\1\0",
		.tcp_options_length = below(3) ? 0 : 4 * below(3),
	};
	if (below(40) == 0)
		f->arp = (struct frame_arp){
			.operation = 1 + below(2),
			.sender = PICK(addresses),
			.target = PICK(addresses),
		};
}

/* Most of the time something that could be: of a client, or a backend. */
static void likely_fields(struct frame *f)
{
	static const uint16_t services[] = {80, 80, 80, 81, 82,
					    83, 85, 86, 87, 89};
	static const uint8_t clients[] = {SYN,       SYN,       ACK,
					  PSH | ACK, FIN | ACK, RST};

	random_fields(f);
	f->fragment = 0;
	f->ttl = 64;
	f->protocol = below(4) ? TCP : UDP;
	f->to = node_mac;
	if (below(3)) {
		f->from = client_mac;
		f->saddr = CLIENT;
		f->sport = 40000 + below(400);
		f->daddr = VIP;
		f->dport = f->protocol == TCP ? PICK(services) : 53;
		f->flags = PICK(clients);
		return;
	}
	f->from = backend1_mac;
	f->saddr = below(2) ? BACKEND1 : BACKEND2;
	f->sport = f->protocol == TCP ? 8080 : 5353;
	f->daddr = VIP;
	f->dport = FIRST_PORT + below(200);
}

static size_t random_bytes(uint8_t *frame)
{
	size_t n = 14 + below(120);

	for (size_t i = 0; i < n; i++)
		frame[i] = next_random();
	/* Else hardly any would get beyond the ethertype. */
	if (below(4)) {
		frame[12] = 8;
		frame[13] = below(8) ? 0 : 6;
	}
	return n;
}

static size_t break_frame(uint8_t *frame, size_t n)
{
	for (uint32_t i = below(4); i; i--)
		frame[below(n)] ^= 1U << below(8);
	for (uint32_t i = below(3); i; i--)
		frame[below(n)] = next_random();
	if (!below(4))
		n = 14 + below(n - 13);
	return n;
}

/* Its length; whether its checksums are right is for the caller to see. */
static size_t random_frame(uint8_t *frame)
{
	struct frame f;
	size_t n;

	if (!below(8))
		return random_bytes(frame);
	if (below(3))
		likely_fields(&f);
	else
		random_fields(&f);
	n = frame_build(&f, frame);
	return below(2) ? n : break_frame(frame, n);
}

/* By the frame alone, as a reader of RFCs would say. */
static bool is_ours(const uint8_t *frame, size_t n)
{
	uint32_t daddr;

	if (n < 34 || frame_get16(frame + 12) != 0x0800)
		return false;
	daddr = frame_get32(frame + 30);
	return daddr == VIP || daddr == VIP_OTHERS || daddr == SNAT;
}

static bool is_arp(const uint8_t *frame)
{
	return frame_get16(frame + 12) == 0x0806;
}

/* NULL, or what is wrong. */
static const char *judge_one(const uint8_t *frame, size_t n,
			     const struct verdict *v)
{
	bool same = v->length == n && !memcmp(v->frame, frame, n);

	if (!is_ours(frame, n) && !same)
		return "not ours, and changed";
	if (!is_ours(frame, n) && !is_arp(frame) && v->action != XDP_PASS)
		return "not ours, and not passed";
	if (v->action == XDP_PASS || v->action == XDP_DROP)
		return same ? NULL : "passed or dropped, and changed";
	if (v->action != XDP_TX && v->action != XDP_REDIRECT)
		return "an action that the path does not have";
	if (v->length != n && v->length != 54)
		return "sent, with another length";
	if (frame_checksums_right(frame, n) &&
	    !frame_checksums_right(v->frame, v->length))
		return "sent with a wrong checksum";
	return NULL;
}

struct tally {
	uint64_t actions[XDP_REDIRECT + 1];
};

/* The reasons of a batch against what came out of it. */
static bool adds_up(const struct reason_stats *before,
		    const struct reason_stats *after, const struct tally *t)
{
	static const enum xlbd_action actions[] = {
#define X(name, action, help) XLBD_ACTION_##action,
		XLBD_REASONS(X)
#undef X
	};
	uint64_t by_action[XLBD_ACTION_RESET + 1] = {0}, sent;

	for (int r = 0; r < XLBD_REASON_MAX; r++)
		by_action[actions[r]] += after[r].packets - before[r].packets;
	sent = t->actions[XDP_TX] + t->actions[XDP_REDIRECT];
	/* What is to be reset is answered, or dropped. */
	return by_action[XLBD_ACTION_PASS] == t->actions[XDP_PASS] &&
	       by_action[XLBD_ACTION_SEND] <= sent &&
	       by_action[XLBD_ACTION_DROP] <= t->actions[XDP_DROP] &&
	       by_action[XLBD_ACTION_SEND] + by_action[XLBD_ACTION_DROP] +
			       by_action[XLBD_ACTION_RESET] ==
		       sent + t->actions[XDP_DROP];
}

static void diag_frame(const uint8_t *frame, size_t n)
{
	char text[2 * 256 + 1];

	for (size_t i = 0; i < n && i < 256; i++)
		snprintf(text + 2 * i, 3, "%02x", frame[i]);
	tap_diag("%zu bytes: %s", n, text);
}

static bool run_one(struct tally *t)
{
	static uint8_t frame[FRAME_MAX];
	static struct verdict v;
	size_t n = random_frame(frame);
	const char *wrong;

	if (harness_run(&h, frame, n, below(4) ? LINK1 : LINK2, &v))
		wrong = "cannot be run";
	else
		wrong = judge_one(frame, n, &v);
	if (!wrong) {
		t->actions[v.action]++;
		return true;
	}
	tap_diag("%s (action %d)", wrong, v.action);
	diag_frame(frame, n);
	diag_frame(v.frame, v.length);
	return false;
}

static bool run_batch(void)
{
	struct reason_stats before[XLBD_REASON_MAX], after[XLBD_REASON_MAX];
	struct tally t = {0};

	world_reset(h.bpf);
	harness_read_reasons(&h, before);
	for (int i = 0; i < BATCH; i++) {
		if (i % 1000 == 999)
			world_end_sessions(h.bpf, below(WORLD_BACKENDS));
		if (!run_one(&t))
			return false;
	}
	harness_read_reasons(&h, after);
	if (adds_up(before, after, &t))
		return true;
	tap_diag("reasons and actions of a batch do not add up");
	return false;
}

/* A test that never got anywhere would find nothing. */
static void check_reach(void)
{
	struct reason_stats reasons[XLBD_REASON_MAX];
	unsigned int reached = 0;

	harness_read_reasons(&h, reasons);
	for (int r = 0; r < XLBD_REASON_MAX; r++) {
		tap_diag("%-18s %8llu", harness_reason_name(r),
			 (unsigned long long)reasons[r].packets);
		reached += reasons[r].packets > 0;
	}
	tap_ok(reached >= XLBD_REASON_MAX - 4,
	       "random: %u of %u reasons were met", reached, XLBD_REASON_MAX);
	tap_ok(!reasons[XLBD_REASON_internal].packets,
	       "random: no lookup failed that cannot fail");
}

int main(void)
{
	const char *seed = getenv("XLBD_SEED");
	int batches = FRAMES / BATCH, done = 0;
	int err = harness_open(&h, SESSIONS);

	if (err)
		return tap_bail("cannot load the program: %s", strerror(-err));
	state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	tap_diag("XLBD_SEED=%" PRIu64, state);
	while (done < batches && run_batch())
		done++;
	tap_ok(done == batches, "random: %d frames", done * BATCH);
	check_reach();
	harness_close(&h);
	return tap_done();
}
