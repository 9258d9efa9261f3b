/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs fixtures and judges each step.  Counters are read before and after:
 * what a packet must not count is as much a result as what it must.
 */
#include "harness.h"

#include <assert.h>
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "xlbd.skel.h"

struct counters {
	struct reason_stats reasons[XLBD_REASON_MAX];
	struct traffic_stats services[WORLD_SERVICES];
	struct traffic_stats backends[WORLD_BACKENDS];
};

static void read_traffic(struct harness *h, const struct bpf_map *map,
			 struct traffic_stats *out, __u32 slots)
{
	struct traffic_stats *of_cpu = calloc(h->cpus, sizeof(*of_cpu));
	int err;

	assert(of_cpu);
	memset(out, 0, slots * sizeof(*out));
	for (__u32 i = 0; i < slots; i++) {
		err = bpf_map_lookup_elem(bpf_map__fd(map), &i, of_cpu);
		assert(!err);
		for (int cpu = 0; cpu < h->cpus; cpu++) {
			out[i].packets_in += of_cpu[cpu].packets_in;
			out[i].bytes_in += of_cpu[cpu].bytes_in;
			out[i].packets_out += of_cpu[cpu].packets_out;
			out[i].bytes_out += of_cpu[cpu].bytes_out;
			out[i].sessions += of_cpu[cpu].sessions;
		}
	}
	free(of_cpu);
}

static void read_counters(struct harness *h, struct counters *out)
{
	harness_read_reasons(h, out->reasons);
	read_traffic(h, h->bpf->maps.service_stats, out->services,
		     WORLD_SERVICES);
	read_traffic(h, h->bpf->maps.backend_stats, out->backends,
		     WORLD_BACKENDS);
}

/* Ethernet header + IP total length; padding is not counted. */
static size_t counted_bytes(const struct step *step, const __u8 *in, size_t n)
{
	bool ipv4 = n >= 34 && frame_get16(in + 12) == 0x0800;

	if (!ipv4 || step->reason == XLBD_REASON_truncated)
		return n;
	return FRAME_ETH + frame_get16(in + 16);
}

static void expect_traffic(const struct step *step, size_t bytes,
			   struct traffic_stats *t)
{
	if (step->uncounted)
		return;
	switch (step->reason) {
	case XLBD_REASON_forward:
	case XLBD_REASON_local:
		t->packets_in++;
		t->bytes_in += bytes;
		break;
	case XLBD_REASON_reply:
		t->packets_out++;
		t->bytes_out += bytes;
		break;
	default:
		return;
	}
	t->sessions += step->opens;
}

static __u32 service_of(struct harness *h, __u32 slot)
{
	struct backend backend;
	int err = bpf_map_lookup_elem(bpf_map__fd(h->bpf->maps.backends), &slot,
				      &backend);

	assert(!err);
	return backend.service;
}

/* Makes of `before` what `after` has to be. */
static void expect(struct harness *h, const struct step *step, const __u8 *in,
		   size_t n, struct counters *before)
{
	size_t bytes = counted_bytes(step, in, n);

	before->reasons[step->reason].packets++;
	before->reasons[step->reason].bytes += bytes;
	expect_traffic(step, bytes,
		       &before->services[service_of(h, step->backend)]);
	expect_traffic(step, bytes, &before->backends[step->backend]);
}

static bool judge_reasons(const struct counters *expected,
			  const struct counters *after)
{
	bool ok = true;

	for (unsigned int r = 0; r < XLBD_REASON_MAX; r++) {
		const struct reason_stats *e = &expected->reasons[r];
		const struct reason_stats *a = &after->reasons[r];

		if (!memcmp(e, a, sizeof(*e)))
			continue;
		ok = false;
		tap_diag("  reason %s: %+lld packets, %+lld bytes beside what "
			 "was expected",
			 harness_reason_name(r),
			 (long long)(a->packets - e->packets),
			 (long long)(a->bytes - e->bytes));
	}
	return ok;
}

