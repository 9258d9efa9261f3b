/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control.h"

#include "core/prom.h"
#include "xlbd/control_rows.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What a sample is about: which rows there are, and their labels. */
enum subject {
	SUBJECT_BUILD,
	SUBJECT_NODE,
	SUBJECT_REASON,
	SUBJECT_SERVICE,
	SUBJECT_BACKEND,
	SUBJECT_VRRP,
	SUBJECT_PEER,
	SUBJECTS,
};

struct row {
	uint64_t one;
	union {
		struct status_row node;
		struct {
			enum xlbd_reason id;
			struct reason_stats stats;
		} reason;
		struct service_row service;
		struct backend_row backend;
		struct vrrp_row vrrp;
		struct vrrp_peer_row peer;
	};
	uint64_t maintenance, backend_up, vrrp_state, vrrp_priority;
	const char *vrrp_name;
	char peer_name[ADDR_PRINT_SIZE];
	char service_name[ENDPOINT_PRINT_SIZE];
	char backend_name[ENDPOINT_PRINT_SIZE];
};

struct rows {
	struct row *list;
	size_t count, room;
};

/* Everything at one moment: families come one by one, and whole. */
struct snapshot {
	struct rows of[SUBJECTS];
	bool failed;
};

struct metric {
	const char *name;
	enum prom_type type;
	enum subject subject;
	size_t value; /* where in struct row: a 64-bit number */
	size_t only_if; /* where in struct row: a bool; 0: always */
	struct prom_label label; /* beside the subject's own */
	const char *help;
};

#define ROW(member) offsetof(struct row, member)
#define IN                        \
	{                         \
		"direction", "in" \
	}
#define OUT                        \
	{                          \
		"direction", "out" \
	}
#define NONE               \
	{                  \
		NULL, NULL \
	}

/*
 * name, type, subject, value, only_if, label, help.  Rows of one family are
 * neighbours; its first one's help is told.
 */
