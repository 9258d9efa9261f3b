/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the operator asks for while it runs: the engine's side of the control
 * socket.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static int refuse(char *error, int err,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CONTROL_ERROR_SIZE, format, args);
	va_end(args);
	return err;
}

static int on_status(void *arg, struct status_row *out)
{
	/* static: the answer is written before the next question is read */
	static struct interface_row interfaces[XLBD_MAX_LINKS];
	struct engine *e = arg;

	memset(out, 0, sizeof(*out));
	out->version = XLBD_VERSION;
	out->config_file = e->options.config_file;
	out->pin_path = e->conf->pin_path;
	out->since = e->started;
	out->services = (unsigned int)e->n_services;
	out->vips = (unsigned int)e->n_vips;
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		out->backends += (unsigned int)s->n_backends;
		for (size_t j = 0; j < s->n_backends; j++)
			out->backends_up +=
				engine_backend_usable(s->backends[j]);
	}
	out->sessions = e->sessions;
	out->max_sessions = e->conf->max_sessions;
	for (size_t i = 0; i < e->n_interfaces && i < XLBD_MAX_LINKS; i++) {
		interfaces[i].name = e->interfaces[i].name;
		interfaces[i].mode = e->interfaces[i].native ? "native"
							     : "generic";
		out->n_interfaces++;
	}
	out->interfaces = interfaces;
	engine_control_vrrp_status(e, out);
	return 0;
}

static void on_services(void *arg,
			void (*row)(void *to, const struct service_row *),
			void *to)
{
	struct engine *e = arg;

	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];
		struct service_row r = {
			.endpoint = s->endpoint,
			.kind = s->kind,
			.algo = s->algo,
			.owned = s->vip->owned,
			.backends = (unsigned int)s->n_backends,
			.sessions = s->sessions,
		};

		for (size_t j = 0; j < s->n_backends; j++)
			r.backends_up += engine_backend_usable(s->backends[j]);
		dataplane_read_service(e->dataplane, s->slot, &r.traffic);
		row(to, &r);
	}
}

static void backend_row(const struct engine_backend *b, struct backend_row *r)
{
	memset(r, 0, sizeof(*r));
	r->service = b->service->endpoint;
	r->backend = b->endpoint;
	r->backend.protocol = 0;
	r->kind = engine_backend_kind(b);
	r->weight = b->weight;
	r->state = engine_backend_state(b);
	r->since = b->since;
	r->reason = b->reason;
	r->sessions = b->sessions;
	for (size_t i = 0; i < b->n_checkers; i++) {
		if (!b->checks[i])
			continue;
		r->has_check[b->checkers[i].type] = true;
		r->check_failures[b->checkers[i].type] +=
			check_status(b->checks[i])->failed;
	}
	dataplane_read_backend(b->service->engine->dataplane, b->slot,
			       &r->traffic);
}

static struct engine_service *
find_service(struct engine *e, const struct endpoint *endpoint, char *error)
{
	struct engine_service *s = engine_service_find(e, endpoint);
	char name[ENDPOINT_PRINT_SIZE];

	if (!s)
		refuse(error, -ENOENT, "no service %s",
		       endpoint_print(endpoint, name, sizeof(name)));
	return s;
}

static struct engine_backend *find_backend(struct engine *e,
					   const struct endpoint *service,
					   const struct endpoint *backend,
					   char *error)
{
	struct engine_service *s = find_service(e, service, error);
	struct engine_backend *b = s ? engine_backend_find(s, backend) : NULL;
	char of[ENDPOINT_PRINT_SIZE], name[ENDPOINT_PRINT_SIZE];

	if (s && !b)
		refuse(error, -ENOENT, "service %s has no backend %s",
		       endpoint_print(service, of, sizeof(of)),
		       endpoint_print(backend, name, sizeof(name)));
	return b;
}

static int on_backends(void *arg, const struct endpoint *service,
		       void (*row)(void *to, const struct backend_row *),
		       void *to, char *error)
{
	struct engine *e = arg;
	struct engine_service *only = NULL;
	struct backend_row r;

	if (service) {
		only = find_service(e, service, error);
		if (!only)
			return -ENOENT;
	}
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		for (size_t j = 0; (!only || s == only) && j < s->n_backends;
		     j++) {
			backend_row(s->backends[j], &r);
			row(to, &r);
		}
	}
	return 0;
}

static int refuse_kind(enum conf_kind kind, char *error)
{
	return refuse(error, -EOPNOTSUPP,
		      "kind %s is not there yet: use FNAT or DR",
		      conf_kind_name(kind));
}

static int on_service_add(void *arg, const struct endpoint *service,
			  enum conf_kind kind, enum conf_algo algo, char *error)
{
	struct conf_service conf = {
		.endpoint = *service,
		.kind = kind,
		.algo = algo,
	};
	char name[ENDPOINT_PRINT_SIZE];
	int err;

	endpoint_print(service, name, sizeof(name));
	if (kind != CONF_KIND_FNAT && kind != CONF_KIND_DR)
		return refuse_kind(kind, error);
	if (!addr_is_v4(&service->addr))
		return refuse(error, -EOPNOTSUPP, "IPv6 is not there yet");
	if (!service->port)
		return refuse(error, -EINVAL, "service %s: port 0", name);
	if (engine_service_find(arg, service))
		return refuse(error, -EEXIST, "service %s is there already",
			      name);
	if (algo != CONF_ALGO_RR && algo != CONF_ALGO_WRR)
		log_warning("service %s: algo %s runs as wrr", name,
			    conf_algo_name(algo));
	err = engine_service_add(arg, &conf, NULL, error);
	if (!err)
		log_info("service %s added by hand", name);
	return err;
}

