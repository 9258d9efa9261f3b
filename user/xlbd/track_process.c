/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/track_process.h"

#include "xlbd/log.h"
#include "xlbd/script.h"
#include "xlbd/track_process_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define WALK_PAUSE USEC_MS(200) /* between looks through /proc */
#define WALK_SHARE 50 /* but the pause is so many times what a look takes */

struct track_processes {
	struct loop *loop;
	int proc;
	struct track_events *events; /* or NULL: the kernel does not tell */
	bool attached, lost;
	struct loop_timer *walk;
	struct track_process *first;
};

struct member { /* a process that matches */
	struct member *next, **link;
	struct track_process *tracker;
	pid_t pid;
	int pidfd;
	struct loop_fd *watch;
};

struct track_process {
	struct track_processes *all;
	struct track_process *next, **link;
	struct process_match match; /* with strings of its own */
	char *path, **params;
	struct process_quorum quorum;
	struct member *members;
	unsigned int count, reported;
	/* What has changed is told from here, where anything may be freed. */
	struct loop_timer *judge;
	void (*changed)(void *arg, bool up, unsigned int count);
	void *arg;
};

static void touch(struct track_process *t)
{
	loop_timer_set(t->judge, USEC_ZERO);
}

static void judge(void *arg)
{
	struct track_process *t = arg;
	struct process_quorum *q = &t->quorum;
	struct usec now = loop_now();
	bool news = process_quorum_step(q, t->count, now);

	if (q->pending)
		loop_timer_set(t->judge, usec_sub(q->deadline, now));
	if (!news && t->count == t->reported)
		return;
	t->reported = t->count;
	t->changed(t->arg, q->up, t->count);
}

static void member_free(struct member *m)
{
	*m->link = m->next;
	if (m->next)
		m->next->link = m->link;
	m->tracker->count--;
	loop_fd_free(m->watch);
	if (m->pidfd >= 0)
		close(m->pidfd);
	free(m);
}

static void member_ended(void *arg, unsigned int events)
{
	struct member *m = arg;

	(void)events;
	touch(m->tracker);
	member_free(m);
}

static int member_add(struct track_process *t, pid_t pid)
{
	struct member *m = calloc(1, sizeof(*m));
	int err = 0;

	if (!m)
		return -ENOMEM;
	m->tracker = t;
	m->pid = pid;
	m->next = t->members;
	m->link = &t->members;
	if (m->next)
		m->next->link = &m->next;
	t->members = m;
	t->count++;
	m->pidfd = pidfd_open(pid, 0);
	if (m->pidfd < 0)
		err = -errno;
	if (!err)
		err = loop_fd_new(t->all->loop, m->pidfd, LOOP_READ,
				  member_ended, m, &m->watch);
	if (err)
		member_free(m);
	return err;
}

static struct member *find_member(const struct track_process *t, pid_t pid)
{
	for (struct member *m = t->members; m; m = m->next) {
		if (m->pid == pid)
			return m;
	}
	return NULL;
}

/* Gone is no news here: its pidfd says so. */
static void examine(void *arg, pid_t pid)
{
	struct track_processes *p = arg;
	struct track_look look;

	if (track_look_at(p->proc, pid, &look))
		return;
	for (struct track_process *t = p->first; t; t = t->next) {
		struct member *m = find_member(t, pid);
		bool matches = track_look_matches(&look, &t->match);
		int err = 0;

		if (matches == !!m)
			continue;
		if (matches)
			err = member_add(t, pid);
		else
			member_free(m);
		if (err && err != -ESRCH)
			log_warning("track_process %s: cannot watch %d: %s",
				    t->path, pid, strerror(-err));
		touch(t);
	}
}

