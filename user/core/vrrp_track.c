/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/vrrp_track.h"

#include <limits.h>
#include <stdio.h>

#define OWNER        255
#define PRIORITY_MIN 1
#define PRIORITY_MAX 254
/* A file's value times its weight: from here on it is FAULT. */
#define FILE_FAULT (-254)

static int64_t file_adds(const struct vrrp_tracked *t)
{
	return (int64_t)t->value * t->weight * (t->reverse ? -1 : 1);
}

static bool fails(const struct vrrp_tracked *t)
{
	if (t->kind != VRRP_TRACK_FILE)
		return t->up == t->reverse;
	if (!t->weight)
		return !t->value == t->reverse;
	return file_adds(t) <= FILE_FAULT;
}

static int64_t adds(const struct vrrp_tracked *t)
{
	if (t->kind == VRRP_TRACK_FILE)
		return file_adds(t);
	/* a positive weight rewards, a negative one punishes */
	return fails(t) == (t->weight < 0) ? t->weight : 0;
}

struct vrrp_verdict
vrrp_track_judge(uint8_t base, const struct vrrp_tracked *tracked, size_t n)
{
	const struct vrrp_tracked *missing = NULL, *failing = NULL;
	int64_t priority = base;

	for (size_t i = 0; i < n; i++) {
		const struct vrrp_tracked *t = &tracked[i];
		bool fatal = !t->weight || t->kind == VRRP_TRACK_FILE;

		if (!t->reported)
			missing = missing ? missing : t;
		else if (fatal && fails(t))
			failing = failing ? failing : t;
		else
			priority += adds(t);
	}
	if (priority < PRIORITY_MIN)
		priority = PRIORITY_MIN;
	if (priority > PRIORITY_MAX)
		priority = PRIORITY_MAX;
	return (struct vrrp_verdict){
		.pending = missing,
		.fault = failing,
		.priority = base == OWNER ? OWNER : (uint8_t)priority,
		.because = missing ? missing : failing,
	};
}

static const struct words {
	const char *kind, *up, *down;
} words[] = {
	[VRRP_TRACK_INTERFACE] = {"interface", "is up", "is down"},
	[VRRP_TRACK_SCRIPT] = {"script", "succeeds", "fails"},
	[VRRP_TRACK_PROCESS] = {"process", "runs", "does not run"},
	[VRRP_TRACK_FILE] = {"file", NULL, NULL},
};

const char *vrrp_track_kind_name(enum vrrp_track_kind kind)
{
	return words[kind].kind;
}

bool vrrp_track_fails(const struct vrrp_tracked *t)
{
	return t->reported && fails(t);
}

const char *vrrp_track_explain(const struct vrrp_tracked *t, char *buf,
			       size_t size)
{
	const struct words *w = &words[t->kind];

	if (!t->reported)
		snprintf(buf, size, "%s %s has not reported yet", w->kind,
			 t->name);
	else if (t->kind == VRRP_TRACK_FILE)
		snprintf(buf, size, "file %s says %d", t->name, t->value);
	else
		snprintf(buf, size, "%s %s %s", w->kind, t->name,
			 t->up ? w->up : w->down);
	return buf;
}

void vrrp_script_init(struct vrrp_script *s)
{
	s->reported = s->init_fail;
	s->up = false;
	s->streak = 0;
}

bool vrrp_script_result(struct vrrp_script *s, bool ok)
{
	unsigned int needed = ok ? s->rise : s->fall;

	if (!s->reported) {
		s->reported = true;
		s->up = ok;
		return true;
	}
	if (ok == s->up) {
		s->streak = 0;
		return false;
	}
	if (s->streak < UINT_MAX)
		s->streak++;
	if (s->streak < needed)
		return false;
	s->streak = 0;
	s->up = ok;
	return true;
}

static const struct usec never = {INT64_MAX};

void vrrp_edge_init(struct vrrp_edge *e)
{
	e->reported = false;
	e->up = false;
	e->deadline = never;
}

bool vrrp_edge_step(struct vrrp_edge *e, bool seen_up, struct usec now)
{
	if (e->reported && seen_up == e->up) {
		e->deadline = never;
		return false;
	}
	if (e->reported && e->deadline.us == never.us)
		e->deadline =
			usec_add(now, seen_up ? e->up_delay : e->down_delay);
	if (e->reported && usec_before(now, e->deadline))
		return false;
	e->reported = true;
	e->up = seen_up;
	e->deadline = never;
	return true;
}
