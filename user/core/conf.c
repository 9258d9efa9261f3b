/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_tree.h"

#include <errno.h>
#include <string.h>

static const char *const kinds[] = {
	[CONF_KIND_NAT] = "NAT",
	[CONF_KIND_DR] = "DR",
	[CONF_KIND_TUN] = "TUN",
	[CONF_KIND_FNAT] = "FNAT",
};

static const char *const algos[] = {
	[CONF_ALGO_RR] = "rr",     [CONF_ALGO_WRR] = "wrr",
	[CONF_ALGO_LC] = "lc",     [CONF_ALGO_WLC] = "wlc",
	[CONF_ALGO_SED] = "sed",   [CONF_ALGO_NQ] = "nq",
	[CONF_ALGO_SH] = "sh",     [CONF_ALGO_DH] = "dh",
	[CONF_ALGO_MH] = "mh",     [CONF_ALGO_FO] = "fo",
	[CONF_ALGO_OVF] = "ovf",   [CONF_ALGO_TWOS] = "twos",
	[CONF_ALGO_LBLC] = "lblc", [CONF_ALGO_LBLCR] = "lblcr",
};

void conf_free(struct conf *c)
{
	if (c)
		conf_arena_free(c->arena);
}

const char *conf_kind_name(enum conf_kind kind)
{
	return kinds[kind];
}

const char *conf_algo_name(enum conf_algo algo)
{
	return algos[algo];
}

static int find(const char *const *names, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(names[i], text))
			return (int)i;
	}
	return -EINVAL;
}

int conf_kind_parse(const char *text, enum conf_kind *out)
{
	int i = find(kinds, sizeof(kinds) / sizeof(kinds[0]), text);

	if (i < 0)
		return i;
	*out = (enum conf_kind)i;
	return 0;
}

int conf_algo_parse(const char *text, enum conf_algo *out)
{
	int i = find(algos, sizeof(algos) / sizeof(algos[0]), text);

	if (i < 0)
		return i;
	*out = (enum conf_algo)i;
	return 0;
}

static struct usec default_time(enum conf_block_id block, enum conf_slot slot)
{
	return (struct usec){conf_default_number(block, slot)};
}

void conf_checker_defaults(enum conf_checker_type type,
			   struct conf_checker *out)
{
	enum conf_block_id b = type == CONF_CHECK_HTTP ? IN_HTTP : IN_TCP;

	memset(out, 0, sizeof(*out));
	out->type = type;
	out->connect_timeout = default_time(b, SLOT_CONNECT_TIMEOUT);
	out->delay_loop = default_time(b, SLOT_DELAY_LOOP);
	out->delay_before_retry = default_time(b, SLOT_DELAY_RETRY);
	out->warmup = out->delay_loop;
	out->retry = (unsigned int)conf_default_number(b, SLOT_RETRY);
	out->rise = (unsigned int)conf_default_number(b, SLOT_RISE);
}