static void walk(void *arg)
{
	struct track_processes *p = arg;
	struct usec begin = loop_now(), pause = WALK_PAUSE, took;
	int err;

	p->lost = false;
	err = track_proc_walk(p->proc, examine, p);
	if (err)
		log_warning("track_process: /proc: %s", strerror(-err));
	for (struct track_process *t = p->first; t; t = t->next) {
		if (!t->quorum.known)
			touch(t);
	}
	if (p->attached || !p->first)
		return;
	took = usec_sub(loop_now(), begin);
	took.us *= WALK_SHARE;
	if (usec_before(pause, took))
		pause = took;
	loop_timer_set(p->walk, pause);
}

static void attached(void *arg)
{
	struct track_processes *p = arg;

	p->attached = true;
	loop_timer_set(p->walk, USEC_ZERO); /* what was missed until now */
}

/* A child has its parent's name and command line. */
static void forked(void *arg, pid_t parent, pid_t child)
{
	struct track_processes *p = arg;

	for (struct track_process *t = p->first; t; t = t->next) {
		if (find_member(t, parent)) {
			examine(p, child);
			return;
		}
	}
}

/* There are too many: not a moment to look through /proc each time. */
static void lost(void *arg)
{
	struct track_processes *p = arg;

	if (!p->lost)
		loop_timer_set(p->walk, WALK_PAUSE);
	p->lost = true;
}

static const struct track_events_handlers handlers = {
	.attached = attached,
	.forked = forked,
	.changed = examine,
	.lost = lost,
};

void track_process_remove(struct track_process *t)
{
	if (!t)
		return;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	while (t->members)
		member_free(t->members);
	loop_timer_free(t->judge);
	free(t->path);
	free(t->params);
	free(t);
}

static struct track_process *track_new(struct track_processes *p,
				       const struct track_process_conf *conf)
{
	struct track_process *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->all = p;
	t->changed = conf->changed;
	t->arg = conf->arg;
	t->quorum.least = conf->quorum;
	t->quorum.most = conf->quorum_max;
	t->quorum.fork_delay = conf->fork_delay;
	t->quorum.terminate_delay = conf->terminate_delay;
	t->next = p->first;
	t->link = &p->first;
	if (t->next)
		t->next->link = &t->next;
	p->first = t;
	return t;
}

static int copy_match(struct track_process *t, const struct process_match *m)
{
	t->match = *m;
	t->match.path = t->path = strdup(m->path);
	if (!t->path)
		return -ENOMEM;
	if (!m->params)
		return 0;
	t->match.params = t->params = script_argv_copy(m->params, NULL);
	return t->params ? 0 : -ENOMEM;
}

int track_process_add(struct track_processes *p,
		      const struct track_process_conf *conf,
		      struct track_process **out)
{
	struct track_process *t = track_new(p, conf);
	int err;

	if (!t)
		return -ENOMEM;
	err = copy_match(t, &conf->match);
	if (!err)
		err = loop_timer_new(p->loop, judge, t, &t->judge);
	if (err) {
		track_process_remove(t);
		return err;
	}
	loop_timer_set(p->walk, USEC_ZERO);
	*out = t;
	return 0;
}

bool track_processes_has_events(const struct track_processes *p)
{
	return p->attached;
}

void track_processes_free(struct track_processes *p)
{
	if (!p)
		return;
	while (p->first)
		track_process_remove(p->first);
	track_events_close(p->events);
	loop_timer_free(p->walk);
	if (p->proc >= 0)
		close(p->proc);
	free(p);
}

int track_processes_new(struct loop *l, struct track_processes **out)
{
	struct track_processes *p = calloc(1, sizeof(*p));
	int err = 0;

	if (!p)
		return -ENOMEM;
	p->loop = l;
	p->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->proc < 0)
		err = -errno;
	if (!err)
		err = loop_timer_new(l, walk, p, &p->walk);
	if (err) {
		track_processes_free(p);
		return err;
	}
	if (track_events_open(l, &handlers, p, &p->events))
		log_debug("track_process: no events from the kernel here");
	*out = p;
	return 0;
}
