/* SPDX-License-Identifier: GPL-2.0-only */
/* virtual_ipaddress and its like: ADDRESS[/N] OPTION ... */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define MAX_LABEL   15 /* the kernel's IFNAMSIZ, less its NUL */
#define MAX_SUBNET4 30 /* longer prefixes have no broadcast address */

/* "10.0.0.1/33": keepalived takes the address as a host's. */
static int parse_prefix(struct conf_checking *c, const struct conf_word *w,
			struct prefix *out)
{
	char address[ADDR_PRINT_SIZE];
	size_t length = strcspn(w->text, "/");

	if (!prefix_parse(w->text, out))
		return 0;
	if (length < sizeof(address)) {
		memcpy(address, w->text, length);
		address[length] = '\0';
		if (w->text[length] && !prefix_parse(address, out)) {
			conf_warn(c->messages, &w->pos,
				  "'%s' has no such prefix length: /%u is used",
				  w->text, out->length);
			return 0;
		}
	}
	conf_error(c->messages, &w->pos, "'%s' is not an address", w->text);
	return -EINVAL;
}

static int set_dev(struct conf_checking *c, const struct conf_word *w,
		   struct conf_vip *out)
{
	conf_check_interface(c, &w->pos, w->text);
	return conf_check_copy(c, w->text, &out->dev);
}

static int set_label(struct conf_checking *c, const struct conf_word *w,
		     struct conf_vip *out)
{
	if (addr_is_v4(&out->prefix.addr) && strlen(w->text) <= MAX_LABEL)
		return conf_check_copy(c, w->text, &out->options.label);
	conf_warn(c->messages, &w->pos,
		  "label '%s' is ignored: labels have up to %d characters and "
		  "are for IPv4",
		  w->text, MAX_LABEL);
	return 0;
}

/* brd ADDRESS, or + (host part all ones) or - (all zeroes) */
static int set_broadcast(struct conf_checking *c, const struct conf_word *w,
			 struct conf_vip *out)
{
	bool computed = !strcmp(w->text, "+") || !strcmp(w->text, "-");
	struct address_options *o = &out->options;
	const struct prefix *p = &out->prefix;
	uint32_t host;

	o->has_broadcast = true;
	if (computed && addr_is_v4(&p->addr) && p->length <= MAX_SUBNET4) {
		host = htonl(UINT32_MAX >> p->length);
		o->broadcast = addr_from_v4(
			*w->text == '+' ? addr_to_v4(&p->addr) | host
					: addr_to_v4(&p->addr) & ~host);
	} else if (computed || !addr_is_v4(&p->addr) ||
		   addr_parse(w->text, &o->broadcast) ||
		   !addr_is_v4(&o->broadcast)) {
		o->has_broadcast = false;
		conf_warn(c->messages, &w->pos,
			  "broadcast address '%s' is ignored", w->text);
	}
	return 0;
}

static int set_nothing(struct conf_checking *c, const struct conf_word *w,
		       struct conf_vip *out)
{
	(void)c;
	(void)w;
	(void)out;
	return 0;
}

static int set_scope(struct conf_checking *c, const struct conf_word *w,
		     struct conf_vip *out)
{
	uint8_t scope;

	if (conf_scope_parse(w->text, &scope))
		conf_warn(c->messages, &w->pos, "scope '%s' is ignored",
			  w->text);
	else if (addr_is_v4(&out->prefix.addr))
		out->options.scope = scope; /* IPv6 has it in the address */
	return 0;
}

/* Seconds; at 0 other addresses are preferred as a source. */
static int set_preferred(struct conf_checking *c, const struct conf_word *w,
			 struct conf_vip *out)
{
	int64_t seconds = UINT32_MAX;

	if (strcmp(w->text, "forever") &&
	    (conf_number_parse(w->text, &seconds) || seconds < 0 ||
	     seconds > UINT32_MAX)) {
		conf_warn(c->messages, &w->pos, "preferred_lft '%s' is ignored",
			  w->text);
		return 0;
	}
	out->options.has_preferred = true;
	out->options.preferred = (uint32_t)seconds;
	return 0;
}

/* One of the words that stand alone. */
static int set_flag(struct conf_checking *c, const struct conf_word *w,
		    struct conf_vip *out)
{
	struct address_options *o = &out->options;
	bool *const flags[] = {
		&out->no_track,      &o->home,      &o->temporary,
		&o->no_prefix_route, &o->auto_join,
	};

	(void)c;
	*flags[conf_choice_find("no_track|home|mngtmpaddr|noprefixroute|"
				"autojoin",
				w->text)] = true;
	return 0;
}

static const struct option {
	const char *name;
	bool value; /* follows */
	bool later; /* one warning, until it has an effect */
	int (*set)(struct conf_checking *c, const struct conf_word *w,
		   struct conf_vip *out); /* `w`: the value, or the name */
} options[] = {
	{"dev", true, false, set_dev},
	{"label", true, false, set_label},
	{"brd", true, false, set_broadcast},
	{"broadcast", true, false, set_broadcast},
	{"scope", true, false, set_scope},
	{"peer", true, true, set_nothing},
	{"preferred_lft", true, false, set_preferred},
	{"track_group", true, true, set_nothing},
	{"home", false, false, set_flag},
	{"mngtmpaddr", false, false, set_flag},
	{"noprefixroute", false, false, set_flag},
	{"autojoin", false, false, set_flag},
	{"use_vmac", false, true, set_nothing},
	/* as it always is here */
	{"-nodad", false, false, set_nothing},
	{"no_track", false, false, set_flag},
};

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!strcmp(options[i].name, name))
			return &options[i];
	}
	return NULL;
}

