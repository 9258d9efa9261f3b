/* SPDX-License-Identifier: GPL-2.0-only */
/* The effective config as text; what it prints, it reads back the same. */
#include "core/conf.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct printer {
	char *text;
	size_t length, room;
	int indent;
	bool failed;
};

static void put(struct printer *p, const char *bytes, size_t length)
{
	size_t room = p->room;
	char *text;

	while (room < p->length + length + 1)
		room = room ? room * 2 : 4096;
	if (room != p->room) {
		text = realloc(p->text, room);
		if (!text) {
			p->failed = true;
			return;
		}
		p->text = text;
		p->room = room;
	}
	memcpy(p->text + p->length, bytes, length);
	p->length += length;
	p->text[p->length] = '\0';
}

/* One line, indented. */
__attribute__((format(printf, 2, 3))) static void print(struct printer *p,
							const char *format, ...)
{
	char line[2048];
	va_list args;

	for (int i = 0; i < p->indent; i++)
		put(p, "\t", 1);
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put(p, line, strlen(line));
	put(p, "\n", 1);
}

__attribute__((format(printf, 2, 3))) static void begin(struct printer *p,
							const char *format, ...)
{
	char head[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(head, sizeof(head), format, args);
	va_end(args);
	print(p, "%s {", head);
	p->indent++;
}

static void end(struct printer *p)
{
	p->indent--;
	print(p, "}");
}

/* A word that may hold anything the lexer lets through. */
static void print_word(struct printer *p, const char *keyword, const char *word)
{
	bool quote = !*word || strpbrk(word, " \t\n\v\f\r{}#!$@~");

	print(p, "%s %s%s%s", keyword, quote ? "\"" : "", word,
	      quote ? "\"" : "");
}

static void print_time(struct printer *p, const char *keyword, struct usec span)
{
	char text[USEC_PRINT_SIZE];

	print(p, "%s %s", keyword, usec_print(span, text, sizeof(text)));
}

static void print_address(struct printer *p, const char *keyword,
			  const struct addr *addr)
{
	char text[ADDR_PRINT_SIZE];

	print(p, "%s%s%s", keyword, *keyword ? " " : "",
	      addr_print(addr, text, sizeof(text)));
}

static void print_url(struct printer *p, const struct conf_url *u)
{
	char codes[CONF_MAX_STATUS_RANGES * 8 + 1] = "";
	size_t length = 0;

	begin(p, "url");
	print_word(p, "path", u->path);
	if (u->virtualhost)
		print_word(p, "virtualhost", u->virtualhost);
	for (size_t i = 0; i < u->statuses; i++) {
		length += snprintf(codes + length, sizeof(codes) - length,
				   " %u", u->status[i].low);
		if (u->status[i].high != u->status[i].low)
			length += snprintf(codes + length,
					   sizeof(codes) - length, "-%u",
					   u->status[i].high);
	}
	if (length)
		print(p, "status_code%s", codes);
	end(p);
}

static void print_checker(struct printer *p, const struct conf_checker *c)
{
	begin(p, c->type == CONF_CHECK_HTTP ? "HTTP_GET" : "TCP_CHECK");
	if (c->has_connect_addr)
		print_address(p, "connect_ip", &c->connect_addr);
	if (c->connect_port)
		print(p, "connect_port %u", c->connect_port);
	if (c->has_bind_addr)
		print_address(p, "bindto", &c->bind_addr);
	if (c->bind_port)
		print(p, "bind_port %u", c->bind_port);
	print_time(p, "connect_timeout", c->connect_timeout);
	print_time(p, "delay_loop", c->delay_loop);
	print(p, "retry %u", c->retry);
	print_time(p, "delay_before_retry", c->delay_before_retry);
	print_time(p, "warmup", c->warmup);
	print(p, "rise %u", c->rise);
	if (c->virtualhost)
		print_word(p, "virtualhost", c->virtualhost);
	for (size_t i = 0; i < c->n_urls; i++)
		print_url(p, &c->urls[i]);
	end(p);
}

static void print_backend(struct printer *p, const struct conf_backend *b)
{
	char text[ADDR_PRINT_SIZE];

	begin(p, "real_server %s %u", addr_print(&b->addr, text, sizeof(text)),
	      b->local_port);
	print(p, "weight %u", b->weight);
	print(p, "lb_kind %s", conf_kind_name(b->kind));
	if (b->agent)
		print(p, "agent");
	if (b->alpha)
		print(p, "alpha");
	if (b->inhibit_on_failure)
		print(p, "inhibit_on_failure");
	for (size_t i = 0; i < b->n_checkers; i++)
		print_checker(p, &b->checkers[i]);
	end(p);
}

static void print_service(struct printer *p, const struct conf_service *s)
{
	char text[ADDR_PRINT_SIZE];

	begin(p, "virtual_server %s %u",
	      addr_print(&s->endpoint.addr, text, sizeof(text)),
	      s->endpoint.port);
	print(p, "protocol %s",
	      s->endpoint.protocol == IPPROTO_UDP ? "UDP" : "TCP");
	print(p, "lb_algo %s", conf_algo_name(s->algo));
	print(p, "lb_kind %s", conf_kind_name(s->kind));
	print(p, "on_no_backend %s",
	      s->drop_without_backend ? "drop" : "reset");
	for (size_t i = 0; i < s->n_backends; i++)
		print_backend(p, &s->backends[i]);
	end(p);
}

static void print_vip(struct printer *p, const struct conf_vip *v)
{
	char text[ADDR_PRINT_SIZE + 4], line[ADDR_PRINT_SIZE + 16];

	snprintf(line, sizeof(line), "%s%s",
		 prefix_print(&v->prefix, text, sizeof(text)),
		 v->dev ? " dev" : "");
	if (v->dev)
		print_word(p, line, v->dev);
	else
		print(p, "%s", line);
}

static void print_vrrp(struct printer *p, const struct conf_vrrp *v)
{
	char head[1024];

	snprintf(head, sizeof(head), "vrrp_instance \"%s\"", v->name);
	begin(p, "%s", head);
	print_word(p, "interface", v->interface);
	print(p, "virtual_router_id %u", v->virtual_router_id);
	print(p, "priority %u", v->priority);
	if (v->has_source)
		print_address(p, "unicast_src_ip", &v->source);
	begin(p, "unicast_peer");
	for (size_t i = 0; i < v->n_peers; i++)
		print_address(p, "", &v->peers[i].addr);
	end(p);
	begin(p, "virtual_ipaddress");
	for (size_t i = 0; i < v->n_vips; i++)
		print_vip(p, &v->vips[i]);
	end(p);
	end(p);
}

static void print_xlbd(struct printer *p, const struct conf *c)
{
	static const char *const modes[] = {
		[CONF_XDP_AUTO] = "auto",
		[CONF_XDP_NATIVE] = "native",
		[CONF_XDP_GENERIC] = "generic",
	};
	char text[ENDPOINT_PRINT_SIZE];

	begin(p, "xlbd");
	for (size_t i = 0; i < c->n_interfaces; i++)
		print_word(p, "interface", c->interfaces[i]);
	print(p, "xdp_mode %s", modes[c->xdp_mode]);
	print_word(p, "control", c->control);
	print_word(p, "pin_path", c->pin_path);
	print(p, "max_sessions %u", c->max_sessions);
	for (size_t i = 0; i < c->n_snat_addresses; i++)
		print_address(p, "snat_address", &c->snat_addresses[i]);
	if (c->has_metrics)
		print(p, "metrics %s",
		      endpoint_print(&c->metrics, text, sizeof(text)));
	end(p);
}

static void print_timeouts(struct printer *p, const struct conf_timeouts *t)
{
	begin(p, "global_defs");
	begin(p, "lvs_timeouts");
	print_time(p, "tcp", t->tcp);
	print_time(p, "tcpfin", t->tcp_fin);
	print_time(p, "tcpsyn", t->tcp_syn);
	print_time(p, "udp", t->udp);
	end(p);
	end(p);
}

char *conf_print(const struct conf *c)
{
	struct printer p = {0};

	print_xlbd(&p, c);
	print_timeouts(&p, &c->timeouts);
	for (size_t i = 0; i < c->n_vrrps; i++)
		print_vrrp(&p, &c->vrrps[i]);
	for (size_t i = 0; i < c->n_services; i++)
		print_service(&p, &c->services[i]);
	if (p.failed) {
		free(p.text);
		return NULL;
	}
	return p.text;
}
