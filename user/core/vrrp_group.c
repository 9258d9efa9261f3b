/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/vrrp_group.h"

static bool is_or_becomes_master(const struct vrrp *v)
{
	return v->state == VRRP_MASTER || v->claims;
}

/* What decides, of all members: INIT is not there yet, so it hinders only. */
struct census {
	bool faulty; /* one of them, by itself */
	bool master; /* one of them, or it is about to be */
	bool reluctant; /* a backup that would not be master now */
	bool missing; /* in INIT or FAULT */
};

static struct census count(const struct vrrp *const *members, size_t n)
{
	struct census c = {0};

	for (size_t i = 0; i < n; i++) {
		const struct vrrp *v = members[i];

		c.faulty |= v->faulty;
		c.master |= is_or_becomes_master(v);
		c.missing |= v->state == VRRP_INIT || v->state == VRRP_FAULT;
		c.reluctant |= v->state == VRRP_BACKUP && !v->wants &&
			       !v->claims;
	}
	return c;
}

enum vrrp_event vrrp_group_tell(const struct vrrp *const *members, size_t n,
				size_t i)
{
	struct census c = count(members, n);
	const struct vrrp *v = members[i];

	switch (v->state) {
	case VRRP_INIT:
		return VRRP_EVENT_NONE;
	case VRRP_FAULT:
		return c.faulty ? VRRP_EVENT_NONE : VRRP_EVENT_GROUP_RECOVER;
	case VRRP_BACKUP:
	case VRRP_MASTER:
		break;
	}
	if (c.faulty)
		return VRRP_EVENT_GROUP_FAULT;
	if (is_or_becomes_master(v))
		return c.reluctant ? VRRP_EVENT_GROUP_BACKUP : VRRP_EVENT_NONE;
	if (v->wants && !c.reluctant && !c.missing)
		return VRRP_EVENT_GROUP_MASTER;
	return VRRP_EVENT_NONE;
}

enum vrrp_state vrrp_group_state(const struct vrrp *const *members, size_t n)
{
	enum vrrp_state state = n ? VRRP_MASTER : VRRP_INIT;

	for (size_t i = 0; i < n; i++) {
		if (members[i]->state == VRRP_FAULT)
			return VRRP_FAULT;
		if (members[i]->state < state)
			state = members[i]->state;
	}
	return state;
}
