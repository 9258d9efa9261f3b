/* SPDX-License-Identifier: GPL-2.0-only */
/* Where adverts go to and come from: peers or a group, and our own address. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

#define MAX_TTL 255

/* ADDRESS [min_ttl N] [max_ttl N] */
static void parse_ttls(struct conf_checking *c, const struct conf_line *line,
		       struct conf_peer *out)
{
	const struct conf_word *w;
	int64_t ttl;
	int which;

	for (size_t i = 1; i < line->count; i += 2) {
		w = &line->words[i];
		which = conf_choice_find("min_ttl|max_ttl", w->text);
		if (which < 0) {
			conf_warn(c->messages, &w->pos,
				  "unknown '%s' after a peer", w->text);
			return;
		}
		if (i + 1 == line->count) {
			conf_error(c->messages, &w->pos,
				   "%s: a value is missing", w->text);
			return;
		}
		if (conf_number_parse(w[1].text, &ttl) || ttl < 0 ||
		    ttl > MAX_TTL)
			conf_error(c->messages, &w[1].pos,
				   "%s: '%s' is not in 0 to %d", w->text,
				   w[1].text, MAX_TTL);
		else if (which)
			out->max_ttl = (uint8_t)ttl;
		else
			out->min_ttl = (uint8_t)ttl;
	}
}

static bool is_family(struct conf_checking *c, const struct conf_pos *pos,
		      const char *keyword, const struct addr *addr,
		      const struct conf_vrrp *v)
{
	if (addr_is_v4(addr) != v->v6)
		return true;
	conf_warn(c->messages, pos, "%s: this is an IPv%d instance: ignored",
		  keyword, v->v6 ? 6 : 4);
	return false;
}

static bool has_peer(const struct conf_vrrp *v, const struct addr *addr)
{
	for (size_t i = 0; i < v->n_peers; i++) {
		if (addr_equal(&v->peers[i].addr, addr))
			return true;
	}
	return false;
}

static void check_peer(struct conf_checking *c, const struct conf_line *line,
		       struct conf_vrrp *out)
{
	struct conf_peer *peer = &out->peers[out->n_peers];

	*peer = (struct conf_peer){.max_ttl = MAX_TTL};
	if (addr_parse(line->words[0].text, &peer->addr)) {
		conf_error(c->messages, &line->pos,
			   "unicast_peer: '%s' is not an address",
			   line->words[0].text);
		return;
	}
	parse_ttls(c, line, peer);
	if (!is_family(c, &line->pos, "unicast_peer", &peer->addr, out))
		return;
	if (has_peer(out, &peer->addr)) {
		conf_warn(c->messages, &line->pos,
			  "'%s' was said before: dropped", line->words[0].text);
		return;
	}
	if (peer->min_ttl > peer->max_ttl)
		conf_warn(c->messages, &line->pos,
			  "min_ttl is above max_ttl: nothing is heard of this "
			  "peer");
	if (peer->min_ttl || peer->max_ttl < MAX_TTL)
		out->check_unicast_src = true;
	out->n_peers++;
}

static int check_peers(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out)
{
	size_t n = conf_walk_count(b, SLOT_UNICAST_PEER);
	struct conf_walk walk = {NULL};
	const struct conf_line *line;

	out->peers = conf_arena_alloc(c->conf->arena, n * sizeof(*out->peers));
	if (!out->peers)
		return -ENOMEM;
	while ((line = conf_walk_next(b, SLOT_UNICAST_PEER, &walk)))
		check_peer(c, line, out);
	return 0;
}

static void check_source(struct conf_checking *c, const struct conf_block *b,
			 struct conf_vrrp *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_UNICAST_SRC);

	if (!s || !is_family(c, &s->pos, s->key->name, &s->addr, out))
		return;
	out->has_source = true;
	out->source = s->addr;
	if (!out->n_peers && !strcmp(s->key->name, "unicast_src_ip") &&
	    !conf_said_tried(b, SLOT_UNICAST_PEER))
		conf_warn(c->messages, &s->pos,
			  "unicast_src_ip without a unicast_peer: adverts are "
			  "multicast");
}

/* IPv6: link-local groups only, ffX2::/16 */
static bool is_group(const struct addr *a, bool v6)
{
	if (addr_is_v4(a) == v6)
		return false;
	if (v6)
		return a->bytes[0] == 0xff && (a->bytes[1] & 0x0f) == 2;
	return a->bytes[12] >> 4 == 0xe;
}

static void check_group(struct conf_checking *c, const struct conf_block *b,
			struct conf_vrrp *out)
{
	enum conf_slot slot = out->v6 ? SLOT_MCAST6 : SLOT_MCAST4;
	const struct conf_said *candidates[] = {
		conf_said_here(b, SLOT_MCAST_DST),
		conf_said_global(c->tree, IN_GLOBAL, slot),
	};
	const struct conf_said *s;

	for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		s = candidates[i];
		if (s && is_group(&s->addr, out->v6)) {
			out->group = s->addr;
			return;
		}
		if (s)
			conf_warn(c->messages, &s->pos,
				  "%s is no %s group: ignored", s->key->name,
				  out->v6 ? "link-local IPv6 multicast"
					  : "IPv4 multicast");
	}
	addr_parse(conf_keyword_of_slot(IN_GLOBAL, slot)->standard,
		   &out->group);
}

/* Without an address to advertise, the first one that is said decides. */
static void guess_family(const struct conf_block *b, struct conf_vrrp *out)
{
	const struct conf_said *source = conf_said_here(b, SLOT_UNICAST_SRC);
	struct conf_walk walk = {NULL};
	const struct conf_line *line;
	struct addr addr;

	for (size_t i = 0; i < out->n_vips; i++) {
		if (!out->vips[i].excluded)
			return;
	}
	line = conf_walk_next(b, SLOT_UNICAST_PEER, &walk);
	if (source)
		out->v6 |= !addr_is_v4(&source->addr);
	else if (line && !addr_parse(line->words[0].text, &addr))
		out->v6 |= !addr_is_v4(&addr);
}

int conf_check_transport(struct conf_checking *c, const struct conf_block *b,
			 struct conf_vrrp *out)
{
	out->check_unicast_src = conf_vrrp_number(c, b, SLOT_CHECK_UNICAST_SRC);
	out->skip_check_adv_addr =
		conf_vrrp_number(c, b, SLOT_SKIP_CHECK_ADDRS);
	out->v3_checksum_as_v2 = conf_vrrp_number(c, b, SLOT_V3_CHECKSUM);
	out->unicast_ttl = (uint8_t)conf_vrrp_number(c, b, SLOT_UNICAST_TTL);
	guess_family(b, out);
	if (check_peers(c, b, out))
		return -ENOMEM;
	check_source(c, b, out);
	check_group(c, b, out);
	return 0;
}