static int on_service_del(void *arg, const struct endpoint *service,
			  char *error)
{
	struct engine_service *s = find_service(arg, service, error);
	char name[ENDPOINT_PRINT_SIZE];

	if (!s)
		return -ENOENT;
	engine_service_del(arg, s);
	log_info("service %s deleted by hand",
		 endpoint_print(service, name, sizeof(name)));
	return 0;
}

/* Of another type, but as often as the others; the first time at once. */
static void take_pace(struct conf_checker *own, const struct conf_checker *of)
{
	own->warmup = USEC_ZERO;
	if (!of)
		return;
	own->connect_timeout = of->connect_timeout;
	own->delay_loop = of->delay_loop;
	own->delay_before_retry = of->delay_before_retry;
	own->retry = of->retry;
	own->rise = of->rise;
}

/* As asked for; else like the service's first backend; else TCP_CHECK. */
static int checkers_for(struct engine_service *s,
			const struct backend_check *check,
			struct conf_backend *conf, struct conf_checker *own,
			struct conf_url *url)
{
	const struct engine_backend *first = s->n_backends ? s->backends[0]
							   : NULL;

	if (check->given && check->none)
		return 0;
	if (!check->given && first && first->n_checkers) {
		conf->checkers = first->checkers;
		conf->n_checkers = first->n_checkers;
		return 0;
	}
	if (!check->given && s->endpoint.protocol != IPPROTO_TCP)
		return 0;
	conf_checker_defaults(check->given ? check->type : CONF_CHECK_TCP, own);
	take_pace(own, first && first->n_checkers ? &first->checkers[0] : NULL);
	if (check->given && check->type == CONF_CHECK_HTTP) {
		url->path = (char *)(check->path ? check->path : "/");
		own->urls = url;
		own->n_urls = 1;
	}
	conf->checkers = own;
	conf->n_checkers = 1;
	return 0;
}

static int on_backend_add(void *arg, const struct endpoint *service,
			  const struct endpoint *backend, uint32_t weight,
			  const struct backend_check *check, char *error)
{
	struct engine_service *s = find_service(arg, service, error);
	char of[ENDPOINT_PRINT_SIZE], name[ENDPOINT_PRINT_SIZE];
	struct conf_backend conf = {
		.addr = backend->addr,
		.port = backend->port,
		.local_port = backend->port,
		.weight = weight,
	};
	struct conf_checker own = {0};
	struct conf_url url = {0};
	struct engine_backend *b;
	int err;

	if (!s)
		return -ENOENT;
	conf.kind = s->kind;
	endpoint_print(service, of, sizeof(of));
	endpoint_print(backend, name, sizeof(name));
	if (engine_backend_find(s, backend))
		return refuse(error, -EEXIST,
			      "service %s has a backend %s already", of, name);
	if (!addr_is_v4(&backend->addr))
		return refuse(error, -EOPNOTSUPP, "IPv6 is not there yet");
	if (!backend->port)
		return refuse(error, -EINVAL, "backend %s: port 0", name);
	err = checkers_for(s, check, &conf, &own, &url);
	if (!err)
		err = engine_backend_add(s, &conf, &b, error);
	if (!err)
		log_info("backend %s of %s added by hand", name, of);
	return err;
}

static int on_backend_del(void *arg, const struct endpoint *service,
			  const struct endpoint *backend, char *error)
{
	struct engine_backend *b = find_backend(arg, service, backend, error);
	char of[ENDPOINT_PRINT_SIZE], name[ENDPOINT_PRINT_SIZE];

	if (!b)
		return -ENOENT;
	engine_backend_del(b);
	log_info("backend %s of %s deleted by hand",
		 endpoint_print(backend, name, sizeof(name)),
		 endpoint_print(service, of, sizeof(of)));
	return 0;
}

static int on_backend_weight(void *arg, const struct endpoint *service,
			     const struct endpoint *backend, uint32_t weight,
			     char *error)
{
	struct engine_backend *b = find_backend(arg, service, backend, error);

	if (!b)
		return -ENOENT;
	engine_backend_weigh(b, weight);
	return 0;
}

static int on_backend_drain(void *arg, const struct endpoint *service,
			    const struct endpoint *backend, bool drain,
			    struct usec timeout, char *error)
{
	struct engine_backend *b = find_backend(arg, service, backend, error);

	if (!b)
		return -ENOENT;
	engine_backend_drain(b, drain, timeout);
	return 0;
}

static int on_reason(void *arg, enum xlbd_reason reason,
		     struct reason_stats *out)
{
	struct engine *e = arg;

	return dataplane_read_reason(e->dataplane, reason, out);
}

const struct control_ops engine_control_ops = {
	.status = on_status,
	.services = on_services,
	.backends = on_backends,
	.service_add = on_service_add,
	.service_del = on_service_del,
	.backend_add = on_backend_add,
	.backend_del = on_backend_del,
	.backend_weight = on_backend_weight,
	.backend_drain = on_backend_drain,
	.sessions = engine_sessions,
	.session_flush = engine_session_flush,
	.vrrps = engine_control_vrrps,
	.vrrp_failover = engine_control_failover,
	.vrrp_maintenance = engine_control_maintenance,
	.reason = on_reason,
};
