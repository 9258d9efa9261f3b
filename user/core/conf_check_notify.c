/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is told of changes: scripts, the pipe, mail. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

#define SMTP_PORT 25
#define MAIL_FROM "xlbd@localhost"

int conf_check_notify(struct conf_checking *c, const struct conf_block *b,
		      struct conf_notify *out)
{
	const struct {
		enum conf_slot slot;
		struct conf_command *command;
	} scripts[] = {
		{SLOT_NOTIFY_MASTER, &out->master},
		{SLOT_NOTIFY_BACKUP, &out->backup},
		{SLOT_NOTIFY_FAULT, &out->fault},
		{SLOT_NOTIFY_STOP, &out->stop},
		{SLOT_NOTIFY_LOWER, &out->lower},
		{SLOT_NOTIFY, &out->any},
	};
	const struct conf_said *s;

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		s = conf_said_here(b, scripts[i].slot);
		if (s && conf_check_command(c, s, scripts[i].command))
			return -ENOMEM;
	}
	s = conf_said_here(b, SLOT_SMTP_ALERT);
	if (!s)
		s = conf_said_global(c->tree, IN_GLOBAL, SLOT_SMTP_ALERT_VRRP);
	if (!s)
		s = conf_said_global(c->tree, IN_GLOBAL, SLOT_SMTP_ALERT);
	out->smtp_alert = s && s->number;
	if (out->smtp_alert && (!c->conf->mail.server || !c->conf->mail.to))
		conf_warn(c->messages, &s->line->pos,
			  "smtp_alert needs smtp_server and "
			  "notification_email: no mail is sent");
	return 0;
}

static int copy_global(struct conf_checking *c, enum conf_slot slot, char **out)
{
	const struct conf_said *s = conf_said_global(c->tree, IN_GLOBAL, slot);

	return s ? conf_check_copy(c, s->text, out) : 0;
}

/* smtp_server HOST [PORT] */
static int check_server(struct conf_checking *c, struct conf_mail *out)
{
	const struct conf_said *s =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_SMTP_SERVER);
	const struct conf_word *w;

	out->port = SMTP_PORT;
	if (!s)
		return 0;
	w = &s->line->words[2];
	if (s->line->count > 2 && conf_port_parse(w->text, &out->port))
		conf_error(c->messages, &w->pos,
			   "smtp_server: '%s' is not a port (1 to 65535)",
			   w->text);
	return conf_check_copy(c, s->line->words[1].text, &out->server);
}

/* All lists of all global_defs count. */
static int check_recipients(struct conf_checking *c, struct conf_mail *out)
{
	const struct conf_block *root = &c->tree->root, *b = NULL;
	const struct conf_line *line;
	size_t n = 0;

	while ((b = conf_block_next(root, IN_GLOBAL, b)))
		n += conf_walk_count(b, SLOT_MAIL_TO);
	if (!n)
		return 0;
	out->to = conf_arena_alloc(c->conf->arena, (n + 1) * sizeof(*out->to));
	if (!out->to)
		return -ENOMEM;
	n = 0;
	while ((b = conf_block_next(root, IN_GLOBAL, b))) {
		struct conf_walk walk = {NULL};

		while ((line = conf_walk_next(b, SLOT_MAIL_TO, &walk))) {
			if (conf_check_copy(c, line->words[0].text,
					    &out->to[n++]))
				return -ENOMEM;
		}
	}
	return 0;
}

static int check_mail(struct conf_checking *c)
{
	const struct conf_said *timeout =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_SMTP_TIMEOUT);
	struct conf_mail *out = &c->conf->mail;

	out->timeout.us =
		timeout ? timeout->number
			: conf_default_number(IN_GLOBAL, SLOT_SMTP_TIMEOUT);
	if (check_server(c, out) || check_recipients(c, out) ||
	    copy_global(c, SLOT_SMTP_HELO, &out->helo) ||
	    copy_global(c, SLOT_MAIL_FROM, &out->from))
		return -ENOMEM;
	return out->from ? 0 : conf_check_copy(c, MAIL_FROM, &out->from);
}

/* notify_fifo PATH [user [group]]: the script's, too, unless it has its own. */
static int check_fifo(struct conf_checking *c)
{
	const struct conf_said *s =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_NOTIFY_FIFO);
	const struct conf_said *script =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_NOTIFY_FIFO_SCRIPT);
	struct conf_command *out = &c->conf->notify_fifo_script;
	const struct conf_word *w;

	if (script && conf_check_command(c, script, out))
		return -ENOMEM;
	if (script && !s)
		conf_warn(c->messages, &script->line->pos,
			  "%s without a notify_fifo: ignored",
			  script->key->name);
	if (!s)
		return 0;
	w = &s->line->words[1];
	if (*w->text != '/')
		conf_error(c->messages, &w->pos, "%s: '%s' is not absolute",
			   s->key->name, w->text);
	if (!out->user &&
	    conf_check_user(c, s->line, 2, &out->user, &out->group))
		return -ENOMEM;
	return conf_check_copy(c, w->text, &c->conf->notify_fifo);
}

int conf_check_alerts(struct conf_checking *c)
{
	const struct conf_said *user =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_SCRIPT_USER);
	const struct conf_said *delay =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_STARTUP_DELAY);
	struct conf *conf = c->conf;

	conf->script_security =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_SCRIPT_SECURITY);
	if (delay)
		conf->startup_delay.us = delay->number;
	if (user && conf_check_user(c, user->line, 1, &conf->script_user,
				    &conf->script_group))
		return -ENOMEM;
	if (copy_global(c, SLOT_ROUTER_ID, &conf->router_id) || check_mail(c))
		return -ENOMEM;
	return check_fifo(c);
}
