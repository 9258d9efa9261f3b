/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual routers, on the loop's side: gives the pulse what the config says,
 * and does what its transitions ask for: addresses come and go, scripts run.
 * Leases and announcements are the pulse's own; by the time a transition is
 * heard of here the data plane knows already.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "xlbd/digest.h"
#include "xlbd/pulse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK USEC_MS(500)

struct engine_vrrp *engine_vrrp_find(struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (!strcmp(e->vrrps[i].conf->name, name))
			return &e->vrrps[i];
	}
	return NULL;
}

static struct engine_vrrp *by_id(struct engine *e, unsigned int id)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (e->vrrps[i].running && e->vrrps[i].id == id)
			return &e->vrrps[i];
	}
	return NULL;
}

/* --- what the pulse is told ---------------------------------------------- */

static void fill_conf(const struct engine_vrrp *v, struct vrrp_conf *out)
{
	const struct conf_vrrp *c = v->conf;

	*out = (struct vrrp_conf){
		.version = c->version,
		.priority = c->priority,
		.advert_int = c->advert_int,
		.down_timer_adverts = c->down_timer_adverts,
		.nopreempt = c->nopreempt,
		.preempt_delay = c->preempt_delay,
		.startup_delay = v->engine->conf->startup_delay,
		.lower_prio_no_advert = c->lower_prio_no_advert,
		.in_group = c->sync_group >= 0,
		.garp_master_delay = c->garp_master_delay,
		.garp_master_refresh = c->garp_master_refresh,
		.garp_lower_prio_delay = c->garp_lower_prio_delay,
	};
}

static void fill_auth(const struct conf_vrrp *c, struct vrrp_auth_conf *out)
{
	static const enum vrrp_auth_type types[] = {
		[CONF_AUTH_NONE] = VRRP_AUTH_NONE,
		[CONF_AUTH_PASS] = VRRP_AUTH_PASS,
		[CONF_AUTH_AH] = VRRP_AUTH_AH,
		[CONF_AUTH_HMAC] = VRRP_AUTH_HMAC,
	};
	static const enum vrrp_auth_mode modes[] = {
		[CONF_HMAC_ENFORCE] = VRRP_AUTH_ENFORCE,
		[CONF_HMAC_PERMISSIVE] = VRRP_AUTH_PERMISSIVE,
		[CONF_HMAC_RECEIVE_ONLY] = VRRP_AUTH_RECEIVE_ONLY,
	};

	out->type = types[c->auth];
	memcpy(out->pass, c->auth_pass, sizeof(out->pass));
	for (size_t i = 0; i < c->n_keys; i++) {
		out->keys[i].id = c->keys[i].id;
		out->keys[i].length = c->keys[i].length;
		memcpy(out->keys[i].bytes, c->keys[i].bytes, c->keys[i].length);
	}
	out->n_keys = c->n_keys;
	out->active_key = c->n_keys ? c->keys[0].id : 0;
	out->mode = modes[c->hmac_mode];
	out->monotonic = c->hmac_monotonic;
	out->window = c->hmac_window;
}

static void fill_vips(const struct engine_vrrp *v, struct pulse_instance *out)
{
	struct engine *e = v->engine;
	struct netlink_link link;

	for (size_t i = 0; i < v->conf->n_vips; i++) {
		const struct conf_vip *vip = &v->conf->vips[i];

		if (!vip->excluded && out->n_addrs < PULSE_MAX_VIPS)
			out->addrs[out->n_addrs++] = vip->prefix.addr;
	}
	for (size_t i = 0; i < v->n_vips && i < PULSE_MAX_VIPS; i++) {
		struct pulse_vip *to = &out->vips[out->n_vips++];
		const struct engine_vip *from = v->vips[i];

		to->addr = from->prefix.addr;
		to->ifindex = from->ifindex;
		to->lease = dataplane_lease(e->dataplane, from->slot);
		if (netlink_get_link(e->netlink, from->ifindex, &link))
			memcpy(to->mac, link.mac, sizeof(to->mac));
	}
}

