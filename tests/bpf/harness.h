/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs frames through the program by BPF_PROG_TEST_RUN, in a network
 * namespace of the test's own, and judges what comes out: the whole frame,
 * the verdict, exactly one reason counted with the right bytes, the traffic
 * counters of service and backend.
 */
#ifndef XLBD_TESTS_HARNESS_H
#define XLBD_TESTS_HARNESS_H

#include "frame.h"
#include "world.h"

#include <linux/bpf.h>

#include "xlbd_reasons.h"

struct harness {
	struct xlbd_bpf *bpf;
	int cpus;
	/* How often each reason was expected and seen in a fixture. */
	unsigned int seen[XLBD_REASON_MAX];
};

/* One packet of a fixture, and what becomes of it. */
struct step {
	void (*before)(struct xlbd_bpf *bpf); /* a change to the world */
	struct frame in;
	__u32 link; /* it comes in by; 0: LINK1 */
	enum xlbd_reason reason;
	int action; /* XDP_*; 0 ends the list of steps */
	struct frame out; /* XDP_TX and XDP_REDIRECT; else `in` unchanged */
	__u32 backend; /* forward, reply, local: whose traffic it is */
	bool opens; /* a session */
	bool uncounted; /* of no session: nobody's traffic */
	/* Of the maps, afterwards; says itself what is wrong. */
	bool (*check)(struct xlbd_bpf *bpf);
};

#define STEPS_MAX 9

struct fixture {
	const char *name;
	struct step steps[STEPS_MAX];
};

struct verdict {
	int action;
	size_t length;
	__u8 frame[FRAME_MAX];
};

/* All return 0 or -errno.  A second open shares the first one's namespace. */
int harness_open(struct harness *h, __u32 max_sessions);
void harness_close(struct harness *h); /* NULL-safe inside */

int harness_run(struct harness *h, const __u8 *frame, size_t n, __u32 link,
		struct verdict *out);
/* The tc egress program; the action is TC_ACT_*. */
int harness_run_egress(struct harness *h, const __u8 *frame, size_t n,
		       struct verdict *out);
/* Builds it and runs it on LINK1; asserts that it can be run. */
void harness_send(struct harness *h, const struct frame *f,
		  struct verdict *out);

/* Summed over CPUs. */
void harness_read_reasons(struct harness *h,
			  struct reason_stats out[XLBD_REASON_MAX]);
const char *harness_reason_name(unsigned int reason);

/* Runs each on a fresh world; one TAP result per fixture. */
void harness_run_fixtures(struct harness *h, const struct fixture *fixtures,
			  size_t n);

#endif
