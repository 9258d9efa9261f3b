/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that this node owns, and the interfaces that the programs run on.
 * Programs come before addresses and leave after them.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"
#include "xlbd/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANNOUNCEMENTS 5 /* keepalived's vrrp_garp_master_repeat */

/*
 * A node with a VIP as a mere local route would ask ARP questions in the VIP's
 * name, which egress.bpf.c drops: let it use its own address.
 */
static void interface_settle(struct engine *e, const char *name)
{
	char setting[64];
	int err;

	if (!e->conf->n_vrrps || e->options.assume_owner)
		return;
	snprintf(setting, sizeof(setting), "net/ipv4/conf/%s/arp_announce",
		 name);
	err = sysctls_set(e->sysctls, setting, "2");
	if (err)
		log_warning("%s: cannot set: %s", setting, strerror(-err));
}

int engine_attach(struct engine *e, unsigned int ifindex)
{
	static const enum dataplane_xdp_mode modes[] = {
		[CONF_XDP_AUTO] = XDP_MODE_AUTO,
		[CONF_XDP_NATIVE] = XDP_MODE_NATIVE,
		[CONF_XDP_GENERIC] = XDP_MODE_GENERIC,
	};
	struct engine_interface *grown;
	char why[DATAPLANE_ERROR_SIZE] = "";
	struct netlink_link link;
	bool native;
	int err;

	for (size_t i = 0; i < e->n_interfaces; i++) {
		if (e->interfaces[i].ifindex == ifindex)
			return 0;
	}
	if (!netlink_get_link(e->netlink, ifindex, &link))
		return -ENODEV;
	if (link.loopback)
		return 0;
	grown = realloc(e->interfaces,
			(e->n_interfaces + 1) * sizeof(*e->interfaces));
	if (!grown)
		return -ENOMEM;
	e->interfaces = grown;
	err = dataplane_set_link(e->dataplane, ifindex, link.mac);
	if (!err)
		err = dataplane_attach(e->dataplane, ifindex,
				       modes[e->conf->xdp_mode], &native, why);
	if (err) {
		log_error("interface %s: cannot attach: %s", link.name,
			  *why ? why : strerror(-err));
		return err;
	}
	grown[e->n_interfaces].ifindex = ifindex;
	grown[e->n_interfaces].native = native;
	strcpy(grown[e->n_interfaces].name, link.name);
	e->n_interfaces++;
	interface_settle(e, link.name);
	log_info("interface %s: %s XDP%s%s%s", link.name,
		 native ? "native" : "generic", *why ? " (" : "", why,
		 *why ? ")" : "");
	return 0;
}

/* Those the file names; without any, engine_attach() is called as needed. */
int engine_attach_configured(struct engine *e)
{
	struct netlink_link link;
	int err;

	for (size_t i = 0; i < e->conf->n_interfaces; i++) {
		if (!netlink_find_link(e->netlink, e->conf->interfaces[i],
				       &link)) {
			log_warning("interface %s: not there yet",
				    e->conf->interfaces[i]);
			continue;
		}
		err = engine_attach(e, link.ifindex);
		if (err)
			return err;
	}
	return 0;
}

static bool is_configured(struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->conf->n_interfaces; i++) {
		if (!strcmp(e->conf->interfaces[i], name))
			return true;
	}
	return false;
}

/* They come back with it; those of a vrrp_instance when that is master. */
static void vips_gone(struct engine *e, unsigned int ifindex)
{
	for (size_t i = 0; i < e->n_vips; i++) {
		struct engine_vip *v = e->vips[i];

		if (!v->managed || v->ifindex != ifindex)
			continue;
		if (!v->by_vrrp)
			engine_vip_release(e, v);
		v->ifindex = 0;
	}
}

static void interface_gone(struct engine *e, unsigned int ifindex)
{
	vips_gone(e, ifindex);
	for (size_t i = 0; i < e->n_interfaces; i++) {
		if (e->interfaces[i].ifindex != ifindex)
			continue;
		log_warning("interface %s: gone", e->interfaces[i].name);
		dataplane_detach(e->dataplane, ifindex);
		e->interfaces[i] = e->interfaces[--e->n_interfaces];
		return;
	}
}

void engine_link(struct engine *e, const struct netlink_link *link, bool gone)
{
	if (gone) {
		interface_gone(e, link->ifindex);
		return;
	}
	for (size_t i = 0; i < e->n_interfaces; i++) {
		if (e->interfaces[i].ifindex == link->ifindex) {
			dataplane_set_link(e->dataplane, link->ifindex,
					   link->mac);
			return;
		}
	}
	if (is_configured(e, link->name))
		engine_attach(e, link->ifindex);
}

