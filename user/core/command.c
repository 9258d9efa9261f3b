/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define B(name) ARGUMENT_BIT(ARGUMENT_##name)
#define FILTER  (B(SERVICE) | B(BACKEND) | B(CLIENT) | B(STATE) | B(OLDER))

/* words, positional, named, required, help */
const struct command commands[COMMAND_COUNT] = {
	[COMMAND_STATUS] = {"status", 0, 0, 0,
			    "what runs here, in a few lines"},
	[COMMAND_STATS] = {"stats", 0, B(PROMETHEUS), 0,
			   "counters by reason, service and backend"},
	[COMMAND_SERVICE_LIST] = {"service list", 0, 0, 0,
				  "services and what they carry"},
	[COMMAND_SERVICE_ADD] = {"service add", B(SERVICE), B(KIND) | B(ALGO),
				 B(SERVICE),
				 "add a service (kind FNAT, algo wrr)"},
	[COMMAND_SERVICE_DEL] = {"service del", B(SERVICE), 0, B(SERVICE),
				 "delete a service and end its sessions"},
	[COMMAND_BACKEND_LIST] = {"backend list", B(SERVICE), 0, 0,
				  "backends, their state and why"},
	[COMMAND_BACKEND_ADD] = {"backend add", B(SERVICE) | B(BACKEND),
				 B(WEIGHT) | B(CHECK), B(SERVICE) | B(BACKEND),
				 "add a backend, checked like the first one"},
	[COMMAND_BACKEND_DEL] = {"backend del", B(SERVICE) | B(BACKEND), 0,
				 B(SERVICE) | B(BACKEND),
				 "delete a backend and end its sessions"},
	[COMMAND_BACKEND_SET] = {"backend set", B(SERVICE) | B(BACKEND),
				 B(WEIGHT), B(SERVICE) | B(BACKEND) | B(WEIGHT),
				 "change a backend's weight"},
	[COMMAND_BACKEND_DRAIN] = {"backend drain", B(SERVICE) | B(BACKEND),
				   B(TIMEOUT), B(SERVICE) | B(BACKEND),
				   "no new sessions; let the open ones end"},
	[COMMAND_BACKEND_UNDRAIN] = {"backend undrain", B(SERVICE) | B(BACKEND),
				     0, B(SERVICE) | B(BACKEND),
				     "take new sessions again"},
	[COMMAND_SESSION_LIST] = {"session list", 0, FILTER, 0,
				  "sessions that match every filter given"},
	[COMMAND_SESSION_COUNT] = {"session count", 0, FILTER, 0,
				   "how many sessions match"},
	[COMMAND_SESSION_FLUSH] = {"session flush", 0, FILTER, 0,
				   "end the sessions that match"},
	[COMMAND_VRRP_LIST] = {"vrrp list", 0, 0, 0,
			       "virtual routers: state, master, VIPs"},
	[COMMAND_VRRP_SHOW] = {"vrrp show", B(INSTANCE), 0, B(INSTANCE),
			       "one of them, and why it is what it is"},
	[COMMAND_VRRP_FAILOVER] = {"vrrp failover", B(INSTANCE), B(CANCEL), 0,
				   "resign, and stay below every peer"},
	[COMMAND_VRRP_MAINTENANCE] = {"vrrp maintenance", B(SWITCH), 0,
				      B(SWITCH),
				      "on: own nothing, also after a restart"},
};

#define STATES "syn|established|fin|closed|udp"

/* name, value, type, help */
const struct argument arguments[ARGUMENT_COUNT] = {
	[ARGUMENT_SERVICE] = {"service", "SERVICE", ARGUMENT_TEXT,
			      "10.0.4.99:80[/tcp|/udp], [2001:db8::1]:443"},
	[ARGUMENT_BACKEND] = {"backend", "BACKEND", ARGUMENT_TEXT,
			      "10.0.4.31:8080"},
	[ARGUMENT_INSTANCE] = {"instance", "INSTANCE", ARGUMENT_TEXT,
			       "the name of a vrrp_instance"},
	[ARGUMENT_SWITCH] = {"switch", "on|off", ARGUMENT_TEXT,
			     "whether this node is out of service"},
	[ARGUMENT_KIND] = {"kind", "KIND", ARGUMENT_TEXT,
			   "how packets reach backends: FNAT or DR"},
	[ARGUMENT_ALGO] = {"algo", "ALGO", ARGUMENT_TEXT,
			   "how backends are picked: rr or wrr"},
	[ARGUMENT_WEIGHT] = {"weight", "N", ARGUMENT_NUMBER,
			     "share of new sessions, 0 to 65535"},
	[ARGUMENT_CHECK] = {"check", "none|tcp|http PATH", ARGUMENT_TEXT,
			    "how the backend's health is probed"},
	[ARGUMENT_TIMEOUT] = {"timeout", "TIME", ARGUMENT_TIME,
			      "then end what is still open"},
	[ARGUMENT_CLIENT] = {"client", "PREFIX", ARGUMENT_TEXT,
			     "10.0.4.50 or 10.0.0.0/8"},
	[ARGUMENT_STATE] = {"state", STATES, ARGUMENT_TEXT,
			    "what the connection is in"},
	[ARGUMENT_OLDER] = {"older", "TIME", ARGUMENT_TIME,
			    "opened at least that long ago"},
	[ARGUMENT_PROMETHEUS] = {"prometheus", NULL, ARGUMENT_FLAG,
				 "as Prometheus reads them"},
	[ARGUMENT_CANCEL] = {"cancel", NULL, ARGUMENT_FLAG,
			     "take part again as configured"},
};

__attribute__((format(printf, 2, 3))) static int refuse(char *error,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, COMMAND_ERROR_SIZE, format, args);
	va_end(args);
	return -EINVAL;
}

