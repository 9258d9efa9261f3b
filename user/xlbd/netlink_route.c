/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* RTA_VIA: an IPv4 route by way of an IPv6 router. */
static bool get_via(const struct nlattr *attr, struct addr *out)
{
	const struct rtvia *via;

	if (!attr || nla_len(attr) != (int)sizeof(*via) + 16)
		return false;
	via = nla_data(attr);
	if (via->rtvia_family != AF_INET6)
		return false;
	memcpy(out->bytes, via->rtvia_addr, sizeof(out->bytes));
	return true;
}

struct lookup {
	const struct addr *addr;
	struct next_hop hop;
};

static void read_route(void *arg, struct nlmsghdr *hdr)
{
	struct lookup *found = arg;
	struct next_hop *hop = &found->hop;
	struct nlattr *attrs[RTA_MAX + 1];
	const struct rtmsg *route;

	if (hdr->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(hdr, sizeof(*route), attrs, RTA_MAX, NULL))
		return;
	route = nlmsg_data(hdr);
	if (route->rtm_type == RTN_LOCAL) {
		hop->state = NEXT_HOP_LOCAL;
		return;
	}
	if (route->rtm_type != RTN_UNICAST || !attrs[RTA_OIF])
		return;
	hop->state = NEXT_HOP_RESOLVING;
	hop->ifindex = nla_get_u32(attrs[RTA_OIF]);
	if (netlink_get_addr(attrs[RTA_GATEWAY], &hop->gateway) ||
	    get_via(attrs[RTA_VIA], &hop->gateway))
		return;
	hop->on_link = true;
	hop->gateway = *found->addr;
}

/* What the kernel says when there is no way there, and why. */
static bool is_unreachable(int err)
{
	switch (err) {
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -EACCES: /* prohibit */
	case -EINVAL: /* blackhole; an address that cannot be a destination */
	case -ENETDOWN:
	case -ENODEV:
	case -EAGAIN: /* "throw", and no other table */
		return true;
	}
	return false;
}

int netlink_get_route(struct netlink *n, const struct addr *addr,
		      struct next_hop *out)
{
	struct rtmsg route = {.rtm_family = netlink_family(addr)};
	struct lookup found = {.addr = addr,
			       .hop = {.state = NEXT_HOP_NO_ROUTE}};
	struct nl_msg *msg;
	int err;

	route.rtm_dst_len = addr_is_v4(addr) ? 32 : 128;
	msg = netlink_request(RTM_GETROUTE, 0, &route, sizeof(route));
	if (msg)
		netlink_put_addr(msg, RTA_DST, addr);
	err = netlink_ask(n->requests, msg, read_route, &found);
	if (err && !is_unreachable(err))
		return err;
	*out = found.hop;
	return 0;
}

bool netlink_route_prefix(struct nlmsghdr *hdr, struct prefix *out)
{
	static const struct addr any6;
	struct nlattr *attrs[RTA_MAX + 1];
	const struct rtmsg *route;

	if (nlmsg_parse(hdr, sizeof(*route), attrs, RTA_MAX, NULL))
		return false;
	route = nlmsg_data(hdr);
	if (route->rtm_flags & RTM_F_CLONED ||
	    (route->rtm_family != AF_INET && route->rtm_family != AF_INET6))
		return false;
	if (!netlink_get_addr(attrs[RTA_DST], &out->addr))
		out->addr = route->rtm_family == AF_INET ? addr_from_v4(0)
							 : any6;
	out->length = route->rtm_dst_len;
	return true;
}