static void fill_instance(const struct engine_vrrp *v,
			  struct pulse_instance *out)
{
	const struct conf_vrrp *c = v->conf;
	struct netlink_link link;

	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s", c->name);
	fill_conf(v, &out->conf);
	out->vrid = c->virtual_router_id;
	out->v6 = c->v6;
	if (netlink_find_link(v->engine->netlink, c->interface, &link))
		out->ifindex = link.ifindex;
	if (c->has_source)
		out->source = c->source;
	out->group = c->group;
	for (size_t i = 0; i < c->n_peers && i < PULSE_MAX_PEERS; i++) {
		out->peers[i].addr = c->peers[i].addr;
		out->peers[i].min_ttl = c->peers[i].min_ttl;
		out->peers[i].max_ttl = c->peers[i].max_ttl;
		out->n_peers++;
	}
	out->unicast_ttl = c->unicast_ttl;
	out->check_unicast_src = c->check_unicast_src;
	out->v3_checksum_as_v2 = c->v3_checksum_as_v2;
	out->skip_check_adv_addr = c->skip_check_adv_addr;
	fill_auth(c, &out->auth);
	out->sync_group = c->sync_group < 0 ? PULSE_NO_GROUP : c->sync_group;
	fill_vips(v, out);
	out->garp_repeat = c->garp_master_repeat;
	out->garp_refresh_repeat = c->garp_master_refresh_repeat;
	out->garp_lower_repeat = c->garp_lower_prio_repeat;
}

/* Its interface counts unless told otherwise; it must be there to speak. */
static bool link_works(const struct engine_vrrp *v)
{
	struct netlink_link link;

	return netlink_find_link(v->engine->netlink, v->conf->interface,
				 &link) &&
	       (link.up || v->conf->dont_track_primary);
}

static void tell(struct engine_vrrp *v, enum vrrp_event event)
{
	int err = pulse_tell(v->engine->pulse, v->id, event, v->priority);

	if (err)
		log_error("vrrp %s: cannot tell the pulse: %s", v->conf->name,
			  strerror(-err));
}

void engine_vrrp_judge(struct engine_vrrp *v)
{
	struct vrrp_verdict now = engine_track_verdict(v);
	bool fault = now.fault || !link_works(v) || v->engine->maintenance;

	if (!v->running)
		return;
	if (!v->started) {
		if (now.pending)
			return;
		v->started = true;
		v->priority = now.priority;
		v->fault = fault;
		tell(v, VRRP_EVENT_PRIORITY);
		if (fault)
			tell(v, VRRP_EVENT_FAULT);
		/* with a predecessor's lease, if that is still fresh */
		tell(v, dataplane_adopted(v->engine->dataplane)
				? VRRP_EVENT_ADOPT
				: VRRP_EVENT_START);
		return;
	}
	if (now.priority != v->priority) {
		log_info("vrrp %s: priority %u (was %u)", v->conf->name,
			 now.priority, v->priority);
		v->priority = now.priority;
		tell(v, VRRP_EVENT_PRIORITY);
	}
	if (fault != v->fault) {
		v->fault = fault;
		tell(v, fault ? VRRP_EVENT_FAULT : VRRP_EVENT_RECOVER);
	}
}

/* Links came, went, or have another MAC or address. */
static void update(struct engine_vrrp *v)
{
	static struct pulse_instance instance; /* large, and the loop is one */
	int err;

	if (!v->running)
		return;
	fill_instance(v, &instance);
	err = pulse_update(v->engine->pulse, v->id, &instance);
	if (err)
		log_error("vrrp %s: %s", v->conf->name, strerror(-err));
	engine_vrrp_judge(v);
}

static bool uses_link(const struct engine_vrrp *v, const char *name)
{
	if (!strcmp(v->conf->interface, name))
		return true;
	for (size_t i = 0; i < v->n_vips; i++) {
		if (v->vips[i]->dev && !strcmp(v->vips[i]->dev, name))
			return true;
	}
	return false;
}

