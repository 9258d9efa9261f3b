/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be tracked: vrrp_script, vrrp_track_process, track_file. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static const char *name_of(const struct conf_block *b)
{
	return b->line->words[1].text;
}

/* False after a warning that it does not count, and why. */
static bool is_usable(struct conf_checking *c, const struct conf_block *b,
		      const struct conf_said *what, const char *keyword,
		      const struct conf_pos *before)
{
	if (before)
		conf_warn(c->messages, &b->line->words[1].pos,
			  "%s '%s' was said before in line %u: this one is "
			  "ignored",
			  b->key->name, name_of(b), before->line);
	else if (!what)
		conf_warn(c->messages, &b->line->pos,
			  "%s '%s': its %s is missing: ignored", b->key->name,
			  name_of(b), keyword);
	return what && !before;
}

static int weight_of(const struct conf_block *b, bool *reverse)
{
	const struct conf_said *s = conf_said_here(b, SLOT_WEIGHT);

	*reverse = s && s->line->count > 2 &&
		   !strcmp(s->line->words[2].text, "reverse");
	return (int)conf_said_number(b, SLOT_WEIGHT);
}

static const struct conf_script *find_script(const struct conf *conf,
					     const char *name)
{
	for (size_t i = 0; i < conf->n_scripts; i++) {
		if (!strcmp(conf->scripts[i].name, name))
			return &conf->scripts[i];
	}
	return NULL;
}

int conf_check_script(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *what = conf_said_here(b, SLOT_SCRIPT);
	const struct conf_said *user = conf_said_here(b, SLOT_USER);
	const struct conf_said *timeout = conf_said_here(b, SLOT_TIMEOUT);
	struct conf_script *out = &c->conf->scripts[c->conf->n_scripts];
	const struct conf_script *o = find_script(c->conf, name_of(b));

	if (!is_usable(c, b, what, "script", o ? &o->pos : NULL))
		return 0;
	out->pos = b->line->pos;
	out->interval.us = conf_said_number(b, SLOT_INTERVAL);
	if (!out->interval.us)
		out->interval = USEC_SECONDS(1);
	out->timeout = out->interval;
	if (timeout && timeout->number)
		out->timeout.us = timeout->number;
	out->weight = weight_of(b, &out->reverse);
	out->rise = (unsigned int)conf_said_number(b, SLOT_RISE);
	out->fall = (unsigned int)conf_said_number(b, SLOT_FALL);
	out->init_fail = conf_said_here(b, SLOT_INIT_FAIL);
	if (conf_check_copy(c, name_of(b), &out->name) ||
	    conf_check_command(c, what, &out->command))
		return -ENOMEM;
	if (user && conf_check_user(c, user->line, 1, &out->command.user,
				    &out->command.group))
		return -ENOMEM;
	c->conf->n_scripts++;
	return 0;
}

static void check_quorum(struct conf_checking *c, const struct conf_block *b,
			 struct conf_process *out)
{
	const struct conf_said *most = conf_said_here(b, SLOT_QUORUM_MAX);

	out->quorum = (unsigned int)conf_said_number(b, SLOT_QUORUM);
	out->quorum_max = most ? (unsigned int)most->number : UINT_MAX;
	if (out->quorum <= out->quorum_max)
		return;
	/* 0: it must not run at all */
	if (out->quorum_max)
		conf_warn(c->messages, &most->pos,
			  "quorum %u is above quorum_max: %u is used",
			  out->quorum, out->quorum_max);
	out->quorum = out->quorum_max;
}

static void check_delays(const struct conf_block *b, struct conf_process *out)
{
	const struct conf_said *starting = conf_said_here(b, SLOT_FORK_DELAY);
	const struct conf_said *ending =
		conf_said_here(b, SLOT_TERMINATE_DELAY);

	out->fork_delay.us = starting ? starting->number
				      : conf_said_number(b, SLOT_DELAY);
	out->terminate_delay.us = ending ? ending->number
					 : conf_said_number(b, SLOT_DELAY);
}

