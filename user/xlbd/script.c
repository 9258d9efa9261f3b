/* SPDX-License-Identifier: GPL-2.0-only */
/* Minding children: each is watched through its pidfd. */
#include "xlbd/script_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE USEC_SECONDS(2) /* from SIGTERM to SIGKILL */

enum phase {
	FAILED, /* to start; to be told from the loop */
	RUNNING,
	ENDING, /* told to, by SIGTERM */
	KILLED,
};

struct script_runner {
	struct loop *loop;
	struct script *first;
};

struct script {
	struct script_runner *runner;
	struct script *next, **link;
	enum phase phase;
	bool dies_with_us, timed_out;
	pid_t pid; /* and its process group */
	int pidfd;
	int err; /* of FAILED */
	struct usec started;
	struct loop_fd *watch;
	struct loop_timer *timer;
	void (*done)(void *arg, const struct script_result *result);
	void *arg;
};

static void script_free(struct script *s)
{
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	loop_fd_free(s->watch);
	loop_timer_free(s->timer);
	if (s->pidfd >= 0)
		close(s->pidfd);
	free(s);
}

static void finish(struct script *s, struct script_result result)
{
	void (*done)(void *arg, const struct script_result *r) = s->done;
	void *arg = s->arg;

	result.took = usec_sub(loop_now(), s->started);
	result.took.us -= result.took.us % 1000;
	script_free(s);
	if (done)
		done(arg, &result);
}

static void tell_to_end(struct script *s)
{
	s->phase = ENDING;
	kill(-s->pid, SIGTERM);
	/* One that is stopped would not hear of it. */
	kill(-s->pid, SIGCONT);
	loop_timer_set(s->timer, GRACE);
}

static void timer_fired(void *arg)
{
	struct script *s = arg;

	switch (s->phase) {
	case FAILED:
		finish(s, (struct script_result){SCRIPT_NOT_STARTED, s->err,
						 USEC_ZERO});
		break;
	case RUNNING:
		s->timed_out = true;
		tell_to_end(s);
		break;
	case ENDING:
		s->phase = KILLED;
		kill(-s->pid, SIGKILL);
		break;
	case KILLED:
		break;
	}
}

static void exited(void *arg, unsigned int events)
{
	struct script_result result = {SCRIPT_EXITED, 0, USEC_ZERO};
	struct script *s = arg;
	siginfo_t info = {0};

	(void)events;
	/* The rest of its group, while the number is still taken. */
	if (s->phase != RUNNING)
		kill(-s->pid, SIGKILL);
	if (waitid(P_PIDFD, (id_t)s->pidfd, &info, WEXITED | WNOHANG)) {
		result.end = SCRIPT_NOT_STARTED;
		result.code = errno;
	} else if (!info.si_pid) {
		return;
	} else {
		result.code = info.si_status;
		if (info.si_code != CLD_EXITED)
			result.end = SCRIPT_KILLED;
	}
	if (s->timed_out)
		result.end = SCRIPT_TIMED_OUT;
	finish(s, result);
}

static struct script *script_new(struct script_runner *r,
				 const struct script_command *command)
{
	struct script *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->runner = r;
	s->pidfd = -1;
	s->dies_with_us = command->dies_with_us;
	s->started = loop_now();
	s->next = r->first;
	s->link = &r->first;
	if (s->next)
		s->next->link = &s->next;
	r->first = s;
	if (loop_timer_new(r->loop, timer_fired, s, &s->timer)) {
		script_free(s);
		return NULL;
	}
	return s;
}

int script_start(struct script_runner *r, const struct script_command *command,
		 void (*done)(void *arg, const struct script_result *result),
		 void *arg, struct script **out)
{
	struct script *s = script_new(r, command);
	int err;

	if (!s)
		return -ENOMEM;
	err = script_spawn(command, &s->pid, &s->pidfd);
	if (err) {
		s->err = -err;
		loop_timer_set(s->timer, USEC_ZERO);
	} else {
		s->phase = RUNNING;
		err = loop_fd_new(r->loop, s->pidfd, LOOP_READ, exited, s,
				  &s->watch);
		if (err) {
			kill(-s->pid, SIGKILL);
			waitid(P_PIDFD, (id_t)s->pidfd, NULL, WEXITED);
			script_free(s);
			return err;
		}
		if (command->timeout.us)
			loop_timer_set(s->timer, command->timeout);
	}
	s->done = done;
	s->arg = arg;
	*out = s;
	return 0;
}

void script_forget(struct script *s)
{
	if (s)
		s->done = NULL;
}

void script_cancel(struct script *s)
{
	if (!s)
		return;
	s->done = NULL;
	if (s->phase == FAILED)
		script_free(s);
	else if (s->phase == RUNNING)
		tell_to_end(s);
}

int script_runner_new(struct loop *l, struct script_runner **out)
{
	struct script_runner *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	/* If ignored, as inherited perhaps, nobody's exit status is kept. */
	signal(SIGCHLD, SIG_DFL);
	r->loop = l;
	*out = r;
	return 0;
}

void script_runner_free(struct script_runner *r)
{
	if (!r)
		return;
	while (r->first) {
		struct script *s = r->first;

		if (s->phase == ENDING || (s->phase && s->dies_with_us))
			kill(-s->pid, SIGKILL);
		script_free(s);
	}
	free(r);
}

bool script_succeeded(const struct script_result *r)
{
	return r->end == SCRIPT_EXITED && !r->code;
}

const char *script_result_print(const struct script_result *r, char *buf,
				size_t size)
{
	char span[USEC_PRINT_SIZE];

	switch (r->end) {
	case SCRIPT_EXITED:
		snprintf(buf, size, "exit status %d", r->code);
		break;
	case SCRIPT_KILLED:
		snprintf(buf, size, "killed by signal %d", r->code);
		break;
	case SCRIPT_TIMED_OUT:
		snprintf(buf, size, "timed out, ended after %s",
			 usec_print(r->took, span, sizeof(span)));
		break;
	case SCRIPT_NOT_STARTED:
		snprintf(buf, size, "not started: %s", strerror(r->code));
		break;
	}
	return buf;
}

char **script_argv_copy(char *const *argv, char *const *more)
{
	char *const *lists[] = {argv, more};
	size_t n = 0, bytes = 0, used = 0;
	char **copy, *text;

	for (size_t i = 0; i < 2; i++) {
		for (char *const *word = lists[i]; word && *word; word++) {
			bytes += strlen(*word) + 1;
			n++;
		}
	}
	copy = malloc((n + 1) * sizeof(*copy) + bytes);
	if (!copy)
		return NULL;
	text = (char *)(copy + n + 1);
	for (size_t i = 0; i < 2; i++) {
		for (char *const *word = lists[i]; word && *word; word++) {
			copy[used++] = text;
			text = stpcpy(text, *word) + 1;
		}
	}
	copy[used] = NULL;
	return copy;
}
