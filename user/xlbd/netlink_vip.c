/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that this node owns for a while.
 *
 * IFA_F_NOPREFIXROUTE is not set unless asked for: with /32, IPv4's default,
 * there is no prefix route to suppress, and who writes 10.0.4.99/24 means what
 * `ip addr add` and keepalived do with it.  IPv6 VIPs are deprecated from
 * birth, as keepalived's /128s are: valid to answer from, not picked as the
 * source of the node's own connections while there is another.
 */
#include "core/neigh_packet.h"
#include "xlbd/netlink_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct nl_msg *request(int type, int flags, const struct prefix *vip,
			      uint8_t scope, unsigned int ifindex)
{
	struct ifaddrmsg info = {.ifa_family = netlink_family(&vip->addr),
				 .ifa_prefixlen = vip->length,
				 .ifa_scope = scope,
				 .ifa_index = ifindex};
	struct nl_msg *msg = netlink_request(type, flags, &info, sizeof(info));

	if (!msg)
		return NULL;
	netlink_put_addr(msg, IFA_LOCAL, &vip->addr);
	/* Without this one, IPv4 deletes whatever prefix comes first. */
	netlink_put_addr(msg, IFA_ADDRESS, &vip->addr);
	return msg;
}

struct mark {
	struct prefix vip;
	unsigned int ifindex;
	bool ours;
};

/* An address of our making: which? */
static bool read_mark(struct nlmsghdr *hdr, struct mark *out)
{
	struct nlattr *attrs[IFA_MAX + 1];
	const struct ifaddrmsg *info;

	if (hdr->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(hdr, sizeof(*info), attrs, IFA_MAX, NULL))
		return false;
	info = nlmsg_data(hdr);
	if (!attrs[IFA_PROTO] ||
	    nla_get_u8(attrs[IFA_PROTO]) != NETLINK_ORIGINATOR ||
	    !netlink_get_addr(attrs[IFA_ADDRESS], &out->vip.addr))
		return false;
	out->vip.length = info->ifa_prefixlen;
	out->ifindex = info->ifa_index;
	return true;
}

static void match_mark(void *arg, struct nlmsghdr *hdr)
{
	struct mark *wanted = arg, found;

	if (read_mark(hdr, &found) && found.ifindex == wanted->ifindex &&
	    found.vip.length == wanted->vip.length &&
	    addr_equal(&found.vip.addr, &wanted->vip.addr))
		wanted->ours = true;
}

static uint32_t flags_of(const struct address_options *o, bool v6)
{
	uint32_t flags = v6 ? IFA_F_NODAD : 0;

	if (o->no_prefix_route)
		flags |= IFA_F_NOPREFIXROUTE;
	if (o->auto_join)
		flags |= IFA_F_MCAUTOJOIN;
	if (v6 && o->home)
		flags |= IFA_F_HOMEADDRESS;
	if (v6 && o->temporary)
		flags |= IFA_F_MANAGETEMPADDR;
	return flags;
}

static struct nl_msg *add_request(const struct prefix *vip,
				  const struct address_options *o,
				  unsigned int ifindex)
{
	struct ifa_cacheinfo life = {.ifa_valid = UINT32_MAX,
				     .ifa_prefered = o->preferred};
	struct nl_msg *msg = request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
				     vip, o->scope, ifindex);

	if (!msg)
		return NULL;
	nla_put_u32(msg, IFA_FLAGS, flags_of(o, !addr_is_v4(&vip->addr)));
	if (o->label)
		nla_put_string(msg, IFA_LABEL, o->label);
	if (o->has_broadcast)
		netlink_put_addr(msg, IFA_BROADCAST, &o->broadcast);
	if (o->has_preferred)
		nla_put(msg, IFA_CACHEINFO, sizeof(life), &life);
	return msg;
}

int netlink_add_address(struct netlink *n, const struct prefix *prefix,
			const struct address_options *options,
			unsigned int ifindex)
{
	int err = netlink_ask(
		n->requests, add_request(prefix, options, ifindex), NULL, NULL);

	return err == -EEXIST ? 0 : err;
}

