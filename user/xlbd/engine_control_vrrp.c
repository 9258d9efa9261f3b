/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the operator asks of virtual routers: what they are and why, failover,
 * maintenance.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"
#include "xlbd/maintenance.h"
#include "xlbd/pulse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

__attribute__((format(printf, 3, 4))) static int refuse(char *error, int err,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CONTROL_ERROR_SIZE, format, args);
	va_end(args);
	return err;
}

/* Large, and the loop is one: a row is done with before the next is made. */
static struct row_parts {
	struct pulse_status status;
	struct vrrp_vip_row vips[PULSE_MAX_VIPS];
	struct vrrp_peer_row peers[PULSE_MAX_PEERS];
	char why[VRRP_CAUSE_SIZE + 16];
} parts;

/* A point of the pulse's clock as seconds since 1970; 0 stays 0. */
static int64_t wall_time(struct usec then)
{
	if (!then.us)
		return 0;
	return time(NULL) - usec_sub(loop_now(), then).us / 1000000;
}

bool engine_vrrp_explain_fault(struct engine_vrrp *v, char *buf, size_t size)
{
	struct vrrp_verdict verdict = engine_track_verdict(v);
	struct netlink_link link;

	if (v->engine->maintenance)
		snprintf(buf, size, "maintenance is on");
	else if (verdict.fault && !verdict.pending)
		vrrp_track_explain(verdict.because, buf, size);
	else if (!netlink_find_link(v->engine->netlink, v->conf->interface,
				    &link))
		snprintf(buf, size, "there is no interface %s",
			 v->conf->interface);
	else if (!link.up && !v->conf->dont_track_primary)
		snprintf(buf, size, "interface %s is down", v->conf->interface);
	else
		return false;
	return true;
}

static const char *explain(struct engine_vrrp *v)
{
	struct vrrp_verdict verdict = engine_track_verdict(v);
	char text[VRRP_CAUSE_SIZE];

	if (!v->running)
		return "init: not running VRRP (--assume-owner)";
	if (parts.status.state == VRRP_FAULT &&
	    engine_vrrp_explain_fault(v, text, sizeof(text)))
		snprintf(parts.why, sizeof(parts.why), "fault: %s", text);
	else if (parts.status.state == VRRP_INIT && verdict.pending)
		snprintf(parts.why, sizeof(parts.why), "init: %s",
			 vrrp_track_explain(verdict.because, text,
					    sizeof(text)));
	else
		snprintf(parts.why, sizeof(parts.why), "%s", parts.status.why);
	return parts.why;
}

static size_t fill_vips(struct engine_vrrp *v)
{
	size_t n = 0;

	for (; n < v->conf->n_vips && n < PULSE_MAX_VIPS; n++) {
		const struct conf_vip *conf = &v->conf->vips[n];
		const struct engine_vip *vip =
			engine_vip_find(v->engine, &conf->prefix.addr);

		parts.vips[n] = (struct vrrp_vip_row){
			.prefix = conf->prefix,
			.excluded = conf->excluded,
			.owned = vip && vip->owned,
		};
	}
	return n;
}

/* A slot that nobody has taken, in front of the others', is no peer. */
static size_t fill_peers(void)
{
	size_t n = 0;

	for (size_t i = 0; i < parts.status.n_peers; i++) {
		const struct pulse_peer_stats *from = &parts.status.peers[i];
		struct vrrp_peer_row *to = &parts.peers[n];

		if (addr_is_zero(&from->peer) && i < PULSE_MAX_PEERS - 1)
			continue;
		to->addr = from->peer;
		to->received = from->received;
		memcpy(to->rejected, from->rejected, sizeof(to->rejected));
		to->last_heard = wall_time(from->last_heard);
		n++;
	}
	return n;
}

/* As the data plane has it: the pulse tells of it once in a while only. */
static struct usec lease_left(const struct engine_vrrp *v)
{
	const uint64_t *lease;
	struct usec left;

	if (parts.status.state != VRRP_MASTER || !v->n_vips)
		return USEC_ZERO;
	lease = dataplane_lease(v->engine->dataplane, v->vips[0]->slot);
	left.us = (int64_t)(__atomic_load_n(lease, __ATOMIC_RELAXED) / 1000) -
		  loop_now().us;
	return left.us > 0 ? left : USEC_ZERO;
}

static void fill_row(struct engine_vrrp *v, struct vrrp_row *r)
{
	const struct conf_vrrp *c = v->conf;
	const struct pulse_status *s = &parts.status;

	memset(&parts.status, 0, sizeof(parts.status));
	if (v->running)
		pulse_status(v->engine->pulse, v->id, &parts.status);
	*r = (struct vrrp_row){
		.name = c->name,
		.interface = c->interface,
		.group = c->sync_group < 0
				 ? NULL
				 : v->engine->conf->groups[c->sync_group].name,
		.vrid = c->virtual_router_id,
		.version = c->version,
		.state = s->state,
		.since = v->since,
		.cause = v->cause,
		.why = explain(v),
		.priority = v->running ? s->priority : v->priority,
		.base_priority = c->priority,
		.advert_int = c->advert_int,
		.nopreempt = c->nopreempt,
		.failover = s->failover,
		.source = s->source,
		.master = s->state == VRRP_MASTER ? s->source : s->master,
		.master_priority = s->state == VRRP_MASTER ? s->priority
							   : s->master_priority,
		.lease_left = lease_left(v),
		.send_error = s->send_error,
		.sent = s->sent,
		.sent_stop = s->sent_stop,
		.vips = parts.vips,
		.n_vips = fill_vips(v),
		.peers = parts.peers,
		.n_peers = fill_peers(),
	};
	memcpy(r->transitions, s->transitions, sizeof(r->transitions));
	r->tracks = engine_tracked(v, &r->n_tracks);
}

