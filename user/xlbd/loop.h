/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon's one event loop, behind which libevent is hidden.  Everything
 * runs on the thread that calls loop_run(); callbacks may free their own
 * watcher.  Times are CLOCK_MONOTONIC.
 */
#ifndef XLBD_LOOP_H
#define XLBD_LOOP_H

#include "core/usec.h"

#include <stdbool.h>

struct loop;
struct loop_timer;
struct loop_fd;
struct loop_signal;

enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2 };

int loop_new(struct loop **out); /* -ENOMEM */
void loop_free(struct loop *l); /* NULL-safe, like all frees here */
int loop_run(struct loop *l); /* until loop_stop(); 0/-errno */
void loop_stop(struct loop *l); /* from a callback */
struct usec loop_now(void);

/* One-shot; set again to rearm.  A timer not set costs nothing. */
int loop_timer_new(struct loop *l, void (*fire)(void *arg), void *arg,
		   struct loop_timer **out);
void loop_timer_free(struct loop_timer *t);
void loop_timer_set(struct loop_timer *t, struct usec after);
void loop_timer_stop(struct loop_timer *t);

/* Level-triggered and persistent; does not own `fd`. */
int loop_fd_new(struct loop *l, int fd, unsigned int events,
		void (*ready)(void *arg, unsigned int events), void *arg,
		struct loop_fd **out);
void loop_fd_free(struct loop_fd *f);
int loop_fd_set(struct loop_fd *f, unsigned int events); /* 0: pause */

int loop_signal_new(struct loop *l, int signo, void (*got)(void *arg),
		    void *arg, struct loop_signal **out);
void loop_signal_free(struct loop_signal *s);

/* For stream.c alone: the libevent base. */
void *loop_event_base(struct loop *l);

#endif