struct engine_vip *engine_vip_find(struct engine *e, const struct addr *addr)
{
	for (size_t i = 0; i < e->n_vips; i++) {
		if (addr_equal(&e->vips[i]->prefix.addr, addr))
			return e->vips[i];
	}
	return NULL;
}

/* The interface a VIP belongs on; 0 if none can be told. */
static unsigned int vip_ifindex(struct engine *e, const struct addr *addr,
				const char *dev)
{
	struct netlink_link link;
	unsigned int ifindex;

	if (dev)
		return netlink_find_link(e->netlink, dev, &link) ? link.ifindex
								 : 0;
	if (netlink_has_address(e->netlink, addr, &ifindex))
		return ifindex;
	ifindex = netlink_find_subnet(e->netlink, addr);
	if (ifindex || !e->conf->n_interfaces)
		return ifindex;
	return netlink_find_link(e->netlink, e->conf->interfaces[0], &link)
		       ? link.ifindex
		       : 0;
}

/* Without vrrp_instances all VIPs are this node's; else only theirs are. */
static bool vip_is_managed(const struct engine *e, const struct addr *addr)
{
	if (!e->conf->n_vrrps)
		return true;
	for (size_t i = 0; i < e->conf->n_vrrps; i++) {
		const struct conf_vrrp *vrrp = &e->conf->vrrps[i];

		for (size_t j = 0; j < vrrp->n_vips; j++) {
			if (addr_equal(&vrrp->vips[j].prefix.addr, addr))
				return true;
		}
	}
	return false;
}

static int vip_publish(struct engine *e, struct engine_vip *v, uint64_t lease)
{
	dataplane_set_owner(e->dataplane, v->slot, &v->prefix.addr, lease);
	return dataplane_set_ours(e->dataplane, &v->prefix.addr, v->slot,
				  v->ours);
}

int engine_vip_add_address(struct engine *e, struct engine_vip *v)
{
	char name[ADDR_PRINT_SIZE];
	struct netlink_link link;
	bool existed;
	int err;

	addr_print(&v->prefix.addr, name, sizeof(name));
	err = netlink_add_vip(e->netlink, &v->prefix, &v->options, v->ifindex,
			      &existed);
	if (err) {
		log_error("vip %s: cannot add: %s", name, strerror(-err));
		return err;
	}
	v->owned = true;
	v->added = !existed;
	netlink_get_link(e->netlink, v->ifindex, &link);
	log_info("vip %s: owned, %s %s", name,
		 existed ? "was already on" : "added to", link.name);
	return 0;
}

void engine_vip_remove_address(struct engine *e, struct engine_vip *v)
{
	char name[ADDR_PRINT_SIZE];

	if (!v->owned)
		return;
	v->owned = false;
	if (v->added)
		netlink_del_vip(e->netlink, &v->prefix, v->ifindex);
	v->added = false;
	log_info("vip %s: released",
		 addr_print(&v->prefix.addr, name, sizeof(name)));
}

int engine_vip_take(struct engine *e, struct engine_vip *v)
{
	int err = engine_attach(e, v->ifindex);

	if (err)
		return err;
	vip_publish(e, v, XLBD_LEASE_FOREVER);
	err = engine_vip_add_address(e, v);
	if (err) {
		vip_publish(e, v, 0);
		return err;
	}
	netlink_announce(e->netlink, &v->prefix.addr, v->ifindex,
			 ANNOUNCEMENTS);
	return 0;
}

void engine_vip_release(struct engine *e, struct engine_vip *v)
{
	if (!v->owned)
		return;
	vip_publish(e, v, 0);
	engine_vip_remove_address(e, v);
}

/* What the lease of a daemon that died is worth now. */
static bool lease_is_fresh(struct engine *e, const struct engine_vip *v)
{
	const struct owner *o = dataplane_adopted_owner(e->dataplane, v->slot);

	return o->lease_until > (uint64_t)loop_now().us * 1000;
}

/*
 * Its vrrp_instance says when; until then the kernel knows it as a local
 * destination only, for what another owner schedules for this node.
 */
static int vip_wait(struct engine *e, struct engine_vip *v)
{
	int err = v->ifindex ? engine_attach(e, v->ifindex) : 0;

	if (!err && v->adopted && lease_is_fresh(e, v)) {
		err = dataplane_set_ours(e->dataplane, &v->prefix.addr, v->slot,
					 v->ours);
	} else if (!err) {
		err = vip_publish(e, v, 0);
		netlink_forget_vip(e->netlink, &v->prefix.addr);
	}
	return err ? err : netlink_add_local_route(e->netlink, &v->prefix.addr);
}

