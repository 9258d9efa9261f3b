/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control_walk.h"

#include "xlbd/control_answer.h"
#include "xlbd/control_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* With more unread than this a walk waits for the client. */
#define UNREAD_ENOUGH (256 * 1024)
#define TEXT_PIECE    (64 * 1024)

struct control_walk {
	struct control_walk_source source;
	struct stream_client *client;
	struct loop_timer *timer;
	/* one slice: 1 there is more, 0 all said, -errno nothing said of it */
	int (*slice)(struct control_walk *w);
	struct answer_list list;
	struct session_filter filter;
	struct session_cursor_slot cursor;
	uint64_t count;
	struct endpoint *services; /* whose backends are told */
	size_t n_services, room, next;
	char *text;
	size_t length, said;
	bool failed;
};

static void walk_free(struct control_walk *w)
{
	if (!w)
		return;
	loop_timer_free(w->timer);
	answer_list_fini(&w->list);
	free(w->services);
	free(w->text);
	free(w);
}

void control_walk_cancel(struct stream_client *client)
{
	walk_free(stream_data(client));
	stream_set_data(client, NULL);
}

static void walk_step(void *arg)
{
	struct control_walk *w = arg;
	struct stream_client *client = w->client;
	int more = w->slice(w);

	if (more > 0) {
		if (stream_pending(client) < UNREAD_ENOUGH)
			loop_timer_set(w->timer, USEC_ZERO);
		return;
	}
	control_walk_cancel(client);
	if (more < 0)
		answer_error(client, strerror(-more));
	stream_hold(client, false);
}

void control_walk_resume(struct stream_client *client)
{
	struct control_walk *w = stream_data(client);

	if (w)
		loop_timer_set(w->timer, USEC_ZERO);
}

static struct control_walk *walk_new(const struct control_walk_source *source,
				     struct stream_client *client,
				     int (*slice)(struct control_walk *w))
{
	struct control_walk *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->source = *source;
	w->client = client;
	w->slice = slice;
	w->list.to = client;
	if (loop_timer_new(source->loop, walk_step, w, &w->timer)) {
		free(w);
		return NULL;
	}
	return w;
}

static int walk_start(struct control_walk *w)
{
	stream_set_data(w->client, w);
	stream_hold(w->client, true);
	walk_step(w);
	return 0;
}

static int walk_start_filtered(const struct control_walk_source *source,
			       struct stream_client *client,
			       const struct session_filter *filter,
			       int (*slice)(struct control_walk *w))
{
	struct control_walk *w = walk_new(source, client, slice);

	if (!w)
		return -ENOMEM;
	w->filter = *filter;
	w->list.name = "sessions";
	return walk_start(w);
}

static void list_session(void *to, const struct session_row *row)
{
	answer_list_row(to, control_session_object(row));
}

static int slice_sessions(struct control_walk *w)
{
	int more = w->source.ops->sessions(w->source.arg, &w->cursor,
					   &w->filter, list_session, &w->list);

	if (more >= 0)
		answer_list_flush(&w->list, !more);
	return more;
}

int control_walk_sessions(const struct control_walk_source *source,
			  struct stream_client *client,
			  const struct session_filter *filter)
{
	return walk_start_filtered(source, client, filter, slice_sessions);
}

static void count_session(void *to, const struct session_row *row)
{
	uint64_t *count = to;

	(void)row;
	(*count)++;
}

static void answer_count(struct control_walk *w, const char *name)
{
	struct json *data = json_new_object();
	int err = json_add_number(data, name, w->count);

	answer_data(w->client, json_built(data, err));
}

static int slice_count(struct control_walk *w)
{
	int more = w->source.ops->sessions(w->source.arg, &w->cursor,
					   &w->filter, count_session,
					   &w->count);

	if (!more)
		answer_count(w, "sessions");
	return more;
}

int control_walk_count(const struct control_walk_source *source,
		       struct stream_client *client,
		       const struct session_filter *filter)
{
	return walk_start_filtered(source, client, filter, slice_count);
}

static int slice_flush(struct control_walk *w)
{
	uint64_t ended = 0;
	int more = w->source.ops->session_flush(w->source.arg, &w->cursor,
						&w->filter, &ended);

	w->count += ended;
	if (!more)
		answer_count(w, "ended");
	return more;
}

int control_walk_flush(const struct control_walk_source *source,
		       struct stream_client *client,
		       const struct session_filter *filter)
{
	return walk_start_filtered(source, client, filter, slice_flush);
}

static void note_service(void *to, const struct service_row *row)
{
	struct control_walk *w = to;
	struct endpoint *more;

	if (w->n_services == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		more = reallocarray(w->services, w->room, sizeof(*more));
		if (!more) {
			w->failed = true;
			w->room = w->n_services;
			return;
		}
		w->services = more;
	}
	w->services[w->n_services++] = row->endpoint;
}

static void list_backend(void *to, const struct backend_row *row)
{
	answer_list_row(to, control_backend_object(row));
}

/* A service a slice; one deleted meanwhile has no backends to tell. */
static int slice_backends(struct control_walk *w)
{
	char error[CONTROL_ERROR_SIZE] = "";

	if (w->next < w->n_services)
		w->source.ops->backends(w->source.arg, &w->services[w->next++],
					list_backend, &w->list, error);
	answer_list_flush(&w->list, w->next == w->n_services);
	return w->next < w->n_services;
}

int control_walk_backends(const struct control_walk_source *source,
			  struct stream_client *client)
{
	struct control_walk *w = walk_new(source, client, slice_backends);

	if (!w)
		return -ENOMEM;
	w->list.name = "backends";
	source->ops->services(source->arg, note_service, w);
	if (w->failed) {
		walk_free(w);
		return -ENOMEM;
	}
	return walk_start(w);
}

static int slice_text(struct control_walk *w)
{
	size_t left = w->length - w->said;
	size_t size = left < TEXT_PIECE ? left : TEXT_PIECE;
	char piece[TEXT_PIECE + 1];
	struct json *data = json_new_object();
	int err;

	memcpy(piece, w->text + w->said, size);
	piece[size] = '\0';
	err = json_add_text(data, "text", piece);
	w->said += size;
	answer_part(w->client, json_built(data, err), w->said == w->length);
	return w->said < w->length;
}

int control_walk_text(const struct control_walk_source *source,
		      struct stream_client *client, char *text, size_t length)
{
	struct control_walk *w = walk_new(source, client, slice_text);

	if (!w) {
		free(text);
		return -ENOMEM;
	}
	w->text = text;
	w->length = length;
	return walk_start(w);
}
