/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop's side of the pulse: commands in, events out.  What it shows of an
 * instance is what the thread said last.
 */
#include "xlbd/log.h"
#include "xlbd/pulse_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wake(const struct pulse *p)
{
	uint64_t one = 1;

	/* It fails only if the count is at its end: then it is awake. */
	if (write(p->thread.command_fd, &one, sizeof(one)) < 0)
		return;
}

static int command(struct pulse *p, const struct pulse_command *c)
{
	if (!message_ring_push(p->thread.commands, c))
		return -EAGAIN;
	wake(p);
	return 0;
}

static struct pulse_known *find(const struct pulse *p, unsigned int id)
{
	struct pulse_known *k = id < PULSE_MAX_INSTANCES ? p->known[id] : NULL;

	return k && !k->removing ? k : NULL;
}

int pulse_add(struct pulse *p, const struct pulse_instance *instance,
	      unsigned int *id)
{
	struct pulse_command c = {.type = PULSE_ADD};
	struct pulse_setup *setup = NULL;
	struct pulse_known *k = NULL;
	int err;

	while (c.id < PULSE_MAX_INSTANCES && p->known[c.id])
		c.id++;
	if (c.id == PULSE_MAX_INSTANCES)
		return -ENOSPC;
	err = pulse_setup_new(instance, &setup);
	if (err)
		return err;
	err = -ENOMEM;
	k = calloc(1, sizeof(*k));
	if (!k)
		goto out;
	err = pulse_router_new(c.id, setup, &c.router);
	if (err)
		goto out;
	setup = NULL; /* the router's */
	k->status.source = c.router->setup->source;
	k->status.priority = c.router->fsm.priority;
	err = command(p, &c);
	if (err)
		goto out;
	*id = c.id;
	p->known[c.id] = k;
	return 0;
out:
	pulse_router_free(c.router);
	pulse_setup_free(setup);
	free(k);
	return err;
}

int pulse_remove(struct pulse *p, unsigned int id)
{
	struct pulse_command c = {.type = PULSE_REMOVE, .id = id};
	struct pulse_known *k = find(p, id);
	int err;

	if (!k)
		return -ENOENT;
	err = command(p, &c);
	if (!err)
		k->removing = true;
	return err;
}

int pulse_tell(struct pulse *p, unsigned int id, enum vrrp_event event,
	       uint8_t priority)
{
	struct pulse_command c = {
		.type = PULSE_TELL,
		.id = id,
		.event = event,
		.priority = priority,
	};

	return find(p, id) ? command(p, &c) : -ENOENT;
}

void pulse_tick(struct pulse *p)
{
	struct pulse_command c = {.type = PULSE_TICK};

	/* A full ring will tell it as well that we live. */
	command(p, &c);
}

int pulse_update(struct pulse *p, unsigned int id,
		 const struct pulse_instance *instance)
{
	struct pulse_command c = {.type = PULSE_UPDATE, .id = id};
	struct pulse_known *k = find(p, id);
	struct addr source;
	int err;

	if (!k)
		return -ENOENT;
	err = pulse_setup_new(instance, &c.setup);
	if (err)
		return err;
	source = c.setup->source;
	err = command(p, &c);
	if (err) {
		pulse_setup_free(c.setup);
		return err;
	}
	k->status.source = source;
	return 0;
}

void pulse_status(struct pulse *p, unsigned int id, struct pulse_status *out)
{
	const struct pulse_known *k = find(p, id);

	if (k)
		*out = k->status;
	else
		memset(out, 0, sizeof(*out));
}

static void on_status(struct pulse_status *s,
		      const struct pulse_status_event *e)
{
	s->state = e->state;
	s->priority = e->priority;
	s->master = e->master;
	s->master_priority = e->master_priority;
	s->lease_until = e->lease_until;
	s->last_sent = e->last_sent;
	s->sent = e->sent;
	s->sent_stop = e->sent_stop;
	s->send_error = e->send_error;
	s->failover = e->failover;
	memcpy(s->transitions, e->transitions, sizeof(s->transitions));
	memcpy(s->why, e->why, sizeof(s->why));
}

static void on_peer_stats(struct pulse_status *s, const struct pulse_event *e)
{
	if (s->n_peers <= e->peer_stats.index)
		s->n_peers = e->peer_stats.index + 1;
	s->peers[e->peer_stats.index] = e->peer_stats.stats;
}

static void on_changed(struct pulse *p, struct pulse_known *k,
		       const struct pulse_event *e)
{
	const struct pulse_change *c = &e->change;

	k->status.state = c->to;
	k->status.priority = c->priority;
	memcpy(k->status.cause, c->cause, sizeof(c->cause));
	p->handlers.changed(p->arg, e->id, c->from, c->to, c->cause,
			    c->priority);
}

static void on_removed(struct pulse *p, const struct pulse_event *e)
{
	struct pulse_known *k = p->known[e->id];
	bool asked = k->removing;

	pulse_router_free(e->router);
	p->known[e->id] = NULL;
	free(k);
	if (asked)
		p->handlers.removed(p->arg, e->id);
}

static void on_revived(struct usec silence)
{
	char span[USEC_PRINT_SIZE];

	silence.us -= silence.us % 1000;
	log_error("vrrp: nothing was sent because the daemon was stopped or "
		  "stuck for %s",
		  usec_print(silence, span, sizeof(span)));
}

static void on_event(struct pulse *p, const struct pulse_event *e)
{
	const struct pulse_handlers *h = &p->handlers;
	struct pulse_known *k = p->known[e->id];

	switch (e->type) {
	case PULSE_CHANGED:
		on_changed(p, k, e);
		break;
	case PULSE_REJECTED:
		h->rejected(p->arg, e->id, &e->peer, e->why);
		break;
	case PULSE_PEER:
		h->peer(p->arg, e->id, &e->peer);
		break;
	case PULSE_LOWER:
		h->lower(p->arg, e->id, &e->peer);
		break;
	case PULSE_DIFFERS:
		h->addrs_differ(p->arg, e->id, &e->difference.peer,
				e->difference.theirs, e->difference.n,
				e->difference.total);
		break;
	case PULSE_SENDING:
		h->sending(p->arg, e->id, e->error);
		break;
	case PULSE_STATUS:
		on_status(&k->status, &e->status);
		break;
	case PULSE_PEER_STATS:
		on_peer_stats(&k->status, e);
		break;
	case PULSE_REPLACED:
		pulse_setup_free(e->setup);
		break;
	case PULSE_REMOVED:
		on_removed(p, e);
		break;
	case PULSE_REVIVED:
		on_revived(e->silence);
		break;
	}
}

void pulse_hear(struct pulse *p)
{
	struct pulse_event event;
	uint64_t count;

	/* First: what comes after this wakes us again. */
	while (read(p->thread.event_fd, &count, sizeof(count)) > 0)
		;
	while (message_ring_pop(p->thread.events, &event))
		on_event(p, &event);
}
