/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any sequence of events, at any times: the machine owns with a fresh lease
 * only, gives up what it owned, and never asks for a timer that has passed.
 */
#include "core/vrrp_fsm.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

/* From a microsecond to hours: what matters lies around the timers. */
static struct usec span(struct input *in)
{
	static const int64_t units[] = {0,     1,      500,     2000,
					10000, 125000, 1000000, 3600000};
	uint8_t b = byte(in);

	return (struct usec){units[b % 8] * (b / 8 + 1)};
}

static struct usec span_if(struct input *in, int wanted)
{
	return wanted ? span(in) : USEC_ZERO;
}

static struct vrrp_conf read_conf(struct input *in)
{
	static const unsigned int intervals[] = {10, 100, 1000, 40950};
	uint8_t flags = byte(in), interval = byte(in), priority = byte(in);
	struct vrrp_conf conf = {
		.version = flags & 1 ? 2 : 3,
		.priority = priority ? priority : 100,
		.advert_int = flags & 1 ? USEC_SECONDS(1 + interval % 255)
					: USEC_MS(intervals[interval % 4]),
		.nopreempt = flags & 2,
		.lower_prio_no_advert = flags & 4,
		.in_group = flags & 8,
	};

	conf.down_timer_adverts = 1 + byte(in) % 100;
	conf.preempt_delay = span_if(in, flags & 16);
	conf.startup_delay = span_if(in, flags & 32);
	conf.garp_master_delay = span_if(in, flags & 64);
	conf.garp_master_refresh = span_if(in, flags & 128);
	conf.garp_lower_prio_delay = span(in);
	return conf;
}

static struct vrrp_advert read_advert(struct input *in)
{
	struct vrrp_advert a;

	memset(&a, 0, sizeof(a));
	a.priority = byte(in);
	a.source = addr_from_v4(0x0004000a + ((byte(in) % 4 + 19U) << 24));
	a.advert_int.us = byte(in) * 160000; /* 12 bits of 10 ms */
	return a;
}

static void check_leases(const struct vrrp *before, const struct vrrp *v,
			 unsigned int effects, struct usec now)
{
	struct usec most = {v->conf.advert_int.us *
			    (v->conf.down_timer_adverts + 2)};
	bool was = before->state == VRRP_MASTER;
	bool is = v->state == VRRP_MASTER;

	if (is)
		assert(usec_before(now, v->lease_until));
	if (effects & VRRP_RENEW_LEASE) {
		assert(is && (effects & VRRP_SEND));
		assert(!usec_before(usec_add(now, most), v->lease_until));
	}
	assert(!(effects & VRRP_OWN) == !(is && !was));
	assert(!(effects & VRRP_END_LEASE) == !(was && !is));
	assert(!(effects & VRRP_DISOWN) == !(was && !is));
	assert(!(effects & VRRP_OWN) || (effects & VRRP_RENEW_LEASE));
	if (effects & VRRP_SEND_STOP)
		assert(was && usec_before(now, before->lease_until));
	if (effects & (VRRP_ANNOUNCE | VRRP_ANNOUNCE_REFRESH |
		       VRRP_ANNOUNCE_LOWER | VRRP_LOWER_SEEN))
		assert(is);
}

static void check_words(const struct vrrp *v)
{
	char text[VRRP_CAUSE_SIZE];

	assert(memchr(v->cause, 0, sizeof(v->cause)));
	assert(strlen(vrrp_explain(v, text, sizeof(text))) > 6);
}

static void check(const struct vrrp *before, const struct vrrp *v,
		  enum vrrp_event event, unsigned int effects, struct usec now)
{
	assert((unsigned int)v->state < VRRP_STATES);
	assert(v->priority);
	assert(!(effects & VRRP_CHANGED) == (before->state == v->state));
	assert(!(effects & VRRP_CHANGED) || *v->cause);
	assert(!v->claims || v->state == VRRP_BACKUP);
	assert(!v->wants || v->state == VRRP_BACKUP);
	assert(!(effects & VRRP_WANT_MASTER) || v->wants);
	assert(v->state != VRRP_FAULT || v->deadline.us == INT64_MAX);
	if (event == VRRP_EVENT_TIMER)
		assert(usec_before(now, v->deadline));
	check_leases(before, v, effects, now);
	check_words(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct vrrp_conf conf = read_conf(&in);
	struct usec now = USEC_SECONDS(100000);
	struct vrrp v;

	vrrp_init(&v, &conf);
	v.primary = addr_from_v4(0x1404000a);
	while (in.left) {
		enum vrrp_event event = byte(&in) % VRRP_EVENTS;
		struct vrrp before = v;
		struct vrrp_advert a;
		unsigned int effects;
		uint8_t wait = byte(&in);

		/* half of the time to the timer, as it is most often */
		if (wait & 1 && v.deadline.us != INT64_MAX &&
		    usec_before(now, v.deadline))
			now = v.deadline;
		else
			now = usec_add(now, span(&in));
		if (event == VRRP_EVENT_ADVERT)
			a = read_advert(&in);
		if (event == VRRP_EVENT_PRIORITY && wait & 254)
			v.priority = wait;
		if (event == VRRP_EVENT_ADOPT && v.state == VRRP_INIT)
			v.lease_until = usec_add(now, span(&in));
		effects = vrrp_step(
			&v, event, event == VRRP_EVENT_ADVERT ? &a : NULL, now);
		check(&before, &v, event, effects, now);
	}
	return 0;
}
