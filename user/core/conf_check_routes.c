/* SPDX-License-Identifier: GPL-2.0-only */
/* virtual_routes and static_routes: [TYPE] DESTINATION OPTION ..., as ip has */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

#define TYPES "unicast|blackhole|unreachable|prohibit"

struct parsing {
	struct conf_checking *c;
	struct route *out;
	bool has_to, has_hop;
	bool any; /* the default route, of a family to be found out */
	bool bad; /* it was said why */
};

static int refuse(struct parsing *p, const struct conf_word *w)
{
	conf_warn(p->c->messages, &w->pos, "'%s': the route is dropped",
		  w->text);
	p->bad = true;
	return 0;
}

static int set_to(struct parsing *p, const struct conf_word *w)
{
	struct prefix *to = &p->out->to;
	size_t bits;

	p->has_to = true;
	p->any = conf_choice_find("default|any|all", w->text) >= 0;
	if (p->any)
		return 0;
	if (prefix_parse(w->text, to))
		return refuse(p, w);
	bits = to->length + (addr_is_v4(&to->addr) ? 96u : 0);
	for (size_t i = bits; i < 128; i++)
		to->addr.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return 0;
}

static int set_via(struct parsing *p, const struct conf_word *w)
{
	p->out->has_gateway = true;
	return addr_parse(w->text, &p->out->gateway) ? refuse(p, w) : 0;
}

static int set_src(struct parsing *p, const struct conf_word *w)
{
	p->out->has_source = true;
	return addr_parse(w->text, &p->out->source) ? refuse(p, w) : 0;
}

static int set_dev(struct parsing *p, const struct conf_word *w)
{
	conf_check_interface(p->c, &w->pos, w->text);
	return conf_check_copy(p->c, w->text, &p->out->dev);
}

static int set_number(struct parsing *p, const struct conf_word *w,
		      uint32_t *out)
{
	int64_t number;

	if (conf_number_parse(w->text, &number) || number < 0 ||
	    number > UINT32_MAX)
		return refuse(p, w);
	*out = (uint32_t)number;
	return 0;
}

static int set_metric(struct parsing *p, const struct conf_word *w)
{
	return set_number(p, w, &p->out->metric);
}

static int set_mtu(struct parsing *p, const struct conf_word *w)
{
	return set_number(p, w, &p->out->mtu);
}

/* Other names are in files of iproute2's. */
static int set_table(struct parsing *p, const struct conf_word *w)
{
	int name = conf_choice_find("default|main|local", w->text);

	if (name < 0)
		return set_number(p, w, &p->out->table);
	p->out->table = 253 + (uint32_t)name;
	return 0;
}

static int set_scope(struct parsing *p, const struct conf_word *w)
{
	p->out->has_scope = true;
	return conf_scope_parse(w->text, &p->out->scope) ? refuse(p, w) : 0;
}

/* The route would be another one. */
static int set_essential(struct parsing *p, const struct conf_word *w)
{
	return refuse(p, w - 1);
}

static int set_nothing(struct parsing *p, const struct conf_word *w)
{
	conf_warn(p->c->messages, &(w - 1)->pos, "%s: not in effect",
		  (w - 1)->text);
	return 0;
}

/* Those that a value follows. */
static const struct option {
	const char *names;
	const char *between; /* may stand before the value; or NULL */
	int (*set)(struct parsing *p, const struct conf_word *w);
} options[] = {
	{"to", NULL, set_to},
	{"via|gw|gateway", "inet|inet6", set_via},
	{"dev|oif", NULL, set_dev},
	{"src", NULL, set_src},
	{"metric|preference|priority", NULL, set_metric},
	{"table", NULL, set_table},
	{"mtu", "lock", set_mtu},
	{"scope", NULL, set_scope},
	{"encap|from|tos|dsfield|nhid", NULL, set_essential},
	{"or|weight|proto|protocol|hoplimit|advmss|rtt|rttvar|rto_min|window|"
	 "cwnd|initcwnd|initrwnd|ssthresh|realms|reordering|quickack|congctl|"
	 "features|expires|pref|ttl-propagate|fastopen_no_cookie|track_group",
	 NULL, set_nothing},
};

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (conf_choice_find(options[i].names, name) >= 0)
			return &options[i];
	}
	return NULL;
}

