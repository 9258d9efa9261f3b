// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver: BPF_PROG_TEST_RUN does not restore a packet between repeats, so
 * this program makes it anew from a template and tail-calls the program under
 * test.  What the driver costs is measured with a MAC swap behind it.  A prog
 * array takes only programs of one kind: all are xdp.frags.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "bench.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} target SEC(".maps");

struct bench_control control __attribute__((aligned(8)));

#define COPY(type, at) \
	(*(type *)(data + (at)) = *(type *)(control.frame + (at)))

#define SOURCE      26
#define DESTINATION 30
#define PORTS       34
#define CHECK       24

static __always_inline __u32 next_flow(void)
{
	__u32 flow = control.flow, next = flow + control.step;

	control.flow = next < control.flows ? next : next - control.flows;
	return flow;
}

/*
 * Stores no two of which share a field that the program loads as one: a load
 * that needs two stores waits for both, and the program would be charged.
 */
SEC("xdp.frags")
int bench_driver(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 flow = next_flow(), low = flow & 0xffff, sum;

	if (data + BENCH_FRAME > data_end)
		return XDP_ABORTED;
	COPY(__u32, 0);
	COPY(__u16, 4);
	COPY(__u32, 6);
	COPY(__u16, 10);
	COPY(__u16, 12);
	COPY(__u16, 14);
	COPY(__u16, 16);
	COPY(__u16, 18);
	COPY(__u16, 20);
	COPY(__u16, 22);
	sum = (__u16) ~*(__u16 *)(control.frame + CHECK) + low;
	*(__u16 *)(data + CHECK) = ~(sum + (sum >> 16));
	*(__u32 *)(data + SOURCE) =
		*(__u32 *)(control.frame + SOURCE) + (low << 16);
	*(__u32 *)(data + DESTINATION) =
		control.scatter ? flow * 2654435761U
				: *(__u32 *)(control.frame + DESTINATION);
	*(__u32 *)(data + PORTS) = *(__u32 *)(control.frame + PORTS) ^
				   (flow >> 16 << 8);
	COPY(__u64, 38);
	COPY(__u64, 46);
	bpf_tail_call(ctx, &target, 0);
	return XDP_ABORTED;
}

SEC("xdp.frags")
int bench_swap(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	__u8 mac[6];

	if ((void *)(eth + 1) > data_end)
		return XDP_ABORTED;
	__builtin_memcpy(mac, eth->h_dest, 6);
	__builtin_memcpy(eth->h_dest, eth->h_source, 6);
	__builtin_memcpy(eth->h_source, mac, 6);
	return XDP_TX;
}

SEC("xdp.frags")
int bench_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