int command_find(const char *words)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		if (!strcmp(commands[id].words, words))
			return id;
	}
	return -1;
}

int argument_find(const char *name)
{
	for (int id = 0; id < ARGUMENT_COUNT; id++) {
		if (!strcmp(arguments[id].name, name))
			return id;
	}
	return -1;
}

__attribute__((format(printf, 3, 4))) static void
append(char *buf, size_t size, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;

	va_start(args, format);
	vsnprintf(buf + used, size - used, format, args);
	va_end(args);
}

const char *command_names(char *buf, size_t size)
{
	*buf = '\0';
	for (int id = 0; id < COMMAND_COUNT; id++)
		append(buf, size, "%s%s", id ? ", " : "", commands[id].words);
	return buf;
}

const char *command_synopsis(enum command_id id, char *buf, size_t size)
{
	const struct command *c = &commands[id];

	snprintf(buf, size, "%s", c->words);
	for (int i = 0; i < ARGUMENT_COUNT; i++) {
		const struct argument *a = &arguments[i];
		bool optional = !(c->required & ARGUMENT_BIT(i));
		const char *open = optional ? " [" : " ";
		const char *close = optional ? "]" : "";

		if (c->positional & ARGUMENT_BIT(i))
			append(buf, size, "%s%s%s", open, a->value, close);
		else if (!(c->named & ARGUMENT_BIT(i)))
			continue;
		else if (a->type == ARGUMENT_FLAG)
			append(buf, size, "%s--%s%s", open, a->name, close);
		else
			append(buf, size, "%s%s %s%s", open, a->name, a->value,
			       close);
	}
	return buf;
}

static int parse_service(const char *text, struct command_values *v,
			 char *error)
{
	if (endpoint_parse(text, &v->service))
		return refuse(
			error,
			"'%.80s' is no service: want ADDRESS:PORT, or ADDRESS:PORT/udp",
			text);
	return 0;
}

static int parse_backend(const char *text, struct command_values *v,
			 char *error)
{
	struct endpoint e;

	if (endpoint_parse(text, &e))
		return refuse(error, "'%.80s' is no backend: want ADDRESS:PORT",
			      text);
	if (e.protocol)
		return refuse(
			error,
			"'%.80s': a backend has its service's protocol; leave it out",
			text);
	v->backend = e;
	return 0;
}

static int parse_kind(const char *text, struct command_values *v, char *error)
{
	if (conf_kind_parse(text, &v->kind))
		return refuse(error, "'%.80s' is no kind: want FNAT or DR",
			      text);
	return 0;
}

static int parse_algo(const char *text, struct command_values *v, char *error)
{
	if (conf_algo_parse(text, &v->algo))
		return refuse(error, "'%.80s' is no algo: want rr or wrr",
			      text);
	return 0;
}

static int parse_weight(const char *text, struct command_values *v, char *error)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long weight = strtoul(text, NULL, 10);

	if (!digits || text[digits] || digits > 9 ||
	    weight > COMMAND_WEIGHT_MAX)
		return refuse(
			error,
			"'%.80s' is no weight: want a number from 0 to %d",
			text, COMMAND_WEIGHT_MAX);
	v->weight = weight;
	return 0;
}