/* param_match without parameters: there must be none. */
static enum conf_param_match match_of(const struct conf_block *b, bool params)
{
	const struct conf_said *s = conf_said_here(b, SLOT_PARAM_MATCH);

	if (s)
		return s->number ? CONF_PARAM_PARTIAL : CONF_PARAM_INITIAL;
	return params ? CONF_PARAM_EXACT : CONF_PARAM_ANY;
}

static int copy_params(struct conf_checking *c, const struct conf_line *line,
		       struct conf_process *out)
{
	size_t n = line->count - 2;

	out->params = conf_arena_alloc(c->conf->arena,
				       (n + 1) * sizeof(*out->params));
	if (!out->params)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (conf_check_copy(c, line->words[i + 2].text,
				    &out->params[i]))
			return -ENOMEM;
	}
	return 0;
}

int conf_check_process(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *what = conf_said_here(b, SLOT_PROCESS);
	struct conf_process *out = &c->conf->processes[c->conf->n_processes];
	const struct conf_pos *before = NULL;

	for (size_t i = 0; i < c->conf->n_processes && !before; i++) {
		if (!strcmp(c->conf->processes[i].name, name_of(b)))
			before = &c->conf->processes[i].pos;
	}
	if (!is_usable(c, b, what, "process", before))
		return 0;
	out->pos = b->line->pos;
	out->match = match_of(b, what->line->count > 2);
	out->full_command = conf_said_here(b, SLOT_FULL_COMMAND);
	out->weight = weight_of(b, &out->reverse);
	check_quorum(c, b, out);
	check_delays(b, out);
	if (conf_check_copy(c, name_of(b), &out->name) ||
	    conf_check_copy(c, what->line->words[1].text, &out->path) ||
	    copy_params(c, what->line, out))
		return -ENOMEM;
	c->conf->n_processes++;
	return 0;
}

/* init_file [VALUE] [overwrite] */
static void check_init(struct conf_checking *c, const struct conf_block *b,
		       struct conf_track_file *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_INIT_FILE);
	const struct conf_word *w;
	int64_t value;

	out->has_init = s;
	for (size_t i = 1; s && i < s->line->count; i++) {
		w = &s->line->words[i];
		if (!strcmp(w->text, "overwrite"))
			out->init_overwrite = true;
		else if (!conf_number_parse(w->text, &value) &&
			 value >= INT_MIN && value <= INT_MAX)
			out->init = (int)value;
		else
			conf_error(c->messages, &w->pos,
				   "init_file: '%s' is neither a number nor "
				   "'overwrite'",
				   w->text);
	}
}

int conf_check_file(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *what = conf_said_here(b, SLOT_FILE);
	struct conf_track_file *out = &c->conf->files[c->conf->n_files];
	const struct conf_pos *before = NULL;

	for (size_t i = 0; i < c->conf->n_files && !before; i++) {
		if (!strcmp(c->conf->files[i].name, name_of(b)))
			before = &c->conf->files[i].pos;
	}
	if (!is_usable(c, b, what, "file", before))
		return 0;
	if (*what->text != '/')
		conf_error(c->messages, &what->pos,
			   "file: '%s' is not absolute", what->text);
	out->pos = b->line->pos;
	out->weight = weight_of(b, &out->reverse);
	check_init(c, b, out);
	if (conf_check_copy(c, name_of(b), &out->name) ||
	    conf_check_copy(c, what->text, &out->path))
		return -ENOMEM;
	c->conf->n_files++;
	return 0;
}

int conf_check_tracked_init(struct conf_checking *c)
{
	const struct conf_block *root = &c->tree->root;
	struct conf *conf = c->conf;

	conf->scripts = conf_arena_alloc(conf->arena,
					 conf_block_count(root, IN_SCRIPT) *
						 sizeof(*conf->scripts));
	conf->processes = conf_arena_alloc(conf->arena,
					   conf_block_count(root, IN_PROCESS) *
						   sizeof(*conf->processes));
	conf->files =
		conf_arena_alloc(conf->arena, conf_block_count(root, IN_FILE) *
						      sizeof(*conf->files));
	return conf->scripts && conf->processes && conf->files ? 0 : -ENOMEM;
}
