/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control.h"

#include "xlbd/control_answer.h"
#include "xlbd/control_change.h"
#include "xlbd/control_request.h"
#include "xlbd/control_rows.h"
#include "xlbd/control_walk.h"
#include "xlbd/stream_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(CONTROL_ERROR_SIZE >= COMMAND_ERROR_SIZE, "one buffer for both");

struct control {
	struct control_walk_source source;
	struct stream_server *server;
};

/* A request being answered. */
struct answer {
	const struct control_walk_source *source;
	const struct control_ops *ops;
	void *arg;
	struct stream_client *to;
	const struct command_values *values;
};

static bool is_given(const struct answer *a, enum argument_id id)
{
	return a->values->given & ARGUMENT_BIT(id);
}

/* Each returns 0, having answered or started to, or -errno. */
static int answer_status(const struct answer *a)
{
	struct status_row row;
	int err = a->ops->status(a->arg, &row);

	if (!err)
		answer_data(a->to, control_status_object(&row));
	return err;
}

static void list_service(void *to, const struct service_row *row)
{
	answer_list_row(to, control_service_object(row));
}

static void list_services(const struct answer *a, bool end)
{
	struct answer_list list = {.to = a->to, .name = "services"};

	a->ops->services(a->arg, list_service, &list);
	answer_list_flush(&list, end);
}

static int answer_services(const struct answer *a)
{
	list_services(a, true);
	return 0;
}

static void list_backend(void *to, const struct backend_row *row)
{
	answer_list_row(to, control_backend_object(row));
}

static int answer_backends(const struct answer *a)
{
	struct answer_list list = {.to = a->to, .name = "backends"};
	struct endpoint service = a->values->service;
	char error[CONTROL_ERROR_SIZE];

	if (!is_given(a, ARGUMENT_SERVICE))
		return control_walk_backends(a->source, a->to);
	if (control_find_service(a->ops, a->arg, &service, error)) {
		answer_error(a->to, error);
		return 0;
	}
	a->ops->backends(a->arg, &service, list_backend, &list, error);
	answer_list_flush(&list, true);
	return 0;
}

static struct json *reason_list(const struct answer *a)
{
	struct json *list = json_new_array();
	struct reason_stats stats;
	int err = 0;

	for (int i = 0; !err && i < XLBD_REASON_MAX; i++) {
		err = a->ops->reason(a->arg, i, &stats);
		if (!err)
			err = json_append(list,
					  control_reason_object(i, &stats));
	}
	return json_built(list, err);
}

static int answer_metrics(const struct answer *a)
{
	size_t length;
	char *text = control_render_metrics(a->ops, a->arg, &length);

	return text ? control_walk_text(a->source, a->to, text, length)
		    : -ENOMEM;
}

static int answer_stats(const struct answer *a)
{
	struct status_row status;
	struct json *data;
	int err;

	if (is_given(a, ARGUMENT_PROMETHEUS))
		return answer_metrics(a);
	err = a->ops->status(a->arg, &status);
	if (err)
		return err;
	data = json_new_object();
	err |= json_add_number(data, "sessions", status.sessions);
	err |= json_add_number(data, "max_sessions", status.max_sessions);
	err |= json_add(data, "reasons", reason_list(a));
	data = json_built(data, err);
	if (!data)
		return -EIO;
	answer_part(a->to, data, false);
	list_services(a, false);
	return control_walk_backends(a->source, a->to);
}

static void list_vrrp(void *to, const struct vrrp_row *row)
{
	answer_list_row(to, control_vrrp_object(row));
}

static int answer_vrrps(const struct answer *a)
{
	struct answer_list list = {.to = a->to, .name = "instances"};
	char error[CONTROL_ERROR_SIZE];
	int err = a->ops->vrrps(a->arg, NULL, list_vrrp, &list, error);

	if (!err)
		answer_list_flush(&list, true);
	return err;
}

static void show_vrrp(void *to, const struct vrrp_row *row)
{
	answer_data(to, control_vrrp_object(row));
}

static int answer_vrrp(const struct answer *a)
{
	char error[CONTROL_ERROR_SIZE] = "";

	if (a->ops->vrrps(a->arg, a->values->instance, show_vrrp, a->to, error))
		answer_error(a->to, error);
	return 0;
}

