/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's links, addresses, routes and neighbours, behind which libnl is
 * hidden: watch them, resolve next hops, own and disown VIPs.  One per
 * daemon, in the daemon's network namespace.
 */
#ifndef XLBD_NETLINK_H
#define XLBD_NETLINK_H

#include "core/addr.h"
#include "core/address_options.h"
#include "core/route.h"
#include "xlbd/loop.h"

#include <stdbool.h>
#include <stdint.h>

#define NETLINK_NAME_SIZE 16

struct netlink;

struct netlink_link {
	unsigned int ifindex;
	char name[NETLINK_NAME_SIZE];
	char driver[32]; /* "veth", "mlx5_core"; "" if unknown */
	uint8_t mac[6];
	unsigned int mtu;
	bool up; /* administratively and carrier */
	bool loopback;
};

/* How to reach an address: the answer of route and neighbour tables. */
enum next_hop_state {
	NEXT_HOP_NO_ROUTE, /* unreachable, prohibited, no route */
	NEXT_HOP_RESOLVING, /* routed, MAC not known (yet, or any more) */
	NEXT_HOP_LOCAL, /* an address of this node */
	NEXT_HOP_READY, /* everything below is valid */
};

struct next_hop {
	enum next_hop_state state;
	struct addr gateway; /* the on-link neighbour: itself or a router */
	bool on_link; /* no router in between */
	unsigned int ifindex;
	unsigned int mtu;
	uint8_t mac[6];
	uint8_t source_mac[6]; /* the interface's own */
};

struct netlink_handlers {
	/* the next hop of a watched address became this (also first answer) */
	void (*next_hop)(void *arg, const struct addr *addr,
			 const struct next_hop *hop);
	/* a link came, went or changed */
	void (*link)(void *arg, const struct netlink_link *link, bool gone);
	/* an address of this node came or went */
	void (*address)(void *arg, const struct addr *addr,
			unsigned int ifindex, bool gone);
	/* a route with our mark was removed, maybe by us; may be NULL */
	void (*route_gone)(void *arg);
};

int netlink_open(struct loop *l, const struct netlink_handlers *handlers,
		 void *arg, struct netlink **out); /* 0/-errno */
void netlink_close(struct netlink *n); /* unwatches, NULL-safe */

/* From the cache, which is complete when netlink_open() returns. */
bool netlink_find_link(struct netlink *n, const char *name,
		       struct netlink_link *out);
bool netlink_get_link(struct netlink *n, unsigned int ifindex,
		      struct netlink_link *out);
/* Is `addr` an address of this node?  Then *ifindex (may be NULL) is where. */
bool netlink_has_address(struct netlink *n, const struct addr *addr,
			 unsigned int *ifindex);
/* The interface whose subnet holds `addr` (longest prefix; not /32); 0: none */
unsigned int netlink_find_subnet(struct netlink *n, const struct addr *addr);

/*
 * Watches how to reach `addr`, keeping its neighbour entry alive (a managed
 * neighbour).  next_hop() is called from the loop, soon, and on each change:
 * route, gateway, interface, MAC, neighbour failed.  Counted: watch twice,
 * unwatch twice.
 */
int netlink_watch(struct netlink *n, const struct addr *addr);
void netlink_unwatch(struct netlink *n, const struct addr *addr);
/* The present answer, at once; also for addresses not watched. */
int netlink_resolve(struct netlink *n, const struct addr *addr,
		    struct next_hop *out);

/*
 * Adds `vip` to the interface.  *existed: it was there before, is not ours
 * and must not be removed.  IPv6 without DAD.  0/-errno.
 */
int netlink_add_vip(struct netlink *n, const struct prefix *vip,
		    const struct address_options *options, unsigned int ifindex,
		    bool *existed);
/* An address that is to stay: it has no mark.  There already is no error. */
int netlink_add_address(struct netlink *n, const struct prefix *prefix,
			const struct address_options *options,
			unsigned int ifindex);
int netlink_del_vip(struct netlink *n, const struct prefix *vip,
		    unsigned int ifindex); /* absent is no error */
/* Removes it from wherever it is, with whatever prefix, if we have made it. */
int netlink_forget_vip(struct netlink *n, const struct addr *addr);
/*
 * The kernel takes packets for `addr` to its sockets, address or not.  There
 * already and not there any more are no errors.
 */
int netlink_add_local_route(struct netlink *n, const struct addr *addr);
int netlink_del_local_route(struct netlink *n, const struct addr *addr);
/*
 * `stays`: without our mark, and nothing here removes it.  -EEXIST: there is
 * one to that destination with that metric, ours or not.
 */
int netlink_add_route(struct netlink *n, const struct route *r, bool stays);
/* Only one with our mark; absent is no error. */
int netlink_del_route(struct netlink *n, const struct route *r);
int netlink_forget_routes(struct netlink *n); /* all with our mark */
/*
 * Removes the addresses, routes and neighbour entries that a daemon
 * which crashed left in this namespace: what we make carries our mark.  For the start,
 * before anything is added, and for --cleanup.
 */
int netlink_cleanup(struct netlink *n);
/* `count` gratuitous ARP requests (unsolicited NAs for IPv6) at once. */
int netlink_announce(struct netlink *n, const struct addr *vip,
		     unsigned int ifindex, unsigned int count);

#endif
