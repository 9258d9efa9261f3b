/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet costs in the program, beside a MAC swap behind the same
 * driver, in the same round.  Exits 1 if a median breaks its limit (twice),
 * or if a program did not do with every packet what the row says.
 *
 *	bench [--json] [--rounds N]
 */
#include <assert.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "bench.skel.h"
#include "bpf/world.h"
#include "xlbd.skel.h"
#include "xlbd_reasons.h"

#define PACKETS    1000000
#define NEW_FLOWS  50000
#define MANY_FLOWS 100000
#define ROUNDS     15
#define ROUNDS_MAX 99
#define SESSIONS   524288

/* Tables, each of a program of its own. */
enum { KNOWN, FRESH, FULL, TABLES };

struct row {
	const char *name;
	struct frame frame;
	int table;
	__u32 flows, scatter, packets; /* 0: 1, no, PACKETS */
	enum xlbd_reason reason;
	int action;
	double limit; /* ns above the swap; 0: none */
	/* found */
	double gross[ROUNDS_MAX], net[ROUNDS_MAX];
};

struct bench {
	struct bench_bpf *driver;
	struct xlbd_bpf *tables[TABLES];
	double call; /* ns that a call costs, whatever it repeats */
	int rounds;
};

#define CLIENTS IPV4(172, 16, 0, 0) /* the flow number is added */
#define IN      .to = node_mac, .from = client_mac
#define TO_VIP(port)                                                       \
	IN, .saddr = CLIENTS, .sport = 40000, .daddr = VIP, .dport = port, \
	    .pad = BENCH_FRAME

static struct row rows[] = {
	{.name = "not ours, one address",
	 .frame = {IN, .saddr = CLIENTS, .sport = 40000, .daddr = STRANGER,
		   .dport = 80, .flags = ACK, .pad = BENCH_FRAME},
	 .reason = XLBD_REASON_not_ours,
	 .action = XDP_PASS,
	 .limit = 25},
	{.name = "not ours, random addresses, table full",
	 .frame = {TO_VIP(80), .flags = ACK},
	 .table = FULL,
	 .flows = PACKETS,
	 .scatter = 1,
	 .reason = XLBD_REASON_not_ours,
	 .action = XDP_PASS,
	 .limit = 25},
	{.name = "ARP, for the kernel",
	 .frame = {IN, .arp = {.operation = 2, .sender = CLIENT, .target = VIP},
		   .pad = BENCH_FRAME},
	 .reason = XLBD_REASON_arp,
	 .action = XDP_PASS},
	{.name = "FNAT TCP, known session, 1 flow",
	 .frame = {TO_VIP(80), .flags = ACK},
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX,
	 .limit = 60},
	{.name = "FNAT TCP, its replies",
	 .frame = {.to = node_mac,
		   .from = backend1_mac,
		   .saddr = BACKEND1,
		   .sport = 8080,
		   .daddr = VIP,
		   .dport = XLBD_SNAT_PORT_MIN,
		   .flags = ACK,
		   .pad = BENCH_FRAME},
	 .reason = XLBD_REASON_reply,
	 .action = XDP_TX},
	{.name = "FNAT UDP, known session, 1 flow",
	 .frame = {TO_VIP(53), .protocol = IPPROTO_UDP},
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX},
	{.name = "DR TCP, known session, 1 flow",
	 .frame = {TO_VIP(81), .flags = ACK},
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX},
	{.name = "FNAT TCP, known sessions, 1,000 flows",
	 .frame = {TO_VIP(80), .flags = ACK},
	 .flows = 1000,
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX},
	{.name = "FNAT TCP, known sessions, 100,000 flows",
	 .frame = {TO_VIP(80), .flags = ACK},
	 .flows = MANY_FLOWS,
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX},
	{.name = "FNAT TCP, every packet a new session",
	 .frame = {TO_VIP(80), .flags = SYN},
	 .table = FRESH,
	 .flows = NEW_FLOWS,
	 .packets = NEW_FLOWS,
	 .reason = XLBD_REASON_forward,
	 .action = XDP_TX},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *values, int n, double q)
{
	double sorted[ROUNDS_MAX];

	memcpy(sorted, values, n * sizeof(*values));
	qsort(sorted, n, sizeof(*sorted), compare);
	return sorted[(int)((n - 1) * q + 0.5)];
}

/* What is behind the driver from now on. */
static void aim(struct bench *b, const struct bpf_program *program)
{
	int fd = bpf_program__fd(program), err;
	__u32 zero = 0;

	err = bpf_map_update_elem(bpf_map__fd(b->driver->maps.target), &zero,
				  &fd, BPF_ANY);
	assert(!err);
}