static int answer_sessions(const struct answer *a,
			   int (*walk)(const struct control_walk_source *,
				       struct stream_client *,
				       const struct session_filter *))
{
	const struct command_values *v = a->values;
	struct session_filter filter = {
		.has_service = is_given(a, ARGUMENT_SERVICE),
		.has_backend = is_given(a, ARGUMENT_BACKEND),
		.has_client = is_given(a, ARGUMENT_CLIENT),
		.service = v->service,
		.backend = v->backend,
		.client = v->client,
		.state = v->state,
		.older = v->older,
	};
	char error[CONTROL_ERROR_SIZE];

	if (filter.has_service &&
	    control_find_service(a->ops, a->arg, &filter.service, error)) {
		answer_error(a->to, error);
		return 0;
	}
	return walk(a->source, a->to, &filter);
}

static int answer_session_list(const struct answer *a)
{
	return answer_sessions(a, control_walk_sessions);
}

static int answer_session_count(const struct answer *a)
{
	return answer_sessions(a, control_walk_count);
}

static int answer_session_flush(const struct answer *a)
{
	return answer_sessions(a, control_walk_flush);
}

static void answer_change(const struct answer *a,
			  const struct control_request *request)
{
	char message[CONTROL_ERROR_SIZE], error[CONTROL_ERROR_SIZE];
	struct json *data;
	int err;

	if (control_change(a->ops, a->arg, request, message, error)) {
		answer_error(a->to, error);
		return;
	}
	data = json_new_object();
	err = json_add_text(data, "message", message);
	err |= json_add_text(data, "scope", "this node only");
	answer_data(a->to, json_built(data, err));
}

static void answer_request(const struct answer *a,
			   const struct control_request *request)
{
	static int (*const answers[COMMAND_COUNT])(const struct answer *) = {
		[COMMAND_STATUS] = answer_status,
		[COMMAND_STATS] = answer_stats,
		[COMMAND_SERVICE_LIST] = answer_services,
		[COMMAND_BACKEND_LIST] = answer_backends,
		[COMMAND_SESSION_LIST] = answer_session_list,
		[COMMAND_SESSION_COUNT] = answer_session_count,
		[COMMAND_SESSION_FLUSH] = answer_session_flush,
		[COMMAND_VRRP_LIST] = answer_vrrps,
		[COMMAND_VRRP_SHOW] = answer_vrrp,
	};
	int err;

	if (!answers[request->command]) {
		answer_change(a, request);
		return;
	}
	err = answers[request->command](a);
	if (err)
		answer_error(a->to, strerror(-err));
}

static void client_line(void *arg, struct stream_client *client, char *line,
			size_t length)
{
	struct control *c = arg;
	struct control_request request;
	char error[CONTROL_ERROR_SIZE];
	struct answer a = {
		.source = &c->source,
		.ops = c->source.ops,
		.arg = c->source.arg,
		.to = client,
		.values = &request.values,
	};

	if (control_request_parse(line, length, &request, error))
		answer_error(client, error);
	else
		answer_request(&a, &request);
}

static void client_too_long(void *arg, struct stream_client *client)
{
	(void)arg;
	answer_error(client, "request too long: at most 64 KiB on one line");
}

static void client_drained(void *arg, struct stream_client *client)
{
	(void)arg;
	control_walk_resume(client);
}

static void client_closed(void *arg, struct stream_client *client)
{
	(void)arg;
	control_walk_cancel(client);
}

int control_open(struct loop *l, const char *path,
		 const struct control_ops *ops, void *arg, struct control **out)
{
	static const struct stream_limits limits = {
		.max_line = 64 * 1024,
		.max_clients = 64,
		.idle = USEC_SECONDS(5),
		.max_backlog = 16 * 1024 * 1024,
	};
	static const struct stream_handlers handlers = {
		.line = client_line,
		.too_long = client_too_long,
		.drained = client_drained,
		.closed = client_closed,
	};
	struct control *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->source = (struct control_walk_source){l, ops, arg};
	err = stream_listen(l, path, &limits, &handlers, c, &c->server);
	if (err) {
		free(c);
		return err;
	}
	*out = c;
	return 0;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	stream_free(c->server);
	free(c);
}

int control_cleanup(const char *path)
{
	return stream_socket_sweep(path);
}
