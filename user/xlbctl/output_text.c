/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/output.h"

#include "xlbctl/format.h"
#include "xlbctl/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_line(const char *label, const char *text)
{
	printf("%-12s%s\n", label, text);
}

static void print_interfaces(const struct json *list)
{
	char name[FORMAT_SIZE], mode[FORMAT_SIZE];

	printf("%-12s", "interfaces");
	for (size_t i = 0; i < json_count(list); i++) {
		format_text(json_at(list, i), "name", name);
		format_text(json_at(list, i), "mode", mode);
		printf("%s%s (%s)", i ? ", " : "", name, mode);
	}
	puts(json_count(list) ? "" : "none");
}

static void print_room(const struct json *data)
{
	printf("%-12s%" PRId64 " of %" PRId64 "\n", "sessions",
	       json_whole(json_get(data, "sessions")),
	       json_whole(json_get(data, "max_sessions")));
}

static bool is_set(const struct json *data, const char *name)
{
	return json_kind(json_get(data, name)) == JSON_KIND_TRUE;
}

static void print_masters(const struct json *data)
{
	printf("%-12smaster of %" PRId64 " of %" PRId64 "\n", "vrrp",
	       json_whole(json_get(data, "masters")),
	       json_whole(json_get(data, "instances")));
}

static void print_status(const struct json *data)
{
	char text[FORMAT_SIZE], since[FORMAT_SIZE];

	format_text(data, "version", text);
	format_ago(data, "since", since);
	printf("xlbd %s, running for %s\n", text, since);
	if (is_set(data, "maintenance"))
		print_line("maintenance",
			   "on: xlbctl vrrp maintenance off ends it");
	format_text(data, "config", text);
	print_line("config", text);
	format_text(data, "pin_path", text);
	print_line("pins", text);
	print_interfaces(json_get(data, "interfaces"));
	format_number(data, "vips", text);
	print_line("vips", text);
	format_number(data, "services", text);
	print_line("services", text);
	format_up_of(data, "backends", text);
	printf("%-12s%s up\n", "backends", text);
	if (json_whole(json_get(data, "instances")))
		print_masters(data);
	print_room(data);
}

static void print_stats(const struct json *data)
{
	const char *text = json_text(json_get(data, "text"));

	if (text) /* --prometheus */
		fputs(text, stdout);
	else if (json_get(data, "max_sessions"))
		print_room(data);
}

static void print_count(const struct json *data)
{
	int64_t n = json_whole(json_get(data, "sessions"));

	printf("%" PRId64 " session%s\n", n, n == 1 ? "" : "s");
}

static void print_ended(const struct json *data)
{
	int64_t n = json_whole(json_get(data, "ended"));

	printf("%" PRId64 " session%s ended (this node only)\n", n,
	       n == 1 ? "" : "s");
}

static void print_change(const struct json *data)
{
	char message[FORMAT_SIZE], scope[FORMAT_SIZE];

	format_text(data, "message", message);
	format_text(data, "scope", scope);
	printf("%s (%s)\n", message, scope);
}

/* Who, with which priority. */
static void print_priorities(const struct json *data)
{
	int64_t effective = json_whole(json_get(data, "priority"));
	int64_t base = json_whole(json_get(data, "base_priority"));
	char master[FORMAT_SIZE];

	printf("%-12s%" PRId64, "priority", effective);
	if (effective != base)
		printf(" (configured: %" PRId64 ")", base);
	puts(is_set(data, "nopreempt") ? ", nopreempt" : "");
	format_text(data, "master", master);
	printf("%-12s%s", "master", master);
	if (json_get(data, "master_priority"))
		printf(", priority %" PRId64,
		       json_whole(json_get(data, "master_priority")));
	putchar('\n');
}

static void print_adverts(const struct json *data)
{
	const char *error = json_text(json_get(data, "send_error"));

	printf("%-12s%" PRId64 " sent, %" PRId64 " of them to resign",
	       "adverts", json_whole(json_get(data, "sent")),
	       json_whole(json_get(data, "sent_stop")));
	if (error)
		printf("; cannot be sent: %s", error);
	putchar('\n');
}

/* Down to milliseconds, which both may be. */
static const char *print_time(const struct json *data, const char *name,
			      char buf[USEC_PRINT_SIZE])
{
	struct usec span = json_span(json_get(data, name));

	span.us -= span.us % 1000;
	return usec_print(span, buf, USEC_PRINT_SIZE);
}

