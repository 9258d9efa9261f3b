/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/xlbd/netlink.h as a command line, for tests/system/netlink.t: reads
 * commands, one a line; prints what the handlers are told, and "= ..." for
 * each command.
 */
#include "xlbd/log.h"
#include "xlbd/loop.h"
#include "xlbd/netlink.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGS 4

struct probe {
	struct loop *loop;
	struct netlink *netlink;
	char line[256];
	size_t filled;
	unsigned long told;
	bool quiet;
};

static const char *const states[] = {
	[NEXT_HOP_NO_ROUTE] = "no-route",
	[NEXT_HOP_RESOLVING] = "resolving",
	[NEXT_HOP_LOCAL] = "local",
	[NEXT_HOP_READY] = "ready",
};

static void print_mac(const uint8_t mac[6])
{
	printf(" %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
	       mac[4], mac[5]);
}

static const char *ifname(struct probe *p, unsigned int ifindex)
{
	static struct netlink_link link;

	return netlink_get_link(p->netlink, ifindex, &link) ? link.name : "?";
}

static void print_hop(struct probe *p, const struct addr *addr,
		      const struct next_hop *hop)
{
	char text[ADDR_PRINT_SIZE], via[ADDR_PRINT_SIZE];

	printf("%s %s", addr_print(addr, text, sizeof(text)),
	       states[hop->state]);
	if (hop->state == NEXT_HOP_RESOLVING || hop->state == NEXT_HOP_READY)
		printf(" %s %s dev %s", hop->on_link ? "link" : "via",
		       addr_print(&hop->gateway, via, sizeof(via)),
		       ifname(p, hop->ifindex));
	if (hop->state == NEXT_HOP_READY) {
		printf(" mtu %u", hop->mtu);
		print_mac(hop->mac);
		print_mac(hop->source_mac);
	}
	putchar('\n');
}

static void on_next_hop(void *arg, const struct addr *addr,
			const struct next_hop *hop)
{
	struct probe *p = arg;

	p->told++;
	if (p->quiet)
		return;
	printf("hop ");
	print_hop(p, addr, hop);
}

static void print_link(const struct netlink_link *l)
{
	printf("%s %s mtu %u driver '%s'%s", l->name, l->up ? "up" : "down",
	       l->mtu, l->driver, l->loopback ? " loopback" : "");
	print_mac(l->mac);
}

static void on_link(void *arg, const struct netlink_link *link, bool gone)
{
	(void)arg;
	printf("link ");
	print_link(link);
	printf("%s\n", gone ? " gone" : "");
}

static void on_address(void *arg, const struct addr *addr, unsigned int ifindex,
		       bool gone)
{
	char text[ADDR_PRINT_SIZE];

	printf("address %s dev %s%s\n", addr_print(addr, text, sizeof(text)),
	       ifname(arg, ifindex), gone ? " gone" : "");
}

static unsigned int index_of(struct probe *p, const char *name)
{
	struct netlink_link link;

	return netlink_find_link(p->netlink, name, &link) ? link.ifindex : 0;
}

static void run_vip(struct probe *p, char **args, bool add)
{
	static const struct address_options plain;
	struct prefix vip = {.length = 0};
	bool existed = false;
	int err;

	prefix_parse(args[1], &vip);
	if (add)
		err = netlink_add_vip(p->netlink, &vip, &plain,
				      index_of(p, args[2]), &existed);
	else
		err = netlink_del_vip(p->netlink, &vip, index_of(p, args[2]));
	printf("= %s%s\n", strerror(-err), existed ? " existed" : "");
}

/* `watch-many 10.9.0.0 N`: the N addresses from there on. */
static void run_many(struct probe *p, const struct addr *first, uint32_t count,
		     int (*act)(struct netlink *n, const struct addr *addr))
{
	uint32_t v4 = ntohl(addr_to_v4(first));
	int err = 0;

	for (uint32_t i = 0; i < count && !err; i++) {
		struct addr a = addr_from_v4(htonl(v4 + i));

		err = act(p->netlink, &a);
	}
	printf("= %s\n", strerror(-err));
}

