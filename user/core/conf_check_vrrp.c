/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual routers: their addresses, and what contradicts what. */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <string.h>

#define OWNER         255 /* the priority of an address's owner */
#define MAX_AUTH_PASS 8
#define STATE_MASTER  1 /* index in the table's choices */

static size_t list_length(const struct conf_said *list)
{
	const struct conf_line *line = NULL;
	size_t n = 0;

	while (list && (line = conf_list_next(list, line)))
		n++;
	return n;
}

static int copy(struct conf_checking *c, const char *text, char **out)
{
	*out = conf_arena_copy(c->conf->arena, text, strlen(text));
	return *out ? 0 : -ENOMEM;
}

/* "10.0.0.1/33": keepalived takes the address as a host's. */
static int parse_vip_prefix(struct conf_checking *c, const struct conf_word *w,
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

/* [dev IF], [label L] and the rest; what is not said here is not used yet. */
static int parse_vip_options(struct conf_checking *c,
			     const struct conf_line *line, struct conf_vip *out)
{
	static const char with[] = "dev|brd|broadcast|scope|label|peer|"
				   "preferred_lft|track_group";
	static const char without[] = "home|-nodad|mngtmpaddr|noprefixroute|"
				      "autojoin|no_track|use_vmac";

	for (size_t i = 1; i < line->count; i++) {
		const struct conf_word *w = &line->words[i];

		if (conf_choice_find(without, w->text) >= 0)
			continue;
		if (conf_choice_find(with, w->text) < 0) {
			conf_warn(c->messages, &w->pos,
				  "unknown '%s' after an address", w->text);
			continue;
		}
		if (++i == line->count) {
			conf_error(c->messages, &w->pos,
				   "%s: a value is missing", w->text);
			return 0;
		}
		if (strcmp(w->text, "dev"))
			continue;
		w = &line->words[i];
		conf_check_interface(c, &w->pos, w->text);
		if (copy(c, w->text, &out->dev))
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

static int check_vip_list(struct conf_checking *c, const struct conf_said *list,
			  struct conf_vrrp *out)
{
	const struct conf_line *line = NULL;
	struct conf_vip *vip;

	while (list && (line = conf_list_next(list, line))) {
		vip = &out->vips[out->n_vips];
		memset(vip, 0, sizeof(*vip));
		vip->pos = line->pos;
		if (parse_vip_prefix(c, &line->words[0], &vip->prefix))
			continue;
		if (parse_vip_options(c, line, vip))
			return -ENOMEM;
		if (has_vip(out, &vip->prefix.addr))
			conf_warn(c->messages, &line->pos,
				  "'%s' was said before: dropped",
				  line->words[0].text);
		else
			out->n_vips++;
	}
	return 0;
}

static int check_vips(struct conf_checking *c, const struct conf_block *b,
		      struct conf_vrrp *out)
{
	const struct conf_said *vips = conf_said_here(b, SLOT_VIPS);
	const struct conf_said *more = conf_said_here(b, SLOT_VIPS_EXCLUDED);
	size_t n = list_length(vips) + list_length(more);

	out->vips = conf_arena_alloc(c->conf->arena, n * sizeof(*out->vips));
	if (!out->vips || check_vip_list(c, vips, out) ||
	    check_vip_list(c, more, out))
		return -ENOMEM;
	return 0;
}

static int check_peers(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out)
{
	const struct conf_said *list = conf_said_here(b, SLOT_UNICAST_PEER);
	const struct conf_said *src = conf_said_here(b, SLOT_UNICAST_SRC);
	const struct conf_line *line = NULL;
	struct conf_peer *peer;

	out->has_source = src;
	if (src)
		out->source = src->addr;
	out->peers = conf_arena_alloc(c->conf->arena,
				      list_length(list) * sizeof(*peer));
	if (!out->peers)
		return -ENOMEM;
	while (list && (line = conf_list_next(list, line))) {
		peer = &out->peers[out->n_peers];
		if (addr_parse(line->words[0].text, &peer->addr))
			conf_error(c->messages, &line->pos,
				   "unicast_peer: '%s' is not an address",
				   line->words[0].text);
		else
			out->n_peers++;
	}
	return 0;
}

static void check_auth(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_block *auth = conf_block_next(b, IN_AUTH, NULL);
	const struct conf_said *pass;

	pass = auth ? conf_said_here(auth, SLOT_AUTH_PASS) : NULL;
	if (pass && strlen(pass->text) > MAX_AUTH_PASS)
		conf_warn(c->messages, &pass->pos,
			  "auth_pass is cut to %d characters", MAX_AUTH_PASS);
}

static void check_preemption(struct conf_checking *c,
			     const struct conf_block *b)
{
	const struct conf_said *no = conf_said_here(b, SLOT_NOPREEMPT);
	const struct conf_said *delay = conf_said_here(b, SLOT_PREEMPT_DELAY);

	if (conf_said_number(b, SLOT_STATE) != STATE_MASTER)
		return;
	if (no)
		conf_warn(c->messages, &no->pos,
			  "nopreempt does not go with 'state MASTER': ignored");
	if (delay)
		conf_warn(c->messages, &delay->pos,
			  "preempt_delay does not go with 'state MASTER': "
			  "ignored");
}

static void check_advert_int(struct conf_checking *c,
			     const struct conf_block *b)
{
	const struct conf_said *version = conf_said_here(b, SLOT_VERSION);
	const struct conf_said *s = conf_said_here(b, SLOT_ADVERT_INT);

	if (s && (!version || version->number == 2) && s->number % 1000000)
		conf_warn(c->messages, &s->pos,
			  "VRRP version 2 has whole seconds: advert_int is "
			  "rounded");
	else if (s && version && version->number == 3 && s->number > 40950000)
		conf_warn(c->messages, &s->pos,
			  "advert_int is at most 40.95 in VRRP version 3");
}

static bool is_strict(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *s = conf_said_here(b, SLOT_STRICT);

	if (!s)
		s = conf_said_global(c->tree, IN_GLOBAL, SLOT_STRICT);
	return s && s->number;
}

static void check_strict(struct conf_checking *c, const struct conf_block *b,
			 const struct conf_vrrp *v)
{
	static const enum conf_slot not_strict[] = {
		SLOT_UNICAST_PEER,
		SLOT_PREEMPT_DELAY,
		SLOT_ACCEPT,
	};
	const struct conf_block *auth = conf_block_next(b, IN_AUTH, NULL);
	const struct conf_said *s;

	if (!is_strict(c, b))
		return;
	for (size_t i = 0; i < sizeof(not_strict) / sizeof(*not_strict); i++) {
		s = conf_said_here(b, not_strict[i]);
		if (s)
			conf_warn(c->messages, &s->line->pos,
				  "vrrp_strict does not allow %s",
				  s->key->name);
	}
	if (auth)
		conf_warn(c->messages, &auth->line->pos,
			  "vrrp_strict does not allow authentication");
	s = conf_said_here(b, SLOT_STATE);
	if (s && (s->number == STATE_MASTER) != (v->priority == OWNER))
		conf_warn(c->messages, &s->pos,
			  "vrrp_strict: state MASTER and priority 255 go "
			  "together");
	if (!v->n_vips)
		conf_warn(c->messages, &b->line->pos,
			  "vrrp_strict does not allow an instance without "
			  "addresses");
}

static bool same_family(const struct conf_vrrp *a, const struct conf_vrrp *b)
{
	return !a->n_vips || !b->n_vips ||
	       addr_is_v4(&a->vips[0].prefix.addr) ==
		       addr_is_v4(&b->vips[0].prefix.addr);
}

static bool same_router(const struct conf_vrrp *a, const struct conf_vrrp *b)
{
	return a->virtual_router_id == b->virtual_router_id &&
	       !strcmp(a->interface, b->interface) && same_family(a, b);
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
	const struct conf_said *priority = conf_said_here(b, SLOT_PRIORITY);
	const struct conf_said *interface = conf_said_here(b, SLOT_INTERFACE);
	bool master = conf_said_number(b, SLOT_STATE) == STATE_MASTER;

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
	/* keepalived's: MASTER without a priority owns the address */
	out->priority = master && !priority
				? OWNER
				: (uint8_t)conf_said_number(b, SLOT_PRIORITY);
	if (copy(c, b->line->words[1].text, &out->name))
		return -ENOMEM;
	return copy(c, interface ? interface->text : "", &out->interface);
}

static int check_instance(struct conf_checking *c, const struct conf_block *b,
			  struct conf_vrrp *out)
{
	out->pos = b->line->pos;
	if (check_identity(c, b, out) || check_vips(c, b, out) ||
	    check_peers(c, b, out))
		return -ENOMEM;
	check_auth(c, b);
	check_preemption(c, b);
	check_advert_int(c, b);
	check_strict(c, b, out);
	check_unique(c, b, out);
	return 0;
}

int conf_check_vrrp(struct conf_checking *c)
{
	const struct conf_block *root = &c->tree->root, *b = NULL;
	size_t n = conf_block_count(root, IN_VRRP);

	c->conf->vrrps =
		conf_arena_alloc(c->conf->arena, n * sizeof(*c->conf->vrrps));
	if (!c->conf->vrrps)
		return -ENOMEM;
	while ((b = conf_block_next(root, IN_VRRP, b))) {
		if (check_instance(c, b, &c->conf->vrrps[c->conf->n_vrrps++]))
			return -ENOMEM;
	}
	return 0;
}