static void print_place(const struct json *data)
{
	char interface[FORMAT_SIZE], source[FORMAT_SIZE];
	char every[USEC_PRINT_SIZE];

	format_text(data, "interface", interface);
	format_text(data, "source", source);
	printf("%-12s%s, from %s, VRID %" PRId64 ", version %" PRId64
	       ", every %s\n",
	       "interface", interface, source,
	       json_whole(json_get(data, "vrid")),
	       json_whole(json_get(data, "version")),
	       print_time(data, "advert_int", every));
}

static void print_vrrp(const struct json *data)
{
	char text[FORMAT_SIZE], state[FORMAT_SIZE], since[FORMAT_SIZE];
	char lease[USEC_PRINT_SIZE];

	format_text(data, "instance", text);
	format_text(data, "state", state);
	format_ago(data, "since", since);
	printf("%s is %s, for %s\n", text, state, since);
	format_text(data, "why", text);
	print_line("why", text);
	format_text(data, "cause", text);
	print_line("last change", text);
	print_place(data);
	print_priorities(data);
	if (json_get(data, "lease_left"))
		print_line("lease left", print_time(data, "lease_left", lease));
	if (json_get(data, "group")) {
		format_text(data, "group", text);
		print_line("sync group", text);
	}
	if (is_set(data, "failover"))
		print_line("failover",
			   "in force, until --cancel or the peer is lost");
	print_adverts(data);
	format_counts(data, "transitions", text);
	print_line("became", text);
}

/* Everything of a part that is not a list. */
static void print_facts(enum command_id command, const struct json *data)
{
	switch (command) {
	case COMMAND_STATUS:
		print_status(data);
		break;
	case COMMAND_STATS:
		print_stats(data);
		break;
	case COMMAND_SESSION_COUNT:
		print_count(data);
		break;
	case COMMAND_SESSION_FLUSH:
		print_ended(data);
		break;
	case COMMAND_VRRP_SHOW:
		print_vrrp(data);
		break;
	case COMMAND_SERVICE_LIST:
	case COMMAND_BACKEND_LIST:
	case COMMAND_SESSION_LIST:
	case COMMAND_VRRP_LIST:
		break;
	default:
		print_change(data);
	}
}

static void close_table(struct text_output *o)
{
	if (!o->view)
		return;
	if (!o->rows)
		puts(o->view->empty);
	table_finish(&o->table);
	o->view = NULL;
}

static void open_table(struct text_output *o, const struct view *view)
{
	size_t i;

	close_table(o);
	if (o->command == COMMAND_STATS || o->command == COMMAND_VRRP_SHOW)
		putchar('\n'); /* several tables */
	o->view = view;
	o->rows = 0;
	for (i = 0; i < TABLE_COLUMNS && view->columns[i].header; i++)
		o->table.right[i] = view->columns[i].right;
	o->table.columns = i;
}

static void print_header(struct text_output *o)
{
	const char *cells[TABLE_COLUMNS];

	for (size_t i = 0; i < o->table.columns; i++)
		cells[i] = o->view->columns[i].header;
	table_row(&o->table, cells);
}

static void print_row(struct text_output *o, const struct json *row)
{
	char texts[TABLE_COLUMNS][FORMAT_SIZE];
	const char *cells[TABLE_COLUMNS];

	if (o->view->only && !json_whole(json_get(row, o->view->only)))
		return;
	if (!o->rows++)
		print_header(o);
	for (size_t i = 0; i < o->table.columns; i++) {
		const struct column *c = &o->view->columns[i];

		c->format(row, c->member, texts[i]);
		cells[i] = texts[i];
	}
	table_row(&o->table, cells);
}

void text_output_part(void *output, const struct json *data, bool end)
{
	struct text_output *o = output;
	const struct view *view;
	const struct json *value;
	void *cursor = NULL;
	const char *name;

	print_facts(o->command, data);
	while (json_next(data, &cursor, &name, &value)) {
		view = json_kind(value) == JSON_KIND_ARRAY
			       ? view_find(o->command, name)
			       : NULL;
		if (!view)
			continue;
		if (view != o->view)
			open_table(o, view);
		for (size_t i = 0; i < json_count(value); i++)
			print_row(o, json_at(value, i));
	}
	if (end)
		close_table(o);
}
