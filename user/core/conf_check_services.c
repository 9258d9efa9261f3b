/* SPDX-License-Identifier: GPL-2.0-only */
/* Services and backends: what is there yet, and what keepalived corrects. */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define NOT_YET "is not there yet: write 'lb_kind FNAT' or 'lb_kind DR'"

/* "ADDRESS [PORT]" behind virtual_server and real_server. */
static int parse_head(struct conf_checking *c, const struct conf_line *line,
		      struct addr *addr, uint16_t *port)
{
	const struct conf_word *w = line->words;

	*port = 0;
	if (addr_parse(w[1].text, addr)) {
		conf_error(c->messages, &w[1].pos, "%s: '%s' is not an address",
			   w[0].text, w[1].text);
		return -EINVAL;
	}
	if (!addr_is_v4(addr)) {
		conf_error(c->messages, &w[1].pos, "%s: IPv6 is not there yet",
			   w[0].text);
		return -EINVAL;
	}
	if (line->count > 2 && strcmp(w[2].text, "0") &&
	    conf_port_parse(w[2].text, port)) {
		conf_error(c->messages, &w[2].pos,
			   "%s: '%s' is not a port (1 to 65535)", w[0].text,
			   w[2].text);
		return -EINVAL;
	}
	return 0;
}

static bool is_node(const struct conf *conf, const struct addr *addr)
{
	for (size_t i = 0; i < conf->n_vrrps; i++) {
		const struct conf_vrrp *v = &conf->vrrps[i];

		if (v->has_source && addr_equal(&v->source, addr))
			return true;
		for (size_t j = 0; j < v->n_peers; j++) {
			if (addr_equal(&v->peers[j].addr, addr))
				return true;
		}
	}
	return false;
}

/* NAT and TUN come later; an error each time one is said, or meant. */
static void check_kind(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *s = conf_said_here(b, SLOT_KIND);

	if (s && (s->number == CONF_KIND_NAT || s->number == CONF_KIND_TUN))
		conf_error(c->messages, &s->pos, "%s %s " NOT_YET, s->key->name,
			   conf_kind_name(s->number));
}

/* The service's port, unless the backend is one of us. */
static void check_port(struct conf_checking *c, const struct conf_block *b,
		       uint16_t service_port, struct conf_backend *out)
{
	if (!out->port)
		out->port = service_port;
	out->local_port = out->port;
	if (out->kind != CONF_KIND_DR || out->port == service_port ||
	    out->agent || addr_is_loopback(&out->addr))
		return;
	conf_warn(c->messages, &b->line->words[2].pos,
		  "under DR backends have the service's port: %u is used, "
		  "unless the address is this node's own",
		  service_port);
	out->port = service_port;
}

static int check_backend(struct conf_checking *c, const struct conf_block *b,
			 uint16_t service_port, struct conf_backend *out)
{
	out->pos = b->line->pos;
	out->weight = (uint32_t)conf_said_number(b, SLOT_WEIGHT);
	out->kind = (enum conf_kind)conf_said_number(b, SLOT_KIND);
	out->alpha = conf_said_number(b, SLOT_ALPHA);
	out->inhibit_on_failure = conf_said_number(b, SLOT_INHIBIT);
	check_kind(c, b);
	if (!parse_head(c, b->line, &out->addr, &out->port)) {
		out->agent = conf_said_find(b, SLOT_AGENT) ||
			     is_node(c->conf, &out->addr);
		check_port(c, b, service_port, out);
	}
	return conf_check_checkers(c, b, out);
}

static bool is_duplicate(struct conf_checking *c, const struct conf_service *s,
			 const struct conf_backend *b)
{
	for (const struct conf_backend *o = s->backends; o < b; o++) {
		if (!addr_equal(&o->addr, &b->addr) || o->port != b->port)
			continue;
		conf_warn(c->messages, &b->pos,
			  "the same backend as in line %u: dropped",
			  o->pos.line);
		return true;
	}
	return false;
}

static int check_backends(struct conf_checking *c, const struct conf_block *vs,
			  struct conf_service *out)
{
	size_t n = conf_block_count(vs, IN_RS);
	const struct conf_block *b = NULL;
	struct conf_backend *backend;

	out->backends =
		conf_arena_alloc(c->conf->arena, n * sizeof(*out->backends));
	if (!out->backends)
		return -ENOMEM;
	while ((b = conf_block_next(vs, IN_RS, b))) {
		backend = &out->backends[out->n_backends];
		memset(backend, 0, sizeof(*backend));
		if (check_backend(c, b, out->endpoint.port, backend))
			return -ENOMEM;
		out->n_backends += !is_duplicate(c, out, backend);
	}
	if (!n)
		conf_warn(c->messages, &vs->line->pos,
			  "the service has no real_server");
	return 0;
}

static bool by_address(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_word *w = &b->line->words[1];

	if (!strcmp(w->text, "fwmark"))
		conf_error(c->messages, &w->pos,
			   "fwmark services are refused: XDP runs before "
			   "netfilter could set a mark");
	else if (!strcmp(w->text, "group"))
		conf_error(c->messages, &w->pos,
			   "services by group are not there yet: write a "
			   "virtual_server for each address");
	else
		return true;
	return false;
}

