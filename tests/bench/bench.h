/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What bench.c tells the driver program (bench.bpf.c): the next packets'
 * template, and how the flow number goes into them.  Fixed-width types come
 * from the includer.
 */
#ifndef XLBD_BENCH_H
#define XLBD_BENCH_H

#define BENCH_FRAME 64

struct bench_control {
	__u8 frame[BENCH_FRAME];
	__u32 flows; /* packets belong to flows 0..flows - 1 ... */
	__u32 step; /* ... in steps of this, modulo flows */
	__u32 flow; /* next one */
	__u32 scatter; /* not 0: the flow number is the destination address */
};
_Static_assert(sizeof(struct bench_control) == 80, "bench_control");

#endif
