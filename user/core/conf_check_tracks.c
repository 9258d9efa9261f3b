/* SPDX-License-Identifier: GPL-2.0-only */
/* track_interface, _script, _process, _file: NAME [weight N [reverse]] */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

enum kind { INTERFACES, SCRIPTS, PROCESSES, FILES };

static const struct {
	enum conf_slot slot;
	enum conf_block_id block; /* that it names; 0: an interface */
	int64_t most; /* weight, either sign */
} kinds[] = {
	[INTERFACES] = {SLOT_TRACK_INTERFACE, 0, 253},
	[SCRIPTS] = {SLOT_TRACK_SCRIPT, IN_SCRIPT, 253},
	[PROCESSES] = {SLOT_TRACK_PROCESS, IN_PROCESS, 254},
	[FILES] = {SLOT_TRACK_FILE, IN_FILE, 254},
};

/* What was said so far under that name, with its weight. */
static bool find_tracked(const struct conf *conf, enum kind kind,
			 const char *name, struct conf_track *out)
{
	for (size_t i = 0; kind == SCRIPTS && i < conf->n_scripts; i++) {
		if (strcmp(conf->scripts[i].name, name))
			continue;
		out->weight = conf->scripts[i].weight;
		out->reverse = conf->scripts[i].reverse;
		return true;
	}
	for (size_t i = 0; kind == PROCESSES && i < conf->n_processes; i++) {
		if (strcmp(conf->processes[i].name, name))
			continue;
		out->weight = conf->processes[i].weight;
		out->reverse = conf->processes[i].reverse;
		return true;
	}
	for (size_t i = 0; kind == FILES && i < conf->n_files; i++) {
		if (strcmp(conf->files[i].name, name))
			continue;
		out->weight = conf->files[i].weight;
		out->reverse = conf->files[i].reverse;
		return true;
	}
	return kind == INTERFACES;
}

static bool is_below(struct conf_checking *c, const struct conf_block *b,
		     enum conf_block_id id, const char *name)
{
	while ((b = conf_block_next(&c->tree->root, id, b))) {
		if (!strcmp(b->line->words[1].text, name))
			return true;
	}
	return false;
}

/* keepalived's order: what is tracked comes first. */
static bool check_name(struct conf_checking *c, const struct conf_block *b,
		       const struct conf_word *w, enum kind kind,
		       struct conf_track *out)
{
	enum conf_block_id id = kinds[kind].block;

	if (find_tracked(c->conf, kind, w->text, out)) {
		if (kind == INTERFACES)
			conf_check_interface(c, &w->pos, w->text);
		return true;
	}
	if (is_below(c, b, id, w->text))
		conf_warn(c->messages, &w->pos,
			  "%s '%s' must stand before what tracks it: ignored",
			  conf_block_name(id), w->text);
	else
		conf_warn(c->messages, &w->pos, "there is no %s '%s': ignored",
			  conf_block_name(id), w->text);
	return false;
}

static void set_weight(struct conf_checking *c, const struct conf_word *w,
		       int64_t most, struct conf_track *out)
{
	int64_t weight;

	if (conf_number_parse(w->text, &weight)) {
		conf_error(c->messages, &w->pos, "weight: '%s' is not a number",
			   w->text);
	} else if (weight < -most || weight > most) {
		conf_warn(c->messages, &w->pos,
			  "weight %s is not in -%d to %d: ignored", w->text,
			  (int)most, (int)most);
	} else {
		out->has_weight = true;
		out->weight = (int)weight;
		out->reverse = false;
	}
}

static void parse_options(struct conf_checking *c, const struct conf_line *line,
			  enum kind kind, struct conf_track *out)
{
	static const char names[] = "weight|reverse|noreverse|no_reverse";
	const struct conf_word *w;

	for (size_t i = 1; i < line->count; i++) {
		w = &line->words[i];
		switch (conf_choice_find(names, w->text)) {
		case 0:
			if (++i < line->count)
				set_weight(c, w + 1, kinds[kind].most, out);
			else
				conf_error(c->messages, &w->pos,
					   "weight: a value is missing");
			break;
		case 1:
			out->has_weight = true;
			out->reverse = true;
			break;
		case 2:
		case 3:
			out->has_weight = true;
			out->reverse = false;
			break;
		default:
			conf_warn(c->messages, &w->pos, "%s: unknown '%s'",
				  line->words[0].text, w->text);
		}
	}
}

static bool has_track(const struct conf_track *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(list[i].name, name))
			return true;
	}
	return false;
}

static int check_list(struct conf_checking *c, const struct conf_block *b,
		      enum kind kind, struct conf_track **out, size_t *n)
{
	size_t most = conf_walk_count(b, kinds[kind].slot);
	struct conf_walk walk = {NULL};
	const struct conf_line *line;
	struct conf_track *list;

	list = conf_arena_alloc(c->conf->arena, most * sizeof(*list));
	if (!list)
		return -ENOMEM;
	*out = list;
	while ((line = conf_walk_next(b, kinds[kind].slot, &walk))) {
		const struct conf_word *w = &line->words[0];
		struct conf_track track = {.pos = line->pos};

		if (!check_name(c, b, w, kind, &track))
			continue;
		if (has_track(list, *n, w->text)) {
			conf_warn(c->messages, &w->pos,
				  "'%s' was said before: dropped", w->text);
			continue;
		}
		parse_options(c, line, kind, &track);
		if (conf_check_copy(c, w->text, &track.name))
			return -ENOMEM;
		list[(*n)++] = track;
	}
	return 0;
}

int conf_check_tracks(struct conf_checking *c, const struct conf_block *b,
		      struct conf_tracks *out)
{
	if (check_list(c, b, INTERFACES, &out->interfaces,
		       &out->n_interfaces) ||
	    check_list(c, b, SCRIPTS, &out->scripts, &out->n_scripts) ||
	    check_list(c, b, PROCESSES, &out->processes, &out->n_processes) ||
	    check_list(c, b, FILES, &out->files, &out->n_files))
		return -ENOMEM;
	return 0;
}
