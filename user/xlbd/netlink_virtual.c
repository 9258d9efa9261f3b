/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes that the config has.  Those that move with a virtual router carry
 * our mark as their protocol: what is deleted is always our own.
 */
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

static const uint8_t types[] = {
	[ROUTE_UNICAST] = RTN_UNICAST,
	[ROUTE_BLACKHOLE] = RTN_BLACKHOLE,
	[ROUTE_UNREACHABLE] = RTN_UNREACHABLE,
	[ROUTE_PROHIBIT] = RTN_PROHIBIT,
};

static void put_gateway(struct nl_msg *msg, const struct route *r)
{
	uint8_t bytes[sizeof(struct rtvia) + 16];
	struct rtvia via = {.rtvia_family = AF_INET6};

	if (addr_is_v4(&r->gateway) == addr_is_v4(&r->to.addr)) {
		netlink_put_addr(msg, RTA_GATEWAY, &r->gateway);
		return;
	}
	memcpy(bytes, &via, sizeof(via));
	memcpy(bytes + sizeof(via), r->gateway.bytes, 16);
	nla_put(msg, RTA_VIA, sizeof(bytes), bytes);
}

/* What names a route; the rest is what it is like. */
static struct nl_msg *request(int type, int flags, const struct route *r,
			      struct rtmsg *info, unsigned int ifindex)
{
	struct nl_msg *msg;

	info->rtm_family = netlink_family(&r->to.addr);
	info->rtm_dst_len = r->to.length;
	info->rtm_type = types[r->type];
	msg = netlink_request(type, flags, info, sizeof(*info));
	if (!msg)
		return NULL;
	if (r->to.length)
		netlink_put_addr(msg, RTA_DST, &r->to.addr);
	nla_put_u32(msg, RTA_TABLE, r->table ? r->table : RT_TABLE_MAIN);
	if (r->has_gateway)
		put_gateway(msg, r);
	if (ifindex)
		nla_put_u32(msg, RTA_OIF, ifindex);
	if (r->metric)
		nla_put_u32(msg, RTA_PRIORITY, r->metric);
	return msg;
}

/* 0, *ifindex 0: it names none. */
static int find_dev(struct netlink *n, const struct route *r,
		    unsigned int *ifindex)
{
	struct netlink_link link = {.ifindex = 0};

	if (r->dev && !netlink_find_link(n, r->dev, &link))
		return -ENODEV;
	*ifindex = link.ifindex;
	return 0;
}

static uint8_t scope_of(const struct route *r)
{
	if (r->has_scope)
		return r->scope;
	return addr_is_v4(&r->to.addr) && r->type == ROUTE_UNICAST &&
			       !r->has_gateway
		       ? RT_SCOPE_LINK
		       : RT_SCOPE_UNIVERSE;
}

int netlink_add_route(struct netlink *n, const struct route *r, bool stays)
{
	struct rtmsg info = {
		.rtm_protocol = stays ? RTPROT_STATIC : NETLINK_ORIGINATOR,
		.rtm_scope = scope_of(r),
		.rtm_flags = r->on_link ? RTNH_F_ONLINK : 0,
	};
	struct nlattr *metrics;
	unsigned int ifindex;
	struct nl_msg *msg;
	int err = find_dev(n, r, &ifindex);

	if (err)
		return err;
	msg = request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, r, &info,
		      ifindex);
	if (!msg)
		return -ENOMEM;
	if (r->has_source)
		netlink_put_addr(msg, RTA_PREFSRC, &r->source);
	metrics = r->mtu ? nla_nest_start(msg, RTA_METRICS) : NULL;
	if (metrics) {
		nla_put_u32(msg, RTAX_MTU, r->mtu);
		nla_nest_end(msg, metrics);
	}
	return netlink_ask(n->requests, msg, NULL, NULL);
}

/* Gone already, or with its interface. */
static int settle(int err)
{
	return err == -ESRCH || err == -ENOENT || err == -ENODEV ? 0 : err;
}

int netlink_del_route(struct netlink *n, const struct route *r)
{
	struct rtmsg info = {.rtm_protocol = NETLINK_ORIGINATOR,
			     .rtm_scope = RT_SCOPE_NOWHERE};
	unsigned int ifindex;
	int err = find_dev(n, r, &ifindex);

	if (!err)
		err = netlink_ask(n->requests,
				  request(RTM_DELROUTE, 0, r, &info, ifindex),
				  NULL, NULL);
	return settle(err);
}

/* Local ones are VIPs', and netlink_local.c's. */
bool netlink_route_is_ours(struct nlmsghdr *hdr)
{
	const struct rtmsg *route = nlmsg_data(hdr);

	return nlmsg_datalen(hdr) >= (int)sizeof(*route) &&
	       route->rtm_protocol == NETLINK_ORIGINATOR &&
	       route->rtm_type != RTN_LOCAL;
}

static void sweep_one(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *attrs[RTA_MAX + 1];
	struct netlink *n = arg;
	struct route r = {.type = ROUTE_UNICAST};
	struct rtmsg info = {.rtm_protocol = NETLINK_ORIGINATOR,
			     .rtm_scope = RT_SCOPE_NOWHERE};
	const struct rtmsg *route = nlmsg_data(hdr);

	if (hdr->nlmsg_type != RTM_NEWROUTE || !netlink_route_is_ours(hdr) ||
	    nlmsg_parse(hdr, sizeof(*route), attrs, RTA_MAX, NULL))
		return;
	if (route->rtm_family == AF_INET)
		r.to.addr = addr_from_v4(0);
	netlink_get_addr(attrs[RTA_DST], &r.to.addr);
	r.to.length = route->rtm_dst_len;
	for (size_t i = 0; i < sizeof(types); i++) {
		if (types[i] == route->rtm_type)
			r.type = (enum route_type)i;
	}
	if (attrs[RTA_TABLE])
		r.table = nla_get_u32(attrs[RTA_TABLE]);
	if (attrs[RTA_PRIORITY])
		r.metric = nla_get_u32(attrs[RTA_PRIORITY]);
	netlink_ask(n->requests, request(RTM_DELROUTE, 0, &r, &info, 0), NULL,
		    NULL);
}

int netlink_forget_routes(struct netlink *n)
{
	return netlink_dump(RTM_GETROUTE, sweep_one, n);
}
