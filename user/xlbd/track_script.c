/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/track_script.h"

#include <errno.h>
#include <stdlib.h>

struct track_script {
	struct script_runner *runner;
	struct track_script_conf conf; /* with argv and user of its own */
	struct script_user user;
	struct loop_timer *beat;
	struct usec next;
	struct script *running;
};

static void ended(void *arg, const struct script_result *result)
{
	struct track_script *t = arg;

	t->running = NULL;
	t->conf.result(t->conf.arg, result); /* may free it */
}

/* The beat after now: those that a busy loop has missed are not made up. */
static void arm(struct track_script *t)
{
	struct usec now = loop_now();
	int64_t late = usec_sub(now, t->next).us;

	t->next.us += (late / t->conf.interval.us + 1) * t->conf.interval.us;
	loop_timer_set(t->beat, usec_sub(t->next, now));
}

static void beat(void *arg)
{
	struct track_script *t = arg;
	struct script_result none = {SCRIPT_NOT_STARTED, ENOMEM, USEC_ZERO};

	arm(t);
	if (t->running)
		return;
	if (script_start(t->runner, &t->conf.command, ended, t, &t->running))
		t->conf.result(t->conf.arg, &none);
}

void track_script_free(struct track_script *t)
{
	if (!t)
		return;
	script_cancel(t->running);
	loop_timer_free(t->beat);
	free((void *)t->conf.command.argv);
	free(t);
}

int track_script_new(struct loop *l, struct script_runner *r,
		     const struct track_script_conf *conf,
		     struct track_script **out)
{
	struct track_script *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->runner = r;
	t->conf = *conf;
	t->user = *conf->command.user;
	t->conf.command.user = &t->user;
	t->conf.command.dies_with_us = true;
	if (t->conf.interval.us < 1000)
		t->conf.interval = t->conf.interval.us ? USEC_MS(1)
						       : USEC_SECONDS(1);
	if (!t->conf.command.timeout.us)
		t->conf.command.timeout = t->conf.interval;
	t->conf.command.argv = script_argv_copy(conf->command.argv, NULL);
	if (!t->conf.command.argv || loop_timer_new(l, beat, t, &t->beat)) {
		track_script_free(t);
		return -ENOMEM;
	}
	t->next = loop_now();
	loop_timer_set(t->beat, USEC_ZERO);
	*out = t;
	return 0;
}
