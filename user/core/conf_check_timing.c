/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual router's version, times, announcements and preemption. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#include <string.h>

#define SECOND       1000000LL
#define STEP         10000LL /* v3: advert_int in hundredths of a second */
#define MAX_STEPS    4095LL /* in twelve bits */
#define STATE_MASTER 1 /* index in the table's choices */

/* IPv6 has version 3 only; vrrp_version is for IPv4. */
static void check_version(struct conf_checking *c, const struct conf_block *b,
			  struct conf_vrrp *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_VERSION);

	out->version = (uint8_t)conf_vrrp_number(c, b, SLOT_VERSION);
	if (out->v6 && s && out->version != 3)
		conf_warn(c->messages, &s->pos,
			  "IPv6 needs VRRP version 3: 3 is used");
	if (out->v6)
		out->version = 3;
	if (out->version == 3 && !out->n_vips &&
	    !conf_said_here(b, SLOT_NO_VIPS))
		conf_warn(c->messages, &b->line->pos,
			  "VRRP version 3 wants at least one address");
}

static int64_t round_to(int64_t us, int64_t unit)
{
	us = (us + unit / 2) / unit * unit;
	return us < unit ? unit : us;
}

static void check_advert_int(struct conf_checking *c,
			     const struct conf_block *b, struct conf_vrrp *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_ADVERT_INT);
	int64_t said = conf_said_number(b, SLOT_ADVERT_INT);
	int64_t us = round_to(said, out->version == 3 ? STEP : SECOND);

	if (out->version == 3 && us > MAX_STEPS * STEP) {
		us = MAX_STEPS * STEP;
		conf_warn(c->messages, &s->pos,
			  "advert_int is at most 40.95 in VRRP version 3");
	} else if (us != said) {
		conf_warn(c->messages, &s->pos,
			  "VRRP version %u has %s: advert_int is rounded",
			  out->version,
			  out->version == 3 ? "hundredths of seconds"
					    : "whole seconds");
	}
	out->advert_int.us = us;
}

static struct usec span_of(struct conf_checking *c, const struct conf_block *b,
			   enum conf_slot slot)
{
	return (struct usec){conf_vrrp_number(c, b, slot)};
}

static unsigned int count_of(struct conf_checking *c,
			     const struct conf_block *b, enum conf_slot slot)
{
	return (unsigned int)conf_vrrp_number(c, b, slot);
}

/* [all] SECONDS; without `all` keepalived means its virtual MACs alone. */
static void check_extra(struct conf_checking *c, const struct conf_block *b,
			struct conf_vrrp *out)
{
	const struct conf_said *s = conf_vrrp_said(c, b, SLOT_GARP_EXTRA);
	const struct conf_word *w;
	int64_t seconds;

	if (!s)
		return;
	w = &s->line->words[s->line->count - 1];
	if (conf_number_parse(w->text, &seconds) || seconds < 1 ||
	    seconds > 86400 ||
	    (s->line->count == 3 && strcmp((w - 1)->text, "all")))
		conf_warn(c->messages, &w->pos,
			  "%s: '%s' is not [all] and 1 to 86400 seconds: "
			  "ignored",
			  s->key->name, w->text);
	else
		out->garp_extra_interval = USEC_SECONDS(seconds);
}

/* vrrp_min_garp: one at a time, and no second burst, unless it is said. */
static void check_announcements(struct conf_checking *c,
				const struct conf_block *b,
				struct conf_vrrp *out)
{
	const struct conf_said *min =
		conf_said_global(c->tree, IN_GLOBAL, SLOT_MIN_GARP);
	bool once = min && min->number;

	out->garp_master_delay = span_of(c, b, SLOT_GARP_DELAY);
	out->garp_master_repeat = count_of(c, b, SLOT_GARP_REPEAT);
	if (once && !conf_vrrp_said(c, b, SLOT_GARP_DELAY))
		out->garp_master_delay = USEC_ZERO;
	if (once && !conf_vrrp_said(c, b, SLOT_GARP_REPEAT))
		out->garp_master_repeat = 1;
	out->garp_master_refresh = span_of(c, b, SLOT_GARP_REFRESH);
	out->garp_master_refresh_repeat =
		count_of(c, b, SLOT_GARP_REFRESH_REPEAT);
	out->garp_lower_prio_delay = out->garp_master_delay;
	out->garp_lower_prio_repeat = out->garp_master_repeat;
	if (conf_vrrp_said(c, b, SLOT_GARP_LOWER_DELAY))
		out->garp_lower_prio_delay =
			span_of(c, b, SLOT_GARP_LOWER_DELAY);
	if (conf_vrrp_said(c, b, SLOT_GARP_LOWER_REPEAT))
		out->garp_lower_prio_repeat =
			count_of(c, b, SLOT_GARP_LOWER_REPEAT);
}

/* keepalived's: who begins as MASTER means to preempt, and at once. */
static void check_preemption(struct conf_checking *c,
			     const struct conf_block *b, struct conf_vrrp *out)
{
	const struct conf_said *no = conf_said_here(b, SLOT_NOPREEMPT);
	const struct conf_said *delay = conf_said_here(b, SLOT_PREEMPT_DELAY);

	if (no && strcmp(no->key->name, "nopreempt"))
		no = NULL;
	out->nopreempt = no && !out->state_master;
	if (delay && !out->state_master)
		out->preempt_delay.us = delay->number;
	if (no && out->state_master)
		conf_warn(c->messages, &no->pos,
			  "nopreempt does not go with 'state MASTER': ignored");
	if (delay && out->state_master)
		conf_warn(c->messages, &delay->pos,
			  "preempt_delay does not go with 'state MASTER': "
			  "ignored");
}

void conf_check_timing(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out)
{
	bool priority = conf_said_here(b, SLOT_PRIORITY);

	out->state_master = conf_said_number(b, SLOT_STATE) == STATE_MASTER;
	/* keepalived's: MASTER without a priority owns the address */
	out->priority = out->state_master && !priority
				? CONF_PRIORITY_OWNER
				: (uint8_t)conf_said_number(b, SLOT_PRIORITY);
	check_version(c, b, out);
	check_advert_int(c, b, out);
	check_announcements(c, b, out);
	check_extra(c, b, out);
	check_preemption(c, b, out);
	out->down_timer_adverts = count_of(c, b, SLOT_DOWN_TIMER);
	out->lower_prio_no_advert =
		conf_vrrp_number(c, b, SLOT_LOWER_NO_ADVERT);
}
