/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual routers: each block in its turn, and what makes two of them clash. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

int conf_check_copy(struct conf_checking *c, const char *text, char **out)
{
	*out = conf_arena_copy(c->conf->arena, text, strlen(text));
	return *out ? 0 : -ENOMEM;
}

const struct conf_said *conf_vrrp_said(struct conf_checking *c,
				       const struct conf_block *b,
				       enum conf_slot slot)
{
	const struct conf_said *s = conf_said_here(b, slot);

	return s ? s : conf_said_global(c->tree, IN_GLOBAL, slot);
}

int64_t conf_vrrp_number(struct conf_checking *c, const struct conf_block *b,
			 enum conf_slot slot)
{
	const struct conf_said *s = conf_vrrp_said(c, b, slot);
	const struct conf_keyword *k = conf_keyword_of_slot(b->id, slot);

	if (s)
		return s->number;
	return conf_default_number(k && k->standard ? b->id : IN_GLOBAL, slot);
}

static bool same_router(const struct conf_vrrp *a, const struct conf_vrrp *b)
{
	return a->virtual_router_id == b->virtual_router_id && a->v6 == b->v6 &&
	       !strcmp(a->interface, b->interface);
}

static void check_unique(struct conf_checking *c, const struct conf_block *b,
			 const struct conf_vrrp *v)
{
	const struct conf_said *id = conf_said_here(b, SLOT_VRID);

	for (const struct conf_vrrp *o = c->conf->vrrps; o < v; o++) {
		if (!strcmp(o->name, v->name)) {
			conf_error(c->messages, &b->line->words[1].pos,
				   "vrrp_instance '%s' was said before in "
				   "line %u",
				   v->name, o->pos.line);
			return;
		}
		if (id && same_router(o, v)) {
			conf_error(c->messages, &id->pos,
				   "virtual_router_id %u is taken on %s by "
				   "'%s'",
				   v->virtual_router_id, v->interface, o->name);
			return;
		}
	}
}

static int check_identity(struct conf_checking *c, const struct conf_block *b,
			  struct conf_vrrp *out)
{
	const struct conf_said *id = conf_said_here(b, SLOT_VRID);
	const struct conf_said *interface = conf_said_here(b, SLOT_INTERFACE);

	if (!interface && !conf_said_tried(b, SLOT_INTERFACE))
		interface = conf_said_global(c->tree, IN_GLOBAL,
					     SLOT_DEFAULT_INTERFACE);
	if (!interface && !conf_said_tried(b, SLOT_INTERFACE))
		conf_error(c->messages, &b->line->pos,
			   "vrrp_instance: its interface is missing");
	if (id)
		out->virtual_router_id = (uint8_t)id->number;
	else if (!conf_said_tried(b, SLOT_VRID))
		conf_error(c->messages, &b->line->pos,
			   "vrrp_instance: its virtual_router_id is missing");
	if (interface)
		conf_check_interface(c, &interface->pos, interface->text);
	if (conf_check_copy(c, b->line->words[1].text, &out->name))
		return -ENOMEM;
	return conf_check_copy(c, interface ? interface->text : "",
			       &out->interface);
}

/* A known trap: the one that is master stays, however low it sinks. */
static void check_pointless(struct conf_checking *c,
			    const struct conf_track *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].weight)
			conf_warn(c->messages, &list[i].pos,
				  "'%s': with nopreempt a weight moves no VIP "
				  "away from a master; weight 0 does (FAULT)",
				  list[i].name);
	}
}

static int check_instance(struct conf_checking *c, const struct conf_block *b)
{
	struct conf_vrrp *out = &c->conf->vrrps[c->conf->n_vrrps++];
	const struct conf_tracks *t = &out->tracks;

	out->pos = b->line->pos;
	out->sync_group = -1;
	out->dont_track_primary = conf_said_here(b, SLOT_DONT_TRACK_PRIMARY);
	out->promote_secondaries = conf_said_here(b, SLOT_PROMOTE);
	if (check_identity(c, b, out) || conf_check_vips(c, b, out) ||
	    conf_check_routes(c, b, out) || conf_check_transport(c, b, out))
		return -ENOMEM;
	conf_check_timing(c, b, out);
	if (conf_check_auth(c, b, out) ||
	    conf_check_tracks(c, b, &out->tracks) ||
	    conf_check_notify(c, b, &out->notify))
		return -ENOMEM;
	conf_check_strict(c, b, out);
	check_unique(c, b, out);
	if (out->nopreempt) {
		check_pointless(c, t->interfaces, t->n_interfaces);
		check_pointless(c, t->scripts, t->n_scripts);
		check_pointless(c, t->processes, t->n_processes);
		check_pointless(c, t->files, t->n_files);
	}
	return 0;
}

static int check_block(struct conf_checking *c, const struct conf_block *b)
{
	switch ((unsigned int)b->id) {
	case IN_SCRIPT:
		return conf_check_script(c, b);
	case IN_PROCESS:
		return conf_check_process(c, b);
	case IN_FILE:
		return conf_check_file(c, b);
	case IN_VRRP:
		return check_instance(c, b);
	case IN_GROUP:
		return conf_check_group(c, b);
	default:
		return 0;
	}
}

int conf_check_vrrp(struct conf_checking *c)
{
	const struct conf_block *root = &c->tree->root, *b;
	struct conf *conf = c->conf;

	conf->vrrps =
		conf_arena_alloc(conf->arena, conf_block_count(root, IN_VRRP) *
						      sizeof(*conf->vrrps));
	conf->groups =
		conf_arena_alloc(conf->arena, conf_block_count(root, IN_GROUP) *
						      sizeof(*conf->groups));
	if (!conf->vrrps || !conf->groups || conf_check_tracked_init(c) ||
	    conf_check_alerts(c) || conf_check_static_addresses(c) ||
	    conf_check_static_routes(c))
		return -ENOMEM;
	for (b = root->children; b; b = b->next) {
		if (check_block(c, b))
			return -ENOMEM;
	}
	conf_check_members(c);
	return 0;
}
