/* SPDX-License-Identifier: GPL-2.0-only */
/* The effective config as text; what it prints, it reads back the same. */
#include "core/conf_printer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static void print_url(struct printer *p, const struct conf_url *u)
{
	char codes[CONF_MAX_STATUS_RANGES * 8 + 1] = "";
	size_t length = 0;

	printer_begin(p, "url");
	printer_word(p, "path", u->path);
	if (u->virtualhost)
		printer_word(p, "virtualhost", u->virtualhost);
	for (size_t i = 0; i < u->statuses; i++) {
		length += snprintf(codes + length, sizeof(codes) - length,
				   " %u", u->status[i].low);
		if (u->status[i].high != u->status[i].low)
			length += snprintf(codes + length,
					   sizeof(codes) - length, "-%u",
					   u->status[i].high);
	}
	if (length)
		printer_line(p, "status_code%s", codes);
	printer_end(p);
}

static void print_checker(struct printer *p, const struct conf_checker *c)
{
	printer_begin(p, c->type == CONF_CHECK_HTTP ? "HTTP_GET" : "TCP_CHECK");
	if (c->has_connect_addr)
		printer_address(p, "connect_ip", &c->connect_addr);
	if (c->connect_port)
		printer_line(p, "connect_port %u", c->connect_port);
	if (c->has_bind_addr)
		printer_address(p, "bindto", &c->bind_addr);
	if (c->bind_port)
		printer_line(p, "bind_port %u", c->bind_port);
	printer_time(p, "connect_timeout", c->connect_timeout);
	printer_time(p, "delay_loop", c->delay_loop);
	printer_line(p, "retry %u", c->retry);
	printer_time(p, "delay_before_retry", c->delay_before_retry);
	printer_time(p, "warmup", c->warmup);
	printer_line(p, "rise %u", c->rise);
	if (c->virtualhost)
		printer_word(p, "virtualhost", c->virtualhost);
	for (size_t i = 0; i < c->n_urls; i++)
		print_url(p, &c->urls[i]);
	printer_end(p);
}

static void print_backend(struct printer *p, const struct conf_backend *b)
{
	char text[ADDR_PRINT_SIZE];

	printer_begin(p, "real_server %s %u",
		      addr_print(&b->addr, text, sizeof(text)), b->local_port);
	printer_line(p, "weight %u", b->weight);
	printer_line(p, "lb_kind %s", conf_kind_name(b->kind));
	if (b->agent)
		printer_line(p, "agent");
	if (b->alpha)
		printer_line(p, "alpha");
	if (b->inhibit_on_failure)
		printer_line(p, "inhibit_on_failure");
	for (size_t i = 0; i < b->n_checkers; i++)
		print_checker(p, &b->checkers[i]);
	printer_end(p);
}

static void print_service(struct printer *p, const struct conf_service *s)
{
	char text[ADDR_PRINT_SIZE];

	printer_begin(p, "virtual_server %s %u",
		      addr_print(&s->endpoint.addr, text, sizeof(text)),
		      s->endpoint.port);
	printer_line(p, "protocol %s",
		     s->endpoint.protocol == IPPROTO_UDP ? "UDP" : "TCP");
	printer_line(p, "lb_algo %s", conf_algo_name(s->algo));
	printer_line(p, "lb_kind %s", conf_kind_name(s->kind));
	printer_line(p, "on_no_backend %s",
		     s->drop_without_backend ? "drop" : "reset");
	for (size_t i = 0; i < s->n_backends; i++)
		print_backend(p, &s->backends[i]);
	printer_end(p);
}

static void print_xlbd(struct printer *p, const struct conf *c)
{
	static const char *const modes[] = {
		[CONF_XDP_AUTO] = "auto",
		[CONF_XDP_NATIVE] = "native",
		[CONF_XDP_GENERIC] = "generic",
	};
	char text[ENDPOINT_PRINT_SIZE];

	printer_begin(p, "xlbd");
	for (size_t i = 0; i < c->n_interfaces; i++)
		printer_word(p, "interface", c->interfaces[i]);
	printer_line(p, "xdp_mode %s", modes[c->xdp_mode]);
	printer_word(p, "control", c->control);
	printer_word(p, "pin_path", c->pin_path);
	printer_line(p, "max_sessions %u", c->max_sessions);
	for (size_t i = 0; i < c->n_snat_addresses; i++)
		printer_address(p, "snat_address", &c->snat_addresses[i]);
	if (c->has_metrics)
		printer_line(p, "metrics %s",
			     endpoint_print(&c->metrics, text, sizeof(text)));
	printer_end(p);
}

static void print_timeouts(struct printer *p, const struct conf_timeouts *t)
{
	printer_begin(p, "lvs_timeouts");
	printer_time(p, "tcp", t->tcp);
	printer_time(p, "tcpfin", t->tcp_fin);
	printer_time(p, "tcpsyn", t->tcp_syn);
	printer_time(p, "udp", t->udp);
	printer_end(p);
}

static void print_mail(struct printer *p, const struct conf_mail *m)
{
	if (m->to) {
		printer_begin(p, "notification_email");
		for (char **to = m->to; *to; to++) {
			printer_start(p);
			printer_add(p, *to);
			printer_finish(p);
		}
		printer_end(p);
	}
	if (!m->server)
		return;
	printer_word(p, "notification_email_from", m->from);
	printer_start(p);
	printer_add(p, "smtp_server");
	printer_add(p, m->server);
	printer_add_text(p, "%u", m->port);
	printer_finish(p);
	if (m->helo)
		printer_word(p, "smtp_helo_name", m->helo);
	printer_time(p, "smtp_connect_timeout", m->timeout);
}

static void print_scripts(struct printer *p, const struct conf *c)
{
	struct conf_command script = c->notify_fifo_script;

	if (c->script_user) {
		printer_start(p);
		printer_add(p, "script_user");
		printer_add(p, c->script_user);
		printer_add(p, c->script_group);
		printer_finish(p);
	}
	printer_flag(p, "enable_script_security", c->script_security);
	if (!c->notify_fifo)
		return;
	printer_start(p);
	printer_add(p, "notify_fifo");
	printer_add(p, c->notify_fifo);
	printer_add(p, script.user);
	if (script.user)
		printer_add(p, script.group);
	printer_finish(p);
	script.user = NULL; /* the pipe's */
	printer_command(p, "notify_fifo_script", &script);
}

static void print_globals(struct printer *p, const struct conf *c)
{
	printer_begin(p, "global_defs");
	if (c->router_id)
		printer_word(p, "router_id", c->router_id);
	print_mail(p, &c->mail);
	print_scripts(p, c);
	if (c->startup_delay.us)
		printer_time(p, "vrrp_startup_delay", c->startup_delay);
	print_timeouts(p, &c->timeouts);
	printer_end(p);
}

char *conf_print(const struct conf *c)
{
	struct printer p = {0};

	print_xlbd(&p, c);
	print_globals(&p, c);
	conf_print_static(&p, c);
	conf_print_tracked(&p, c);
	conf_print_groups(&p, c);
	conf_print_vrrps(&p, c);
	for (size_t i = 0; i < c->n_services; i++)
		print_service(&p, &c->services[i]);
	if (p.failed) {
		free(p.text);
		return NULL;
	}
	return p.text;
}
