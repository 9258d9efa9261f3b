/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: forgetting the idle ones, counting and listing the others.  The
 * table is walked in slices, so that the loop is never held long.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define SWEEP_SLICE 8192 /* records a turn */
#define SWEEP_TURN  USEC_MS(20)
#define SWEEP_REST  USEC_MS(500) /* after a whole walk */
#define LIST_SLICE  4096

/* One session, out of its one or two records. */
struct session_view {
	const struct session4_key *key;
	const struct session4 *forward;
	struct session4_key reply_key;
	struct session4 reply; /* FNAT's, if there is one */
	bool has_reply;
	enum session_state state;
	uint32_t idle; /* ticks since either direction had a packet */
};

static uint32_t ticks_since(uint32_t now, uint32_t then)
{
	return (int32_t)(now - then) > 0 ? now - then : 0;
}

static void view_session(struct engine *e, const struct session4_key *key,
			 const struct session4 *forward, uint32_t now,
			 struct session_view *view)
{
	uint32_t idle;

	memset(view, 0, sizeof(*view));
	view->key = key;
	view->forward = forward;
	view->reply_key = (struct session4_key){
		.saddr = forward->daddr,
		.daddr = forward->saddr,
		.sport = forward->dport,
		.dport = forward->sport,
		.protocol = key->protocol,
	};
	view->idle = ticks_since(now, forward->last_seen);
	if (forward->kind == BACKEND_FNAT)
		view->has_reply = !dataplane_find_session(
			e->dataplane, &view->reply_key, &view->reply);
	if (view->has_reply) {
		idle = ticks_since(now, view->reply.last_seen);
		if (idle < view->idle)
			view->idle = idle;
	}
	view->state = session_state_of(forward->kind, key->protocol,
				       forward->seen, view->reply.seen);
}

static void end_session(struct engine *e, const struct session_view *view)
{
	dataplane_del_session(e->dataplane, view->key);
	if (view->has_reply)
		dataplane_del_session(e->dataplane, &view->reply_key);
}

static struct engine_backend *backend_of(struct engine *e,
					 const struct session4 *s)
{
	if (s->backend >= XLBD_MAX_BACKENDS ||
	    e->generations[s->backend] != s->generation)
		return NULL;
	return e->by_slot[s->backend];
}

static bool is_expired(struct engine *e, const struct session4_key *key,
		       const struct session4 *s, uint32_t now)
{
	struct session_view view;

	/* Most were seen a moment ago: no need to look at the other half. */
	if (ticks_since(now, s->last_seen) <
	    dataplane_ticks_of(session_idle_least(&e->conf->timeouts)))
		return false;
	view_session(e, key, s, now, &view);
	return view.idle >= dataplane_ticks_of(session_idle_limit(
				    view.state, &e->conf->timeouts));
}

/* The copy that was judged is not new: its client may have come back since. */
static bool is_as_seen(struct engine *e, const struct session4_key *key,
		       const struct session4 *s)
{
	struct session4 now;

	return !dataplane_find_session(e->dataplane, key, &now) &&
	       now.last_seen == s->last_seen && now.created == s->created;
}

/* A reply's record goes with its session, which is judged by the other. */
static bool is_orphan(struct engine *e, const struct session4_key *key,
		      const struct session4 *s, uint32_t now)
{
	struct session4_key forward_key = {
		.saddr = s->daddr,
		.daddr = s->saddr,
		.sport = s->dport,
		.dport = s->sport,
		.protocol = key->protocol,
	};
	struct session4 forward;

	return ticks_since(now, s->last_seen) >=
		       dataplane_ticks_of(SESSION_IDLE_CLOSED) &&
	       (dataplane_find_session(e->dataplane, &forward_key, &forward) ||
		forward.sport != key->dport || forward.saddr != key->daddr);
}

static enum session_verdict
sweep_visit(void *arg, const struct session4_key *key, const struct session4 *s)
{
	struct engine *e = arg;
	uint32_t now = dataplane_ticks();
	struct engine_backend *b = backend_of(e, s);

	if (s->kind == BACKEND_NONE) /* claimed, by a CPU that gave it up */
		return ticks_since(now, s->last_seen) <
				       dataplane_ticks_of(SESSION_IDLE_CLOSED)
			       ? SESSION_KEEP
			       : SESSION_DELETE;
	if (!b)
		return SESSION_DELETE;
	if (s->direction == SESSION_REPLY)
		return is_orphan(e, key, s, now) ? SESSION_DELETE
						 : SESSION_KEEP;
	if (is_expired(e, key, s, now) && is_as_seen(e, key, s)) {
		struct session_view view;

		view_session(e, key, s, now, &view);
		end_session(e, &view);
		return SESSION_KEEP;
	}
	e->counting++;
	b->counting++;
	b->service->counting++;
	return SESSION_KEEP;
}

static void publish_counts(struct engine *e)
{
	e->sessions = e->counting;
	e->counting = 0;
	for (size_t i = 0; i < e->n_services; i++) {
		struct engine_service *s = e->services[i];

		s->sessions = s->counting;
		s->counting = 0;
		for (size_t j = 0; j < s->n_backends; j++) {
			s->backends[j]->sessions = s->backends[j]->counting;
			s->backends[j]->counting = 0;
		}
	}
}

void engine_exclude_port(struct engine *e, uint16_t port)
{
	bool taken = listeners_has(e->listeners, port);

	for (size_t i = 0; !taken && i < e->n_services; i++)
		taken = e->services[i]->endpoint.port == port;
	dataplane_set_snat_excluded(e->dataplane, port, taken);
}

