/* SPDX-License-Identifier: GPL-2.0-only */
/* The printed config's scripts, processes and files, and who tracks them. */
#include "core/conf_printer.h"

#include <limits.h>

static void print_weight(struct printer *p, int weight, bool reverse)
{
	printer_line(p, "weight %d%s", weight, reverse ? " reverse" : "");
}

static void print_script(struct printer *p, const struct conf_script *s)
{
	struct conf_command command = s->command;

	printer_begin_named(p, "vrrp_script", s->name);
	command.user = NULL; /* has a line of its own */
	printer_command(p, "script", &command);
	printer_time(p, "interval", s->interval);
	printer_time(p, "timeout", s->timeout);
	print_weight(p, s->weight, s->reverse);
	printer_line(p, "rise %u", s->rise);
	printer_line(p, "fall %u", s->fall);
	if (s->command.user) {
		printer_start(p);
		printer_add(p, "user");
		printer_add(p, s->command.user);
		printer_add(p, s->command.group);
		printer_finish(p);
	}
	printer_flag(p, "init_fail", s->init_fail);
	printer_end(p);
}

static void print_process(struct printer *p, const struct conf_process *s)
{
	printer_begin_named(p, "vrrp_track_process", s->name);
	printer_start(p);
	printer_add(p, "process");
	printer_add(p, s->path);
	for (char **param = s->params; *param; param++)
		printer_add(p, *param);
	printer_finish(p);
	if (s->match == CONF_PARAM_INITIAL || s->match == CONF_PARAM_PARTIAL)
		printer_line(p, "param_match %s",
			     s->match == CONF_PARAM_PARTIAL ? "partial"
							    : "initial");
	printer_flag(p, "full_command", s->full_command);
	print_weight(p, s->weight, s->reverse);
	if (s->quorum)
		printer_line(p, "quorum %u", s->quorum);
	if (s->quorum_max != UINT_MAX)
		printer_line(p, "quorum_max %u", s->quorum_max);
	if (s->fork_delay.us)
		printer_time(p, "fork_delay", s->fork_delay);
	if (s->terminate_delay.us)
		printer_time(p, "terminate_delay", s->terminate_delay);
	printer_end(p);
}

static void print_file(struct printer *p, const struct conf_track_file *s)
{
	printer_begin_named(p, "track_file", s->name);
	printer_word(p, "file", s->path);
	print_weight(p, s->weight, s->reverse);
	if (s->has_init)
		printer_line(p, "init_file %d%s", s->init,
			     s->init_overwrite ? " overwrite" : "");
	printer_end(p);
}

void conf_print_tracked(struct printer *p, const struct conf *c)
{
	for (size_t i = 0; i < c->n_scripts; i++)
		print_script(p, &c->scripts[i]);
	for (size_t i = 0; i < c->n_processes; i++)
		print_process(p, &c->processes[i]);
	for (size_t i = 0; i < c->n_files; i++)
		print_file(p, &c->files[i]);
}

static void print_tracks(struct printer *p, const char *keyword,
			 const struct conf_track *list, size_t n)
{
	if (!n)
		return;
	printer_begin(p, "%s", keyword);
	for (size_t i = 0; i < n; i++) {
		printer_start(p);
		printer_add(p, list[i].name);
		if (list[i].has_weight)
			printer_add_text(p, "weight %d%s", list[i].weight,
					 list[i].reverse ? " reverse" : "");
		printer_finish(p);
	}
	printer_end(p);
}

void conf_print_tracks(struct printer *p, const struct conf_tracks *t)
{
	print_tracks(p, "track_interface", t->interfaces, t->n_interfaces);
	print_tracks(p, "track_script", t->scripts, t->n_scripts);
	print_tracks(p, "track_process", t->processes, t->n_processes);
	print_tracks(p, "track_file", t->files, t->n_files);
}
