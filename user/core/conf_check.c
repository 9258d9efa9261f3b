/* SPDX-License-Identifier: GPL-2.0-only */
/* What concerns everything: xlbd { } and global_defs. */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <string.h>

#define MAX_INTERFACE 15 /* the kernel's IFNAMSIZ, less its NUL */
#define MAX_SOCKET    107 /* sockaddr_un's sun_path, less its NUL */
#define MAX_PATH      255

/* The next word that any `interface` or `snat_address` line has. */
struct word_walk {
	const struct conf_block *block;
	const struct conf_said *said;
	size_t word;
};

static const struct conf_word *word_next(const struct conf_tree *tree,
					 enum conf_slot slot,
					 struct word_walk *w)
{
	for (;;) {
		if (w->said && w->said->key->slot == slot && !w->said->bad &&
		    ++w->word < w->said->line->count)
			return &w->said->line->words[w->word];
		if (w->said)
			w->said = w->said->next;
		while (!w->said) {
			w->block =
				conf_block_next(&tree->root, IN_XLBD, w->block);
			if (!w->block)
				return NULL;
			w->said = w->block->said;
		}
		w->word = 0;
	}
}

static size_t word_count(const struct conf_tree *tree, enum conf_slot slot)
{
	struct word_walk walk = {0};
	size_t n = 0;

	while (word_next(tree, slot, &walk))
		n++;
	return n;
}

static bool is_interface(struct conf_checking *c, const struct conf_word *w)
{
	if (*w->text && strlen(w->text) <= MAX_INTERFACE &&
	    !strpbrk(w->text, "/ \t:") && strcmp(w->text, ".") &&
	    strcmp(w->text, ".."))
		return true;
	conf_error(c->messages, &w->pos, "'%s' cannot be an interface's name",
		   w->text);
	return false;
}

static bool has_interface(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_interfaces; i++) {
		if (!strcmp(conf->interfaces[i], name))
			return true;
	}
	return false;
}

static int check_interfaces(struct conf_checking *c)
{
	size_t n = word_count(c->tree, SLOT_INTERFACES);
	struct conf *conf = c->conf;
	struct word_walk walk = {0};
	const struct conf_word *w;
	char *name;

	conf->interfaces =
		conf_arena_alloc(conf->arena, n * sizeof(*conf->interfaces));
	if (!conf->interfaces)
		return -ENOMEM;
	while ((w = word_next(c->tree, SLOT_INTERFACES, &walk))) {
		if (!is_interface(c, w) || has_interface(conf, w->text))
			continue;
		conf_check_interface(c, &w->pos, w->text);
		name = conf_arena_copy(conf->arena, w->text, strlen(w->text));
		if (!name)
			return -ENOMEM;
		conf->interfaces[conf->n_interfaces++] = name;
	}
	return 0;
}

static int check_snat_addresses(struct conf_checking *c)
{
	size_t n = word_count(c->tree, SLOT_SNAT_ADDRESS);
	struct conf *conf = c->conf;
	struct word_walk walk = {0};
	const struct conf_word *w;
	struct addr *a;

	conf->snat_addresses = conf_arena_alloc(conf->arena, n * sizeof(*a));
	if (!conf->snat_addresses)
		return -ENOMEM;
	while ((w = word_next(c->tree, SLOT_SNAT_ADDRESS, &walk))) {
		a = &conf->snat_addresses[conf->n_snat_addresses];
		if (addr_parse(w->text, a))
			continue;
		conf->n_snat_addresses++;
		if (!addr_is_v4(a))
			conf_error(c->messages, &w->pos,
				   "snat_address: IPv6 is not there yet");
	}
	return 0;
}

/* An absolute path of at most `max` bytes. */
static int check_path(struct conf_checking *c, enum conf_slot slot, size_t max,
		      char **out)
{
	const struct conf_said *s = conf_said_global(c->tree, IN_XLBD, slot);
	const struct conf_keyword *k = conf_keyword_of_slot(IN_XLBD, slot);
	const char *path = s ? s->text : k->standard;

	if (*path != '/')
		conf_error(c->messages, &s->pos, "%s: '%s' is not absolute",
			   k->name, path);
	else if (strlen(path) > max)
		conf_error(c->messages, &s->pos,
			   "%s: the path is longer than %zu bytes", k->name,
			   max);
	*out = conf_arena_copy(c->conf->arena, path, strlen(path));
	return *out ? 0 : -ENOMEM;
}

static int64_t number_of(struct conf_checking *c, enum conf_slot slot)
{
	const struct conf_said *s = conf_said_global(c->tree, IN_XLBD, slot);

	return s ? s->number : conf_default_number(IN_XLBD, slot);
}

static int check_xlbd(struct conf_checking *c)
{
	const struct conf_said *metrics =
		conf_said_global(c->tree, IN_XLBD, SLOT_METRICS);
	struct conf *conf = c->conf;

	conf->xdp_mode = (enum conf_xdp_mode)number_of(c, SLOT_XDP_MODE);
	conf->max_sessions = (uint32_t)number_of(c, SLOT_MAX_SESSIONS);
	conf->has_metrics = metrics;
	if (metrics)
		conf->metrics = metrics->endpoint;
	if (check_path(c, SLOT_CONTROL, MAX_SOCKET, &conf->control) ||
	    check_path(c, SLOT_PIN_PATH, MAX_PATH, &conf->pin_path) ||
	    check_interfaces(c) || check_snat_addresses(c))
		return -ENOMEM;
	return 0;
}

static void take_said(struct usec *timeout, struct usec said)
{
	if (said.us >= 0)
		*timeout = said;
}

static void check_timeouts(struct conf_checking *c)
{
	const struct conf_block *b = NULL;
	struct conf_timeouts *t = &c->conf->timeouts;
	const struct conf_said *s;

	*t = (struct conf_timeouts){.tcp = USEC_SECONDS(900),
				    .tcp_fin = USEC_SECONDS(120),
				    .tcp_syn = USEC_SECONDS(60),
				    .udp = USEC_SECONDS(300)};
	while ((b = conf_block_next(&c->tree->root, IN_GLOBAL, b))) {
		for (s = b->said; s; s = s->next) {
			take_said(&t->tcp, s->timeouts.tcp);
			take_said(&t->tcp_fin, s->timeouts.tcp_fin);
			take_said(&t->tcp_syn, s->timeouts.tcp_syn);
			take_said(&t->udp, s->timeouts.udp);
		}
	}
}

int conf_check(struct conf_checking *c)
{
	int err;

	check_timeouts(c);
	conf_check_references(c);
	err = check_xlbd(c);
	if (!err)
		err = conf_check_vrrp(c);
	if (!err)
		err = conf_check_services(c);
	return err;
}