static void warn_of_later(struct conf_checking *c, const struct conf_word *w,
			  const struct option *o)
{
	unsigned int bit = 1u << (o - options);

	if (o->later && !(c->later & bit))
		conf_warn(c->messages, &w->pos, "%s: not in effect yet",
			  o->name);
	if (o->later)
		c->later |= bit;
}

static int parse_options(struct conf_checking *c, const struct conf_line *line,
			 struct conf_vip *out)
{
	const struct conf_word *w;
	const struct option *o;

	for (size_t i = 1; i < line->count; i++) {
		w = &line->words[i];
		o = find_option(w->text);
		if (!o) {
			conf_warn(c->messages, &w->pos,
				  "unknown '%s' after an address", w->text);
			continue;
		}
		warn_of_later(c, w, o);
		if (o->value && ++i == line->count) {
			conf_error(c->messages, &w->pos,
				   "%s: a value is missing", w->text);
			return 0;
		}
		if (o->set(c, &line->words[i], out))
			return -ENOMEM;
	}
	return 0;
}

static bool has_vip(const struct conf_vrrp *v, const struct addr *addr)
{
	for (size_t i = 0; i < v->n_vips; i++) {
		if (addr_equal(&v->vips[i].prefix.addr, addr))
			return true;
	}
	return false;
}

/* An advert holds addresses of one family: the first one's. */
static bool fits(struct conf_checking *c, const struct conf_word *w,
		 const struct conf_vip *vip, struct conf_vrrp *v)
{
	bool v6 = !addr_is_v4(&vip->prefix.addr);

	if (!vip->excluded && !v->n_vips)
		v->v6 |= v6;
	if (!vip->excluded && v6 != v->v6)
		conf_warn(c->messages, &w->pos,
			  "'%s' is not IPv%d like the others: dropped "
			  "(virtual_ipaddress_excluded takes both)",
			  w->text, v->v6 ? 6 : 4);
	else if (has_vip(v, &vip->prefix.addr))
		conf_warn(c->messages, &w->pos, "'%s' was said before: dropped",
			  w->text);
	else
		return true;
	return false;
}

static int check_list(struct conf_checking *c, const struct conf_block *b,
		      enum conf_slot slot, struct conf_vrrp *out)
{
	struct conf_walk walk = {NULL};
	const struct conf_line *line;
	struct conf_vip *vip;

	while ((line = conf_walk_next(b, slot, &walk))) {
		vip = &out->vips[out->n_vips];
		*vip = (struct conf_vip){
			.pos = line->pos,
			.excluded = slot == SLOT_VIPS_EXCLUDED,
		};
		if (parse_prefix(c, &line->words[0], &vip->prefix))
			continue;
		if (parse_options(c, line, vip))
			return -ENOMEM;
		out->n_vips += fits(c, &line->words[0], vip, out);
	}
	return 0;
}

int conf_check_vips(struct conf_checking *c, const struct conf_block *b,
		    struct conf_vrrp *out)
{
	size_t n = conf_walk_count(b, SLOT_VIPS) +
		   conf_walk_count(b, SLOT_VIPS_EXCLUDED);

	out->v6 = conf_said_here(b, SLOT_NATIVE_IPV6);
	out->vips = conf_arena_alloc(c->conf->arena, n * sizeof(*out->vips));
	if (!out->vips || check_list(c, b, SLOT_VIPS, out) ||
	    check_list(c, b, SLOT_VIPS_EXCLUDED, out))
		return -ENOMEM;
	return 0;
}

int conf_check_static_addresses(struct conf_checking *c)
{
	const struct conf_said *standard =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_DEFAULT_INTERFACE);
	const struct conf_block *b = &c->tree->root;
	struct conf *conf = c->conf;
	struct conf_walk walk = {NULL};
	const struct conf_line *line;

	conf->static_addresses = conf_arena_alloc(
		conf->arena, conf_walk_count(b, SLOT_STATIC_ADDRESSES) *
				     sizeof(*conf->static_addresses));
	if (!conf->static_addresses)
		return -ENOMEM;
	while ((line = conf_walk_next(b, SLOT_STATIC_ADDRESSES, &walk))) {
		struct conf_vip address = {.pos = line->pos};

		if (parse_prefix(c, &line->words[0], &address.prefix))
			continue;
		if (parse_options(c, line, &address) ||
		    (!address.dev && standard &&
		     conf_check_copy(c, standard->text, &address.dev)))
			return -ENOMEM;
		if (address.dev)
			conf->static_addresses[conf->n_static_addresses++] =
				address;
		else
			conf_warn(c->messages, &line->pos,
				  "'%s' has no dev, and there is no "
				  "default_interface: dropped",
				  line->words[0].text);
	}
	return 0;
}
