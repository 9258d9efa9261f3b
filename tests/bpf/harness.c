/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading and running.  The namespace has loopback as link 1 and one end of a
 * veth as link 2 (index 42): a test run's ingress_ifindex must exist.
 */
#include "harness.h"

#include <assert.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "xlbd.skel.h"

static const char *const reason_names[] = {
#define X(name, action, help) #name,
	XLBD_REASONS(X)
#undef X
};

const char *harness_reason_name(unsigned int reason)
{
	return reason < XLBD_REASON_MAX ? reason_names[reason] : "?";
}

static int enter_namespace(void)
{
	static bool entered;

	if (entered)
		return 0;
	if (unshare(CLONE_NEWNET))
		return -errno;
	if (system("ip link add name two index 42 type veth peer name three"))
		return -ENODEV;
	entered = true;
	return 0;
}

int harness_open(struct harness *h, __u32 max_sessions)
{
	struct bpf_program *program;
	int err = enter_namespace();

	if (err)
		return err;
	memset(h, 0, sizeof(*h));
	h->cpus = libbpf_num_possible_cpus();
	h->bpf = xlbd_bpf__open();
	if (!h->bpf)
		return -errno;
	bpf_object__for_each_program(program, h->bpf->obj)
		bpf_program__set_autoload(
			program, program == h->bpf->progs.xlbd ||
					 program == h->bpf->progs.egress);
	err = bpf_map__set_max_entries(h->bpf->maps.sessions4, max_sessions);
	if (!err)
		err = xlbd_bpf__load(h->bpf);
	if (err)
		harness_close(h);
	return err;
}

void harness_close(struct harness *h)
{
	xlbd_bpf__destroy(h->bpf);
	h->bpf = NULL;
}

int harness_run(struct harness *h, const __u8 *frame, size_t n, __u32 link,
		struct verdict *out)
{
	struct xdp_md md = {.data_end = n, .ingress_ifindex = link};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame,
		    .data_size_in = n, .data_out = out->frame,
		    .data_size_out = sizeof(out->frame), .ctx_in = &md,
		    .ctx_size_in = sizeof(md));
	int err = bpf_prog_test_run_opts(bpf_program__fd(h->bpf->progs.xlbd),
					 &options);

	if (err)
		return err;
	out->action = options.retval;
	out->length = options.data_size_out;
	return 0;
}

int harness_run_egress(struct harness *h, const __u8 *frame, size_t n,
		       struct verdict *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame,
		    .data_size_in = n, .data_out = out->frame,
		    .data_size_out = sizeof(out->frame));
	int err = bpf_prog_test_run_opts(bpf_program__fd(h->bpf->progs.egress),
					 &options);

	if (err)
		return err;
	out->action = options.retval;
	out->length = options.data_size_out;
	return 0;
}

void harness_send(struct harness *h, const struct frame *f, struct verdict *out)
{
	__u8 frame[FRAME_MAX];
	size_t n = frame_build(f, frame);
	int err = harness_run(h, frame, n, LINK1, out);

	assert(!err);
}

void harness_read_reasons(struct harness *h,
			  struct reason_stats out[XLBD_REASON_MAX])
{
	struct reason_stats(*of_cpu)[XLBD_REASON_MAX];
	__u32 zero = 0;
	int err;

	of_cpu = calloc(h->cpus, sizeof(*of_cpu));
	assert(of_cpu);
	err = bpf_map_lookup_elem(bpf_map__fd(h->bpf->maps.reasons), &zero,
				  of_cpu);
	assert(!err);
	memset(out, 0, XLBD_REASON_MAX * sizeof(*out));
	for (int cpu = 0; cpu < h->cpus; cpu++) {
		for (int r = 0; r < XLBD_REASON_MAX; r++) {
			out[r].packets += of_cpu[cpu][r].packets;
			out[r].bytes += of_cpu[cpu][r].bytes;
		}
	}
	free(of_cpu);
}
