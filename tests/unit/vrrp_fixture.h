/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine at 10.0.4.20 with a clock that stands until it is moved: for the
 * unit tests of vrrp_fsm.h.
 */
#ifndef XLBD_VRRP_FIXTURE_H
#define XLBD_VRRP_FIXTURE_H

#include "core/vrrp_fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OURS    0x1404000a /* 10.0.4.20 */
#define LOWER   0x1304000a /* 10.0.4.19 */
#define ABOVE   0x1504000a /* 10.0.4.21 */

#define T0      USEC_SECONDS(1000)
#define SKEW    609375 /* of priority 100 at 1 s */
#define DOWN    3609375
#define CLAIM   4000
#define FOREVER INT64_MAX

#define LEFT    (VRRP_END_LEASE | VRRP_DISOWN | VRRP_CHANGED)
#define OWNED \
	(VRRP_SEND | VRRP_RENEW_LEASE | VRRP_OWN | VRRP_ANNOUNCE | VRRP_CHANGED)
#define ADVERT (VRRP_SEND | VRRP_RENEW_LEASE)
#define ANSWER (ADVERT | VRRP_ANNOUNCE_LOWER | VRRP_LOWER_SEEN)

struct fixture {
	struct vrrp v;
	struct usec now;
};

static inline struct vrrp_conf conf_of(uint8_t priority)
{
	return (struct vrrp_conf){
		.version = 3,
		.priority = priority,
		.advert_int = USEC_SECONDS(1),
		.down_timer_adverts = 3,
		.garp_master_delay = USEC_SECONDS(5),
		.garp_lower_prio_delay = USEC_SECONDS(5),
	};
}

static inline void set_up(struct fixture *f, const struct vrrp_conf *conf)
{
	vrrp_init(&f->v, conf);
	f->v.primary = addr_from_v4(OURS);
	f->now = T0;
}

static inline unsigned int step(struct fixture *f, enum vrrp_event event)
{
	return vrrp_step(&f->v, event, NULL, f->now);
}

static inline unsigned int hear(struct fixture *f, uint32_t from,
				uint8_t priority, int64_t interval)
{
	struct vrrp_advert a = {
		.version = f->v.conf.version,
		.priority = priority,
		.advert_int = {interval},
		.source = addr_from_v4(from),
	};

	return vrrp_step(&f->v, VRRP_EVENT_ADVERT, &a, f->now);
}

static inline void wait(struct fixture *f, int64_t us)
{
	f->now.us += us;
}

/* To the deadline, and what happens then. */
static inline unsigned int fire(struct fixture *f)
{
	assert_true(f->v.deadline.us != FOREVER);
	if (usec_before(f->now, f->v.deadline))
		f->now = f->v.deadline;
	return step(f, VRRP_EVENT_TIMER);
}

static inline void fire_until_master(struct fixture *f)
{
	for (unsigned int i = 0; f->v.state != VRRP_MASTER && i < 9; i++)
		fire(f);
	assert_int_equal(f->v.state, VRRP_MASTER);
}

static inline void become(struct fixture *f, const struct vrrp_conf *conf,
			  enum vrrp_state state)
{
	set_up(f, conf);
	if (state == VRRP_INIT)
		return;
	step(f, VRRP_EVENT_START);
	if (state == VRRP_MASTER)
		fire_until_master(f);
	if (state == VRRP_FAULT)
		step(f, VRRP_EVENT_FAULT);
	assert_int_equal(f->v.state, state);
}

static inline void expect_deadline(const struct fixture *f, int64_t from_now)
{
	assert_int_equal(f->v.deadline.us,
			 from_now == FOREVER ? FOREVER : f->now.us + from_now);
}

#endif