void engine_vrrp_link(struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (uses_link(&e->vrrps[i], name))
			update(&e->vrrps[i]);
	}
	engine_track_link(e, name);
}

/* --- what the pulse says ------------------------------------------------- */

static void own(struct engine_vrrp *v, bool master)
{
	if (!master)
		engine_routes_remove(v);
	for (size_t i = 0; i < v->n_vips; i++) {
		if (master)
			engine_vip_add_address(v->engine, v->vips[i]);
		else
			engine_vip_remove_address(v->engine, v->vips[i]);
	}
	if (master)
		engine_routes_add(v);
	engine_vrrp_options_own(v, master);
}

static void on_changed(void *arg, unsigned int id, enum vrrp_state from,
		       enum vrrp_state to, const char *cause, uint8_t priority)
{
	struct engine *e = arg;
	struct engine_vrrp *v = by_id(e, id);
	char why[VRRP_CAUSE_SIZE];

	if (!v)
		return;
	v->state = to;
	v->since = time(NULL);
	if (to == VRRP_FAULT && engine_vrrp_explain_fault(v, why, sizeof(why)))
		cause = why;
	snprintf(v->cause, sizeof(v->cause), "%s", cause);
	log_info("vrrp %s: %s (was %s): %s", v->conf->name, vrrp_state_name(to),
		 vrrp_state_name(from), cause);
	if (to == VRRP_MASTER || from == VRRP_MASTER)
		own(v, to == VRRP_MASTER);
	engine_notify_changed(v, to, priority, cause);
}

static void on_rejected(void *arg, unsigned int id, const struct addr *peer,
			enum vrrp_rejection why)
{
	struct engine_vrrp *v = by_id(arg, id);
	char name[ADDR_PRINT_SIZE];

	if (v)
		log_warning("vrrp %s: advertisements from %s are rejected: %s",
			    v->conf->name, addr_print(peer, name, sizeof(name)),
			    vrrp_rejection_help(why));
}

static void on_peer(void *arg, unsigned int id, const struct addr *peer)
{
	struct engine_vrrp *v = by_id(arg, id);
	char name[ADDR_PRINT_SIZE];

	if (!v)
		return;
	log_info("vrrp %s: hears %s", v->conf->name,
		 addr_print(peer, name, sizeof(name)));
	engine_peer_add(arg, peer);
}

static void on_lower(void *arg, unsigned int id, const struct addr *peer)
{
	struct engine_vrrp *v = by_id(arg, id);
	char name[ADDR_PRINT_SIZE];

	if (!v)
		return;
	log_warning("vrrp %s: %s claims to be master with a lower priority",
		    v->conf->name, addr_print(peer, name, sizeof(name)));
	engine_notify_lower(v);
}

static void print_addrs(const struct addr *addrs, size_t n, char *buf,
			size_t size)
{
	char name[ADDR_PRINT_SIZE];
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(
			buf + used, size - used, "%s%s", i ? " " : "",
			addr_print(&addrs[i], name, sizeof(name)));
}

static void on_addrs_differ(void *arg, unsigned int id, const struct addr *peer,
			    const struct addr *theirs, size_t n, size_t total)
{
	struct engine_vrrp *v = by_id(arg, id);
	struct addr ours[PULSE_MAX_VIPS];
	char name[ADDR_PRINT_SIZE], a[512], b[512];
	size_t n_ours = 0;

	if (!v)
		return;
	for (size_t i = 0; i < v->conf->n_vips && n_ours < PULSE_MAX_VIPS;
	     i++) {
		if (!v->conf->vips[i].excluded)
			ours[n_ours++] = v->conf->vips[i].prefix.addr;
	}
	print_addrs(ours, n_ours, a, sizeof(a));
	print_addrs(theirs, n, b, sizeof(b));
	log_warning("vrrp %s: %s has other VIPs: %s%s; ours: %s", v->conf->name,
		    addr_print(peer, name, sizeof(name)), b,
		    n < total ? " ..." : "", a);
}

