/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/session.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static const char *const names[] = {
	[SESSION_SYN] = "syn", [SESSION_ESTABLISHED] = "established",
	[SESSION_FIN] = "fin", [SESSION_CLOSED] = "closed",
	[SESSION_UDP] = "udp",
};

const char *session_state_name(enum session_state state)
{
	return names[state];
}

int session_state_parse(const char *text, enum session_state *out)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(text, names[i])) {
			*out = (enum session_state)i;
			return 0;
		}
	}
	return -EINVAL;
}

enum session_state session_state_of(uint8_t kind, uint8_t protocol,
				    uint8_t forward_seen, uint8_t reply_seen)
{
	bool both = kind == BACKEND_FNAT;
	uint8_t either = forward_seen | (both ? reply_seen : 0);

	if (protocol == IPPROTO_UDP)
		return SESSION_UDP;
	if (either & SEEN_RST)
		return SESSION_CLOSED;
	if (both && (forward_seen & reply_seen & SEEN_FIN))
		return SESSION_CLOSED;
	if (either & SEEN_FIN)
		return SESSION_FIN;
	if (both && !(reply_seen & SEEN_SYN))
		return SESSION_SYN;
	return forward_seen & SEEN_ACK ? SESSION_ESTABLISHED : SESSION_SYN;
}

struct usec session_idle_limit(enum session_state state,
			       const struct conf_timeouts *timeouts)
{
	switch (state) {
	case SESSION_SYN:
		return timeouts->tcp_syn;
	case SESSION_ESTABLISHED:
		return timeouts->tcp;
	case SESSION_FIN:
		return timeouts->tcp_fin;
	case SESSION_UDP:
		return timeouts->udp;
	case SESSION_CLOSED:
		break;
	}
	return SESSION_IDLE_CLOSED;
}

struct usec session_idle_least(const struct conf_timeouts *timeouts)
{
	struct usec least = SESSION_IDLE_CLOSED;

	for (int state = SESSION_SYN; state <= SESSION_UDP; state++) {
		struct usec limit = session_idle_limit(state, timeouts);

		if (usec_before(limit, least))
			least = limit;
	}
	return least;
}
