/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes that come and go with a virtual router, and what is static: added at
 * the start and left there.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include <errno.h>
#include <string.h>

struct route_name {
	char text[ADDR_PRINT_SIZE + 4];
};

static struct route_name name_of(const struct route *r)
{
	struct route_name name;

	prefix_print(&r->to, name.text, sizeof(name.text));
	return name;
}

/* After the addresses, which may be the routes' sources. */
void engine_routes_add(struct engine_vrrp *v)
{
	v->routed = true;
	for (size_t i = 0; i < v->conf->n_routes; i++) {
		const struct route *r = &v->conf->routes[i].route;
		int err = netlink_add_route(v->engine->netlink, r, false);

		if (err == -EEXIST)
			log_warning("route %s: there is one already: left as "
				    "it is",
				    name_of(r).text);
		else if (err)
			log_error("route %s: cannot add: %s", name_of(r).text,
				  strerror(-err));
		else
			log_info("route %s: added", name_of(r).text);
	}
}

void engine_routes_remove(struct engine_vrrp *v)
{
	if (!v->routed)
		return;
	v->routed = false;
	for (size_t i = 0; i < v->conf->n_routes; i++) {
		const struct route *r = &v->conf->routes[i].route;
		int err = netlink_del_route(v->engine->netlink, r);

		if (err)
			log_error("route %s: cannot remove: %s",
				  name_of(r).text, strerror(-err));
	}
}

/*
 * Removed by hand, or with a link or an address that is back: the kernel does
 * not tell of all of them.
 */
void engine_routes_put_back(struct engine *e)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		const struct engine_vrrp *v = &e->vrrps[i];

		for (size_t j = 0; v->routed && j < v->conf->n_routes; j++) {
			const struct route *r = &v->conf->routes[j].route;

			if (!netlink_add_route(e->netlink, r, false))
				log_warning("route %s: was removed, put back",
					    name_of(r).text);
		}
	}
}

static int add_address(struct engine *e, const struct conf_vip *address)
{
	struct netlink_link link;

	if (!netlink_find_link(e->netlink, address->dev, &link))
		return -ENODEV;
	return netlink_add_address(e->netlink, &address->prefix,
				   &address->options, link.ifindex);
}

/* What cannot be added is no reason not to start. */
void engine_static_add(struct engine *e)
{
	const struct conf *c = e->conf;
	char name[ADDR_PRINT_SIZE + 4];
	int err;

	for (size_t i = 0; i < c->n_static_addresses; i++) {
		err = add_address(e, &c->static_addresses[i]);
		if (err)
			log_error("static address %s: cannot add: %s",
				  prefix_print(&c->static_addresses[i].prefix,
					       name, sizeof(name)),
				  strerror(-err));
	}
	for (size_t i = 0; i < c->n_static_routes; i++) {
		const struct route *r = &c->static_routes[i].route;

		err = netlink_add_route(e->netlink, r, true);
		if (err && err != -EEXIST)
			log_error("static route %s: cannot add: %s",
				  name_of(r).text, strerror(-err));
	}
}
