/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's life: what is started in which order, and stopped in reverse.
 */
#include "xlbd/engine.h"
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"
#include "xlbd/maintenance.h"
#include "xlbd/metrics.h"
#include "xlbd/sysctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void on_next_hop(void *arg, const struct addr *addr,
			const struct next_hop *hop)
{
	struct engine *e = arg;

	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		for (size_t j = 0; j < s->n_backends; j++) {
			if (addr_equal(&s->backends[j]->endpoint.addr, addr))
				engine_backend_hop(s->backends[j], hop);
		}
	}
	engine_peer_hop(e, addr, hop);
}

static void on_link(void *arg, const struct netlink_link *link, bool gone)
{
	engine_link(arg, link, gone);
	engine_vips_locate(arg);
	engine_vrrp_link(arg, link->name);
	if (!gone)
		engine_routes_put_back(arg);
}

static void on_address(void *arg, const struct addr *addr, unsigned int ifindex,
		       bool gone)
{
	struct engine *e = arg;

	engine_vip_address(e, addr, ifindex, gone);
	engine_vips_locate(e);
	if (!gone)
		engine_routes_put_back(e);
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		for (size_t j = 0; j < s->n_backends; j++) {
			if (addr_equal(&s->backends[j]->endpoint.addr, addr))
				engine_backend_locate(s->backends[j]);
		}
	}
}

static void on_route_gone(void *arg)
{
	engine_routes_put_back(arg);
}

static char *render_metrics(void *arg, size_t *length)
{
	return control_render_metrics(&engine_control_ops, arg, length);
}

static int start_model(struct engine *e)
{
	int err;

	e->generations = calloc(XLBD_MAX_BACKENDS, sizeof(*e->generations));
	e->by_slot = calloc(XLBD_MAX_BACKENDS, sizeof(*e->by_slot));
	e->service_by_slot =
		calloc(XLBD_MAX_SERVICES, sizeof(*e->service_by_slot));
	if (!e->generations || !e->by_slot || !e->service_by_slot)
		return -ENOMEM;
	err = slots_init(&e->vip_slots, XLBD_MAX_VIPS);
	if (!err)
		err = slots_init(&e->service_slots, XLBD_MAX_SERVICES);
	if (!err)
		err = slots_init(&e->backend_slots, XLBD_MAX_BACKENDS);
	if (!err)
		err = listeners_new(&e->listeners);
	return err;
}

static int start_edges(struct engine *e)
{
	static const struct netlink_handlers handlers = {
		.next_hop = on_next_hop,
		.link = on_link,
		.address = on_address,
		.route_gone = on_route_gone,
	};
	struct dataplane_options options = {
		.pin_path = e->conf->pin_path,
		.config_id = e->options.config_id,
		.max_sessions = e->conf->max_sessions,
		.clients_here = true,
	};
	char why[DATAPLANE_ERROR_SIZE] = "";
	int err;

	err = dataplane_open(&options, &e->dataplane, why);
	if (!err && !dataplane_adopted(e->dataplane))
		err = dataplane_alone(why);
	if (err) {
		log_error("data plane: %s", *why ? why : strerror(-err));
		return err;
	}
	/*
	 * Alone here: addresses with our mark are of a daemon that died, and
	 * stay only if all that belongs to them does.
	 */
	err = netlink_open(e->loop, &handlers, e, &e->netlink);
	if (!err)
		err = dataplane_adopted(e->dataplane)
			      ? netlink_forget_routes(e->netlink)
			      : netlink_cleanup(e->netlink);
	if (err) {
		log_error("netlink: %s", strerror(-err));
		return err;
	}
	err = checks_new(e->loop, &e->checks);
	if (!err)
		err = sysctls_new(e->conf->control, &e->sysctls);
	if (err)
		log_error("checks, settings: %s", strerror(-err));
	return err;
}

static int start_snat_addresses(struct engine *e)
{
	for (size_t i = 0; i < e->conf->n_snat_addresses; i++) {
		struct prefix p = {e->conf->snat_addresses[i], 32};
		struct engine_vip *unused;
		char name[ADDR_PRINT_SIZE];
		int err = engine_vip_get(e, &p, NULL, OURS_VIP | OURS_SNAT,
					 &unused);

		if (err) {
			log_error("snat_address %s: %s",
				  addr_print(&p.addr, name, sizeof(name)),
				  strerror(-err));
			return err;
		}
	}
	return 0;
}

