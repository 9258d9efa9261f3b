/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vrrp_strict, strict_mode: what the RFC does not have is taken back, as
 * keepalived does; no packet is dropped for it.
 */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"

#define DOWN_TIMER_ADVERTS 3

static bool is_strict(struct conf_checking *c, const struct conf_block *b)
{
	const struct conf_said *s = conf_vrrp_said(c, b, SLOT_STRICT);

	return s && s->number;
}

static void warn_of(struct conf_checking *c, const struct conf_block *b,
		    const struct conf_vrrp *v)
{
	static const enum conf_slot not_strict[] = {
		SLOT_UNICAST_PEER,
		SLOT_PREEMPT_DELAY,
		SLOT_ACCEPT,
		SLOT_DOWN_TIMER,
	};
	const struct conf_block *auth =
		conf_block_next(b, IN_AUTH | IN_HMAC, NULL);
	const struct conf_said *s;

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
	if (s && v->state_master != (v->priority == CONF_PRIORITY_OWNER))
		conf_warn(c->messages, &s->pos,
			  "vrrp_strict: state MASTER and priority 255 go "
			  "together");
	if (!v->n_vips)
		conf_warn(c->messages, &b->line->pos,
			  "vrrp_strict does not allow an instance without "
			  "addresses");
}

void conf_check_strict(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out)
{
	if (!is_strict(c, b))
		return;
	warn_of(c, b, out);
	out->auth = CONF_AUTH_NONE;
	out->preempt_delay = USEC_ZERO;
	out->down_timer_adverts = DOWN_TIMER_ADVERTS;
	/* the RFC's master does not answer a lesser one */
	if (!conf_said_here(b, SLOT_LOWER_NO_ADVERT))
		out->lower_prio_no_advert = true;
	out->garp_lower_prio_delay = USEC_ZERO;
	out->garp_lower_prio_repeat = 0;
}
