/* SPDX-License-Identifier: GPL-2.0-only */
/* The guard: who has a VIP is only its owner's to answer. */
#include "fixtures.h"

#define ASKS .to = broadcast_mac, .from = client_mac

static void lease_ran_out(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_MINE, 1);
}

static void owner_again(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_MINE, XLBD_LEASE_FOREVER);
}

static void owner_of_both(struct xlbd_bpf *bpf)
{
	world_set_lease(bpf, VIP_PEERS, XLBD_LEASE_FOREVER);
}

#define WHO_HAS(who) \
	ASKS, .arp = {.operation = 1, .sender = CLIENT, .target = who}

const struct fixture fixtures_arp[] = {
	{"arp: who has our VIP is the kernel's to answer",
	 {{.in = {WHO_HAS(VIP)}, PASSES(arp)}}},
	{"arp: who has a peer's VIP is not heard",
	 {{.in = {WHO_HAS(VIP_OTHERS)}, DROPS(arp_not_owner)}}},
	{"arp: likewise padded to 60 bytes",
	 {{.in = {WHO_HAS(VIP_OTHERS), .pad = 60}, DROPS(arp_not_owner)}}},
	{"arp: likewise asked of this node's MAC alone",
	 {{.in = {LINK_IN, .arp = {.operation = 1,
				   .sender = CLIENT,
				   .target = VIP_OTHERS}},
	   DROPS(arp_not_owner)}}},
	{"arp: a probe (sender 0.0.0.0) for a peer's VIP",
	 {{.in = {ASKS,
		  .arp = {.operation = 1, .sender = 0, .target = VIP_OTHERS}},
	   DROPS(arp_not_owner)}}},
	{"arp: who has another host",
	 {{.in = {WHO_HAS(BACKEND1)}, PASSES(arp)}}},
	{"arp: who has a SNAT address that is no VIP",
	 {{.in = {WHO_HAS(SNAT)}, PASSES(arp)},
	  {.before = lease_ran_out, .in = {WHO_HAS(SNAT)}, PASSES(arp)}}},
	{"arp: a peer's gratuitous question about its VIP",
	 {{.in = {.to = broadcast_mac,
		  .from = peer_mac,
		  .arp = {.operation = 1,
			  .sender = VIP_OTHERS,
			  .target = VIP_OTHERS}},
	   PASSES(arp)}}},
	{"arp: an answer about a peer's VIP",
	 {{.in = {LINK_IN, .arp = {.operation = 2,
				   .sender = CLIENT,
				   .target = VIP_OTHERS}},
	   PASSES(arp)}}},
	{"arp: an answer from a peer's VIP",
	 {{.in = {.to = node_mac,
		  .from = peer_mac,
		  .arp = {.operation = 2,
			  .sender = VIP_OTHERS,
			  .target = CLIENT,
			  .target_mac = node_mac}},
	   PASSES(arp)}}},
	{"arp: other hardware than Ethernet",
	 {{.in = {ASKS, .arp = {.operation = 1,
				.sender = CLIENT,
				.target = VIP_OTHERS,
				.hardware = 6}},
	   PASSES(arp)}}},
	{"arp: another protocol than IPv4",
	 {{.in = {ASKS, .arp = {.operation = 1,
				.sender = CLIENT,
				.target = VIP_OTHERS,
				.protocol = 0x86dd}},
	   PASSES(arp)}}},
	{"arp: another operation (RARP's)",
	 {{.in = {ASKS, .arp = {.operation = 3,
				.sender = CLIENT,
				.target = VIP_OTHERS}},
	   PASSES(arp)}}},
	{"arp: cut short",
	 {{.in = {WHO_HAS(VIP_OTHERS), .cut = 41}, PASSES(truncated)}}},
	{"arp: heard until the lease is over, and again with a new one",
	 {{.in = {WHO_HAS(VIP)}, PASSES(arp)},
	  {.before = lease_ran_out, .in = {WHO_HAS(VIP)}, DROPS(arp_not_owner)},
	  {.before = owner_again, .in = {WHO_HAS(VIP)}, PASSES(arp)}}},
	{"arp: one VIP's lease says nothing about another's",
	 {{.before = lease_ran_out, .in = {WHO_HAS(VIP)}, DROPS(arp_not_owner)},
	  {.before = owner_of_both, .in = {WHO_HAS(VIP)}, DROPS(arp_not_owner)},
	  {.in = {WHO_HAS(VIP_OTHERS)}, PASSES(arp)}}},
};
COUNT(fixtures_arp);
