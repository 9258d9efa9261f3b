/* SPDX-License-Identifier: GPL-2.0-only */
/* The printed config's virtual routers and sync groups. */
#include "core/conf_printer.h"

#include <stdio.h>
#include <string.h>

static void print_options(struct printer *p, const struct address_options *o)
{
	char text[ADDR_PRINT_SIZE];

	if (o->has_broadcast)
		printer_add_text(p, "brd %s",
				 addr_print(&o->broadcast, text, sizeof(text)));
	printer_add(p, o->label ? "label" : NULL);
	printer_add(p, o->label);
	if (o->scope)
		printer_add_text(p, "scope %u", o->scope);
	printer_add(p, o->home ? "home" : NULL);
	printer_add(p, o->temporary ? "mngtmpaddr" : NULL);
	printer_add(p, o->no_prefix_route ? "noprefixroute" : NULL);
	printer_add(p, o->auto_join ? "autojoin" : NULL);
	if (o->has_preferred && o->preferred == UINT32_MAX)
		printer_add_text(p, "preferred_lft forever");
	else if (o->has_preferred)
		printer_add_text(p, "preferred_lft %u", o->preferred);
}

static void print_vip(struct printer *p, const struct conf_vip *vip)
{
	char text[ADDR_PRINT_SIZE + 4];

	printer_start(p);
	printer_add_text(p, "%s",
			 prefix_print(&vip->prefix, text, sizeof(text)));
	printer_add(p, vip->dev ? "dev" : NULL);
	printer_add(p, vip->dev);
	print_options(p, &vip->options);
	printer_add(p, vip->no_track ? "no_track" : NULL);
	printer_finish(p);
}

static void print_vips(struct printer *p, const struct conf_vrrp *v,
		       bool excluded)
{
	for (size_t i = 0; i < v->n_vips; i++) {
		if (v->vips[i].excluded == excluded)
			print_vip(p, &v->vips[i]);
	}
}

static void print_all_vips(struct printer *p, const struct conf_vrrp *v)
{
	size_t excluded = 0;

	for (size_t i = 0; i < v->n_vips; i++)
		excluded += v->vips[i].excluded;
	printer_begin(p, "virtual_ipaddress");
	print_vips(p, v, false);
	printer_end(p);
	if (!excluded)
		return;
	printer_begin(p, "virtual_ipaddress_excluded");
	print_vips(p, v, true);
	printer_end(p);
}

static void print_transport(struct printer *p, const struct conf_vrrp *v)
{
	char text[ADDR_PRINT_SIZE];

	if (v->has_source)
		printer_address(p,
				v->n_peers ? "unicast_src_ip" : "mcast_src_ip",
				&v->source);
	if (v->n_peers) {
		printer_begin(p, "unicast_peer");
		for (size_t i = 0; i < v->n_peers; i++) {
			const struct conf_peer *peer = &v->peers[i];

			printer_start(p);
			printer_add_text(p, "%s",
					 addr_print(&peer->addr, text,
						    sizeof(text)));
			if (peer->min_ttl)
				printer_add_text(p, "min_ttl %u",
						 peer->min_ttl);
			if (peer->max_ttl < UINT8_MAX)
				printer_add_text(p, "max_ttl %u",
						 peer->max_ttl);
			printer_finish(p);
		}
		printer_end(p);
		printer_line(p, "unicast_ttl %u", v->unicast_ttl);
	} else {
		printer_address(p, "mcast_dst_ip", &v->group);
	}
	printer_flag(p, "check_unicast_src", v->check_unicast_src);
	printer_flag(p, "v3_checksum_as_v2", v->v3_checksum_as_v2);
	printer_flag(p, "skip_check_adv_addr", v->skip_check_adv_addr);
}

static void print_hmac(struct printer *p, const struct conf_vrrp *v)
{
	static const char *const modes[] = {
		[CONF_HMAC_ENFORCE] = "enforce",
		[CONF_HMAC_PERMISSIVE] = "permissive",
		[CONF_HMAC_RECEIVE_ONLY] = "receive-only",
	};

	printer_begin(p, "auth_hmac");
	for (size_t i = 0; i < v->n_keys; i++) {
		printer_start(p);
		printer_add_text(p, "key %u", v->keys[i].id);
		printer_add(p, v->keys[i].said);
		printer_finish(p);
	}
	printer_line(p, "active_key %u", v->keys[0].id);
	printer_line(p, "anti_replay %s",
		     v->hmac_monotonic ? "monotonic" : "time");
	printer_line(p, "time_window %lld",
		     (long long)v->hmac_window.us / 1000000);
	printer_line(p, "mode %s", modes[v->hmac_mode]);
	printer_end(p);
}

