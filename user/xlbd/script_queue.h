/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands that run strictly in the order in which they were added, one at a
 * time: what one instance's notifications are.  None is left out because a
 * later one came; only beyond `limit` the oldest that waits is dropped, and
 * said.  What does not end with exit status 0 is logged, once.
 */
#ifndef XLBD_SCRIPT_QUEUE_H
#define XLBD_SCRIPT_QUEUE_H

#include "xlbd/script.h"

struct script_queue;

struct script_queue_conf {
	const char *name; /* "VI_1", for the log; copied */
	unsigned int limit; /* commands that wait */
	void (*idle)(void *arg); /* the last one has ended; or NULL */
	void *arg;
};

int script_queue_new(struct script_runner *r,
		     const struct script_queue_conf *conf,
		     struct script_queue **out);
/* Drops what waits, and says so; what runs goes on to its end.  NULL-safe. */
void script_queue_free(struct script_queue *q);

/* `more`: words after argv's, or NULL.  Copies all.  0/-ENOMEM */
int script_queue_add(struct script_queue *q,
		     const struct script_command *command, char *const *more);
bool script_queue_is_idle(const struct script_queue *q);

#endif
