/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tc filters: steer at ingress, the ARP guard at egress, on a clsact
 * qdisc that others may use as well.  libbpf adds and deletes filters; who
 * else has some it cannot say, so they are dumped by rtnetlink here.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/libbpf.h>

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* First of all: a filter before ours that says "ok" would end the fence. */
#define PRIORITY     1
#define CLSACT_OURS  1U /* a handle's lowest bit */
#define EITHER_HOOK  (BPF_TC_INGRESS | BPF_TC_EGRESS)
#define DUMP_TIMEOUT 5 /* seconds: the kernel answers at once */

struct tc_filters { /* of one interface */
	uint32_t handle; /* ours, without its lowest bit */
	uint32_t ours[2]; /* ingress, egress: with it; 0: none */
	unsigned int others; /* anybody else's */
};

uint32_t tc_handle(const char *pin_path)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t length = strlen(pin_path), i;

	while (length > 1 && pin_path[length - 1] == '/')
		length--;
	for (i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)pin_path[i]) * 16777619u;
	hash &= 0x7ffffffe;
	return hash ? hash : 2;
}

static uint32_t hook_parent(int egress)
{
	return TC_H_MAKE(TC_H_CLSACT,
			 egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS);
}

static enum bpf_tc_attach_point hook_point(int egress)
{
	return egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
}

static bool is_bpf(const struct tcmsg *tc, uint32_t length)
{
	struct rtattr *a = (void *)((char *)tc + NLMSG_ALIGN(sizeof(*tc)));
	int rest = (int)length - NLMSG_LENGTH(sizeof(*tc));

	for (; RTA_OK(a, rest); a = RTA_NEXT(a, rest))
		if (a->rta_type == TCA_KIND)
			return !strncmp(RTA_DATA(a), "bpf", RTA_PAYLOAD(a));
	return false;
}

static void note_filter(struct tc_filters *f, int egress,
			const struct nlmsghdr *m)
{
	const struct tcmsg *tc = NLMSG_DATA(m);

	if (m->nlmsg_type != RTM_NEWTFILTER ||
	    m->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)) || !tc->tcm_handle)
		return; /* handle 0 is the list that holds filters */
	if (TC_H_MAJ(tc->tcm_info) >> 16 == PRIORITY &&
	    (tc->tcm_handle & ~CLSACT_OURS) == f->handle &&
	    is_bpf(tc, m->nlmsg_len))
		f->ours[egress] = tc->tcm_handle;
	else
		f->others++;
}

/* 1 when the dump is complete. */
static int read_filters(int fd, struct tc_filters *f, int egress)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *m = (void *)buffer;
	ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
	size_t rest = n;

	if (n < 0)
		return -errno;
	for (; NLMSG_OK(m, rest); m = NLMSG_NEXT(m, rest)) {
		if (m->nlmsg_type == NLMSG_DONE)
			return 1;
		if (m->nlmsg_type == NLMSG_ERROR)
			return ((struct nlmsgerr *)NLMSG_DATA(m))->error;
		note_filter(f, egress, m);
	}
	return 0;
}

static int dump_hook(int fd, unsigned int ifindex, struct tc_filters *f,
		     int egress)
{
	struct {
		struct nlmsghdr header;
		struct tcmsg tc;
	} ask = {
		.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
		.header.nlmsg_type = RTM_GETTFILTER,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.tc.tcm_ifindex = ifindex,
		.tc.tcm_parent = hook_parent(egress),
	};
	int done;

	if (send(fd, &ask, sizeof(ask), 0) < 0)
		return -errno;
	do
		done = read_filters(fd, f, egress);
	while (!done);
	return done < 0 ? done : 0;
}

static int find_filters(unsigned int ifindex, struct tc_filters *f)
{
	struct timeval timeout = {.tv_sec = DUMP_TIMEOUT};
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	err = dump_hook(fd, ifindex, f, 0);
	if (!err)
		err = dump_hook(fd, ifindex, f, 1);
	close(fd);
	return err;
}