int netlink_add_vip(struct netlink *n, const struct prefix *vip,
		    const struct address_options *options, unsigned int ifindex,
		    bool *existed)
{
	struct mark mark = {.vip = *vip, .ifindex = ifindex};
	struct address_options o = *options;
	struct nl_msg *msg;
	int err;

	if (!addr_is_v4(&vip->addr))
		o.has_preferred = true; /* 0, unless said: deprecated */
	msg = add_request(vip, &o, ifindex);
	if (!msg)
		return -ENOMEM;
	nla_put_u8(msg, IFA_PROTO, NETLINK_ORIGINATOR);
	err = netlink_ask(n->requests, msg, NULL, NULL);
	if (err == -EEXIST) {
		/* left behind by a crash, it is still ours */
		err = netlink_dump(RTM_GETADDR, match_mark, &mark);
		if (!err)
			*existed = !mark.ours;
		return err;
	}
	if (!err)
		*existed = false;
	return err;
}

int netlink_del_vip(struct netlink *n, const struct prefix *vip,
		    unsigned int ifindex)
{
	int err = netlink_ask(n->requests,
			      request(RTM_DELADDR, 0, vip, RT_SCOPE_UNIVERSE,
				      ifindex),
			      NULL, NULL);

	/* gone already, or with its interface */
	return err == -EADDRNOTAVAIL || err == -ENODEV ? 0 : err;
}

struct forgetting {
	struct netlink *netlink;
	const struct addr *addr;
};

static void forget_one(void *arg, struct nlmsghdr *hdr)
{
	const struct forgetting *f = arg;
	struct mark mark;

	if (read_mark(hdr, &mark) && addr_equal(&mark.vip.addr, f->addr))
		netlink_del_vip(f->netlink, &mark.vip, mark.ifindex);
}

int netlink_forget_vip(struct netlink *n, const struct addr *addr)
{
	struct forgetting f = {.netlink = n, .addr = addr};

	return netlink_dump(RTM_GETADDR, forget_one, &f);
}

static void sweep_one(void *arg, struct nlmsghdr *hdr)
{
	struct mark mark;

	if (read_mark(hdr, &mark))
		netlink_del_vip(arg, &mark.vip, mark.ifindex);
}

int netlink_cleanup(struct netlink *n)
{
	int err;

	netlink_neighbour_sweep(n);
	err = netlink_forget_routes(n);
	if (!err)
		err = netlink_local_sweep(n);
	if (!err)
		err = netlink_dump(RTM_GETADDR, sweep_one, n);
	netlink_catch_up(n);
	return err;
}

/* RFC 4861: advertise as a router only where the node is one. */
static bool is_router(const char *ifname)
{
	char path[64 + NETLINK_NAME_SIZE], value = '0';
	ssize_t got = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/forwarding",
		 ifname);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, &value, 1);
		close(fd);
	}
	return got == 1 && value != '0';
}

int netlink_announce(struct netlink *n, const struct addr *vip,
		     unsigned int ifindex, unsigned int count)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_ifindex = (int)ifindex,
				 .sll_halen = ETH_ALEN};
	uint8_t frame[NEIGH_PACKET_MAX];
	struct netlink_link link;
	int fd, err = 0;
	size_t size;

	if (!netlink_get_link(n, ifindex, &link))
		return -ENODEV;
	if (link.loopback)
		return 0; /* nobody there to tell */
	size = neigh_packet_build(vip, link.mac, is_router(link.name), frame);
	to.sll_protocol = htons(addr_is_v4(vip) ? ETH_P_ARP : ETH_P_IPV6);
	memcpy(to.sll_addr, frame, ETH_ALEN);
	/* protocol 0: this socket receives nothing */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	for (unsigned int i = 0; i < count && !err; i++) {
		if (sendto(fd, frame, size, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err = -errno;
	}
	close(fd);
	return err;
}
