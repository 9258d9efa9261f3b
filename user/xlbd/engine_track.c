/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What virtual routers track: each script, process, file and interface is
 * watched once, and its news go to all instances that name it.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/vrrp_track.h"
#include "xlbd/script.h"
#include "xlbd/track_file.h"
#include "xlbd/track_process.h"
#include "xlbd/track_script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of one instance: its own tracks and its sync group's. */
struct engine_tracks {
	struct vrrp_tracked *list;
	size_t n;
};

/* One thing that is watched, for whoever tracks it. */
struct engine_watch {
	struct engine *engine;
	enum vrrp_track_kind kind;
	const char *name;
	struct vrrp_script machine;
	struct track_script *script;
	struct track_process *process;
	struct track_file *file;
};

struct vrrp_verdict engine_track_verdict(struct engine_vrrp *v)
{
	return vrrp_track_judge(v->conf->priority,
				v->tracks ? v->tracks->list : NULL,
				v->tracks ? v->tracks->n : 0);
}

const struct vrrp_tracked *engine_tracked(const struct engine_vrrp *v,
					  size_t *n)
{
	*n = v->tracks ? v->tracks->n : 0;
	return *n ? v->tracks->list : NULL;
}

static void report(struct engine *e, enum vrrp_track_kind kind,
		   const char *name, bool up, int value)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		struct engine_vrrp *v = &e->vrrps[i];
		bool concerned = false;

		for (size_t j = 0; v->tracks && j < v->tracks->n; j++) {
			struct vrrp_tracked *t = &v->tracks->list[j];

			if (t->kind != kind || strcmp(t->name, name))
				continue;
			t->reported = true;
			t->up = up;
			t->value = value;
			concerned = true;
		}
		if (concerned)
			engine_vrrp_judge(v);
	}
}

static void on_script(void *arg, const struct script_result *result)
{
	struct engine_watch *w = arg;
	char why[SCRIPT_RESULT_SIZE];

	if (!vrrp_script_result(&w->machine, script_succeeded(result)))
		return;
	if (w->machine.up)
		log_info("vrrp_script %s succeeds", w->name);
	else
		log_warning("vrrp_script %s fails: %s", w->name,
			    script_result_print(result, why, sizeof(why)));
	report(w->engine, w->kind, w->name, w->machine.up, 0);
}

static void on_process(void *arg, bool up, unsigned int count)
{
	struct engine_watch *w = arg;

	/* Also called when there are more or fewer: nobody's news but ps's. */
	if (w->machine.reported && w->machine.up == up)
		return;
	w->machine.reported = true;
	w->machine.up = up;
	log_info("track_process %s: %s, %u running", w->name,
		 up ? "up" : "down", count);
	report(w->engine, w->kind, w->name, up, 0);
}

static void on_file(void *arg, int value, bool exists)
{
	struct engine_watch *w = arg;

	log_info("track_file %s: %d%s", w->name, value,
		 exists ? "" : " (not there)");
	report(w->engine, w->kind, w->name, exists, value);
}

void engine_track_link(struct engine *e, const char *name)
{
	struct netlink_link link;
	bool up = netlink_find_link(e->netlink, name, &link) && link.up;

	report(e, VRRP_TRACK_INTERFACE, name, up, 0);
}

/* --- life ---------------------------------------------------------------- */

static int start_script(struct engine_watch *w, const struct conf_script *c)
{
	struct script_user user;
	struct track_script_conf conf = {
		.command =
			{
				.argv = c->command.argv,
				.user = &user,
				.timeout = c->timeout,
				.dies_with_us = true,
			},
		.interval = c->interval,
		.result = on_script,
		.arg = w,
	};
	int err = engine_script_user(w->engine, &c->command, &user);

	if (err)
		return err;
	w->machine.rise = c->rise;
	w->machine.fall = c->fall;
	w->machine.init_fail = c->init_fail;
	vrrp_script_init(&w->machine);
	return track_script_new(w->engine->loop, w->engine->scripts, &conf,
				&w->script);
}