void tc_detach(unsigned int ifindex, uint32_t handle)
{
	LIBBPF_OPTS(bpf_tc_hook, clsact, .ifindex = ifindex,
		    .attach_point = EITHER_HOOK);
	struct tc_filters f = {.handle = handle};
	int egress, err;

	err = find_filters(ifindex, &f);
	for (egress = 0; egress < 2 && !err; egress++) {
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
			    .attach_point = hook_point(egress));
		LIBBPF_OPTS(bpf_tc_opts, opts, .handle = f.ours[egress],
			    .priority = PRIORITY);

		if (f.ours[egress])
			err = bpf_tc_detach(&hook, &opts);
		if (err == -ENOENT) /* an ingress qdisc's is seen twice */
			err = 0;
	}
	if (err) {
		log_warning("interface %u: tc filters may be left: %s", ifindex,
			    strerror(-err));
		return;
	}
	if (((f.ours[0] | f.ours[1]) & CLSACT_OURS) && !f.others)
		bpf_tc_hook_destroy(&clsact);
}

void tc_detach_all(uint32_t handle)
{
	struct if_nameindex *all = if_nameindex(), *i;

	for (i = all; i && i->if_index; i++)
		tc_detach(i->if_index, handle);
	if (all)
		if_freenameindex(all);
}

static int add_filter(unsigned int ifindex, uint32_t handle, int program,
		      int egress, uint32_t flags)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = hook_point(egress));
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = PRIORITY,
		    .prog_fd = program, .flags = flags);

	return bpf_tc_attach(&hook, &opts);
}

static int explain_failure(const char *interface, int err, char *error)
{
	/* An ingress qdisc takes egress filters, too, and runs them there. */
	if (err == -EEXIST)
		return dataplane_fail(error, err,
				      "%s has an ingress qdisc, and needs "
				      "clsact (tc qdisc del dev %s ingress)",
				      interface, interface);
	return dataplane_fail(error, err,
			      "%s: cannot add a tc filter of priority %d: "
			      "%s %s",
			      interface, PRIORITY, strerror(-err),
			      libbpf_kernel_said());
}

/* A dead daemon's filters, with our programs in them now: no gap between. */
static int replace_filters(unsigned int ifindex, uint32_t handle, int steer,
			   int egress)
{
	struct tc_filters f = {.handle = handle};
	int err = find_filters(ifindex, &f);

	if (err)
		return err;
	if (!f.ours[0] || !f.ours[1])
		return -ENOENT;
	err = add_filter(ifindex, f.ours[0], steer, 0, BPF_TC_F_REPLACE);
	if (err)
		return err;
	return add_filter(ifindex, f.ours[1], egress, 1, BPF_TC_F_REPLACE);
}

int tc_attach(unsigned int ifindex, uint32_t handle, int steer, int egress,
	      char *error)
{
	LIBBPF_OPTS(bpf_tc_hook, clsact, .ifindex = ifindex,
		    .attach_point = EITHER_HOOK);
	char name[IF_NAMESIZE] = "?";
	bool created;
	int err;

	if_indextoname(ifindex, name);
	if (!replace_filters(ifindex, handle, steer, egress))
		return 0;
	tc_detach(ifindex, handle); /* half of them */
	libbpf_forget();
	err = bpf_tc_hook_create(&clsact);
	if (err && err != -EEXIST)
		return dataplane_fail(error, err,
				      "%s: cannot add a clsact qdisc: %s %s",
				      name, strerror(-err),
				      libbpf_kernel_said());
	created = !err;
	if (created)
		handle |= CLSACT_OURS;
	libbpf_forget();
	err = add_filter(ifindex, handle, steer, 0, 0);
	if (!err)
		err = add_filter(ifindex, handle, egress, 1, 0);
	if (!err)
		return 0;
	explain_failure(name, err, error);
	if (created)
		bpf_tc_hook_destroy(&clsact);
	else
		tc_detach(ifindex, handle);
	return err;
}
