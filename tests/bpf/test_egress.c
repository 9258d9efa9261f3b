/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guard's outer half: no ARP leaves with a VIP as its sender unless this
 * node owns the VIP now.  Everything else leaves as it is.
 */
#include "fixtures.h"
#include "tap.h"

#include <linux/pkt_cls.h>
#include <string.h>

#define OUT .to = broadcast_mac, .from = node_mac
#define TELLS(sender_, target_) \
	.arp = {.operation = 1, .sender = sender_, .target = target_}

enum lease { OWNED, EXPIRED };

struct egress_fixture {
	const char *name;
	struct frame frame;
	enum lease lease; /* VIP's; VIP_OTHERS is never owned */
	int action;
};

static const struct egress_fixture fixtures[] = {
	{"the owner asks on behalf of its VIP",
	 {OUT, TELLS(VIP, CLIENT)},
	 OWNED,
	 TC_ACT_UNSPEC},
	{"the owner announces its VIP",
	 {OUT, TELLS(VIP, VIP)},
	 OWNED,
	 TC_ACT_UNSPEC},
	{"the owner answers for its VIP",
	 {.to = client_mac,
	  .from = node_mac,
	  .arp = {.operation = 2, .sender = VIP, .target = CLIENT}},
	 OWNED,
	 TC_ACT_UNSPEC},
	{"a question on behalf of a peer's VIP",
	 {OUT, TELLS(VIP_OTHERS, CLIENT)},
	 OWNED,
	 TC_ACT_SHOT},
	{"an announcement of a peer's VIP",
	 {OUT, TELLS(VIP_OTHERS, VIP_OTHERS)},
	 OWNED,
	 TC_ACT_SHOT},
	{"an answer for a peer's VIP",
	 {.to = client_mac,
	  .from = node_mac,
	  .arp = {.operation = 2, .sender = VIP_OTHERS, .target = CLIENT}},
	 OWNED,
	 TC_ACT_SHOT},
	{"the lease is over: a question",
	 {OUT, TELLS(VIP, CLIENT)},
	 EXPIRED,
	 TC_ACT_SHOT},
	{"the lease is over: an announcement",
	 {OUT, TELLS(VIP, VIP)},
	 EXPIRED,
	 TC_ACT_SHOT},
	{"the lease is over: an answer, padded",
	 {.to = client_mac,
	  .from = node_mac,
	  .arp = {.operation = 2, .sender = VIP, .target = CLIENT},
	  .pad = 60},
	 EXPIRED,
	 TC_ACT_SHOT},
	{"a question about a VIP claims nothing",
	 {OUT, TELLS(CLIENT, VIP_OTHERS)},
	 EXPIRED,
	 TC_ACT_UNSPEC},
	{"the node's own address",
	 {OUT, TELLS(IPV4(10, 0, 4, 20), CLIENT)},
	 EXPIRED,
	 TC_ACT_UNSPEC},
	{"a SNAT address that is no VIP",
	 {OUT, TELLS(SNAT, CLIENT)},
	 EXPIRED,
	 TC_ACT_UNSPEC},
	{"a probe: sender 0.0.0.0",
	 {OUT, TELLS(0, VIP)},
	 EXPIRED,
	 TC_ACT_UNSPEC},
	{"IPv4 from a VIP is not ARP",
	 {.to = client_mac,
	  .from = node_mac,
	  FROM_TO(VIP_OTHERS, 80, CLIENT, 40000),
	  .flags = ACK},
	 EXPIRED,
	 TC_ACT_UNSPEC},
	{"an ARP cut short of its sender",
	 {OUT, TELLS(VIP_OTHERS, CLIENT), .cut = 30},
	 EXPIRED,
	 TC_ACT_UNSPEC},
};

static bool counted(const struct reason_stats *before,
		    const struct reason_stats *after, int action, size_t n)
{
	struct reason_stats expected[XLBD_REASON_MAX];

	memcpy(expected, before, sizeof(expected));
	if (action == TC_ACT_SHOT) {
		expected[XLBD_REASON_arp_not_owner].packets++;
		expected[XLBD_REASON_arp_not_owner].bytes += n;
	}
	return !memcmp(expected, after, sizeof(expected));
}

static void run(struct harness *h, const struct egress_fixture *f)
{
	struct reason_stats before[XLBD_REASON_MAX], after[XLBD_REASON_MAX];
	static __u8 frame[FRAME_MAX];
	static struct verdict v;
	size_t n = frame_build(&f->frame, frame);
	int err;

	world_set_lease(h->bpf, VIP_MINE,
			f->lease == OWNED ? XLBD_LEASE_FOREVER : 1);
	harness_read_reasons(h, before);
	err = harness_run_egress(h, frame, n, &v);
	harness_read_reasons(h, after);
	if (!tap_ok(!err && v.action == f->action && v.length == n &&
			    !memcmp(v.frame, frame, n) &&
			    counted(before, after, f->action, n),
		    "egress: %s", f->name))
		tap_diag("error %d, action %d, length %zu of %zu", err,
			 v.action, v.length, n);
}

int main(void)
{
	static struct harness h;
	int err = harness_open(&h, 64);

	if (err)
		return tap_bail("cannot load the programs: %s", strerror(-err));
	world_reset(h.bpf);
	for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++)
		run(&h, &fixtures[i]);
	harness_close(&h);
	return tap_done();
}
