/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/preflight.h"

#include "xlbd/loop.h"
#include "xlbd/netlink.h"
#include "xlbd/privilege.h"

#include <errno.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

static int fixes;

__attribute__((format(printf, 2, 3))) static void say(const char *verdict,
						      const char *format, ...)
{
	va_list args;

	fixes += !strcmp(verdict, "fix");
	printf("%-5s", verdict);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void check_privilege(void)
{
	const char *missing;

	if (privilege_have_all(&missing))
		say("ok", "privileges");
	else
		say("fix", "%s is missing: run as root", missing);
}

static void check_kernel(void)
{
	int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	sscanf(u.release, "%d.%d", &major, &minor);
	if (major < 6 || (major == 6 && minor < 1))
		say("fix", "kernel %s: 6.1 or later is needed", u.release);
	else if (major == 6 && minor < 6)
		say("note",
		    "kernel %s: local backends that listen with "
		    "SO_REUSEPORT need 6.6 or later",
		    u.release);
	else
		say("ok", "kernel %s", u.release);
}

static void check_bpffs(const struct conf *conf)
{
	char parent[4096];
	struct statfs fs = {0};
	char *slash;

	snprintf(parent, sizeof(parent), "%s", conf->pin_path);
	while (statfs(parent, &fs)) {
		slash = strrchr(parent, '/');
		if (errno != ENOENT || !slash || slash == parent)
			break;
		*slash = '\0';
	}
	if (fs.f_type == BPF_FS_MAGIC)
		say("ok", "bpffs at %s", parent);
	else
		say("note", "no bpffs at %s: xlbd mounts one at start", parent);
}

static void check_cgroup(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;

	while (mounts && (m = getmntent(mounts))) {
		if (!strcmp(m->mnt_type, "cgroup2")) {
			say("ok", "cgroup2 at %s", m->mnt_dir);
			endmntent(mounts);
			return;
		}
	}
	if (mounts)
		endmntent(mounts);
	say("fix", "no cgroup2: clients on this node are not served "
		   "(mount -t cgroup2 none /sys/fs/cgroup)");
}

static void check_link(const struct netlink_link *link)
{
	static const unsigned int native_mtu = 3506; /* without frags */

	if (!link->up)
		say("fix", "interface %s is down: ip link set %s up",
		    link->name, link->name);
	else
		say("ok", "interface %s: driver %s, mtu %u%s", link->name,
		    *link->driver ? link->driver : "unknown", link->mtu,
		    link->mtu > native_mtu
			    ? " (native XDP only if the driver does frags)"
			    : "");
}

static void check_vip(struct netlink *n, const struct conf *conf,
		      const struct addr *vip)
{
	unsigned int ifindex = netlink_find_subnet(n, vip);
	char name[ADDR_PRINT_SIZE];
	struct netlink_link link;

	addr_print(vip, name, sizeof(name));
	if (ifindex && netlink_get_link(n, ifindex, &link)) {
		say("ok", "vip %s: on %s", name, link.name);
		check_link(&link);
	} else if (!conf->n_interfaces) {
		say("fix",
		    "vip %s: no interface's subnet holds it: name one with "
		    "xlbd { interface IF }",
		    name);
	}
}

static void check_backend(struct netlink *n, const struct conf_backend *b)
{
	char name[ADDR_PRINT_SIZE];
	struct next_hop hop;

	addr_print(&b->addr, name, sizeof(name));
	if (netlink_resolve(n, &b->addr, &hop) ||
	    hop.state == NEXT_HOP_NO_ROUTE)
		say("fix", "backend %s: no route", name);
	else if (hop.state != NEXT_HOP_LOCAL && b->kind == CONF_KIND_DR &&
		 !hop.on_link)
		say("fix",
		    "backend %s: behind a router: DR needs it on the "
		    "same link",
		    name);
	else
		say("ok", "backend %s: %s", name,
		    hop.state == NEXT_HOP_LOCAL ? "this node" : "routed");
}

static void check_network(const struct conf *conf)
{
	static const struct netlink_handlers none;
	struct netlink *n = NULL;
	struct loop *loop = NULL;
	struct netlink_link link;
	int err = loop_new(&loop);

	if (!err)
		err = netlink_open(loop, &none, NULL, &n);
	if (err)
		say("fix", "netlink: %s", strerror(-err));
	for (size_t i = 0; n && i < conf->n_interfaces; i++) {
		if (netlink_find_link(n, conf->interfaces[i], &link))
			check_link(&link);
		else
			say("fix", "interface %s: not there",
			    conf->interfaces[i]);
	}
	for (size_t i = 0; n && i < conf->n_services; i++) {
		const struct conf_service *s = &conf->services[i];

		check_vip(n, conf, &s->endpoint.addr);
		for (size_t j = 0; j < s->n_backends; j++)
			check_backend(n, &s->backends[j]);
	}
	netlink_close(n);
	loop_free(loop);
}

int preflight(const struct conf *conf)
{
	fixes = 0;
	check_privilege();
	check_kernel();
	check_bpffs(conf);
	check_cgroup();
	check_network(conf);
	say("note", "forwarded traffic does not pass this host's nftables; "
		    "local backends' traffic does");
	return fixes;
}