/* CPU time of `packets` of them, in ns; *action is the last one's. */
static double run(struct bench *b, const struct frame *f, __u32 flows,
		  __u32 scatter, __u32 packets, int *action)
{
	struct bench_control *control = &b->driver->bss->control;
	struct xdp_md md = {.data_end = BENCH_FRAME, .ingress_ifindex = 1};
	static __u8 frame[FRAME_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame,
		    .data_size_in = BENCH_FRAME, .ctx_in = &md,
		    .ctx_size_in = sizeof(md), .repeat = packets);
	double start;
	int err;

	frame_build(f, frame);
	memcpy(control->frame, frame, BENCH_FRAME);
	control->flows = flows ? flows : 1;
	/* Not the order in which they were opened: that would be kind. */
	control->step = flows > 1 ? (__u32)(flows * 0.618) | 1 : 0;
	control->flow = 0;
	control->scatter = scatter;
	start = cpu_ns();
	err = bpf_prog_test_run_opts(
		bpf_program__fd(b->driver->progs.bench_driver), &options);
	assert(!err);
	*action = options.retval;
	return cpu_ns() - start;
}

static __u64 count_reason(struct xlbd_bpf *bpf, enum xlbd_reason reason)
{
	int cpus = libbpf_num_possible_cpus(), err;
	struct reasons *of_cpu = calloc(cpus, sizeof(*of_cpu));
	__u32 zero = 0;
	__u64 n = 0;

	assert(of_cpu);
	err = bpf_map_lookup_elem(bpf_map__fd(bpf->maps.reasons), &zero,
				  of_cpu);
	assert(!err);
	for (int cpu = 0; cpu < cpus; cpu++)
		n += ((struct reason_stats *)&of_cpu[cpu])[reason].packets;
	free(of_cpu);
	return n;
}

/* One row, one round.  False if not every packet went as the row says. */
static bool measure(struct bench *b, struct row *row, int round)
{
	struct xlbd_bpf *bpf = b->tables[row->table];
	__u32 packets = row->packets ? row->packets : PACKETS;
	double swap, gross;
	__u64 before;
	int action;

	if (row->table == FRESH)
		world_reset(bpf);
	aim(b, b->driver->progs.bench_swap);
	swap = run(b, &row->frame, row->flows, row->scatter, packets, &action);
	if (action != XDP_TX)
		return false;
	aim(b, bpf->progs.xlbd);
	before = count_reason(bpf, row->reason);
	gross = run(b, &row->frame, row->flows, row->scatter, packets, &action);
	row->gross[round] = (gross - b->call) / packets;
	row->net[round] = (gross - swap) / packets;
	if (action == row->action &&
	    count_reason(bpf, row->reason) - before == packets)
		return true;
	fprintf(stderr, "bench: %s: action %d, %llu of %u packets\n", row->name,
		action,
		(unsigned long long)(count_reason(bpf, row->reason) - before),
		packets);
	return false;
}

static struct row trivial[] = {
	{.name = "swap MACs, XDP_TX", .frame = {TO_VIP(80), .flags = ACK}},
	{.name = "XDP_PASS", .frame = {TO_VIP(80), .flags = ACK}},
};

static void measure_trivial(struct bench *b, int round)
{
	struct bpf_program *const programs[] = {
		b->driver->progs.bench_swap,
		b->driver->progs.bench_pass,
	};
	double ns;
	int action;

	for (int i = 0; i < 2; i++) {
		aim(b, programs[i]);
		ns = run(b, &trivial[i].frame, 1, 0, PACKETS, &action);
		trivial[i].gross[round] = (ns - b->call) / PACKETS;
		trivial[i].net[round] =
			trivial[i].gross[round] - trivial[0].gross[round];
	}
}

/* What a call costs by itself: it patches the XDP dispatcher, among others. */
static double price_call(struct bench *b)
{
	double calls[9];
	int action;

	aim(b, b->driver->progs.bench_pass);
	for (int i = 0; i < 9; i++)
		calls[i] = run(b, &trivial[1].frame, 1, 0, 2, &action);
	return quantile(calls, 9, 0.5);
}

static struct xlbd_bpf *load_table(void)
{
	struct xlbd_bpf *bpf = xlbd_bpf__open();
	struct bpf_program *program;
	int err;

	if (!bpf)
		return NULL;
	bpf_object__for_each_program(program, bpf->obj)
		bpf_program__set_autoload(program, program == bpf->progs.xlbd);
	err = bpf_map__set_max_entries(bpf->maps.sessions4, SESSIONS);
	if (!err)
		err = xlbd_bpf__load(bpf);
	if (err) {
		xlbd_bpf__destroy(bpf);
		return NULL;
	}
	world_reset(bpf);
	return bpf;
}

/* Opens the sessions that the rows know. */
static bool open_sessions(struct bench *b)
{
	const struct frame syn = {TO_VIP(80), .flags = SYN};
	const struct frame dr = {TO_VIP(81), .flags = SYN};
	const struct frame udp = {TO_VIP(53), .protocol = IPPROTO_UDP};
	struct xlbd_bpf *bpf = b->tables[KNOWN];
	int action;

	aim(b, bpf->progs.xlbd);
	run(b, &syn, MANY_FLOWS, 0, MANY_FLOWS, &action);
	run(b, &dr, 1, 0, 1, &action);
	run(b, &udp, 1, 0, 1, &action);
	return count_reason(bpf, XLBD_REASON_forward) == MANY_FLOWS + 2;
}

