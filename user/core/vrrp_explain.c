/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/vrrp_explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *vrrp_state_name(enum vrrp_state s)
{
	switch (s) {
	case VRRP_INIT:
		return "INIT";
	case VRRP_BACKUP:
		return "BACKUP";
	case VRRP_MASTER:
		return "MASTER";
	case VRRP_FAULT:
		return "FAULT";
	}
	return "?";
}

const char *vrrp_print_span(struct usec span, char buf[USEC_PRINT_SIZE])
{
	bool seconds = span.us >= 1000000;
	int64_t tenths = span.us / (seconds ? 100000 : 100);

	snprintf(buf, USEC_PRINT_SIZE, "%" PRId64 ".%" PRId64 " %s",
		 tenths / 10, tenths % 10, seconds ? "s" : "ms");
	return buf;
}

unsigned int vrrp_change(struct vrrp *v, enum vrrp_state to, const char *format,
			 ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->cause, sizeof(v->cause), format, args);
	va_end(args);
	v->state = to;
	return VRRP_CHANGED;
}

unsigned int vrrp_say_master(struct vrrp *v, struct usec now)
{
	char peer[ADDR_PRINT_SIZE], span[USEC_PRINT_SIZE];

	addr_print(&v->peer, peer, sizeof(peer));
	vrrp_print_span(usec_sub(now, v->heard_at), span);
	switch (v->why) {
	case VRRP_WHY_SILENCE:
		break;
	case VRRP_WHY_RESIGNED:
		return vrrp_change(v, VRRP_MASTER, "peer %s has resigned",
				   peer);
	case VRRP_WHY_LOWER:
		return vrrp_change(v, VRRP_MASTER,
				   "peer %s has priority %u, ours is %u", peer,
				   v->master_priority, v->priority);
	case VRRP_WHY_OWNER:
		return vrrp_change(v, VRRP_MASTER,
				   "we own the addresses (priority 255)");
	}
	if (addr_is_zero(&v->peer))
		return vrrp_change(v, VRRP_MASTER,
				   "no advertisement from anybody for %s",
				   span);
	return vrrp_change(v, VRRP_MASTER, "no advertisement from %s for %s",
			   peer, span);
}

unsigned int vrrp_say_beaten(struct vrrp *v, const struct vrrp_advert *a,
			     bool rogue)
{
	char peer[ADDR_PRINT_SIZE];

	addr_print(&a->source, peer, sizeof(peer));
	if (rogue)
		return vrrp_change(v, VRRP_BACKUP,
				   "peer %s has priority 255 too, and the "
				   "higher address: ours is 254 now",
				   peer);
	if (a->priority > v->priority)
		return vrrp_change(v, VRRP_BACKUP,
				   "peer %s has priority %u, ours is %u", peer,
				   a->priority, v->priority);
	return vrrp_change(v, VRRP_BACKUP,
			   "peer %s has priority %u like ours, and the higher "
			   "address",
			   peer, a->priority);
}

/* Which of the rules keeps a backup from being master. */
static const char *backup_because(const struct vrrp *v)
{
	if (v->unsent)
		return ": advertisements cannot be sent";
	if (v->failover)
		return ": told to fail over, until that peer is lost";
	if (v->wants)
		return ": waits for the others of its sync group";
	if (v->claims)
		return ": about to become master";
	if (v->master_priority >= v->priority)
		return "";
	if (v->conf.nopreempt)
		return ": nopreempt";
	return v->delayed ? ": preempt_delay is not over"
			  : ": about to preempt it";
}

static const char *explain_backup(const struct vrrp *v, char *buf, size_t size)
{
	char peer[ADDR_PRINT_SIZE];

	addr_print(&v->peer, peer, sizeof(peer));
	if (!addr_is_zero(&v->master))
		snprintf(buf, size,
			 "backup: peer %s has priority %u, ours is %u%s",
			 addr_print(&v->master, peer, sizeof(peer)),
			 v->master_priority, v->priority, backup_because(v));
	else if (v->unsent || v->wants || v->claims)
		snprintf(buf, size, "backup%s", backup_because(v));
	else if (v->why == VRRP_WHY_RESIGNED)
		snprintf(buf, size, "backup: peer %s has resigned", peer);
	else
		snprintf(buf, size, "backup: no master heard yet");
	return buf;
}

const char *vrrp_explain(const struct vrrp *v, char *buf, size_t size)
{
	switch (v->state) {
	case VRRP_INIT:
		snprintf(buf, size, "init: %s",
			 v->started ? "vrrp_startup_delay is not over"
				    : "waits for what it tracks to report");
		break;
	case VRRP_BACKUP:
		return explain_backup(v, buf, size);
	case VRRP_MASTER:
		snprintf(buf, size, "master: %s", v->cause);
		break;
	case VRRP_FAULT:
		snprintf(buf, size, "fault: %s", v->cause);
		break;
	}
	return buf;
}
