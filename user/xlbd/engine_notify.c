/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whom transitions are told to: scripts in order, the pipe, mail.  A queue an
 * instance and one a sync group; what is said is keepalived's
 * (core/notify_text).
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/notify_text.h"
#include "xlbd/mail.h"
#include "xlbd/notify_fifo.h"
#include "xlbd/pulse.h"
#include "xlbd/script.h"
#include "xlbd/script_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT_TIMEOUT USEC_SECONDS(30)
#define QUEUE_LIMIT    100
#define FIFO_LIMIT     1000
#define MAIL_LIMIT     100
#define LAST_WORDS     USEC_SECONDS(2) /* for scripts at the end */

/* Of an instance, or of a sync group. */
struct engine_notify {
	const struct conf_notify *conf;
	const char *name;
	bool group;
	enum vrrp_state state; /* last told */
	struct script_queue *queue;
};

int engine_script_user(struct engine *e, const struct conf_command *c,
		       struct script_user *out)
{
	const char *user = c->user ? c->user : e->conf->script_user;
	const char *group = c->user ? c->group : e->conf->script_group;
	int err = script_user_find(user, group, out);

	if (err)
		log_error("script %s: no user %s%s%s",
			  c->argv ? c->argv[0] : "of notify_fifo",
			  user ? user : "keepalived_script",
			  group ? " or no group " : "", group ? group : "");
	return err;
}

static void run(struct engine *e, struct engine_notify *n,
		const struct conf_command *c, char *const *more)
{
	struct script_user user;
	struct script_command command = {
		.argv = c->argv,
		.user = &user,
		.timeout = SCRIPT_TIMEOUT,
	};
	int err;

	if (!c->argv || engine_script_user(e, c, &user))
		return;
	err = script_queue_add(n->queue, &command, more);
	if (err)
		log_error("notify %s: %s", n->name, strerror(-err));
}

static const struct conf_command *command_for(const struct conf_notify *c,
					      enum notify_state state)
{
	switch (state) {
	case NOTIFY_MASTER:
		return &c->master;
	case NOTIFY_BACKUP:
		return &c->backup;
	case NOTIFY_FAULT:
		return &c->fault;
	case NOTIFY_STOP:
		return &c->stop;
	case NOTIFY_MASTER_RX_LOWER_PRI:
		return &c->lower;
	default:
		return NULL;
	}
}

static void send_mail(struct engine *e, const struct notify_event *event,
		      const char *why)
{
	char subject[256], body[512];

	if (!e->mailer)
		return;
	notify_subject(event, e->router_id, subject, sizeof(subject));
	notify_body(event, why, body, sizeof(body));
	mail_send(e->mailer, subject, body);
}

static void say(struct engine *e, struct engine_notify *n,
		enum notify_state state, unsigned int priority, const char *why)
{
	const struct conf_command *own = command_for(n->conf, state);
	struct notify_event event = {
		.group = n->group,
		.name = n->name,
		.state = state,
		.priority = n->group ? 0 : priority,
	};
	struct notify_words words;
	char line[512];

	if (own)
		run(e, n, own, NULL);
	notify_words(&event, &words);
	run(e, n, &n->conf->any, words.argv);
	if (e->fifo) {
		notify_line(&event, line, sizeof(line));
		notify_fifo_write(e->fifo, line);
	}
	if (n->conf->smtp_alert && state != NOTIFY_MASTER_RX_LOWER_PRI)
		send_mail(e, &event, why);
}

static bool told_as(enum vrrp_state state, enum notify_state *out)
{
	switch (state) {
	case VRRP_MASTER:
		*out = NOTIFY_MASTER;
		return true;
	case VRRP_BACKUP:
		*out = NOTIFY_BACKUP;
		return true;
	case VRRP_FAULT:
		*out = NOTIFY_FAULT;
		return true;
	case VRRP_INIT:
		break;
	}
	return false;
}

/* A group is what all its members are, and FAULT if one is. */
static enum vrrp_state group_state(struct engine *e, int group)
{
	enum vrrp_state state = VRRP_INIT;
	bool first = true;

	for (size_t i = 0; i < e->n_vrrps; i++) {
		const struct engine_vrrp *v = &e->vrrps[i];

		if (v->conf->sync_group != group)
			continue;
		if (v->state == VRRP_FAULT)
			return VRRP_FAULT;
		if (!first && v->state != state)
			return VRRP_INIT; /* on the way */
		state = v->state;
		first = false;
	}
	return state;
}

void engine_notify_changed(struct engine_vrrp *v, enum vrrp_state state,
			   uint8_t priority, const char *why)
{
	struct engine *e = v->engine;
	int group = v->conf->sync_group;
	enum notify_state told;

	if (!told_as(state, &told))
		return;
	v->notify->state = state;
	say(e, v->notify, told, priority, why);
	if (group < 0)
		return;
	state = group_state(e, group);
	if (state == e->group_notifies[group]->state || !told_as(state, &told))
		return;
	e->group_notifies[group]->state = state;
	say(e, e->group_notifies[group], told, 0, why);
}