static int start_process(struct engine_watch *w, const struct conf_process *c)
{
	static const enum process_params how[] = {
		[CONF_PARAM_ANY] = PROCESS_PARAMS_ANY,
		[CONF_PARAM_EXACT] = PROCESS_PARAMS_EXACT,
		[CONF_PARAM_INITIAL] = PROCESS_PARAMS_INITIAL,
		[CONF_PARAM_PARTIAL] = PROCESS_PARAMS_PARTIAL,
	};
	struct track_process_conf conf = {
		.match =
			{
				.path = c->path,
				.params = c->params,
				.how = how[c->match],
				.full_command = c->full_command,
			},
		.quorum = c->quorum,
		.quorum_max = c->quorum_max,
		.fork_delay = c->fork_delay,
		.terminate_delay = c->terminate_delay,
		.changed = on_process,
		.arg = w,
	};
	struct engine *e = w->engine;
	int err = 0;

	if (!e->processes)
		err = track_processes_new(e->loop, &e->processes);
	return err ? err : track_process_add(e->processes, &conf, &w->process);
}

static int start_file(struct engine_watch *w, const struct conf_track_file *c)
{
	struct track_file_conf conf = {
		.path = c->path,
		.has_init = c->has_init,
		.init = c->init,
		.init_overwrite = c->init_overwrite,
		.changed = on_file,
		.arg = w,
	};

	return track_file_new(w->engine->loop, &conf, &w->file);
}

/* What weight a track has: its own, or that of what it names. */
static int find_weight(const struct conf *c, enum vrrp_track_kind kind,
		       const char *name, bool *reverse)
{
	for (size_t i = 0; kind == VRRP_TRACK_SCRIPT && i < c->n_scripts; i++) {
		if (!strcmp(c->scripts[i].name, name)) {
			*reverse = c->scripts[i].reverse;
			return c->scripts[i].weight;
		}
	}
	for (size_t i = 0; kind == VRRP_TRACK_PROCESS && i < c->n_processes;
	     i++) {
		if (!strcmp(c->processes[i].name, name)) {
			*reverse = c->processes[i].reverse;
			return c->processes[i].weight;
		}
	}
	for (size_t i = 0; kind == VRRP_TRACK_FILE && i < c->n_files; i++) {
		if (!strcmp(c->files[i].name, name)) {
			*reverse = c->files[i].reverse;
			return c->files[i].weight;
		}
	}
	return 0;
}

/* In a sync group what has a weight counts only if the group says so. */
static void add_list(struct engine_vrrp *v, enum vrrp_track_kind kind,
		     const struct conf_track *list, size_t n, bool weights)
{
	for (size_t i = 0; i < n; i++) {
		struct vrrp_tracked t = {
			.kind = kind,
			.name = list[i].name,
			.weight = list[i].weight,
			.reverse = list[i].reverse,
		};

		if (!list[i].has_weight)
			t.weight = find_weight(v->engine->conf, kind, t.name,
					       &t.reverse);
		if (t.weight && !weights)
			continue;
		v->tracks->list[v->tracks->n++] = t;
	}
}

static void add_tracks(struct engine_vrrp *v, const struct conf_tracks *c,
		       bool weights)
{
	add_list(v, VRRP_TRACK_INTERFACE, c->interfaces, c->n_interfaces,
		 weights);
	add_list(v, VRRP_TRACK_SCRIPT, c->scripts, c->n_scripts, weights);
	add_list(v, VRRP_TRACK_PROCESS, c->processes, c->n_processes, weights);
	add_list(v, VRRP_TRACK_FILE, c->files, c->n_files, weights);
}

static size_t count_tracks(const struct conf_tracks *c)
{
	return c->n_interfaces + c->n_scripts + c->n_processes + c->n_files;
}

