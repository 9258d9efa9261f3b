/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a config speaks of that is elsewhere: interfaces, scripts, and blocks
 * that other blocks name.  What is missing is a warning: it may come.
 */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <string.h>

void conf_check_interface(struct conf_checking *c, const struct conf_pos *pos,
			  const char *name)
{
	if (c->source->has_interface &&
	    !c->source->has_interface(c->source->arg, name))
		conf_warn(c->messages, pos, "interface '%s' is not there (yet)",
			  name);
}

/* The program of "/path/program argument ...", if it has a path. */
static void check_program(struct conf_checking *c, const struct conf_said *s)
{
	size_t length = strcspn(s->text, " \t");
	char path[CONF_MAX_WORD + 1];

	if (s->text[0] != '/' || !c->source->has_program)
		return;
	memcpy(path, s->text, length);
	path[length] = '\0';
	if (!c->source->has_program(c->source->arg, path))
		conf_warn(c->messages, &s->pos,
			  "script '%s' is not there (yet)", path);
}

static void check_security(struct conf_checking *c, const struct conf_said *s,
			   bool *said)
{
	if (*said || conf_said_global(c->tree, IN_GLOBAL, SLOT_SCRIPT_SECURITY))
		return;
	conf_warn_script(c->messages, &s->line->pos,
			 "scripts without 'enable_script_security' in "
			 "global_defs");
	*said = true;
}

static bool is_named(struct conf_checking *c, enum conf_block_id id,
		     const char *name)
{
	const struct conf_block *b = NULL;

	while ((b = conf_block_next(&c->tree->root, id, b))) {
		if (!strcmp(b->line->words[1].text, name))
			return true;
	}
	return false;
}

/* track_script { NAME ... }, group { NAME NAME } */
static void check_names(struct conf_checking *c, const struct conf_said *s,
			enum conf_block_id id)
{
	const struct conf_line *line = NULL;

	while ((line = conf_list_next(s, line))) {
		size_t n = id == IN_VRRP ? line->count : 1;

		for (size_t i = 0; i < n; i++) {
			if (is_named(c, id, line->words[i].text))
				continue;
			conf_warn(c->messages, &line->words[i].pos,
				  "there is no %s '%s': ignored",
				  conf_block_name(id), line->words[i].text);
		}
	}
}

static void check_said(struct conf_checking *c, const struct conf_said *s,
		       bool *security_said)
{
	static const struct {
		enum conf_slot slot;
		enum conf_block_id id;
	} lists[] = {
		{SLOT_GROUP, IN_VRRP},
		{SLOT_TRACK_SCRIPT, IN_SCRIPT},
		{SLOT_TRACK_PROCESS, IN_PROCESS},
		{SLOT_TRACK_FILE, IN_FILE},
	};

	if (s->key->type == TYPE_SCRIPT) {
		check_security(c, s, security_said);
		check_program(c, s);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (s->key->slot == lists[i].slot)
			check_names(c, s, lists[i].id);
	}
}

static void check_block(struct conf_checking *c, const struct conf_block *b,
			bool *security_said)
{
	const struct conf_block *child;
	const struct conf_said *s;

	for (s = b->said; s; s = s->next) {
		if (!s->bad)
			check_said(c, s, security_said);
	}
	for (child = b->children; child; child = child->next)
		check_block(c, child, security_said);
}

void conf_check_references(struct conf_checking *c)
{
	bool security_said = false;

	check_block(c, &c->tree->root, &security_said);
}