static const struct metric metrics[] = {
	{"xlbd_build_info", PROM_GAUGE, SUBJECT_BUILD, ROW(one), 0, NONE,
	 "always 1; which version runs"},
	{"xlbd_sessions", PROM_GAUGE, SUBJECT_NODE, ROW(node.sessions), 0, NONE,
	 "sessions open now"},
	{"xlbd_sessions_max", PROM_GAUGE, SUBJECT_NODE, ROW(node.max_sessions),
	 0, NONE, "sessions there is room for"},
	{"xlbd_packets_total", PROM_COUNTER, SUBJECT_REASON,
	 ROW(reason.stats.packets), 0, NONE,
	 "packets by why they left the path and what became of them"},
	{"xlbd_service_packets_total", PROM_COUNTER, SUBJECT_SERVICE,
	 ROW(service.traffic.packets_in), 0, IN,
	 "packets of a service; in is from clients"},
	{"xlbd_service_packets_total", PROM_COUNTER, SUBJECT_SERVICE,
	 ROW(service.traffic.packets_out), 0, OUT, NULL},
	{"xlbd_service_bytes_total", PROM_COUNTER, SUBJECT_SERVICE,
	 ROW(service.traffic.bytes_in), 0, IN,
	 "bytes of a service's frames; in is from clients"},
	{"xlbd_service_bytes_total", PROM_COUNTER, SUBJECT_SERVICE,
	 ROW(service.traffic.bytes_out), 0, OUT, NULL},
	{"xlbd_service_sessions", PROM_GAUGE, SUBJECT_SERVICE,
	 ROW(service.sessions), 0, NONE, "sessions of a service open now"},
	{"xlbd_service_sessions_opened_total", PROM_COUNTER, SUBJECT_SERVICE,
	 ROW(service.traffic.sessions), 0, NONE,
	 "sessions of a service opened so far"},
	{"xlbd_backend_packets_total", PROM_COUNTER, SUBJECT_BACKEND,
	 ROW(backend.traffic.packets_in), 0, IN,
	 "packets of a backend; in is from clients"},
	{"xlbd_backend_packets_total", PROM_COUNTER, SUBJECT_BACKEND,
	 ROW(backend.traffic.packets_out), 0, OUT, NULL},
	{"xlbd_backend_bytes_total", PROM_COUNTER, SUBJECT_BACKEND,
	 ROW(backend.traffic.bytes_in), 0, IN,
	 "bytes of a backend's frames; in is from clients"},
	{"xlbd_backend_bytes_total", PROM_COUNTER, SUBJECT_BACKEND,
	 ROW(backend.traffic.bytes_out), 0, OUT, NULL},
	{"xlbd_backend_sessions", PROM_GAUGE, SUBJECT_BACKEND,
	 ROW(backend.sessions), 0, NONE, "sessions of a backend open now"},
	{"xlbd_backend_sessions_opened_total", PROM_COUNTER, SUBJECT_BACKEND,
	 ROW(backend.traffic.sessions), 0, NONE,
	 "sessions of a backend opened so far"},
	{"xlbd_backend_up", PROM_GAUGE, SUBJECT_BACKEND, ROW(backend_up), 0,
	 NONE, "0 if the checks say down, else 1"},
	{"xlbd_backend_check_failures_total",
	 PROM_COUNTER,
	 SUBJECT_BACKEND,
	 ROW(backend.check_failures[CONF_CHECK_TCP]),
	 ROW(backend.has_check[CONF_CHECK_TCP]),
	 {"check", "tcp"},
	 "probes of a backend that failed"},
	{"xlbd_backend_check_failures_total",
	 PROM_COUNTER,
	 SUBJECT_BACKEND,
	 ROW(backend.check_failures[CONF_CHECK_HTTP]),
	 ROW(backend.has_check[CONF_CHECK_HTTP]),
	 {"check", "http"},
	 NULL},
	{"xlbd_maintenance", PROM_GAUGE, SUBJECT_NODE, ROW(maintenance), 0,
	 NONE, "1 while this node is out of service: vrrp maintenance on"},
	{"xlbd_vrrp_state", PROM_GAUGE, SUBJECT_VRRP, ROW(vrrp_state), 0, NONE,
	 "what it is: 0 init, 1 backup, 2 master, 3 fault"},
	{"xlbd_vrrp_priority", PROM_GAUGE, SUBJECT_VRRP, ROW(vrrp_priority), 0,
	 NONE, "what tracking makes of the configured priority"},
	{"xlbd_vrrp_transitions_total",
	 PROM_COUNTER,
	 SUBJECT_VRRP,
	 ROW(vrrp.transitions[VRRP_BACKUP]),
	 0,
	 {"to", "backup"},
	 "how often it became what"},
	{"xlbd_vrrp_transitions_total",
	 PROM_COUNTER,
	 SUBJECT_VRRP,
	 ROW(vrrp.transitions[VRRP_MASTER]),
	 0,
	 {"to", "master"},
	 NULL},
	{"xlbd_vrrp_transitions_total",
	 PROM_COUNTER,
	 SUBJECT_VRRP,
	 ROW(vrrp.transitions[VRRP_FAULT]),
	 0,
	 {"to", "fault"},
	 NULL},
	{"xlbd_vrrp_adverts_sent_total", PROM_COUNTER, SUBJECT_VRRP,
	 ROW(vrrp.sent), 0, NONE, "advertisements sent"},
	{"xlbd_vrrp_adverts_received_total", PROM_COUNTER, SUBJECT_PEER,
	 ROW(peer.received), 0, NONE, "a peer's advertisements listened to"},
#define X(reason, help)                            \
	{"xlbd_vrrp_adverts_rejected_total",       \
	 PROM_COUNTER,                             \
	 SUBJECT_PEER,                             \
	 ROW(peer.rejected[VRRP_REJECT_##reason]), \
	 0,                                        \
	 {"reason", #reason},                      \
	 "a peer's advertisements not listened to, by the reason"},
	VRRP_REJECTIONS(X)
#undef X
};

static struct row *add_row(struct snapshot *s, enum subject subject)
{
	struct rows *rows = &s->of[subject];
	size_t room = rows->room ? rows->room * 2 : 16;
	struct row *more;

	if (rows->count == rows->room) {
		more = reallocarray(rows->list, room, sizeof(*more));
		if (!more) {
			s->failed = true;
			return NULL;
		}
		rows->list = more;
		rows->room = room;
	}
	memset(&rows->list[rows->count], 0, sizeof(struct row));
	return &rows->list[rows->count++];
}

static void name_endpoint(char *name, struct endpoint e)
{
	e.protocol = 0; /* a label of its own */
	endpoint_print(&e, name, ENDPOINT_PRINT_SIZE);
}

static void add_service(void *to, const struct service_row *service)
{
	struct row *row = add_row(to, SUBJECT_SERVICE);

	if (!row)
		return;
	row->service = *service;
	name_endpoint(row->service_name, service->endpoint);
}

static void add_backend(void *to, const struct backend_row *backend)
{
	struct row *row = add_row(to, SUBJECT_BACKEND);

	if (!row)
		return;
	row->backend = *backend;
	row->backend_up = backend->state != BACKEND_STATE_DOWN;
	name_endpoint(row->service_name, backend->service);
	name_endpoint(row->backend_name, backend->backend);
}

static void add_vrrp(void *to, const struct vrrp_row *vrrp)
{
	struct row *row = add_row(to, SUBJECT_VRRP);

	if (!row)
		return;
	row->vrrp = *vrrp;
	row->vrrp_name = vrrp->name;
	row->vrrp_state = vrrp->state;
	row->vrrp_priority = vrrp->priority;
	for (size_t i = 0; i < vrrp->n_peers; i++) {
		row = add_row(to, SUBJECT_PEER);
		if (!row)
			return;
		row->peer = vrrp->peers[i];
		row->vrrp_name = vrrp->name;
		control_peer_name(&row->peer.addr, row->peer_name);
	}
}

static void add_reasons(struct snapshot *s, const struct control_ops *ops,
			void *arg)
{
	struct row *row;

	for (int i = 0; i < XLBD_REASON_MAX; i++) {
		row = add_row(s, SUBJECT_REASON);
		if (!row)
			return;
		row->reason.id = i;
		if (ops->reason(arg, i, &row->reason.stats))
			s->failed = true;
	}
}

static void add_node(struct snapshot *s, const struct control_ops *ops,
		     void *arg)
{
	struct status_row status;

	if (ops->status(arg, &status)) {
		s->failed = true;
		return;
	}
	for (int i = SUBJECT_BUILD; i <= SUBJECT_NODE; i++) {
		struct row *row = add_row(s, i);

		if (!row)
			return;
		row->one = 1;
		row->node = status;
		row->maintenance = status.maintenance;
	}
}

static void take_snapshot(struct snapshot *s, const struct control_ops *ops,
			  void *arg)
{
	char error[CONTROL_ERROR_SIZE];

	add_node(s, ops, arg);
	add_reasons(s, ops, arg);
	ops->services(arg, add_service, s);
	if (ops->backends(arg, NULL, add_backend, s, error) ||
	    ops->vrrps(arg, NULL, add_vrrp, s, error))
		s->failed = true;
}

/* The labels of a row of `subject`, at most 3; returns how many. */
static size_t label_row(enum subject subject, const struct row *row,
			struct prom_label *out)
{
	switch (subject) {
	case SUBJECT_BUILD:
		out[0] = (struct prom_label){"version", row->node.version};
		return 1;
	case SUBJECT_REASON:
		out[0].name = "reason";
		out[0].value = control_reason_name(row->reason.id);
		out[1].name = "action";
		out[1].value = control_reason_action(row->reason.id);
		return 2;
	case SUBJECT_SERVICE:
		out[0] = (struct prom_label){"service", row->service_name};
		out[1].name = "protocol";
		out[1].value = protocol_name(row->service.endpoint.protocol);
		return 2;
	case SUBJECT_BACKEND:
		out[0] = (struct prom_label){"service", row->service_name};
		out[1].name = "protocol";
		out[1].value = protocol_name(row->backend.service.protocol);
		out[2] = (struct prom_label){"backend", row->backend_name};
		return 3;
	case SUBJECT_VRRP:
		out[0] = (struct prom_label){"instance", row->vrrp_name};
		return 1;
	case SUBJECT_PEER:
		out[0] = (struct prom_label){"instance", row->vrrp_name};
		out[1] = (struct prom_label){"peer", row->peer_name};
		return 2;
	case SUBJECT_NODE:
	case SUBJECTS:
		break;
	}
	return 0;
}

static void render_sample(struct prom *p, const struct metric *m,
			  const struct row *row)
{
	struct prom_label labels[4];
	size_t n = label_row(m->subject, row, labels);
	const char *bytes = (const char *)row;
	uint64_t value;

	if (m->only_if && !bytes[m->only_if])
		return;
	memcpy(&value, bytes + m->value, sizeof(value));
	labels[n] = m->label;
	prom_sample(p, labels, n + 1, value);
}

char *control_render_metrics(const struct control_ops *ops, void *arg,
			     size_t *length)
{
	struct snapshot s = {0};
	struct prom p = {0};
	char *text = NULL;

	take_snapshot(&s, ops, arg);
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		const struct metric *m = &metrics[i];
		const struct rows *rows = &s.of[m->subject];

		prom_family(&p, m->name, m->type, m->help);
		for (size_t j = 0; j < rows->count; j++)
			render_sample(&p, m, &rows->list[j]);
	}
	text = prom_take(&p, length);
	if (s.failed) {
		free(text);
		text = NULL;
	}
	for (int i = 0; i < SUBJECTS; i++)
		free(s.of[i].list);
	return text;
}