static int find(struct engine *e, const char *name, struct engine_vrrp **out,
		char *error)
{
	*out = engine_vrrp_find(e, name);
	return *out ? 0 : refuse(error, -ENOENT, "no vrrp_instance %s", name);
}

int engine_control_vrrps(void *arg, const char *name,
			 void (*row)(void *to, const struct vrrp_row *),
			 void *to, char *error)
{
	struct engine *e = arg;
	struct engine_vrrp *only = NULL;
	struct vrrp_row r;

	if (name && find(e, name, &only, error))
		return -ENOENT;
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (only && only != &e->vrrps[i])
			continue;
		fill_row(&e->vrrps[i], &r);
		row(to, &r);
	}
	return 0;
}

void engine_control_vrrp_status(struct engine *e, struct status_row *out)
{
	out->instances = (unsigned int)e->n_vrrps;
	for (size_t i = 0; i < e->n_vrrps; i++)
		out->masters += e->vrrps[i].state == VRRP_MASTER;
	out->maintenance = e->maintenance;
}

/* --- failover ------------------------------------------------------------ */

static bool peer_heard(struct engine_vrrp *v)
{
	pulse_status(v->engine->pulse, v->id, &parts.status);
	for (size_t i = 0; i < parts.status.n_peers; i++) {
		if (parts.status.peers[i].received)
			return true;
	}
	return false;
}

static int may_fail_over(struct engine_vrrp *v, bool cancel, char *error)
{
	if (!v->running)
		return refuse(error, -EOPNOTSUPP,
			      "vrrp %s is not running (--assume-owner)",
			      v->conf->name);
	if (!cancel && !peer_heard(v))
		return refuse(error, -EHOSTUNREACH,
			      "vrrp %s: no peer was heard that could take over "
			      "(backups are silent; `vrrp maintenance on` "
			      "resigns without one)",
			      v->conf->name);
	return 0;
}

static int fail_over(struct engine_vrrp *v, bool cancel, char *error)
{
	int err = pulse_tell(v->engine->pulse, v->id,
			     cancel ? VRRP_EVENT_CANCEL : VRRP_EVENT_FAILOVER,
			     v->priority);

	if (err)
		return refuse(error, err, "vrrp %s: cannot be told: %s",
			      v->conf->name, strerror(-err));
	log_info("vrrp %s: failover %s", v->conf->name,
		 cancel ? "cancelled by hand" : "asked for by hand");
	return 0;
}

/* One in FAULT has nothing to hand over; but it may have been told before. */
static bool is_meant(const struct engine_vrrp *v,
		     const struct engine_vrrp *only, bool cancel)
{
	return only ? v == only : cancel || v->state != VRRP_FAULT;
}

/* All that are meant, or none. */
int engine_control_failover(void *arg, const char *name, bool cancel,
			    char *error)
{
	struct engine *e = arg;
	struct engine_vrrp *only = NULL;
	unsigned int meant = 0;
	int err = 0;

	if (name && find(e, name, &only, error))
		return -ENOENT;
	for (size_t i = 0; !err && i < e->n_vrrps; i++) {
		if (!is_meant(&e->vrrps[i], only, cancel))
			continue;
		meant++;
		err = may_fail_over(&e->vrrps[i], cancel, error);
	}
	if (!err && !meant)
		return refuse(error, -ENOENT,
			      "no vrrp_instance here, or all "
			      "are in FAULT");
	for (size_t i = 0; !err && i < e->n_vrrps; i++) {
		if (is_meant(&e->vrrps[i], only, cancel))
			err = fail_over(&e->vrrps[i], cancel, error);
	}
	return err;
}

/* --- maintenance --------------------------------------------------------- */

void engine_maintenance_init(struct engine *e)
{
	e->maintenance = e->conf->n_vrrps && !e->options.assume_owner &&
			 maintenance_read(e->conf->control);
	if (e->maintenance)
		log_warning("maintenance is on since before the start: all "
			    "vrrp_instances will be in FAULT");
}

/* What is not remembered would end unnoticed: then it is refused. */
int engine_control_maintenance(void *arg, bool on, char *error)
{
	struct engine *e = arg;
	int err;

	if (on && !e->pulse)
		return refuse(error, -ENOENT,
			      "no vrrp_instance runs here that could be taken "
			      "out of service");
	err = maintenance_write(e->conf->control, on);
	if (err)
		return refuse(error, err, "cannot remember it: %s%s: %s",
			      e->conf->control, MAINTENANCE_SUFFIX,
			      strerror(-err));
	if (e->maintenance != on)
		log_warning("maintenance %s by hand", on ? "on" : "off");
	e->maintenance = on;
	for (size_t i = 0; i < e->n_vrrps; i++)
		engine_vrrp_judge(&e->vrrps[i]);
	return 0;
}