static bool judge_traffic(const char *what,
			  const struct traffic_stats *expected,
			  const struct traffic_stats *after, __u32 slots)
{
	bool ok = true;

	for (__u32 i = 0; i < slots; i++) {
		const struct traffic_stats *e = &expected[i], *a = &after[i];

		if (!memcmp(e, a, sizeof(*e)))
			continue;
		ok = false;
		tap_diag("  %s %u: in %+lld (%+lld bytes), out %+lld (%+lld "
			 "bytes), sessions %+lld beside what was expected",
			 what, i, (long long)(a->packets_in - e->packets_in),
			 (long long)(a->bytes_in - e->bytes_in),
			 (long long)(a->packets_out - e->packets_out),
			 (long long)(a->bytes_out - e->bytes_out),
			 (long long)(a->sessions - e->sessions));
	}
	return ok;
}

static void diag_frame(const char *what, const __u8 *frame, size_t n)
{
	char text[3 * 96 + 1] = "";

	for (size_t i = 0; i < n && i < 96; i++)
		snprintf(text + 3 * i, 4, "%02x ", frame[i]);
	tap_diag("    %s (%zu): %s%s", what, n, text, n > 96 ? "..." : "");
}

static bool judge_frame(const __u8 *expected, size_t n, const struct verdict *v)
{
	size_t at = 0;

	while (at < n && at < v->length && expected[at] == v->frame[at])
		at++;
	if (at == n && at == v->length)
		return true;
	tap_diag("  the frame differs from byte %zu on", at);
	diag_frame("expected", expected, n);
	diag_frame("came out", v->frame, v->length);
	return false;
}

static bool run_step(struct harness *h, const struct step *step)
{
	static const char *const actions[] = {"ABORTED", "DROP", "PASS", "TX",
					      "REDIRECT"};
	static __u8 in[FRAME_MAX], out[FRAME_MAX];
	static struct counters expected, after;
	static struct verdict v;
	size_t n, out_length;
	bool ok = true;
	int err;

	if (step->before)
		step->before(h->bpf);
	n = frame_build(&step->in, in);
	memcpy(out, in, n);
	out_length = n;
	if (step->action == XDP_TX || step->action == XDP_REDIRECT)
		out_length = frame_build(&step->out, out);
	read_counters(h, &expected);
	expect(h, step, in, n, &expected);
	err = harness_run(h, in, n, step->link ? step->link : LINK1, &v);
	if (err) {
		tap_diag("  cannot be run: %s", strerror(-err));
		return false;
	}
	read_counters(h, &after);
	if (v.action != step->action) {
		tap_diag("  action %s, not %s",
			 v.action <= XDP_REDIRECT ? actions[v.action] : "?",
			 actions[step->action]);
		ok = false;
	}
	ok &= judge_frame(out, out_length, &v);
	ok &= judge_reasons(&expected, &after);
	ok &= judge_traffic("service", expected.services, after.services,
			    WORLD_SERVICES);
	ok &= judge_traffic("backend", expected.backends, after.backends,
			    WORLD_BACKENDS);
	if (step->check)
		ok &= step->check(h->bpf);
	if (ok)
		h->seen[step->reason]++;
	return ok;
}

static bool run_fixture(struct harness *h, const struct fixture *fixture)
{
	bool ok = true;

	world_reset(h->bpf);
	for (int i = 0; ok && i < STEPS_MAX && fixture->steps[i].action; i++) {
		ok = run_step(h, &fixture->steps[i]);
		if (!ok)
			tap_diag("  ^ step %d of '%s' (%s)", i + 1,
				 fixture->name,
				 harness_reason_name(fixture->steps[i].reason));
	}
	return ok && fixture->steps[0].action;
}

void harness_run_fixtures(struct harness *h, const struct fixture *fixtures,
			  size_t n)
{
	for (size_t i = 0; i < n; i++)
		tap_ok(run_fixture(h, &fixtures[i]), "%s", fixtures[i].name);
}