static void on_listener(void *arg, uint16_t port)
{
	engine_exclude_port(arg, port);
}

/* Programs of this node start and stop listening without telling anybody. */
static void look_for_listeners(struct engine *e)
{
	int err = listeners_read(e->listeners, on_listener, e);

	if (err)
		log_error("listeners: cannot read: %s", strerror(-err));
	for (size_t i = 0; i < e->n_services; i++) {
		for (size_t j = 0; j < e->services[i]->n_backends; j++)
			engine_backend_locate(e->services[i]->backends[j]);
	}
}

static void on_sweep(void *arg)
{
	struct engine *e = arg;
	int more = dataplane_walk_sessions(e->dataplane, &e->sweep, SWEEP_SLICE,
					   sweep_visit, e);

	if (more > 0) {
		loop_timer_set(e->sweep_timer, SWEEP_TURN);
		return;
	}
	if (more < 0)
		log_error("sessions: cannot walk: %s", strerror(-more));
	else
		publish_counts(e);
	memset(&e->sweep, 0, sizeof(e->sweep));
	look_for_listeners(e);
	engine_shortages_look(e);
	loop_timer_set(e->sweep_timer, SWEEP_REST);
}

int engine_sweep_start(struct engine *e)
{
	int err = loop_timer_new(e->loop, on_sweep, e, &e->sweep_timer);

	if (err)
		return err;
	look_for_listeners(e);
	engine_shortages_start(e);
	loop_timer_set(e->sweep_timer, SWEEP_REST);
	return 0;
}

/* --- listing and flushing, for the control socket ------------------------ */

struct walk {
	struct engine *engine;
	const struct session_filter *filter;
	void (*row)(void *to, const struct session_row *);
	void *to;
	uint64_t *ended; /* NULL: list */
	uint32_t now;
};

static bool endpoint_is(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_equal(&a->addr, &b->addr) &&
	       (!b->protocol || a->protocol == b->protocol);
}

static bool matches(const struct session_filter *f,
		    const struct engine_backend *b,
		    const struct session4_key *key)
{
	struct addr client = addr_from_v4(key->saddr);

	return (!f->has_service ||
		endpoint_is(&b->service->endpoint, &f->service)) &&
	       (!f->has_backend || endpoint_is(&b->endpoint, &f->backend)) &&
	       (!f->has_client || prefix_contains(&f->client, &client));
}

static void fill_row(const struct session_view *view,
		     const struct engine_backend *b, uint32_t now,
		     struct session_row *row)
{
	const struct session4 *s = view->forward;
	uint32_t age = ticks_since(now, s->created);

	memset(row, 0, sizeof(*row));
	row->client.addr = addr_from_v4(view->key->saddr);
	row->client.port = ntohs(view->key->sport);
	row->service = b->service->endpoint;
	row->backend = b->endpoint;
	row->backend.protocol = 0;
	if (s->kind == BACKEND_FNAT) {
		row->snat.addr = addr_from_v4(s->saddr);
		row->snat.port = ntohs(s->sport);
	}
	row->kind = engine_backend_kind(b);
	row->state = session_state_name(view->state);
	row->age.us = ((int64_t)age << XLBD_LAST_SEEN_SHIFT) / 1000;
	row->idle.us = ((int64_t)view->idle << XLBD_LAST_SEEN_SHIFT) / 1000;
}

/* Until the next sweep counts anew. */
static void uncount(struct engine *e, struct engine_backend *b)
{
	e->sessions -= e->sessions > 0;
	b->sessions -= b->sessions > 0;
	b->service->sessions -= b->service->sessions > 0;
}

static enum session_verdict
walk_visit(void *arg, const struct session4_key *key, const struct session4 *s)
{
	struct walk *w = arg;
	struct engine_backend *b = backend_of(w->engine, s);
	struct session_view view;
	struct session_row row;

	if (!b || s->kind == BACKEND_NONE || s->direction == SESSION_REPLY ||
	    !matches(w->filter, b, key))
		return SESSION_KEEP;
	view_session(w->engine, key, s, w->now, &view);
	if (w->filter->state &&
	    strcmp(w->filter->state, session_state_name(view.state)))
		return SESSION_KEEP;
	fill_row(&view, b, w->now, &row);
	if (usec_before(row.age, w->filter->older))
		return SESSION_KEEP;
	if (w->ended) {
		end_session(w->engine, &view);
		uncount(w->engine, b);
		++*w->ended;
	} else {
		w->row(w->to, &row);
	}
	return SESSION_KEEP;
}

static int walk_sessions(struct walk *w, struct session_cursor_slot *slot)
{
	struct session_cursor cursor;
	int more;

	_Static_assert(sizeof(cursor) <= sizeof(*slot), "room for the cursor");
	memcpy(&cursor, slot, sizeof(cursor));
	w->now = dataplane_ticks();
	more = dataplane_walk_sessions(w->engine->dataplane, &cursor,
				       LIST_SLICE, walk_visit, w);
	memcpy(slot, &cursor, sizeof(cursor));
	return more;
}

int engine_sessions(void *arg, struct session_cursor_slot *cursor,
		    const struct session_filter *filter,
		    void (*row)(void *to, const struct session_row *), void *to)
{
	struct walk w = {
		.engine = arg,
		.filter = filter,
		.row = row,
		.to = to,
	};

	return walk_sessions(&w, cursor);
}

int engine_session_flush(void *arg, struct session_cursor_slot *cursor,
			 const struct session_filter *filter, uint64_t *ended)
{
	struct walk w = {
		.engine = arg,
		.filter = filter,
		.ended = ended,
	};

	return walk_sessions(&w, cursor);
}