static void check_protocol(struct conf_checking *c, const struct conf_block *b,
			   struct endpoint *out)
{
	static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP,
					    IPPROTO_SCTP};
	const struct conf_said *s = conf_said_here(b, SLOT_PROTOCOL);

	out->protocol = IPPROTO_TCP;
	if (s)
		out->protocol = protocols[s->number];
	else if (!conf_said_tried(b, SLOT_PROTOCOL))
		conf_warn(c->messages, &b->line->pos,
			  "no protocol: TCP (keepalived: UDP)");
	if (out->protocol == IPPROTO_SCTP)
		conf_error(c->messages, &s->pos,
			   "protocol SCTP is refused: its sessions are not "
			   "tracked by address and port");
}

static void check_algo(struct conf_checking *c, const struct conf_block *b,
		       enum conf_algo *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_ALGO);

	*out = CONF_ALGO_WRR;
	if (!s && !conf_said_tried(b, SLOT_ALGO))
		conf_warn(c->messages, &b->line->pos,
			  "no lb_algo: wlc, which is not there yet and runs "
			  "as wrr");
	else if (s && s->number == CONF_ALGO_RR)
		*out = CONF_ALGO_RR;
	else if (s && s->number != CONF_ALGO_WRR)
		conf_warn(c->messages, &s->pos,
			  "%s %s is not there yet: it runs as wrr",
			  s->key->name, conf_algo_name(s->number));
}

/* One's own, or what all backends say for themselves. */
static void check_service_kind(struct conf_checking *c,
			       const struct conf_block *vs, enum conf_kind *out)
{
	const struct conf_said *s = conf_said_here(vs, SLOT_KIND);
	const struct conf_block *b = NULL;
	bool all = conf_block_count(vs, IN_RS);

	check_kind(c, vs);
	while ((b = conf_block_next(vs, IN_RS, b))) {
		all &= conf_said_tried(b, SLOT_KIND);
		if (!s)
			s = conf_said_here(b, SLOT_KIND);
	}
	if (s)
		*out = (enum conf_kind)s->number;
	if (!all && !conf_said_tried(vs, SLOT_KIND))
		conf_error(c->messages, &vs->line->pos,
			   "no lb_kind means NAT, which " NOT_YET);
}

static void check_once(struct conf_checking *c, const struct conf_service *s)
{
	const struct conf_service *o;

	for (o = c->conf->services; o < s; o++) {
		if (!endpoint_equal(&o->endpoint, &s->endpoint))
			continue;
		conf_error(c->messages, &s->pos,
			   "the same service as in line %u", o->pos.line);
		return;
	}
}

static int check_service(struct conf_checking *c, const struct conf_block *b,
			 struct conf_service *out)
{
	out->pos = b->line->pos;
	check_protocol(c, b, &out->endpoint);
	check_algo(c, b, &out->algo);
	check_service_kind(c, b, &out->kind);
	out->drop_without_backend = conf_said_number(b, SLOT_NO_BACKEND);
	if (by_address(c, b) &&
	    !parse_head(c, b->line, &out->endpoint.addr, &out->endpoint.port)) {
		if (!out->endpoint.port)
			conf_error(c->messages, &b->line->pos,
				   "services for any port are not there yet: "
				   "write a port");
		check_once(c, out);
	}
	return check_backends(c, b, out);
}

static bool is_carried(const struct conf *conf, const struct addr *vip)
{
	for (size_t i = 0; i < conf->n_vrrps; i++) {
		for (size_t j = 0; j < conf->vrrps[i].n_vips; j++) {
			if (addr_equal(&conf->vrrps[i].vips[j].prefix.addr,
				       vip))
				return true;
		}
	}
	return false;
}

/* One warning for all of them. */
static void check_carried(struct conf_checking *c)
{
	const struct conf_service *s = c->conf->services;
	char vip[ADDR_PRINT_SIZE];

	if (!c->conf->n_vrrps)
		return;
	for (size_t i = 0; i < c->conf->n_services; i++, s++) {
		if (is_carried(c->conf, &s->endpoint.addr))
			continue;
		conf_warn(c->messages, &s->pos,
			  "no vrrp_instance carries %s: served only while the "
			  "address is on this node",
			  addr_print(&s->endpoint.addr, vip, sizeof(vip)));
		return;
	}
}

int conf_check_services(struct conf_checking *c)
{
	const struct conf_block *root = &c->tree->root, *b = NULL;
	size_t n = conf_block_count(root, IN_VS);

	c->conf->services = conf_arena_alloc(c->conf->arena,
					     n * sizeof(*c->conf->services));
	if (!c->conf->services)
		return -ENOMEM;
	while ((b = conf_block_next(root, IN_VS, b))) {
		if (check_service(c, b,
				  &c->conf->services[c->conf->n_services++]))
			return -ENOMEM;
	}
	check_carried(c);
	return 0;
}
