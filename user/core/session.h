/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the records of a session mean: its state, from what either direction
 * has seen, and how long it may idle there.  Pure.
 */
#ifndef XLBD_SESSION_H
#define XLBD_SESSION_H

#include "core/conf.h"
#include "core/usec.h"

#include <linux/types.h>

#include "xlbd_maps.h"

#include <stdint.h>

enum session_state {
	SESSION_SYN, /* half-open: no word from the client since */
	SESSION_ESTABLISHED,
	SESSION_FIN, /* closed by one end */
	SESSION_CLOSED, /* by both, or reset */
	SESSION_UDP,
};

const char *session_state_name(enum session_state state); /* "established" */
int session_state_parse(const char *text, enum session_state *out);

/*
 * `reply_seen` counts for FNAT only: of DR and local sessions the data plane
 * sees the client's half, so its FIN is all there is to know.
 */
enum session_state session_state_of(uint8_t kind, uint8_t protocol,
				    uint8_t forward_seen, uint8_t reply_seen);

/* After how long without a packet the session is forgotten. */
struct usec session_idle_limit(enum session_state state,
			       const struct conf_timeouts *timeouts);

/* The least of those limits: a session seen since has reached none. */
struct usec session_idle_least(const struct conf_timeouts *timeouts);

/* The limit of closed ones, and of records that belong to no session. */
#define SESSION_IDLE_CLOSED USEC_SECONDS(10)

#endif