static void on_sending(void *arg, unsigned int id, int error)
{
	struct engine_vrrp *v = by_id(arg, id);

	if (!v)
		return;
	if (error)
		log_error("vrrp %s: cannot send advertisements: %s",
			  v->conf->name, strerror(-error));
	else
		log_info("vrrp %s: can send advertisements again",
			 v->conf->name);
}

static void on_removed(void *arg, unsigned int id)
{
	struct engine_vrrp *v = by_id(arg, id);

	if (v)
		v->running = false;
}

/* --- life ---------------------------------------------------------------- */

static void on_tick(void *arg)
{
	struct engine *e = arg;

	pulse_tick(e->pulse);
	loop_timer_set(e->pulse_timer, TICK);
}

static int start_vips(struct engine_vrrp *v)
{
	const struct conf_vrrp *c = v->conf;
	int err;

	v->vips = calloc(c->n_vips + 1, sizeof(*v->vips));
	if (!v->vips)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_vips; i++) {
		const struct conf_vip *vip = &c->vips[i];

		err = engine_vip_get(v->engine, &vip->prefix,
				     vip->dev ? vip->dev : c->interface,
				     OURS_VIP, &v->vips[v->n_vips]);
		if (err) {
			log_error("vrrp %s: cannot have its VIPs: %s", c->name,
				  strerror(-err));
			return err;
		}
		v->vips[v->n_vips++]->options = vip->options;
	}
	return 0;
}

/* VIPs are known before the services that need them. */
int engine_vrrps_init(struct engine *e)
{
	int err = 0;

	e->vrrps = calloc(e->conf->n_vrrps + 1, sizeof(*e->vrrps));
	if (!e->vrrps)
		return -ENOMEM;
	engine_maintenance_init(e);
	for (size_t i = 0; !err && i < e->conf->n_vrrps; i++) {
		struct engine_vrrp *v = &e->vrrps[e->n_vrrps++];

		v->engine = e;
		v->conf = &e->conf->vrrps[i];
		v->priority = v->conf->priority;
		err = start_vips(v);
	}
	return err;
}

static int start_one(struct engine_vrrp *v)
{
	static struct pulse_instance instance;
	int err;

	fill_instance(v, &instance);
	err = pulse_add(v->engine->pulse, &instance, &v->id);
	if (err) {
		log_error("vrrp %s: %s", v->conf->name, strerror(-err));
		return err;
	}
	v->running = true;
	engine_vrrp_judge(v);
	return engine_vrrp_options_start(v);
}

int engine_vrrps_start(struct engine *e)
{
	static const struct pulse_handlers handlers = {
		.changed = on_changed,
		.rejected = on_rejected,
		.peer = on_peer,
		.lower = on_lower,
		.addrs_differ = on_addrs_differ,
		.sending = on_sending,
		.removed = on_removed,
	};
	int err;

	if (!e->n_vrrps || e->options.assume_owner)
		return 0;
	err = engine_notify_start(e);
	if (!err)
		err = pulse_start(e->loop, &digest_vrrp, &handlers, e,
				  &e->pulse);
	if (!err)
		err = loop_timer_new(e->loop, on_tick, e, &e->pulse_timer);
	if (err) {
		log_error("vrrp: %s", strerror(-err));
		return err;
	}
	on_tick(e);
	err = engine_tracks_start(e);
	for (size_t i = 0; !err && i < e->n_vrrps; i++)
		err = start_one(&e->vrrps[i]);
	return err;
}

void engine_vrrps_stop(struct engine *e)
{
	loop_timer_free(e->pulse_timer);
	engine_tracks_stop(e);
	pulse_stop(e->pulse);
	e->pulse = NULL;
	engine_notify_say_stop(e);
	engine_notify_stop(e);
	for (size_t i = 0; i < e->n_vrrps; i++) {
		struct engine_vrrp *v = &e->vrrps[i];

		engine_vrrp_options_stop(v);
		engine_routes_remove(v);
		while (v->n_vips)
			engine_vip_put(e, v->vips[--v->n_vips]);
		free(v->vips);
	}
	free(e->vrrps);
	e->vrrps = NULL;
	e->n_vrrps = 0;
}
