/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links and addresses as the kernel last told us.  What a full dump no longer
 * mentions is of an older generation, and gone.
 */
#include "xlbd/netlink_internal.h"

#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct link *find_link(struct netlink *n, unsigned int ifindex)
{
	uint32_t hash = hash_bytes(&ifindex, sizeof(ifindex), HASH_SEED);
	struct hash_node *node = hash_table_first(&n->links, hash);

	for (; node; node = hash_table_next(node)) {
		struct link *l = container_of(node, struct link, by_index);

		if (l->public.ifindex == ifindex)
			return l;
	}
	return NULL;
}

/* From the driver itself: /sys may show another namespace's interfaces. */
static void get_driver(const char *name, char *driver, size_t size)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq req = {.ifr_data = (void *)&info};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	memcpy(req.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
	if (!ioctl(fd, SIOCETHTOOL, &req)) {
		memcpy(driver, info.driver, size - 1);
		driver[size - 1] = '\0';
	}
	close(fd);
}

static bool parse_link(struct nlmsghdr *hdr, struct netlink_link *out,
		       bool *enabled)
{
	const unsigned int running = IFF_UP | IFF_RUNNING;
	struct netlink_link l = {.ifindex = 0};
	struct nlattr *attrs[IFLA_MAX + 1];
	struct ifinfomsg *info;

	if (nlmsg_parse(hdr, sizeof(*info), attrs, IFLA_MAX, NULL))
		return false;
	info = nlmsg_data(hdr);
	/* The bridge's view of its ports: "gone" there means "left the bridge" */
	if (info->ifi_family != AF_UNSPEC || !attrs[IFLA_IFNAME])
		return false;
	l.ifindex = (unsigned int)info->ifi_index;
	nla_strlcpy(l.name, attrs[IFLA_IFNAME], sizeof(l.name));
	if (attrs[IFLA_ADDRESS] && nla_len(attrs[IFLA_ADDRESS]) == 6)
		memcpy(l.mac, nla_data(attrs[IFLA_ADDRESS]), 6);
	if (attrs[IFLA_MTU])
		l.mtu = nla_get_u32(attrs[IFLA_MTU]);
	l.up = (info->ifi_flags & running) == running;
	l.loopback = info->ifi_flags & IFF_LOOPBACK;
	*enabled = info->ifi_flags & IFF_UP;
	*out = l;
	return true;
}

/* Events come for much that we do not keep, statistics among it. */
static bool same_link(const struct netlink_link *a,
		      const struct netlink_link *b)
{
	return !strcmp(a->name, b->name) && !memcmp(a->mac, b->mac, 6) &&
	       a->mtu == b->mtu && a->up == b->up;
}

static void tell_link(struct netlink *n, const struct link *l, bool gone)
{
	if (!n->filling && n->handlers.link)
		n->handlers.link(n->arg, &l->public, gone);
}

static void drop_link(struct netlink *n, struct link *l)
{
	LIST_REMOVE(l, all);
	hash_table_remove(&n->links, &l->by_index);
	netlink_all_changed(n, true);
	tell_link(n, l, true);
	free(l);
}

static struct link *add_link(struct netlink *n, unsigned int ifindex)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->public.ifindex = ifindex;
	LIST_INSERT_HEAD(&n->all_links, l, all);
	hash_table_add(&n->links, &l->by_index,
		       hash_bytes(&ifindex, sizeof(ifindex), HASH_SEED));
	return l;
}

void netlink_cache_link(struct netlink *n, struct nlmsghdr *hdr)
{
	struct netlink_link now;
	struct link *l;
	bool enabled;

	if (!parse_link(hdr, &now, &enabled))
		return;
	l = find_link(n, now.ifindex);
	if (hdr->nlmsg_type == RTM_DELLINK) {
		if (l)
			drop_link(n, l);
		return;
	}
	if (!l)
		l = add_link(n, now.ifindex);
	if (!l) {
		n->resync = true;
		return;
	}
	l->generation = n->generation;
	if (same_link(&l->public, &now) && l->enabled == enabled)
		return;
	if (strcmp(l->public.name, now.name))
		get_driver(now.name, now.driver, sizeof(now.driver));
	else
		memcpy(now.driver, l->public.driver, sizeof(now.driver));
	l->public = now;
	l->enabled = enabled;
	/* The kernel says nothing of IPv4 routes that a link takes along. */
	netlink_all_changed(n, true);
	tell_link(n, l, false);
}

static bool parse_address(struct nlmsghdr *hdr, struct address *out)
{
	struct nlattr *attrs[IFA_MAX + 1];
	struct ifaddrmsg *info;

	if (nlmsg_parse(hdr, sizeof(*info), attrs, IFA_MAX, NULL))
		return false;
	info = nlmsg_data(hdr);
	if (!netlink_get_addr(attrs[IFA_ADDRESS], &out->subnet.addr))
		return false;
	if (!netlink_get_addr(attrs[IFA_LOCAL], &out->local))
		out->local = out->subnet.addr;
	out->subnet.length = info->ifa_prefixlen;
	out->ifindex = info->ifa_index;
	return true;
}