static int start_services(struct engine *e)
{
	char error[CONTROL_ERROR_SIZE];
	int err;

	for (size_t i = 0; i < e->conf->n_services; i++) {
		const struct conf_service *conf = &e->conf->services[i];

		error[0] = '\0';
		err = engine_service_add(e, conf, NULL, error);
		if (err) {
			log_error("%s:%u: %s", conf->pos.file, conf->pos.line,
				  *error ? error : strerror(-err));
			return err;
		}
	}
	return 0;
}

static int start_control(struct engine *e)
{
	int err = control_open(e->loop, e->conf->control, &engine_control_ops,
			       e, &e->control);

	if (err) {
		log_error("control socket %s: %s", e->conf->control,
			  err == -EADDRINUSE ? "another xlbd holds it"
					     : strerror(-err));
		return err;
	}
	if (!e->conf->has_metrics)
		return 0;
	err = metrics_open(e->loop, &e->conf->metrics, render_metrics, e,
			   &e->metrics);
	if (err) {
		char name[ENDPOINT_PRINT_SIZE];

		log_error("metrics %s: %s",
			  endpoint_print(&e->conf->metrics, name, sizeof(name)),
			  strerror(-err));
	}
	return err;
}

int engine_start(struct loop *l, struct conf *conf,
		 const struct engine_options *options, struct engine **out)
{
	struct engine *e = calloc(1, sizeof(*e));
	int err;

	if (!e) {
		log_error("start: %s", strerror(ENOMEM));
		conf_free(conf);
		return -ENOMEM;
	}
	e->loop = l;
	e->conf = conf;
	e->options = *options;
	e->started = time(NULL);
	err = start_control(e);
	if (!err)
		err = start_model(e);
	if (!err)
		err = start_edges(e);
	if (!err)
		err = engine_adopt_start(e);
	if (!err)
		err = engine_attach_configured(e);
	if (!err)
		engine_static_add(e);
	if (!err)
		err = engine_peers_start(e);
	if (!err)
		err = engine_vrrps_init(e);
	if (!err)
		err = start_snat_addresses(e);
	if (!err)
		err = start_services(e);
	if (!err)
		err = engine_sweep_start(e);
	if (!err)
		err = engine_vrrps_start(e);
	if (!err)
		engine_adopt_finish(e);
	if (err) {
		engine_stop(e);
		return err;
	}
	*out = e;
	return 0;
}

/*
 * Owned addresses go before the programs that guard them; the control socket
 * goes last, with the directory that others have files in.
 */
void engine_stop(struct engine *e)
{
	if (!e)
		return;
	metrics_close(e->metrics);
	loop_timer_free(e->sweep_timer);
	engine_vrrps_stop(e);
	while (e->n_services)
		engine_service_del(e, e->services[e->n_services - 1]);
	while (e->n_vips) {
		e->vips[0]->refs = 1;
		engine_vip_put(e, e->vips[0]);
	}
	engine_adopt_stop(e);
	engine_peers_stop(e);
	checks_free(e->checks);
	netlink_close(e->netlink);
	dataplane_close(e->dataplane);
	sysctls_restore(e->sysctls);
	control_close(e->control);
	listeners_free(e->listeners);
	slots_fini(&e->vip_slots);
	slots_fini(&e->service_slots);
	slots_fini(&e->backend_slots);
	free(e->generations);
	free(e->by_slot);
	free(e->service_by_slot);
	free(e->services);
	free(e->vips);
	free(e->interfaces);
	conf_free(e->conf);
	free(e);
}

/* One daemon per namespace: what bears our mark here was this config's. */
int engine_cleanup(const struct conf *conf, char *error)
{
	static const struct netlink_handlers none;
	struct sysctls *sysctls = NULL;
	struct netlink *n = NULL;
	struct loop *loop = NULL;
	int err = dataplane_cleanup(conf->pin_path, error);

	if (!err)
		err = dataplane_alone(error);
	if (err)
		return err;
	err = loop_new(&loop);
	if (!err)
		err = netlink_open(loop, &none, NULL, &n);
	if (!err)
		err = netlink_cleanup(n);
	if (!err)
		err = control_cleanup(conf->control);
	if (!err)
		err = maintenance_write(conf->control, false);
	if (!err)
		err = sysctls_new(conf->control, &sysctls);
	sysctls_restore(sysctls);
	netlink_close(n);
	loop_free(loop);
	return err;
}