static bool is_path(const char *text)
{
	if (*text != '/' || strlen(text) >= COMMAND_PATH_SIZE)
		return false;
	for (; *text; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

static int parse_check(const char *text, struct command_values *v, char *error)
{
	static const char http[] = "http ";

	if (!strcmp(text, "none")) {
		v->check = COMMAND_CHECK_NONE;
		return 0;
	}
	if (!strcmp(text, "tcp")) {
		v->check = COMMAND_CHECK_TCP;
		return 0;
	}
	if (!strncmp(text, http, strlen(http)) &&
	    is_path(text + strlen(http))) {
		v->check = COMMAND_CHECK_HTTP;
		strcpy(v->path, text + strlen(http));
		return 0;
	}
	return refuse(error,
		      "'%.80s' is no check: want none, tcp or http /PATH",
		      text);
}

static int parse_client(const char *text, struct command_values *v, char *error)
{
	if (prefix_parse(text, &v->client))
		return refuse(
			error,
			"'%.80s' is no prefix: want ADDRESS or ADDRESS/BITS",
			text);
	return 0;
}

static int parse_state(const char *text, struct command_values *v, char *error)
{
	static const char *const states[] = {"syn", "established", "fin",
					     "closed", "udp"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcmp(states[i], text)) {
			v->state = states[i];
			return 0;
		}
	}
	return refuse(error, "'%.80s' is no session state: want %s", text,
		      STATES);
}

static int parse_time(const char *text, struct usec *out, char *error)
{
	if (usec_parse(text, out))
		return refuse(
			error,
			"'%.80s' is no time: want 5, 500ms, 10s, 5m or 1h",
			text);
	return 0;
}

static int parse_timeout(const char *text, struct command_values *v,
			 char *error)
{
	return parse_time(text, &v->timeout, error);
}

static int parse_older(const char *text, struct command_values *v, char *error)
{
	return parse_time(text, &v->older, error);
}

static int parse_instance(const char *text, struct command_values *v,
			  char *error)
{
	size_t length = strlen(text);

	if (!length || length >= COMMAND_INSTANCE_SIZE)
		return refuse(error,
			      "'%.80s' is no instance: want 1 to %d bytes",
			      text, COMMAND_INSTANCE_SIZE - 1);
	memcpy(v->instance, text, length + 1);
	return 0;
}

static int parse_switch(const char *text, struct command_values *v, char *error)
{
	bool on = !strcmp(text, "on");

	if (!on && strcmp(text, "off"))
		return refuse(error, "'%.80s' is no switch: want on or off",
			      text);
	v->on = on;
	return 0;
}

static int parse_flag(const char *text, struct command_values *v, char *error)
{
	(void)text;
	(void)v;
	(void)error;
	return 0;
}

int argument_parse(enum argument_id id, const char *text,
		   struct command_values *values, char *error)
{
	static int (*const parse[ARGUMENT_COUNT])(
		const char *, struct command_values *, char *) = {
		[ARGUMENT_SERVICE] = parse_service,
		[ARGUMENT_BACKEND] = parse_backend,
		[ARGUMENT_INSTANCE] = parse_instance,
		[ARGUMENT_SWITCH] = parse_switch,
		[ARGUMENT_KIND] = parse_kind,
		[ARGUMENT_ALGO] = parse_algo,
		[ARGUMENT_WEIGHT] = parse_weight,
		[ARGUMENT_CHECK] = parse_check,
		[ARGUMENT_TIMEOUT] = parse_timeout,
		[ARGUMENT_CLIENT] = parse_client,
		[ARGUMENT_STATE] = parse_state,
		[ARGUMENT_OLDER] = parse_older,
		[ARGUMENT_PROMETHEUS] = parse_flag,
		[ARGUMENT_CANCEL] = parse_flag,
	};

	if (parse[id](text, values, error))
		return -EINVAL;
	values->given |= ARGUMENT_BIT(id);
	return 0;
}

int command_check_required(enum command_id id,
			   const struct command_values *values, char *error)
{
	unsigned int missing = commands[id].required & ~values->given;

	for (int i = 0; i < ARGUMENT_COUNT; i++) {
		const char *name = arguments[i].name;

		if (missing & ARGUMENT_BIT(i))
			return refuse(error, "%s needs a%s %s",
				      commands[id].words,
				      strchr("aeiou", *name) ? "n" : "", name);
	}
	return 0;
}
