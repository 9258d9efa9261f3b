/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/netlink_internal.h"

#include "xlbd/log.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define EVENT_SIZE   32768
#define EVENT_BUFFER (8 << 20) /* some ten thousand events */
#define EVENT_READS  64 /* at a stretch; then the others' turn */

static const int groups[] = {
	RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
	RTNLGRP_IPV6_RULE,  RTNLGRP_NEIGH,       RTNLGRP_NEXTHOP,
};

/* One event, or one line of a dump. */
static void handle(void *arg, struct nlmsghdr *hdr)
{
	struct netlink *n = arg;
	struct prefix prefix;

	switch (hdr->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		netlink_cache_link(n, hdr);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		netlink_cache_address(n, hdr);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (netlink_route_prefix(hdr, &prefix))
			netlink_route_changed(n, &prefix);
		if (hdr->nlmsg_type == RTM_DELROUTE && !n->filling &&
		    n->handlers.route_gone && netlink_route_is_ours(hdr))
			n->handlers.route_gone(n->arg);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		netlink_neighbour_event(n, hdr);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		netlink_all_changed(n, false);
		break;
	}
}

static void handle_all(struct netlink *n, char *buf, int size)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)buf;

	for (; nlmsg_ok(hdr, size); hdr = nlmsg_next(hdr, &size))
		handle(n, hdr);
}

/* Next datagram of the kernel's; others may send to our port, too. */
static ssize_t receive(struct netlink *n, char *buf, size_t size)
{
	struct sockaddr_nl from;
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	struct msghdr msg = {.msg_name = &from,
			     .msg_namelen = sizeof(from),
			     .msg_iov = &iov,
			     .msg_iovlen = 1};
	int fd = nl_socket_get_fd(n->events);
	ssize_t got;

	do {
		got = recvmsg(fd, &msg, MSG_DONTWAIT);
	} while ((got < 0 && errno == EINTR) || (got >= 0 && from.nl_pid));
	if (got < 0)
		return -errno;
	return msg.msg_flags & MSG_TRUNC ? -ENOBUFS : got;
}

/*
 * Older than the dump that follows, with gaps: none of it may be applied
 * after it.  (The kernel reports a loss before it hands out what it kept.)
 */
static void discard(struct netlink *n)
{
	_Alignas(struct nlmsghdr) char buf[EVENT_SIZE];
	ssize_t got;

	do {
		got = receive(n, buf, sizeof(buf));
	} while (got >= 0 || got == -ENOBUFS);
}

static void on_readable(void *arg, unsigned int events)
{
	_Alignas(struct nlmsghdr) char buf[EVENT_SIZE];
	struct netlink *n = arg;

	(void)events;
	for (int i = 0; i < EVENT_READS && !n->resync; i++) {
		ssize_t got = receive(n, buf, sizeof(buf));

		if (got == -EAGAIN)
			break;
		if (got < 0)
			n->resync = true;
		else
			handle_all(n, buf, (int)got);
	}
	if (n->resync)
		netlink_schedule(n, USEC_ZERO);
}

void netlink_catch_up(struct netlink *n)
{
	n->filling = true;
	on_readable(n, LOOP_READ);
	n->filling = false;
}

static int fill(struct netlink *n)
{
	int err;

	n->generation++;
	err = netlink_dump(RTM_GETLINK, handle, n);
	if (!err)
		err = netlink_dump(RTM_GETADDR, handle, n);
	if (!err)
		netlink_cache_drop_stale(n);
	return err;
}

int netlink_resync(struct netlink *n)
{
	int err;

	log_warning("netlink: events were lost; reading everything again");
	discard(n);
	n->resync = false;
	err = fill(n);
	if (err)
		n->resync = true;
	netlink_all_changed(n, true);
	return err;
}

static int subscribe(struct netlink *n)
{
	const int size = EVENT_BUFFER;
	int err, fd;

	err = netlink_socket_open(&n->events);
	if (err)
		return err;
	fd = nl_socket_get_fd(n->events);
	/* FORCE needs CAP_NET_ADMIN, which adding addresses does as well */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			       &groups[i], sizeof(groups[i])))
			return -errno;
	}
	return loop_fd_new(n->loop, fd, LOOP_READ, on_readable, n,
			   &n->readable);
}

static int init_tables(struct netlink *n)
{
	int err;

	LIST_INIT(&n->all_links);
	LIST_INIT(&n->all_addresses);
	LIST_INIT(&n->all_targets);
	LIST_INIT(&n->all_neighbours);
	TAILQ_INIT(&n->queue);
	err = hash_table_init(&n->links);
	if (!err)
		err = hash_table_init(&n->addresses);
	if (!err)
		err = hash_table_init(&n->targets);
	if (!err)
		err = hash_table_init(&n->neighbours);
	return err;
}

int netlink_open(struct loop *l, const struct netlink_handlers *handlers,
		 void *arg, struct netlink **out)
{
	struct netlink *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	n->loop = l;
	n->handlers = *handlers;
	n->arg = arg;
	err = init_tables(n);
	if (!err)
		err = loop_timer_new(l, netlink_work, n, &n->work);
	if (!err)
		err = loop_timer_new(l, netlink_neighbour_retry, n, &n->retry);
	if (!err)
		err = netlink_socket_open(&n->requests);
	/* Events first: what changes during the dump comes after it. */
	if (!err)
		err = subscribe(n);
	if (!err) {
		n->filling = true;
		err = fill(n);
		n->filling = false;
	}
	if (err) {
		netlink_close(n);
		return err;
	}
	*out = n;
	return 0;
}

void netlink_close(struct netlink *n)
{
	if (!n)
		return;
	netlink_watch_free(n);
	if (n->requests)
		netlink_neighbour_sweep(n);
	netlink_cache_free(n);
	loop_fd_free(n->readable);
	loop_timer_free(n->work);
	loop_timer_free(n->retry);
	nl_socket_free(n->events);
	nl_socket_free(n->requests);
	free(n);
}