static int bench_open(struct bench *b)
{
	b->driver = bench_bpf__open_and_load();
	if (!b->driver)
		return -errno;
	for (int i = 0; i < TABLES; i++) {
		b->tables[i] = load_table();
		if (!b->tables[i])
			return -errno;
	}
	world_fill_sessions(b->tables[FULL], 0);
	b->call = price_call(b);
	return open_sessions(b) ? 0 : -EIO;
}

static void bench_close(struct bench *b)
{
	for (int i = 0; i < TABLES; i++)
		xlbd_bpf__destroy(b->tables[i]);
	bench_bpf__destroy(b->driver);
}

static bool within_limit(const struct bench *b, const struct row *row)
{
	return !row->limit || quantile(row->net, b->rounds, 0.5) <= row->limit;
}

/* All rows in turn, then once more those whose median is over its limit. */
static bool measure_all(struct bench *b)
{
	bool again[ROWS];

	for (int round = 0; round < b->rounds; round++) {
		measure_trivial(b, round);
		for (size_t i = 0; i < ROWS; i++)
			if (!measure(b, &rows[i], round))
				return false;
	}
	for (size_t i = 0; i < ROWS; i++)
		again[i] = !within_limit(b, &rows[i]);
	for (int round = 0; round < b->rounds; round++)
		for (size_t i = 0; i < ROWS; i++)
			if (again[i] && !measure(b, &rows[i], round))
				return false;
	return true;
}

static void print_row(const struct bench *b, const struct row *row)
{
	double swap = quantile(trivial[0].gross, b->rounds, 0.5);
	double gross = quantile(row->gross, b->rounds, 0.5);
	double net = quantile(row->net, b->rounds, 0.5);

	printf("%-42s %7.1f %8.1f  [%.1f..%.1f] %7.1f", row->name, gross, net,
	       quantile(row->net, b->rounds, 0),
	       quantile(row->net, b->rounds, 1), gross / swap);
	if (row->limit)
		printf("   %s %.0f", within_limit(b, row) ? "<=" : "OVER",
		       row->limit);
	putchar('\n');
}

static void print_json(const struct bench *b, const struct row *row,
		       const char *separator)
{
	printf("{\"name\":\"%s\",\"gross\":%.2f,\"net\":%.2f,\"min\":%.2f,"
	       "\"max\":%.2f,\"limit\":",
	       row->name, quantile(row->gross, b->rounds, 0.5),
	       quantile(row->net, b->rounds, 0.5),
	       quantile(row->net, b->rounds, 0),
	       quantile(row->net, b->rounds, 1));
	if (row->limit)
		printf("%.0f,\"ok\":%s}", row->limit,
		       within_limit(b, row) ? "true" : "false");
	else
		printf("null,\"ok\":true}");
	puts(separator);
}

static void print_all(const struct bench *b, bool json)
{
	if (json) {
		puts("[");
		for (int i = 0; i < 2; i++)
			print_json(b, &trivial[i], ",");
		for (size_t i = 0; i < ROWS; i++)
			print_json(b, &rows[i], i + 1 < ROWS ? "," : "");
		puts("]");
		return;
	}
	printf("ns of CPU time a packet, 64-byte frames; medians of %d rounds\n"
	       "%-42s %7s %8s  %s %s   limit\n",
	       b->rounds, "", "gross", "net", "[min..max] above the swap",
	       "x swap");
	for (int i = 0; i < 2; i++)
		print_row(b, &trivial[i]);
	for (size_t i = 0; i < ROWS; i++)
		print_row(b, &rows[i]);
}

/* A neighbour on the same core slows all rows, and unequally. */
static void warn_if_busy(const struct bench *b)
{
	double least = quantile(trivial[0].gross, b->rounds, 0);
	double median = quantile(trivial[0].gross, b->rounds, 0.5);

	if (median > 1.3 * least)
		fprintf(stderr,
			"bench: the machine is busy (a swap took %.1f ns at "
			"best, %.1f in the median): figures are too high\n",
			least, median);
}

static void stay_on_this_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int bench_main(struct bench *b, bool json)
{
	int err = bench_open(b), status = EXIT_SUCCESS;

	if (err || !measure_all(b)) {
		fprintf(stderr, "bench: %s\n",
			err ? strerror(-err) : "the figures mean nothing");
		return EXIT_FAILURE;
	}
	print_all(b, json);
	warn_if_busy(b);
	for (size_t i = 0; i < ROWS; i++)
		if (!within_limit(b, &rows[i]))
			status = EXIT_FAILURE;
	return status;
}

int main(int argc, char **argv)
{
	const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"rounds", required_argument, NULL, 'r'},
		{0},
	};
	struct bench b = {.rounds = ROUNDS};
	bool json = false;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (option == 'r')
			b.rounds = atoi(optarg);
		else
			return 2;
	}
	if (optind < argc || b.rounds < 1 || b.rounds > ROUNDS_MAX) {
		fputs("usage: bench [--json] [--rounds 1..99]\n", stderr);
		return 2;
	}
	stay_on_this_cpu();
	status = bench_main(&b, json);
	bench_close(&b);
	return status;
}
