/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local routes for VIPs: with one, the kernel takes packets for the VIP to its
 * sockets whether or not the address is on an interface.  So connections stay
 * while the address comes and goes, and a node that does not own the VIP can
 * serve what its owner has scheduled for it.
 */
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#define LOOPBACK_IFINDEX 1 /* lo, in every network namespace */

static struct nl_msg *request(int type, int flags, const struct addr *addr)
{
	struct rtmsg info = {
		.rtm_family = netlink_family(addr),
		.rtm_dst_len = addr_is_v4(addr) ? 32 : 128,
		.rtm_table = RT_TABLE_LOCAL,
		.rtm_protocol = NETLINK_ORIGINATOR,
		.rtm_scope = addr_is_v4(addr) ? RT_SCOPE_HOST
					      : RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_LOCAL,
	};
	struct nl_msg *msg = netlink_request(type, flags, &info, sizeof(info));

	if (!msg)
		return NULL;
	netlink_put_addr(msg, RTA_DST, addr);
	nla_put_u32(msg, RTA_OIF, LOOPBACK_IFINDEX);
	return msg;
}

int netlink_add_local_route(struct netlink *n, const struct addr *addr)
{
	/* beside the kernel's own for an address, not instead of it */
	int err = netlink_ask(n->requests,
			      request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND,
				      addr),
			      NULL, NULL);

	return err == -EEXIST ? 0 : err;
}

int netlink_del_local_route(struct netlink *n, const struct addr *addr)
{
	int err = netlink_ask(n->requests, request(RTM_DELROUTE, 0, addr), NULL,
			      NULL);

	return err == -ESRCH || err == -ENOENT ? 0 : err;
}

static void sweep_one(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *attrs[RTA_MAX + 1];
	const struct rtmsg *route;
	struct addr addr;

	if (hdr->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(hdr, sizeof(*route), attrs, RTA_MAX, NULL))
		return;
	route = nlmsg_data(hdr);
	if (route->rtm_type == RTN_LOCAL &&
	    route->rtm_protocol == NETLINK_ORIGINATOR &&
	    netlink_get_addr(attrs[RTA_DST], &addr))
		netlink_del_local_route(arg, &addr);
}

int netlink_local_sweep(struct netlink *n)
{
	return netlink_dump(RTM_GETROUTE, sweep_one, n);
}
