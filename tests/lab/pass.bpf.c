/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes everything: a veth's native XDP_TX only arrives where the peer runs
 * an XDP program, too.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