static void run_address(struct probe *p, char **args)
{
	struct addr a = {.bytes = {0}};
	unsigned int ifindex = 0;
	struct next_hop hop;
	int err = 0;

	addr_parse(args[1], &a);
	if (!strcmp(args[0], "watch")) {
		err = netlink_watch(p->netlink, &a);
	} else if (!strcmp(args[0], "unwatch")) {
		netlink_unwatch(p->netlink, &a);
	} else if (!strcmp(args[0], "watch-many")) {
		run_many(p, &a, (uint32_t)atoi(args[2]), netlink_watch);
		return;
	} else if (!strcmp(args[0], "resolve")) {
		err = netlink_resolve(p->netlink, &a, &hop);
		if (!err) {
			printf("= ");
			print_hop(p, &a, &hop);
			return;
		}
	} else if (!strcmp(args[0], "announce")) {
		err = netlink_announce(p->netlink, &a, index_of(p, args[2]),
				       (unsigned int)atoi(args[3]));
	} else if (!strcmp(args[0], "subnet")) {
		ifindex = netlink_find_subnet(p->netlink, &a);
		printf("= %s\n", ifindex ? ifname(p, ifindex) : "none");
		return;
	} else if (!strcmp(args[0], "has")) {
		printf("= %s\n", netlink_has_address(p->netlink, &a, &ifindex)
					 ? ifname(p, ifindex)
					 : "no");
		return;
	} else {
		printf("= unknown command\n");
		return;
	}
	printf("= %s\n", strerror(-err));
}

static void run(struct probe *p, char *line)
{
	char *args[ARGS] = {"", "", "", ""};
	struct netlink_link link;
	char *rest = line;

	for (int i = 0; i < ARGS; i++) {
		char *word = strsep(&rest, " ");

		args[i] = word ? word : "";
	}
	if (!strcmp(args[0], "add") || !strcmp(args[0], "del")) {
		run_vip(p, args, args[0][0] == 'a');
	} else if (!strcmp(args[0], "link")) {
		if (netlink_find_link(p->netlink, args[1], &link)) {
			printf("= ");
			print_link(&link);
			putchar('\n');
		} else {
			printf("= none\n");
		}
	} else if (!strcmp(args[0], "cleanup")) {
		printf("= %s\n", strerror(-netlink_cleanup(p->netlink)));
	} else if (!strcmp(args[0], "quiet")) {
		p->quiet = true;
		printf("= Success\n");
	} else if (!strcmp(args[0], "told")) {
		printf("= %lu\n", p->told);
	} else {
		run_address(p, args);
	}
}

static void on_input(void *arg, unsigned int events)
{
	struct probe *p = arg;
	ssize_t got = read(STDIN_FILENO, p->line + p->filled,
			   sizeof(p->line) - 1 - p->filled);
	char *end;

	(void)events;
	if (got <= 0) {
		loop_stop(p->loop);
		return;
	}
	p->filled += (size_t)got;
	p->line[p->filled] = '\0';
	while ((end = strchr(p->line, '\n'))) {
		*end = '\0';
		run(p, p->line);
		p->filled -= (size_t)(end + 1 - p->line);
		memmove(p->line, end + 1, p->filled + 1);
	}
}

int main(void)
{
	const struct netlink_handlers handlers = {
		.next_hop = on_next_hop,
		.link = on_link,
		.address = on_address,
	};
	struct probe p = {.filled = 0};
	struct loop_fd *input = NULL;
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	err = loop_new(&p.loop);
	if (!err)
		err = netlink_open(p.loop, &handlers, &p, &p.netlink);
	if (!err)
		err = loop_fd_new(p.loop, STDIN_FILENO, LOOP_READ, on_input, &p,
				  &input);
	if (err)
		fprintf(stderr, "netlink_probe: %s\n", strerror(-err));
	else
		err = loop_run(p.loop);
	loop_fd_free(input);
	netlink_close(p.netlink);
	loop_free(p.loop);
	return err ? 1 : 0;
}
