/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control_change.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One change under way. */
struct change {
	const struct control_ops *ops;
	void *arg;
	const struct command_values *values;
	struct endpoint service; /* with its protocol */
	char *message, *error;
	char service_name[ENDPOINT_PRINT_SIZE];
	char backend_name[ENDPOINT_PRINT_SIZE];
};

static void ignore_backend(void *to, const struct backend_row *row)
{
	(void)to;
	(void)row;
}

int control_find_service(const struct control_ops *ops, void *arg,
			 struct endpoint *service, char *error)
{
	static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
	struct endpoint e = *service;
	char why[CONTROL_ERROR_SIZE] = "", name[ENDPOINT_PRINT_SIZE];

	for (size_t i = 0; i < sizeof(protocols); i++) {
		if (!service->protocol)
			e.protocol = protocols[i];
		if (!ops->backends(arg, &e, ignore_backend, NULL, why)) {
			*service = e;
			return 0;
		}
		if (service->protocol)
			break;
	}
	snprintf(error, CONTROL_ERROR_SIZE, "no service %s",
		 endpoint_print(service, name, sizeof(name)));
	return -ENOENT;
}

static bool is_given(const struct change *c, enum argument_id id)
{
	return c->values->given & ARGUMENT_BIT(id);
}

__attribute__((format(printf, 2, 3))) static int done(const struct change *c,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->message, CONTROL_ERROR_SIZE, format, args);
	va_end(args);
	return 0;
}

/* FNAT needs nothing of the backends, wrr is rr until weights differ. */
static int add_service(const struct change *c)
{
	enum conf_kind kind = CONF_KIND_FNAT;
	enum conf_algo algo = CONF_ALGO_WRR;
	int err;

	if (is_given(c, ARGUMENT_KIND))
		kind = c->values->kind;
	if (is_given(c, ARGUMENT_ALGO))
		algo = c->values->algo;
	err = c->ops->service_add(c->arg, &c->service, kind, algo, c->error);
	if (err)
		return err;
	return done(c, "service %s added, kind %s, algo %s", c->service_name,
		    conf_kind_name(kind), conf_algo_name(algo));
}

static int del_service(const struct change *c)
{
	int err = c->ops->service_del(c->arg, &c->service, c->error);

	if (err)
		return err;
	return done(c, "service %s deleted", c->service_name);
}

static struct backend_check check_of(const struct command_values *v)
{
	return (struct backend_check){
		.given = v->given & ARGUMENT_BIT(ARGUMENT_CHECK),
		.none = v->check == COMMAND_CHECK_NONE,
		.type = v->check == COMMAND_CHECK_HTTP ? CONF_CHECK_HTTP
						       : CONF_CHECK_TCP,
		.path = v->path,
	};
}

static int add_backend(const struct change *c)
{
	uint32_t weight = is_given(c, ARGUMENT_WEIGHT) ? c->values->weight : 1;
	struct backend_check check = check_of(c->values);
	int err = c->ops->backend_add(c->arg, &c->service, &c->values->backend,
				      weight, &check, c->error);

	if (err)
		return err;
	return done(c, "backend %s of %s added, weight %u", c->backend_name,
		    c->service_name, weight);
}

static int del_backend(const struct change *c)
{
	int err = c->ops->backend_del(c->arg, &c->service, &c->values->backend,
				      c->error);

	if (err)
		return err;
	return done(c, "backend %s of %s deleted", c->backend_name,
		    c->service_name);
}

static int set_backend(const struct change *c)
{
	uint32_t weight = c->values->weight;
	int err = c->ops->backend_weight(c->arg, &c->service,
					 &c->values->backend, weight, c->error);

	if (err)
		return err;
	return done(c, "backend %s of %s set, weight %u", c->backend_name,
		    c->service_name, weight);
}

static int drain_backend(const struct change *c)
{
	struct usec timeout =
		c->values->timeout; /* zero: as long as it takes */
	char span[USEC_PRINT_SIZE];
	int err = c->ops->backend_drain(c->arg, &c->service,
					&c->values->backend, true, timeout,
					c->error);

	if (err)
		return err;
	if (!timeout.us)
		return done(c, "backend %s of %s draining", c->backend_name,
			    c->service_name);
	return done(c, "backend %s of %s draining, at most %s", c->backend_name,
		    c->service_name, usec_print(timeout, span, sizeof(span)));
}

static int undrain_backend(const struct change *c)
{
	int err = c->ops->backend_drain(c->arg, &c->service,
					&c->values->backend, false, USEC_ZERO,
					c->error);

	if (err)
		return err;
	return done(c, "backend %s of %s undrained", c->backend_name,
		    c->service_name);
}

static int fail_over(const struct change *c)
{
	const char *name = is_given(c, ARGUMENT_INSTANCE) ? c->values->instance
							  : NULL;
	bool cancel = is_given(c, ARGUMENT_CANCEL);
	int err = c->ops->vrrp_failover(c->arg, name, cancel, c->error);

	if (err)
		return err;
	return done(c, "%s%s told to %s",
		    name ? "vrrp " : "all virtual routers", name ? name : "",
		    cancel ? "take part again as configured"
			   : "resign, until --cancel or the peer is lost");
}

static int maintain(const struct change *c)
{
	bool on = c->values->on;
	int err = c->ops->vrrp_maintenance(c->arg, on, c->error);

	if (err)
		return err;
	return done(c, "maintenance %s", on ? "on" : "off");
}

static bool takes_service(enum command_id command)
{
	return commands[command].required & ARGUMENT_BIT(ARGUMENT_SERVICE);
}

static int find_service(struct change *c, enum command_id command)
{
	c->service = c->values->service;
	if (!takes_service(command) || c->service.protocol)
		return 0; /* whether it is there the engine finds out */
	if (command != COMMAND_SERVICE_ADD)
		return control_find_service(c->ops, c->arg, &c->service,
					    c->error);
	c->service.protocol = IPPROTO_TCP;
	return 0;
}

int control_change(const struct control_ops *ops, void *arg,
		   const struct control_request *request, char *message,
		   char *error)
{
	static int (*const change[COMMAND_COUNT])(const struct change *) = {
		[COMMAND_SERVICE_ADD] = add_service,
		[COMMAND_SERVICE_DEL] = del_service,
		[COMMAND_BACKEND_ADD] = add_backend,
		[COMMAND_BACKEND_DEL] = del_backend,
		[COMMAND_BACKEND_SET] = set_backend,
		[COMMAND_BACKEND_DRAIN] = drain_backend,
		[COMMAND_BACKEND_UNDRAIN] = undrain_backend,
		[COMMAND_VRRP_FAILOVER] = fail_over,
		[COMMAND_VRRP_MAINTENANCE] = maintain,
	};
	struct change c = {
		.ops = ops,
		.arg = arg,
		.values = &request->values,
		.message = message,
		.error = error,
	};
	int err;

	if (!change[request->command])
		return -ENOTSUP;
	*error = '\0';
	err = find_service(&c, request->command);
	if (err)
		return err;
	endpoint_print(&c.service, c.service_name, sizeof(c.service_name));
	endpoint_print(&c.values->backend, c.backend_name,
		       sizeof(c.backend_name));
	err = change[request->command](&c);
	if (err && !*error)
		snprintf(error, CONTROL_ERROR_SIZE, "%s", strerror(-err));
	return err;
}
