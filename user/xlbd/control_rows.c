/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control_rows.h"

static const struct {
	const char *name, *action, *help;
} reasons[] = {
#define ACTION_PASS  "pass"
#define ACTION_DROP  "drop"
#define ACTION_SEND  "send"
#define ACTION_RESET "reset"
#define X(name, action, help) \
	[XLBD_REASON_##name] = {#name, ACTION_##action, help},
	XLBD_REASONS(X)
#undef X
};

const char *control_reason_name(enum xlbd_reason reason)
{
	return reasons[reason].name;
}

const char *control_reason_action(enum xlbd_reason reason)
{
	return reasons[reason].action;
}

const char *control_reason_help(enum xlbd_reason reason)
{
	return reasons[reason].help;
}

const char *control_check_name(enum conf_checker_type type)
{
	switch (type) {
	case CONF_CHECK_TCP:
		return "tcp";
	case CONF_CHECK_HTTP:
		return "http";
	}
	return "?";
}

const char *backend_state_name(enum backend_state state)
{
	switch (state) {
	case BACKEND_STATE_UP:
		return "up";
	case BACKEND_STATE_DOWN:
		return "down";
	case BACKEND_STATE_DRAIN:
		return "drain";
	case BACKEND_STATE_UNCHECKED:
		return "unchecked";
	}
	return "?";
}

static int add_endpoint(struct json *o, const char *name,
			const struct endpoint *e)
{
	char text[ENDPOINT_PRINT_SIZE];

	return json_add_text(o, name, endpoint_print(e, text, sizeof(text)));
}

/* The protocol is the service's, and said there. */
static int add_bare_endpoint(struct json *o, const char *name,
			     struct endpoint e)
{
	e.protocol = 0;
	return add_endpoint(o, name, &e);
}

static int add_traffic(struct json *o, const struct traffic_stats *t)
{
	int err = 0;

	err |= json_add_number(o, "sessions_total", t->sessions);
	err |= json_add_number(o, "packets", t->packets_in + t->packets_out);
	err |= json_add_number(o, "packets_in", t->packets_in);
	err |= json_add_number(o, "packets_out", t->packets_out);
	err |= json_add_number(o, "bytes", t->bytes_in + t->bytes_out);
	err |= json_add_number(o, "bytes_in", t->bytes_in);
	err |= json_add_number(o, "bytes_out", t->bytes_out);
	return err;
}

static struct json *interface_list(const struct status_row *s)
{
	struct json *list = json_new_array(), *o;
	int err = 0;

	for (size_t i = 0; i < s->n_interfaces; i++) {
		o = json_new_object();
		err |= json_add_text(o, "name", s->interfaces[i].name);
		err |= json_add_text(o, "mode", s->interfaces[i].mode);
		err |= json_append(list, o);
	}
	return json_built(list, err);
}

struct json *control_status_object(const struct status_row *s)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= json_add_text(o, "version", s->version);
	err |= json_add_time(o, "since", s->since);
	err |= json_add_text(o, "config", s->config_file);
	err |= json_add_text(o, "pin_path", s->pin_path);
	err |= json_add(o, "interfaces", interface_list(s));
	err |= json_add_number(o, "vips", s->vips);
	err |= json_add_number(o, "services", s->services);
	err |= json_add_number(o, "backends", s->backends);
	err |= json_add_number(o, "backends_up", s->backends_up);
	err |= json_add_number(o, "sessions", s->sessions);
	err |= json_add_number(o, "max_sessions", s->max_sessions);
	err |= json_add_number(o, "instances", s->instances);
	err |= json_add_number(o, "masters", s->masters);
	err |= json_add_flag(o, "maintenance", s->maintenance);
	return json_built(o, err);
}

struct json *control_service_object(const struct service_row *s)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= add_endpoint(o, "service", &s->endpoint);
	err |= json_add_text(o, "kind", conf_kind_name(s->kind));
	err |= json_add_text(o, "algo", conf_algo_name(s->algo));
	err |= json_add_flag(o, "owned", s->owned);
	err |= json_add_number(o, "backends", s->backends);
	err |= json_add_number(o, "backends_up", s->backends_up);
	err |= json_add_number(o, "sessions", s->sessions);
	err |= add_traffic(o, &s->traffic);
	return json_built(o, err);
}

static struct json *check_failures(const struct backend_row *b)
{
	struct json *o = json_new_object();
	int err = 0;

	for (int i = CONF_CHECK_TCP; i <= CONF_CHECK_HTTP; i++) {
		if (b->has_check[i])
			err |= json_add_number(o, control_check_name(i),
					       b->check_failures[i]);
	}
	return json_built(o, err);
}

struct json *control_backend_object(const struct backend_row *b)
{
	struct json *o = json_new_object();
	char address[ADDR_PRINT_SIZE];
	int err = 0;

	err |= add_endpoint(o, "service", &b->service);
	err |= json_add_text(o, "address",
			     addr_print(&b->backend.addr, address,
					sizeof(address)));
	err |= json_add_number(o, "port", b->backend.port);
	err |= json_add_text(o, "kind", b->kind);
	err |= json_add_number(o, "weight", b->weight);
	err |= json_add_text(o, "state", backend_state_name(b->state));
	err |= json_add_time(o, "since", b->since);
	err |= json_add_text(o, "reason", b->reason);
	err |= json_add_number(o, "sessions", b->sessions);
	err |= add_traffic(o, &b->traffic);
	err |= json_add(o, "check_failures", check_failures(b));
	return json_built(o, err);
}

struct json *control_session_object(const struct session_row *s)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= add_bare_endpoint(o, "client", s->client);
	err |= add_endpoint(o, "service", &s->service);
	err |= add_bare_endpoint(o, "backend", s->backend);
	if (!addr_is_zero(&s->snat.addr))
		err |= add_bare_endpoint(o, "snat", s->snat);
	err |= json_add_text(o, "kind", s->kind);
	err |= json_add_text(o, "state", s->state);
	err |= json_add_span(o, "age", s->age);
	err |= json_add_span(o, "idle", s->idle);
	return json_built(o, err);
}

struct json *control_reason_object(enum xlbd_reason reason,
				   const struct reason_stats *stats)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= json_add_text(o, "name", control_reason_name(reason));
	err |= json_add_text(o, "action", control_reason_action(reason));
	err |= json_add_number(o, "packets", stats->packets);
	err |= json_add_number(o, "bytes", stats->bytes);
	err |= json_add_text(o, "help", control_reason_help(reason));
	return json_built(o, err);
}
