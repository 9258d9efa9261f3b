/* SPDX-License-Identifier: GPL-2.0-only */
/* vrrp_sync_group: its own words, then its members, who may come later. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

static struct conf_group *find_group(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_groups; i++) {
		if (!strcmp(conf->groups[i].name, name))
			return &conf->groups[i];
	}
	return NULL;
}

static struct conf_vrrp *find_instance(const struct conf *conf,
				       const char *name)
{
	for (size_t i = 0; i < conf->n_vrrps; i++) {
		if (!strcmp(conf->vrrps[i].name, name))
			return &conf->vrrps[i];
	}
	return NULL;
}

int conf_check_group(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_word *name = &b->line->words[1];
	const struct conf_group *before = find_group(c->conf, name->text);
	struct conf_group *out = &c->conf->groups[c->conf->n_groups];

	if (before) {
		conf_warn(c->messages, &name->pos,
			  "vrrp_sync_group '%s' was said before in line %u: "
			  "this one is ignored",
			  name->text, before->pos.line);
		return 0;
	}
	out->pos = b->line->pos;
	out->tracking_weight = conf_said_here(b, SLOT_TRACKING_WEIGHT);
	if (conf_check_copy(c, name->text, &out->name) ||
	    conf_check_tracks(c, b, &out->tracks) ||
	    conf_check_notify(c, b, &out->notify))
		return -ENOMEM;
	c->conf->n_groups++;
	return 0;
}

static bool add_member(struct conf_checking *c, const struct conf_word *w,
		       int group)
{
	struct conf_vrrp *v = find_instance(c->conf, w->text);

	if (!v)
		conf_warn(c->messages, &w->pos,
			  "there is no vrrp_instance '%s': ignored", w->text);
	else if (v->sync_group >= 0)
		conf_warn(c->messages, &w->pos,
			  "'%s' is in vrrp_sync_group '%s' already: ignored",
			  w->text, c->conf->groups[v->sync_group].name);
	else
		v->sync_group = group;
	return v && v->sync_group == group;
}

static void warn_of_weights(struct conf_checking *c,
			    const struct conf_track *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].weight)
			conf_warn(c->messages, &list[i].pos,
				  "'%s' has a weight: in a sync group it "
				  "counts only with "
				  "sync_group_tracking_weight",
				  list[i].name);
	}
}

static void check_weights(struct conf_checking *c, const struct conf_tracks *t)
{
	warn_of_weights(c, t->interfaces, t->n_interfaces);
	warn_of_weights(c, t->scripts, t->n_scripts);
	warn_of_weights(c, t->processes, t->n_processes);
	warn_of_weights(c, t->files, t->n_files);
}

/* One that has no members goes: those behind it have none yet. */
static void check_group_members(struct conf_checking *c,
				const struct conf_block *b, int group)
{
	struct conf_group *list = c->conf->groups;
	struct conf_walk walk = {NULL};
	const struct conf_line *line;
	size_t members = 0;

	while ((line = conf_walk_next(b, SLOT_GROUP, &walk))) {
		for (size_t i = 0; i < line->count; i++)
			members += add_member(c, &line->words[i], group);
	}
	if (!members)
		conf_warn(c->messages, &b->line->pos,
			  "vrrp_sync_group '%s' has no vrrp_instance: ignored",
			  list[group].name);
	else if (members == 1)
		conf_warn(c->messages, &b->line->pos,
			  "vrrp_sync_group '%s' has one vrrp_instance only",
			  list[group].name);
	if (!members)
		memmove(&list[group], &list[group + 1],
			(--c->conf->n_groups - (size_t)group) * sizeof(*list));
}

void conf_check_members(struct conf_checking *c)
{
	const struct conf_block *root = &c->tree->root, *b = NULL;
	const struct conf_group *group;

	while ((b = conf_block_next(root, IN_GROUP, b))) {
		group = find_group(c->conf, b->line->words[1].text);
		if (group && group->pos.line == b->line->pos.line &&
		    group->pos.file == b->line->pos.file)
			check_group_members(c, b,
					    (int)(group - c->conf->groups));
	}
	for (size_t i = 0; i < c->conf->n_vrrps; i++) {
		const struct conf_vrrp *v = &c->conf->vrrps[i];

		group = v->sync_group < 0 ? NULL
					  : &c->conf->groups[v->sync_group];
		if (group && !group->tracking_weight) {
			check_weights(c, &v->tracks);
			check_weights(c, &group->tracks);
		}
	}
}
