/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the loop is told.  Everything waits in the router until the ring has
 * room: a loop that is behind loses no transition and no memory, counters are
 * absolute, and of the rest the last is said.
 */
#include "xlbd/pulse_internal.h"

#include <string.h>

/* Room that counters leave to what happened. */
#define RESERVE (PULSE_EVENTS / 4)

static bool push(struct pulse_thread *t, const struct pulse_event *event)
{
	if (!message_ring_push(t->events, event))
		return false;
	t->woke_loop = true;
	return true;
}

void pulse_report_change(struct pulse_router *r, enum vrrp_state from)
{
	struct pulse_change *last = &r->changes[PULSE_MAX_CHANGES - 1];

	r->transitions[r->fsm.state]++;
	r->status_due = true;
	/* When all is full the last two become one: the end is right. */
	if (r->n_changes < PULSE_MAX_CHANGES) {
		last = &r->changes[r->n_changes++];
		last->from = from;
	}
	last->to = r->fsm.state;
	last->priority = r->fsm.priority;
	memcpy(last->cause, r->fsm.cause, sizeof(last->cause));
}

static void report_status(struct pulse_thread *t, struct pulse_router *r)
{
	struct pulse_event e = {
		.type = PULSE_STATUS,
		.id = r->id,
		.status =
			{
				.state = r->fsm.state,
				.priority = r->fsm.priority,
				.master = r->fsm.master,
				.master_priority = r->fsm.master_priority,
				.lease_until = r->fsm.lease_until,
				.last_sent = r->last_sent,
				.sent = r->sent,
				.sent_stop = r->sent_stop,
				.send_error = r->send_error,
				.failover = r->fsm.failover,
			},
	};

	if (!r->status_due)
		return;
	memcpy(e.status.transitions, r->transitions, sizeof(r->transitions));
	vrrp_explain(&r->fsm, e.status.why, sizeof(e.status.why));
	r->status_due = !push(t, &e);
}

static void report_changes(struct pulse_thread *t, struct pulse_router *r)
{
	struct pulse_event e = {.type = PULSE_CHANGED, .id = r->id};
	size_t said = 0;

	for (; said < r->n_changes; said++) {
		e.change = r->changes[said];
		if (!push(t, &e))
			break;
	}
	r->n_changes -= said;
	memmove(r->changes, r->changes + said,
		r->n_changes * sizeof(r->changes[0]));
}

static void report_rejections(struct pulse_thread *t, struct pulse_router *r,
			      struct pulse_peer *p)
{
	struct pulse_event e = {
		.type = PULSE_REJECTED,
		.id = r->id,
		.peer = p->stats.peer,
	};

	for (unsigned int why = 0; p->rejections_due && why < 32; why++) {
		if (!(p->rejections_due & 1U << why))
			continue;
		e.why = why;
		if (!push(t, &e))
			return;
		p->rejections_due &= ~(1U << why);
	}
}

static void report_peer(struct pulse_thread *t, struct pulse_router *r,
			size_t index)
{
	struct pulse_peer *p = &r->peers[index];
	struct pulse_event e = {
		.type = PULSE_PEER,
		.id = r->id,
		.peer = p->stats.peer,
	};

	/* The last slot is nobody's own. */
	if (p->heard_due && !addr_is_zero(&p->stats.peer))
		p->heard_due = !push(t, &e);
	report_rejections(t, r, p);
}

static void report_occurrences(struct pulse_thread *t, struct pulse_router *r)
{
	struct pulse_event e = {.id = r->id};

	if (r->lower_due) {
		e.type = PULSE_LOWER;
		e.peer = r->lower;
		r->lower_due = !push(t, &e);
	}
	if (r->difference_due) {
		e.type = PULSE_DIFFERS;
		e.difference = r->difference;
		r->difference_due = !push(t, &e);
	}
	if (r->sending_due) {
		e.type = PULSE_SENDING;
		e.error = r->send_error;
		r->sending_due = !push(t, &e);
	}
}

static void give_back(struct pulse_thread *t, struct pulse_router *r)
{
	struct pulse_event e = {.type = PULSE_REPLACED, .id = r->id};

	while (r->replaced) {
		struct pulse_setup *next = r->replaced->next;

		e.setup = r->replaced;
		if (!push(t, &e))
			return;
		r->replaced = next;
	}
	e.type = PULSE_REMOVED;
	e.router = r;
	/* From here on it is the loop's. */
	if (r->leaving && !r->n_changes && push(t, &e))
		t->routers[e.id] = NULL;
}

static void report_router(struct pulse_thread *t, struct pulse_router *r)
{
	/* Who asks on a change finds the status that goes with it. */
	if (r->n_changes)
		report_status(t, r);
	report_changes(t, r);
	for (size_t i = 0; i < r->n_peers; i++)
		report_peer(t, r, i);
	report_occurrences(t, r);
	give_back(t, r);
}

static void report_silence(struct pulse_thread *t)
{
	struct pulse_event e = {
		.type = PULSE_REVIVED,
		.silence = t->silence,
	};

	if (t->silence.us && push(t, &e))
		t->silence = USEC_ZERO;
}

void pulse_report(struct pulse_thread *t)
{
	report_silence(t);
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		if (t->routers[i])
			report_router(t, t->routers[i]);
	}
}

static void report_stats(struct pulse_thread *t, struct pulse_router *r)
{
	struct pulse_event e = {.type = PULSE_PEER_STATS, .id = r->id};

	report_status(t, r);
	for (size_t i = 0; i < r->n_peers; i++) {
		if (!r->peers[i].stats_due ||
		    message_ring_room(t->events) < RESERVE)
			continue;
		e.peer_stats.index = i;
		e.peer_stats.stats = r->peers[i].stats;
		r->peers[i].stats_due = !push(t, &e);
	}
}

/* Begins where the last tick's room ended, so that everybody has a turn. */
void pulse_report_stats(struct pulse_thread *t)
{
	for (size_t n = 0; n < PULSE_MAX_INSTANCES; n++) {
		struct pulse_router *r = t->routers[t->stats_next];

		if (message_ring_room(t->events) < RESERVE)
			return;
		if (r) {
			r->status_due = true;
			report_stats(t, r);
		}
		t->stats_next = (t->stats_next + 1) % PULSE_MAX_INSTANCES;
	}
}

bool pulse_report_is_done(const struct pulse_thread *t)
{
	for (size_t i = 0; i < PULSE_MAX_INSTANCES; i++) {
		if (t->routers[i])
			return false;
	}
	return true;
}
