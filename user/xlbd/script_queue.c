/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/script_queue.h"

#include "xlbd/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	struct script_command command; /* with argv and user of its own */
	struct script_user user;
};

struct script_queue {
	struct script_runner *runner;
	struct script_queue_conf conf; /* with a name of its own */
	struct entry *current;
	struct script *running; /* its */
	struct entry *first, **last; /* what waits */
	unsigned int waiting;
};

static void entry_free(struct entry *e)
{
	if (!e)
		return;
	free((void *)e->command.argv);
	free(e);
}

static struct entry *entry_new(const struct script_command *command,
			       char *const *more)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->user = *command->user;
	e->command = *command;
	e->command.user = &e->user;
	e->command.argv = script_argv_copy(command->argv, more);
	if (!e->command.argv) {
		free(e);
		return NULL;
	}
	return e;
}

static struct entry *take_first(struct script_queue *q)
{
	struct entry *e = q->first;

	q->first = e->next;
	if (!q->first)
		q->last = &q->first;
	q->waiting--;
	return e;
}

static void drop_first(struct script_queue *q, const char *why)
{
	struct entry *e = take_first(q);

	log_error("%s: %s: not started: %s", q->conf.name, e->command.argv[0],
		  why);
	entry_free(e);
}

static void start_next(struct script_queue *q);

static void ended(void *arg, const struct script_result *result)
{
	struct script_queue *q = arg;
	char text[SCRIPT_RESULT_SIZE];

	if (!script_succeeded(result))
		log_warning("%s: %s: %s", q->conf.name,
			    q->current->command.argv[0],
			    script_result_print(result, text, sizeof(text)));
	entry_free(q->current);
	q->current = NULL;
	q->running = NULL;
	start_next(q);
	if (!q->current && q->conf.idle)
		q->conf.idle(q->conf.arg);
}

/* One that finds no memory does not hold those behind it. */
static void start_next(struct script_queue *q)
{
	while (!q->current && q->first) {
		if (script_start(q->runner, &q->first->command, ended, q,
				 &q->running))
			drop_first(q, strerror(ENOMEM));
		else
			q->current = take_first(q);
	}
}

int script_queue_add(struct script_queue *q,
		     const struct script_command *command, char *const *more)
{
	struct entry *e = entry_new(command, more);

	if (!e)
		return -ENOMEM;
	if (q->waiting >= q->conf.limit && q->first)
		drop_first(q, "too many wait");
	*q->last = e;
	q->last = &e->next;
	q->waiting++;
	start_next(q);
	return 0;
}

bool script_queue_is_idle(const struct script_queue *q)
{
	return !q->current;
}

int script_queue_new(struct script_runner *r,
		     const struct script_queue_conf *conf,
		     struct script_queue **out)
{
	struct script_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->runner = r;
	q->conf = *conf;
	q->last = &q->first;
	q->conf.name = strdup(conf->name);
	if (!q->conf.name) {
		free(q);
		return -ENOMEM;
	}
	*out = q;
	return 0;
}

void script_queue_free(struct script_queue *q)
{
	if (!q)
		return;
	script_forget(q->running);
	entry_free(q->current);
	while (q->first)
		drop_first(q, "no longer wanted");
	free((void *)q->conf.name);
	free(q);
}
