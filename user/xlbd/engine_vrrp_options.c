/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an instance may ask for beside its addresses: announcements every so
 * often where its adverts do not go, and addresses that stay when the first of
 * their subnet leaves.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"
#include "xlbd/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* garp_extra_if: switches forget a MAC that never sends. */
static void on_extra(void *arg)
{
	struct engine_vrrp *v = arg;
	struct engine *e = v->engine;
	struct netlink_link link = {.ifindex = 0};

	netlink_find_link(e->netlink, v->conf->interface, &link);
	for (size_t i = 0; i < v->n_vips; i++) {
		const struct engine_vip *vip = v->vips[i];

		if (vip->ifindex && vip->ifindex != link.ifindex)
			netlink_announce(e->netlink, &vip->prefix.addr,
					 vip->ifindex, 1);
	}
	loop_timer_set(v->extra, v->conf->garp_extra_interval);
}

static void promote(struct engine *e, const char *interface)
{
	char setting[80];
	int err;

	snprintf(setting, sizeof(setting),
		 "net/ipv4/conf/%s/promote_secondaries", interface);
	err = sysctls_set(e->sysctls, setting, "1");
	if (err)
		log_warning("%s: cannot set: %s", setting, strerror(-err));
}

int engine_vrrp_options_start(struct engine_vrrp *v)
{
	const struct conf_vrrp *c = v->conf;
	int err = 0;

	if (c->garp_extra_interval.us)
		err = loop_timer_new(v->engine->loop, on_extra, v, &v->extra);
	if (!c->promote_secondaries)
		return err;
	promote(v->engine, c->interface);
	for (size_t i = 0; i < c->n_vips; i++) {
		if (c->vips[i].dev)
			promote(v->engine, c->vips[i].dev);
	}
	return err;
}

void engine_vrrp_options_own(struct engine_vrrp *v, bool master)
{
	if (!v->extra)
		return;
	if (master)
		loop_timer_set(v->extra, v->conf->garp_extra_interval);
	else
		loop_timer_stop(v->extra);
}

void engine_vrrp_options_stop(struct engine_vrrp *v)
{
	loop_timer_free(v->extra);
	v->extra = NULL;
}
