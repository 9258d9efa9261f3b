/* SPDX-License-Identifier: GPL-2.0-only */
/* Checkers: what they inherit, and what they fall back to. */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <string.h>

#define BUILT (IN_TCP | IN_HTTP)

static struct usec said_time(const struct conf_block *b, enum conf_slot slot)
{
	return (struct usec){conf_said_number(b, slot)};
}

static int copy_text(struct conf_checking *c, const struct conf_said *s,
		     char **out)
{
	if (!s)
		return 0;
	*out = conf_arena_copy(c->conf->arena, s->text, strlen(s->text));
	return *out ? 0 : -ENOMEM;
}

static int check_url(struct conf_checking *c, const struct conf_block *b,
		     struct conf_url *out)
{
	const struct conf_said *path = conf_said_here(b, SLOT_PATH);
	const struct conf_said *status = conf_said_here(b, SLOT_STATUS);

	if (!path && !conf_said_tried(b, SLOT_PATH))
		conf_error(c->messages, &b->line->pos,
			   "url: its path is missing");
	else if (path && path->text[0] != '/')
		conf_error(c->messages, &path->pos,
			   "path '%s' does not begin with '/'", path->text);
	for (size_t i = 1; status && i < status->line->count; i++) {
		if (out->statuses == CONF_MAX_STATUS_RANGES)
			break;
		if (!conf_status_parse(status->line->words[i].text,
				       &out->status[out->statuses]))
			out->statuses++;
	}
	if (copy_text(c, path, &out->path))
		return -ENOMEM;
	return copy_text(c, conf_said_find(b, SLOT_VIRTUALHOST),
			 &out->virtualhost);
}

static int check_urls(struct conf_checking *c, const struct conf_block *b,
		      struct conf_checker *out)
{
	const struct conf_block *url = NULL;

	out->n_urls = conf_block_count(b, IN_URL);
	if (!out->n_urls)
		conf_error(c->messages, &b->line->pos,
			   "HTTP_GET: its url is missing");
	out->urls = conf_arena_alloc(c->conf->arena,
				     out->n_urls * sizeof(*out->urls));
	if (!out->urls)
		return -ENOMEM;
	for (size_t i = 0; i < out->n_urls; i++) {
		url = conf_block_next(b, IN_URL, url);
		if (check_url(c, url, &out->urls[i]))
			return -ENOMEM;
	}
	return copy_text(c, conf_said_find(b, SLOT_VIRTUALHOST),
			 &out->virtualhost);
}

static void check_schedule(const struct conf_block *b, struct conf_checker *out)
{
	const struct conf_said *warmup = conf_said_find(b, SLOT_WARMUP);

	out->connect_timeout = said_time(b, SLOT_CONNECT_TIMEOUT);
	out->delay_loop = said_time(b, SLOT_DELAY_LOOP);
	out->delay_before_retry = said_time(b, SLOT_DELAY_RETRY);
	out->warmup = out->delay_loop;
	if (warmup)
		out->warmup.us = warmup->number;
	out->retry = (unsigned int)conf_said_number(b, SLOT_RETRY);
	out->rise = (unsigned int)conf_said_number(b, SLOT_RISE);
}

static int check_checker(struct conf_checking *c, const struct conf_block *b,
			 struct conf_checker *out)
{
	const struct conf_said *to = conf_said_here(b, SLOT_CONNECT_IP);
	const struct conf_said *from = conf_said_here(b, SLOT_BINDTO);
	const struct conf_said *port = conf_said_here(b, SLOT_CONNECT_PORT);
	const struct conf_said *bind = conf_said_here(b, SLOT_BIND_PORT);

	out->pos = b->line->pos;
	out->type = b->id == IN_HTTP ? CONF_CHECK_HTTP : CONF_CHECK_TCP;
	check_schedule(b, out);
	out->has_connect_addr = to;
	if (to)
		out->connect_addr = to->addr;
	out->has_bind_addr = from;
	if (from)
		out->bind_addr = from->addr;
	if (port)
		out->connect_port = (uint16_t)port->number;
	if (bind)
		out->bind_port = (uint16_t)bind->number;
	return b->id == IN_HTTP ? check_urls(c, b, out) : 0;
}

int conf_check_checkers(struct conf_checking *c, const struct conf_block *rs,
			struct conf_backend *out)
{
	const struct conf_block *b = NULL;
	const struct conf_said *alpha;
	size_t n = conf_block_count(rs, BUILT);

	if (!n && conf_block_count(rs, IN_CHECKERS)) {
		b = conf_block_next(rs, IN_CHECKERS, NULL);
		conf_warn(c->messages, &b->line->pos,
			  "the backend has no check that is there yet: it is "
			  "not checked, always up");
	}
	out->checkers =
		conf_arena_alloc(c->conf->arena, n * sizeof(*out->checkers));
	if (!out->checkers)
		return -ENOMEM;
	out->n_checkers = n;
	b = NULL;
	for (size_t i = 0; i < n; i++) {
		b = conf_block_next(rs, BUILT, b);
		alpha = conf_said_here(b, SLOT_ALPHA);
		out->alpha |= alpha && alpha->number;
		if (check_checker(c, b, &out->checkers[i]))
			return -ENOMEM;
	}
	return 0;
}
