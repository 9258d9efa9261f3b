/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual routers' rows as JSON. */
#include "xlbd/control_rows.h"

#include <string.h>

const char *control_peer_name(const struct addr *peer, char *buf)
{
	if (addr_is_zero(peer))
		return strcpy(buf, "others");
	return addr_print(peer, buf, ADDR_PRINT_SIZE);
}

static int add_address(struct json *o, const char *name, const struct addr *a)
{
	char text[ADDR_PRINT_SIZE];

	if (addr_is_zero(a))
		return 0;
	return json_add_text(o, name, addr_print(a, text, sizeof(text)));
}

static struct json *vip_list(const struct vrrp_row *v)
{
	struct json *list = json_new_array(), *o;
	char text[ADDR_PRINT_SIZE];
	int err = 0;

	for (size_t i = 0; i < v->n_vips; i++) {
		const struct vrrp_vip_row *vip = &v->vips[i];

		o = json_new_object();
		err |= json_add_text(o, "vip",
				     prefix_print(&vip->prefix, text,
						  sizeof(text)));
		err |= json_add_flag(o, "advertised", !vip->excluded);
		err |= json_add_flag(o, "owned", vip->owned);
		err |= json_append(list, json_built(o, err));
	}
	return json_built(list, err);
}

static struct json *rejections(const struct vrrp_peer_row *p)
{
	struct json *o = json_new_object();
	int err = 0;

	for (int i = VRRP_ACCEPTED + 1; i < VRRP_REJECTION_MAX; i++) {
		if (p->rejected[i])
			err |= json_add_number(o, vrrp_rejection_name(i),
					       p->rejected[i]);
	}
	return json_built(o, err);
}

static struct json *peer_list(const struct vrrp_row *v)
{
	struct json *list = json_new_array(), *o;
	int err = 0;

	for (size_t i = 0; i < v->n_peers; i++) {
		const struct vrrp_peer_row *p = &v->peers[i];
		char text[ADDR_PRINT_SIZE];

		o = json_new_object();
		err |= json_add_text(o, "peer",
				     control_peer_name(&p->addr, text));
		err |= json_add_number(o, "received", p->received);
		err |= json_add_time(o, "last_heard", p->last_heard);
		err |= json_add(o, "rejected", rejections(p));
		err |= json_append(list, json_built(o, err));
	}
	return json_built(list, err);
}

static const char *track_state(const struct vrrp_tracked *t)
{
	if (!t->reported)
		return "pending";
	return vrrp_track_fails(t) ? "down" : "up";
}

static struct json *track_list(const struct vrrp_row *v)
{
	struct json *list = json_new_array(), *o;
	char text[VRRP_TRACK_EXPLAIN_SIZE];
	int err = 0;

	for (size_t i = 0; i < v->n_tracks; i++) {
		const struct vrrp_tracked *t = &v->tracks[i];

		o = json_new_object();
		err |= json_add_text(o, "kind", vrrp_track_kind_name(t->kind));
		err |= json_add_text(o, "name", t->name);
		err |= json_add_text(o, "state", track_state(t));
		err |= json_add_signed(o, "weight", t->weight);
		err |= json_add_flag(o, "reverse", t->reverse);
		if (t->kind == VRRP_TRACK_FILE && t->reported)
			err |= json_add_signed(o, "value", t->value);
		err |= json_add_text(o, "text",
				     vrrp_track_explain(t, text, sizeof(text)));
		err |= json_append(list, json_built(o, err));
	}
	return json_built(list, err);
}

static struct json *transitions(const struct vrrp_row *v)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= json_add_number(o, "master", v->transitions[VRRP_MASTER]);
	err |= json_add_number(o, "backup", v->transitions[VRRP_BACKUP]);
	err |= json_add_number(o, "fault", v->transitions[VRRP_FAULT]);
	return json_built(o, err);
}

static int add_state(struct json *o, const struct vrrp_row *v)
{
	int err = 0;

	err |= json_add_text(o, "state", vrrp_state_name(v->state));
	err |= json_add_time(o, "since", v->since);
	err |= json_add_text(o, "why", v->why);
	err |= json_add_text(o, "cause", v->cause);
	err |= json_add_number(o, "priority", v->priority);
	err |= json_add_number(o, "base_priority", v->base_priority);
	err |= json_add_flag(o, "failover", v->failover);
	err |= add_address(o, "master", &v->master);
	if (!addr_is_zero(&v->master))
		err |= json_add_number(o, "master_priority",
				       v->master_priority);
	if (v->state == VRRP_MASTER)
		err |= json_add_span(o, "lease_left", v->lease_left);
	return err;
}

struct json *control_vrrp_object(const struct vrrp_row *v)
{
	struct json *o = json_new_object();
	int err = 0;

	err |= json_add_text(o, "instance", v->name);
	err |= json_add_text(o, "interface", v->interface);
	if (v->group)
		err |= json_add_text(o, "group", v->group);
	err |= json_add_number(o, "vrid", v->vrid);
	err |= json_add_number(o, "version", v->version);
	err |= json_add_span(o, "advert_int", v->advert_int);
	err |= json_add_flag(o, "nopreempt", v->nopreempt);
	err |= add_address(o, "source", &v->source);
	err |= add_state(o, v);
	err |= json_add_number(o, "sent", v->sent);
	err |= json_add_number(o, "sent_stop", v->sent_stop);
	if (v->send_error)
		err |= json_add_text(o, "send_error", strerror(-v->send_error));
	err |= json_add(o, "transitions", transitions(v));
	err |= json_add(o, "vips", vip_list(v));
	err |= json_add(o, "peers", peer_list(v));
	err |= json_add(o, "tracks", track_list(v));
	return json_built(o, err);
}