/* Words that stand alone; what is none is the destination, once. */
static int set_word(struct parsing *p, const struct conf_word *w)
{
	int type = conf_choice_find(TYPES, w->text);

	if (!strcmp(w->text, "onlink"))
		p->out->on_link = true;
	else if (type >= 0 && !p->has_to)
		p->out->type = (enum route_type)type;
	else if (!p->has_to)
		return set_to(p, w);
	else if (strcmp(w->text, "no_track"))
		conf_warn(p->c->messages, &w->pos, "unknown '%s' after a route",
			  w->text);
	return 0;
}

static int parse_words(struct parsing *p, const struct conf_line *line)
{
	const struct option *o;
	const struct conf_word *w;
	int err = 0;

	for (size_t i = 0; !err && !p->bad && i < line->count; i++) {
		w = &line->words[i];
		if (!strcmp(w->text, "nexthop")) {
			if (p->has_hop) {
				conf_warn(p->c->messages, &w->pos,
					  "only the first nexthop is in "
					  "effect");
				return 0;
			}
			p->has_hop = true;
			continue;
		}
		o = find_option(w->text);
		if (!o) {
			err = set_word(p, w);
			continue;
		}
		if (o->between && i + 1 < line->count &&
		    conf_choice_find(o->between, line->words[i + 1].text) >= 0)
			i++;
		if (++i == line->count) {
			conf_error(p->c->messages, &w->pos,
				   "%s: a value is missing", w->text);
			p->bad = true;
			return 0;
		}
		err = o->set(p, &line->words[i]);
	}
	return err;
}

/* What the kernel would refuse: better said here. */
static const char *find_fault(const struct parsing *p)
{
	struct route *r = p->out;
	bool v4;

	if (!p->has_to)
		return "it has no destination";
	if (p->any && !(r->has_gateway && !addr_is_v4(&r->gateway)) &&
	    !(r->has_source && !addr_is_v4(&r->source)))
		r->to.addr = addr_from_v4(0);
	v4 = addr_is_v4(&r->to.addr);
	if (r->type == ROUTE_UNICAST && !r->has_gateway && !r->dev)
		return "it has neither a gateway nor a dev";
	if (!v4 && r->has_gateway && addr_is_v4(&r->gateway))
		return "an IPv6 route cannot have an IPv4 gateway";
	if (r->has_source && addr_is_v4(&r->source) != v4)
		return "its source is of the other family";
	return NULL;
}

static int check_list(struct conf_checking *c, const struct conf_block *b,
		      enum conf_slot slot, struct conf_route **out, size_t *n)
{
	struct conf_walk walk = {NULL};
	const struct conf_line *line;
	const char *fault;

	*out = conf_arena_alloc(c->conf->arena,
				conf_walk_count(b, slot) * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	while ((line = conf_walk_next(b, slot, &walk))) {
		struct conf_route route = {.pos = line->pos};
		struct parsing p = {.c = c, .out = &route.route};

		if (parse_words(&p, line))
			return -ENOMEM;
		if (p.bad)
			continue;
		fault = find_fault(&p);
		if (fault)
			conf_warn(c->messages, &line->pos,
				  "the route is dropped: %s", fault);
		else
			(*out)[(*n)++] = route;
	}
	return 0;
}

int conf_check_routes(struct conf_checking *c, const struct conf_block *b,
		      struct conf_vrrp *out)
{
	return check_list(c, b, SLOT_ROUTES, &out->routes, &out->n_routes);
}

int conf_check_static_routes(struct conf_checking *c)
{
	return check_list(c, &c->tree->root, SLOT_STATIC_ROUTES,
			  &c->conf->static_routes, &c->conf->n_static_routes);
}