void engine_notify_lower(struct engine_vrrp *v)
{
	say(v->engine, v->notify, NOTIFY_MASTER_RX_LOWER_PRI, v->priority,
	    NULL);
}

static int notify_new(struct engine *e, const struct conf_notify *conf,
		      const char *name, bool group, struct engine_notify **out)
{
	struct script_queue_conf queue = {.name = name, .limit = QUEUE_LIMIT};
	struct engine_notify *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	n->conf = conf;
	n->name = name;
	n->group = group;
	err = script_queue_new(e->scripts, &queue, &n->queue);
	if (err) {
		free(n);
		return err;
	}
	*out = n;
	return 0;
}

static int start_fifo(struct engine *e)
{
	struct script_user user;
	struct notify_fifo_conf conf = {
		.path = e->conf->notify_fifo,
		.user = &user,
		.script = e->conf->notify_fifo_script.argv,
		.limit = FIFO_LIMIT,
	};
	int err;

	if (!conf.path)
		return 0;
	err = engine_script_user(e, &e->conf->notify_fifo_script, &user);
	if (!err)
		err = notify_fifo_open(e->loop, e->scripts, &conf, &e->fifo);
	if (err)
		log_error("notify_fifo %s: %s", conf.path, strerror(-err));
	return err;
}

static int start_mailer(struct engine *e)
{
	const struct conf_mail *c = &e->conf->mail;
	struct mail_conf conf = {
		.server = c->server,
		.port = c->port,
		.helo = c->helo,
		.from = c->from,
		.to = c->to,
		.timeout = c->timeout,
		.limit = MAIL_LIMIT,
	};

	if (!c->server || !c->to || !c->to[0])
		return 0;
	return mailer_new(e->loop, &conf, &e->mailer);
}

int engine_notify_start(struct engine *e)
{
	const struct conf *c = e->conf;
	int err = script_runner_new(e->loop, &e->scripts);

	if (err)
		return err;
	if (c->router_id)
		snprintf(e->router_id, sizeof(e->router_id), "%s",
			 c->router_id);
	else
		gethostname(e->router_id, sizeof(e->router_id) - 1);
	e->group_notifies = calloc(c->n_groups + 1, sizeof(void *));
	if (!e->group_notifies)
		return -ENOMEM;
	for (size_t i = 0; !err && i < c->n_groups; i++)
		err = notify_new(e, &c->groups[i].notify, c->groups[i].name,
				 true, &e->group_notifies[i]);
	for (size_t i = 0; !err && i < e->n_vrrps; i++)
		err = notify_new(e, &e->vrrps[i].conf->notify,
				 e->vrrps[i].conf->name, false,
				 &e->vrrps[i].notify);
	if (!err)
		err = start_fifo(e);
	return err ? err : start_mailer(e);
}

/* --- the end: last words are waited for, but not for long ---------------- */

static bool all_idle(struct engine *e)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (e->vrrps[i].notify &&
		    !script_queue_is_idle(e->vrrps[i].notify->queue))
			return false;
	}
	for (size_t i = 0; e->group_notifies && i < e->conf->n_groups; i++) {
		if (e->group_notifies[i] &&
		    !script_queue_is_idle(e->group_notifies[i]->queue))
			return false;
	}
	return !e->mailer || !mail_pending(e->mailer);
}

void engine_notify_say_stop(struct engine *e)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		struct engine_vrrp *v = &e->vrrps[i];

		if (v->notify)
			say(e, v->notify, NOTIFY_STOP, v->priority, NULL);
	}
	for (size_t i = 0; e->group_notifies && i < e->conf->n_groups; i++) {
		if (e->group_notifies[i])
			say(e, e->group_notifies[i], NOTIFY_STOP, 0, NULL);
	}
}

struct waiting {
	struct engine *engine;
	struct loop_timer *timer;
	struct usec until;
};

static void on_wait(void *arg)
{
	struct waiting *w = arg;

	if (all_idle(w->engine) || !usec_before(loop_now(), w->until))
		loop_stop(w->engine->loop);
	else
		loop_timer_set(w->timer, USEC_MS(5));
}

static void wait_for_scripts(struct engine *e)
{
	struct waiting w = {
		.engine = e,
		.until = usec_add(loop_now(), LAST_WORDS),
	};

	if (all_idle(e) || loop_timer_new(e->loop, on_wait, &w, &w.timer))
		return;
	loop_timer_set(w.timer, USEC_ZERO);
	loop_run(e->loop);
	loop_timer_free(w.timer);
}

static void notify_free(struct engine_notify *n)
{
	if (!n)
		return;
	script_queue_free(n->queue);
	free(n);
}

void engine_notify_stop(struct engine *e)
{
	if (!e->scripts)
		return;
	wait_for_scripts(e);
	for (size_t i = 0; i < e->n_vrrps; i++) {
		notify_free(e->vrrps[i].notify);
		e->vrrps[i].notify = NULL;
	}
	for (size_t i = 0; e->group_notifies && i < e->conf->n_groups; i++)
		notify_free(e->group_notifies[i]);
	free(e->group_notifies);
	notify_fifo_close(e->fifo);
	mailer_free(e->mailer);
	script_runner_free(e->scripts);
	e->scripts = NULL;
}