static int init_tracks(struct engine_vrrp *v)
{
	const struct conf_group *group =
		v->conf->sync_group < 0
			? NULL
			: &v->engine->conf->groups[v->conf->sync_group];
	bool weights = !group || group->tracking_weight;
	size_t n = count_tracks(&v->conf->tracks);

	if (group)
		n += count_tracks(&group->tracks);
	v->tracks = calloc(1, sizeof(*v->tracks));
	if (!v->tracks)
		return -ENOMEM;
	v->tracks->list = calloc(n + 1, sizeof(*v->tracks->list));
	if (!v->tracks->list)
		return -ENOMEM;
	add_tracks(v, &v->conf->tracks, weights);
	if (group)
		add_tracks(v, &group->tracks, weights);
	return 0;
}

static bool is_tracked(const struct engine *e, enum vrrp_track_kind kind,
		       const char *name)
{
	for (size_t i = 0; i < e->n_vrrps; i++) {
		const struct engine_tracks *t = e->vrrps[i].tracks;

		for (size_t j = 0; j < t->n; j++) {
			if (t->list[j].kind == kind &&
			    !strcmp(t->list[j].name, name))
				return true;
		}
	}
	return false;
}

/* A new watch, or NULL if nobody tracks it. */
static struct engine_watch *
watch_add(struct engine *e, enum vrrp_track_kind kind, const char *name)
{
	struct engine_watch *w;

	if (!is_tracked(e, kind, name))
		return NULL;
	w = &e->watches[e->n_watches++];
	w->engine = e;
	w->kind = kind;
	w->name = name;
	return w;
}

static int start_watches(struct engine *e)
{
	const struct conf *c = e->conf;
	struct engine_watch *w;
	int err = 0;

	e->watches = calloc(c->n_scripts + c->n_processes + c->n_files + 1,
			    sizeof(*e->watches));
	if (!e->watches)
		return -ENOMEM;
	for (size_t i = 0; !err && i < c->n_scripts; i++) {
		w = watch_add(e, VRRP_TRACK_SCRIPT, c->scripts[i].name);
		if (w)
			err = start_script(w, &c->scripts[i]);
	}
	for (size_t i = 0; !err && i < c->n_processes; i++) {
		w = watch_add(e, VRRP_TRACK_PROCESS, c->processes[i].name);
		if (w)
			err = start_process(w, &c->processes[i]);
	}
	for (size_t i = 0; !err && i < c->n_files; i++) {
		w = watch_add(e, VRRP_TRACK_FILE, c->files[i].name);
		if (w)
			err = start_file(w, &c->files[i]);
	}
	return err;
}

int engine_tracks_start(struct engine *e)
{
	int err = 0;

	for (size_t i = 0; !err && i < e->n_vrrps; i++)
		err = init_tracks(&e->vrrps[i]);
	if (!err)
		err = start_watches(e);
	if (err) {
		log_error("vrrp: cannot track: %s", strerror(-err));
		return err;
	}
	for (size_t i = 0; i < e->n_vrrps; i++) {
		const struct engine_tracks *t = e->vrrps[i].tracks;

		for (size_t j = 0; j < t->n; j++) {
			if (t->list[j].kind == VRRP_TRACK_INTERFACE)
				engine_track_link(e, t->list[j].name);
		}
	}
	return 0;
}

void engine_tracks_stop(struct engine *e)
{
	for (size_t i = 0; i < e->n_watches; i++) {
		track_script_free(e->watches[i].script);
		track_process_remove(e->watches[i].process);
		track_file_free(e->watches[i].file);
	}
	free(e->watches);
	e->watches = NULL;
	e->n_watches = 0;
	track_processes_free(e->processes);
	e->processes = NULL;
	for (size_t i = 0; i < e->n_vrrps; i++) {
		if (e->vrrps[i].tracks)
			free(e->vrrps[i].tracks->list);
		free(e->vrrps[i].tracks);
		e->vrrps[i].tracks = NULL;
	}
}