static int vip_append(struct engine *e, struct engine_vip *v)
{
	struct engine_vip **grown =
		realloc(e->vips, (e->n_vips + 1) * sizeof(*e->vips));
	int err;

	if (!grown)
		return -ENOMEM;
	e->vips = grown;
	v->adopted = engine_adopt_vip(e, &v->prefix.addr, &v->slot);
	err = v->adopted ? 0 : slots_take(&e->vip_slots, &v->slot);
	if (err)
		return err;
	e->vips[e->n_vips++] = v;
	return 0;
}

int engine_vip_get(struct engine *e, const struct prefix *prefix,
		   const char *dev, uint32_t ours, struct engine_vip **out)
{
	struct engine_vip *v = engine_vip_find(e, &prefix->addr);
	unsigned int here;
	int err;

	if (v) {
		v->refs++;
		v->ours |= ours;
		*out = v;
		return dataplane_set_ours(e->dataplane, &prefix->addr, v->slot,
					  v->ours);
	}
	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->prefix = *prefix;
	v->refs = 1;
	v->ours = ours;
	v->managed = vip_is_managed(e, &prefix->addr);
	v->by_vrrp = v->managed && e->conf->n_vrrps && !e->options.assume_owner;
	v->dev = dev;
	v->ifindex = vip_ifindex(e, &prefix->addr, dev);
	err = v->managed && !v->by_vrrp && !v->ifindex ? -ENODEV
						       : vip_append(e, v);
	if (err) {
		free(v);
		return err;
	}
	if (v->by_vrrp)
		err = vip_wait(e, v);
	else if (v->managed)
		err = engine_vip_take(e, v);
	else if (netlink_has_address(e->netlink, &prefix->addr, &here))
		engine_vip_address(e, &prefix->addr, here, false);
	else
		err = vip_publish(e, v, 0);
	if (err) {
		engine_vip_put(e, v);
		return err;
	}
	*out = v;
	return 0;
}

void engine_vip_put(struct engine *e, struct engine_vip *v)
{
	static const struct addr nobody;

	if (!v || --v->refs)
		return;
	engine_vip_release(e, v);
	if (v->by_vrrp)
		netlink_del_local_route(e->netlink, &v->prefix.addr);
	dataplane_set_ours(e->dataplane, &v->prefix.addr, v->slot, 0);
	/* or a daemon that adopts would find the VIP in two slots */
	dataplane_set_owner(e->dataplane, v->slot, &nobody, 0);
	for (size_t i = 0; i < e->n_vips; i++) {
		if (e->vips[i] == v) {
			e->vips[i] = e->vips[--e->n_vips];
			break;
		}
	}
	slots_return(&e->vip_slots, v->slot);
	free(v);
}

void engine_vips_locate(struct engine *e)
{
	for (size_t i = 0; i < e->n_vips; i++) {
		struct engine_vip *v = e->vips[i];

		if (!v->managed || v->ifindex)
			continue;
		v->ifindex = vip_ifindex(e, &v->prefix.addr, v->dev);
		if (!v->ifindex)
			continue;
		if (!v->by_vrrp)
			engine_vip_take(e, v);
		else if (!engine_attach(e, v->ifindex) && v->owned)
			engine_vip_add_address(e, v);
	}
}

/* Somebody took one of our addresses away: put it back, and say so. */
static void vip_put_back(struct engine *e, struct engine_vip *v)
{
	char name[ADDR_PRINT_SIZE];
	bool existed;
	int err = netlink_add_vip(e->netlink, &v->prefix, &v->options,
				  v->ifindex, &existed);

	addr_print(&v->prefix.addr, name, sizeof(name));
	if (err)
		log_error("vip %s: was removed, cannot put it back: %s", name,
			  strerror(-err));
	else
		log_warning("vip %s: was removed by somebody, put back", name);
}

void engine_vip_address(struct engine *e, const struct addr *addr,
			unsigned int ifindex, bool gone)
{
	struct engine_vip *v = engine_vip_find(e, addr);
	char name[ADDR_PRINT_SIZE];

	if (!v)
		return;
	if (v->managed) {
		if (gone && v->added && ifindex == v->ifindex)
			vip_put_back(e, v);
		return;
	}
	addr_print(addr, name, sizeof(name));
	if (gone)
		log_warning("vip %s: not on this node and no vrrp_instance "
			    "has it: not served",
			    name);
	else if (!engine_attach(e, ifindex))
		log_info("vip %s: on this node: served", name);
	v->owned = !gone;
	v->ifindex = ifindex;
	vip_publish(e, v, v->owned ? XLBD_LEASE_FOREVER : 0);
}