static void print_auth(struct printer *p, const struct conf_vrrp *v)
{
	char pass[sizeof(v->auth_pass) + 1] = "";

	if (v->auth == CONF_AUTH_HMAC)
		print_hmac(p, v);
	if (v->auth != CONF_AUTH_PASS && v->auth != CONF_AUTH_AH)
		return;
	memcpy(pass, v->auth_pass, sizeof(v->auth_pass));
	printer_begin(p, "authentication");
	printer_line(p, "auth_type %s",
		     v->auth == CONF_AUTH_AH ? "AH" : "PASS");
	printer_word(p, "auth_pass", pass);
	printer_end(p);
}

static void print_times(struct printer *p, const struct conf_vrrp *v)
{
	printer_time(p, "advert_int", v->advert_int);
	printer_line(p, "down_timer_adverts %u", v->down_timer_adverts);
	printer_flag(p, "nopreempt", v->nopreempt);
	if (v->preempt_delay.us)
		printer_time(p, "preempt_delay", v->preempt_delay);
	printer_line(p, "lower_prio_no_advert %s",
		     v->lower_prio_no_advert ? "on" : "off");
	printer_time(p, "garp_master_delay", v->garp_master_delay);
	printer_line(p, "garp_master_repeat %u", v->garp_master_repeat);
	printer_time(p, "garp_master_refresh", v->garp_master_refresh);
	printer_line(p, "garp_master_refresh_repeat %u",
		     v->garp_master_refresh_repeat);
	printer_time(p, "garp_lower_prio_delay", v->garp_lower_prio_delay);
	printer_line(p, "garp_lower_prio_repeat %u", v->garp_lower_prio_repeat);
	if (v->garp_extra_interval.us)
		printer_line(p, "garp_extra_if all %lld",
			     (long long)v->garp_extra_interval.us / 1000000);
}

static void print_notify(struct printer *p, const struct conf_notify *n)
{
	printer_command(p, "notify_master", &n->master);
	printer_command(p, "notify_backup", &n->backup);
	printer_command(p, "notify_fault", &n->fault);
	printer_command(p, "notify_stop", &n->stop);
	printer_command(p, "notify_master_rx_lower_pri", &n->lower);
	printer_command(p, "notify", &n->any);
	printer_flag(p, "smtp_alert", n->smtp_alert);
}

static void print_vrrp(struct printer *p, const struct conf_vrrp *v)
{
	printer_begin_named(p, "vrrp_instance", v->name);
	printer_line(p, "state %s", v->state_master ? "MASTER" : "BACKUP");
	printer_word(p, "interface", v->interface);
	printer_flag(p, "dont_track_primary", v->dont_track_primary);
	printer_line(p, "virtual_router_id %u", v->virtual_router_id);
	printer_line(p, "priority %u", v->priority);
	printer_line(p, "version %u", v->version);
	printer_flag(p, "native_ipv6", v->v6);
	print_times(p, v);
	print_transport(p, v);
	print_auth(p, v);
	printer_flag(p, "promote_secondaries", v->promote_secondaries);
	print_all_vips(p, v);
	conf_print_routes(p, "virtual_routes", v->routes, v->n_routes);
	conf_print_tracks(p, &v->tracks);
	print_notify(p, &v->notify);
	printer_end(p);
}

static void print_group(struct printer *p, const struct conf *c, size_t group)
{
	const struct conf_group *g = &c->groups[group];

	printer_begin_named(p, "vrrp_sync_group", g->name);
	printer_begin(p, "group");
	for (size_t i = 0; i < c->n_vrrps; i++) {
		if (c->vrrps[i].sync_group != (int)group)
			continue;
		printer_start(p);
		printer_add(p, c->vrrps[i].name);
		printer_finish(p);
	}
	printer_end(p);
	printer_flag(p, "sync_group_tracking_weight", g->tracking_weight);
	conf_print_tracks(p, &g->tracks);
	print_notify(p, &g->notify);
	printer_end(p);
}

void conf_print_groups(struct printer *p, const struct conf *c)
{
	for (size_t i = 0; i < c->n_groups; i++)
		print_group(p, c, i);
}

void conf_print_vrrps(struct printer *p, const struct conf *c)
{
	for (size_t i = 0; i < c->n_vrrps; i++)
		print_vrrp(p, &c->vrrps[i]);
}

void conf_print_static(struct printer *p, const struct conf *c)
{
	if (c->n_static_addresses) {
		printer_begin(p, "static_ipaddress");
		for (size_t i = 0; i < c->n_static_addresses; i++)
			print_vip(p, &c->static_addresses[i]);
		printer_end(p);
	}
	conf_print_routes(p, "static_routes", c->static_routes,
			  c->n_static_routes);
}
