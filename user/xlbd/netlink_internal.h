/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of netlink share, and nobody else sees:
 *   netlink.c            open, close, resync; one event, one handler
 *   netlink_socket.c     ask the kernel and wait for the answer
 *   netlink_cache.c      links and addresses
 *   netlink_route.c      address -> interface and gateway
 *   netlink_neighbour.c  gateway -> MAC, kept alive
 *   netlink_watch.c      watched addresses, told when their answer changes
 *   netlink_vip.c        own, disown and announce addresses
 *   netlink_virtual.c    routes of the config's
 */
#ifndef XLBD_NETLINK_INTERNAL_H
#define XLBD_NETLINK_INTERNAL_H

#include "core/hash_table.h"
#include "xlbd/netlink.h"

#include <stddef.h>
#include <sys/queue.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

/*
 * The originator that our addresses and neighbour entries carry: how the next
 * start and --cleanup know them after a crash.  A number nobody else uses.
 */
#define NETLINK_ORIGINATOR  120

#define NETLINK_MAX_CHANGES 16

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

struct link {
	struct hash_node by_index;
	LIST_ENTRY(link) all;
	struct netlink_link public;
	bool enabled; /* administratively up, with or without carrier */
	unsigned int generation;
};

struct address {
	struct hash_node by_local;
	LIST_ENTRY(address) all;
	struct addr local;
	struct prefix subnet; /* the peer's, on point-to-point links */
	unsigned int ifindex;
	unsigned int generation;
};

/* The kernel's entry, or all zero: there is none. */
struct neighbour_entry {
	unsigned int state; /* NUD_* */
	bool learned; /* by a control plane of another's */
	bool managed;
	bool ours;
	bool has_mac;
	bool held; /* the MAC is the last one known */
	uint8_t mac[6];
};

struct neighbour {
	struct hash_node by_key;
	LIST_ENTRY(neighbour) all;
	LIST_HEAD(, target) targets; /* never empty */
	unsigned int ifindex;
	struct addr addr;
	struct neighbour_entry entry;
	bool check; /* `entry` may be out of date */
	bool refused; /* the kernel would not manage it */
};

struct target {
	struct hash_node by_addr;
	LIST_ENTRY(target) all;
	LIST_ENTRY(target) same_neighbour;
	TAILQ_ENTRY(target) queued;
	struct addr addr;
	unsigned int watchers;
	bool dirty; /* in the queue */
	bool reroute; /* ... and the route must be asked for again */
	bool told; /* `answer` has been handed out */
	struct next_hop route; /* without the MAC */
	struct next_hop answer;
	struct neighbour *neighbour; /* NULL unless routed */
};

struct netlink {
	struct loop *loop;
	struct netlink_handlers handlers;
	void *arg;
	struct nl_sock *requests;
	struct nl_sock *events;
	struct loop_fd *readable;

	struct hash_table links, addresses;
	LIST_HEAD(, link) all_links;
	LIST_HEAD(, address) all_addresses;
	unsigned int generation; /* of the last full dump */
	bool filling; /* the first: nobody is told */
	bool resync; /* events were lost */

	struct hash_table targets, neighbours;
	LIST_HEAD(, target) all_targets;
	LIST_HEAD(, neighbour) all_neighbours;
	TAILQ_HEAD(, target) queue;
	struct prefix changes[NETLINK_MAX_CHANGES]; /* routes that changed */
	unsigned int n_changes;
	bool reroute_all;
	bool check_all; /* neighbours, after a link changed */

	struct loop_timer *work; /* the queue, a slice at a time */
	struct usec work_due;
	bool work_armed;
	struct loop_timer *retry; /* refused neighbours */
	bool table_full_said;
};

/* --- netlink_socket.c --- */

int netlink_socket_open(struct nl_sock **out);
/*
 * Sends `msg` (takes it), gives each message of the answer to `reply` (may be
 * NULL), returns the kernel's verdict; -ETIMEDOUT.
 */
int netlink_ask(struct nl_sock *sk, struct nl_msg *msg,
		void (*reply)(void *arg, struct nlmsghdr *hdr), void *arg);
/* A whole table, over a socket of its own: `reply` may ask questions. */
int netlink_dump(int type, void (*reply)(void *arg, struct nlmsghdr *hdr),
		 void *arg);
/* A request that starts with `header`; NULL without memory. */
struct nl_msg *netlink_request(int type, int flags, const void *header,
			       size_t size);
void netlink_put_addr(struct nl_msg *msg, int attr, const struct addr *addr);
/* From an attribute of 4 or 16 bytes. */
bool netlink_get_addr(const struct nlattr *attr, struct addr *out);
uint8_t netlink_family(const struct addr *addr);

/* --- netlink_cache.c --- */

void netlink_cache_link(struct netlink *n, struct nlmsghdr *hdr);
void netlink_cache_address(struct netlink *n, struct nlmsghdr *hdr);
void netlink_cache_drop_stale(struct netlink *n); /* older generations */
void netlink_cache_free(struct netlink *n); /* tells nobody */

/* --- netlink_route.c --- */

/* Everything but the MACs: NO_ROUTE, LOCAL, or RESOLVING with its gateway. */
int netlink_get_route(struct netlink *n, const struct addr *addr,
		      struct next_hop *out);
/* The destination of a route message; false if it is none of ours. */
bool netlink_route_prefix(struct nlmsghdr *hdr, struct prefix *out);

/* --- netlink_virtual.c --- */

bool netlink_route_is_ours(struct nlmsghdr *hdr);

/* --- netlink_neighbour.c --- */

/* All zero if there is none. */
int netlink_get_neighbour(struct netlink *n, unsigned int ifindex,
			  const struct addr *addr, struct neighbour_entry *out);
void netlink_neighbour_event(struct netlink *n, struct nlmsghdr *hdr);
/* Completes a route whose neighbour entry is `entry`. */
void netlink_complete(struct netlink *n, struct next_hop *hop,
		      const struct neighbour_entry *entry);
/* The neighbour of t->route, made if need be; drops the one before. */
int netlink_neighbour_join(struct netlink *n, struct target *t);
void netlink_neighbour_leave(struct netlink *n, struct target *t);
/* Looks at the kernel's entry again, and has it managed. */
int netlink_neighbour_check(struct netlink *n, struct neighbour *nb);
void netlink_neighbour_retry(void *arg); /* timer */
/* Deletes the entries that carry our mark. */
void netlink_neighbour_sweep(struct netlink *n);
/* netlink_local.c */
int netlink_local_sweep(struct netlink *n);

/* --- netlink_watch.c --- */

void netlink_schedule(struct netlink *n, struct usec after);
void netlink_target_dirty(struct netlink *n, struct target *t);
void netlink_route_changed(struct netlink *n, const struct prefix *p);
void netlink_all_changed(struct netlink *n, bool neighbours_too);
void netlink_work(void *arg); /* timer */
void netlink_watch_free(struct netlink *n);

/* --- netlink.c --- */

int netlink_resync(struct netlink *n);

/* What we have just changed reaches the cache; nobody is told. */
void netlink_catch_up(struct netlink *n);

#endif