static struct address *next_address(struct hash_node *node,
				    const struct addr *local)
{
	for (; node; node = hash_table_next(node)) {
		struct address *a =
			container_of(node, struct address, by_local);

		if (addr_equal(&a->local, local))
			return a;
	}
	return NULL;
}

static struct address *first_address(struct netlink *n,
				     const struct addr *local)
{
	return next_address(
		hash_table_first(&n->addresses,
				 hash_bytes(local, sizeof(*local), HASH_SEED)),
		local);
}

static struct address *find_address(struct netlink *n,
				    const struct address *like)
{
	struct address *a = first_address(n, &like->local);

	while (a && (a->ifindex != like->ifindex ||
		     a->subnet.length != like->subnet.length ||
		     !addr_equal(&a->subnet.addr, &like->subnet.addr)))
		a = next_address(hash_table_next(&a->by_local), &like->local);
	return a;
}

/* An interface can hold an address twice, with two prefixes. */
static bool has_on(struct netlink *n, const struct addr *local,
		   unsigned int ifindex)
{
	struct address *a = first_address(n, local);

	while (a && a->ifindex != ifindex)
		a = next_address(hash_table_next(&a->by_local), local);
	return a;
}

static void tell_address(struct netlink *n, const struct addr *local,
			 unsigned int ifindex, bool gone)
{
	if (!n->filling && n->handlers.address)
		n->handlers.address(n->arg, local, ifindex, gone);
}

static void drop_address(struct netlink *n, struct address *a)
{
	LIST_REMOVE(a, all);
	hash_table_remove(&n->addresses, &a->by_local);
	/* IPv4 routes that preferred it as source leave without a word */
	netlink_all_changed(n, false);
	if (!has_on(n, &a->local, a->ifindex))
		tell_address(n, &a->local, a->ifindex, true);
	free(a);
}

static int add_address(struct netlink *n, const struct address *like)
{
	bool had = has_on(n, &like->local, like->ifindex);
	struct address *a = malloc(sizeof(*a));

	if (!a)
		return -1;
	*a = *like;
	a->generation = n->generation;
	LIST_INSERT_HEAD(&n->all_addresses, a, all);
	hash_table_add(&n->addresses, &a->by_local,
		       hash_bytes(&a->local, sizeof(a->local), HASH_SEED));
	if (!had)
		tell_address(n, &a->local, a->ifindex, false);
	return 0;
}

void netlink_cache_address(struct netlink *n, struct nlmsghdr *hdr)
{
	struct address like = {.generation = 0}, *a;

	if (!parse_address(hdr, &like))
		return;
	a = find_address(n, &like);
	if (hdr->nlmsg_type == RTM_DELADDR) {
		if (a)
			drop_address(n, a);
	} else if (a) {
		a->generation = n->generation;
	} else if (add_address(n, &like)) {
		n->resync = true;
	}
}

void netlink_cache_drop_stale(struct netlink *n)
{
	struct link *l, *next_l;
	struct address *a, *next_a;

	for (a = LIST_FIRST(&n->all_addresses); a; a = next_a) {
		next_a = LIST_NEXT(a, all);
		if (a->generation != n->generation)
			drop_address(n, a);
	}
	for (l = LIST_FIRST(&n->all_links); l; l = next_l) {
		next_l = LIST_NEXT(l, all);
		if (l->generation != n->generation)
			drop_link(n, l);
	}
}

void netlink_cache_free(struct netlink *n)
{
	struct address *a;
	struct link *l;

	while ((a = LIST_FIRST(&n->all_addresses))) {
		LIST_REMOVE(a, all);
		free(a);
	}
	while ((l = LIST_FIRST(&n->all_links))) {
		LIST_REMOVE(l, all);
		free(l);
	}
	hash_table_fini(&n->addresses);
	hash_table_fini(&n->links);
}

bool netlink_get_link(struct netlink *n, unsigned int ifindex,
		      struct netlink_link *out)
{
	struct link *l = find_link(n, ifindex);

	if (l)
		*out = l->public;
	return l;
}

bool netlink_find_link(struct netlink *n, const char *name,
		       struct netlink_link *out)
{
	struct link *l;

	LIST_FOREACH(l, &n->all_links, all) {
		if (!strcmp(l->public.name, name)) {
			*out = l->public;
			return true;
		}
	}
	return false;
}

bool netlink_has_address(struct netlink *n, const struct addr *addr,
			 unsigned int *ifindex)
{
	struct address *a = first_address(n, addr);

	if (a && ifindex)
		*ifindex = a->ifindex;
	return a;
}

/* A link without carrier keeps its subnet: the cable may be late, not moved. */
unsigned int netlink_find_subnet(struct netlink *n, const struct addr *addr)
{
	const struct address *best = NULL, *a;

	LIST_FOREACH(a, &n->all_addresses, all) {
		unsigned int host = addr_is_v4(&a->subnet.addr) ? 32 : 128;
		struct link *l = find_link(n, a->ifindex);

		if (a->subnet.length == host || !l || !l->enabled ||
		    !prefix_contains(&a->subnet, addr))
			continue;
		if (!best || a->subnet.length > best->subnet.length ||
		    (a->subnet.length == best->subnet.length &&
		     a->ifindex < best->ifindex))
			best = a;
	}
	return best ? best->ifindex : 0;
}
