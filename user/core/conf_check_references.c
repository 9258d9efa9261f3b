/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a config speaks of that is elsewhere: interfaces and scripts.  What is
 * missing is a warning: it may come.
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

static void check_said(struct conf_checking *c, const struct conf_said *s,
		       bool *security_said)
{
	if (s->key->type == TYPE_SCRIPT) {
		check_security(c, s, security_said);
		check_program(c, s);
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
