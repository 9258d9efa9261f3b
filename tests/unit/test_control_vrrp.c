/* SPDX-License-Identifier: GPL-2.0-only */
/* control_rows_vrrp.c, control_metrics.c: a virtual router's row as said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xlbd/control_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static struct prefix prefix_of(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

/* A backup that has seen something, and a master that never did. */
static struct world {
	struct vrrp_vip_row vips[2];
	struct vrrp_peer_row peers[2];
	struct vrrp_tracked tracks[3];
	struct vrrp_row rows[2];
} world;

static int set_up(void **state)
{
	struct world *w = &world;

	(void)state;
	memset(w, 0, sizeof(*w));
	w->vips[0].prefix = prefix_of("10.0.4.99/24");
	w->vips[0].owned = true;
	w->vips[1].prefix = prefix_of("10.0.4.97/32");
	w->vips[1].excluded = true;
	w->peers[0].addr = addr_of("10.0.4.20");
	w->peers[0].received = 17;
	w->peers[0].rejected[VRRP_REJECT_bad_ttl] = 3;
	w->peers[0].rejected[VRRP_REJECT_replayed] = 1;
	w->peers[0].last_heard = 1700000000;
	w->peers[1].rejected[VRRP_REJECT_own] = 9;
	w->tracks[0] = (struct vrrp_tracked){
		.kind = VRRP_TRACK_SCRIPT,
		.name = "chk",
		.weight = -60,
		.reported = true,
	};
	w->tracks[1] = (struct vrrp_tracked){
		.kind = VRRP_TRACK_FILE,
		.name = "level",
		.weight = 2,
		.reported = true,
		.value = -4,
	};
	w->tracks[2] = (struct vrrp_tracked){
		.kind = VRRP_TRACK_PROCESS,
		.name = "nginx",
	};
	w->rows[0] = (struct vrrp_row){
		.name = "VI_1",
		.interface = "eth0",
		.group = "G",
		.vrid = 51,
		.version = 3,
		.state = VRRP_BACKUP,
		.since = 1700000000,
		.cause = "started",
		.why = "backup: peer 10.0.4.20 has priority 100, ours is 40",
		.priority = 40,
		.base_priority = 100,
		.advert_int = USEC_MS(250),
		.nopreempt = true,
		.source = addr_of("10.0.4.21"),
		.master = addr_of("10.0.4.20"),
		.master_priority = 100,
		.send_error = -ENETDOWN,
		.sent = 5,
		.sent_stop = 1,
		.transitions = {0, 4, 3, 2},
		.vips = w->vips,
		.n_vips = 2,
		.peers = w->peers,
		.n_peers = 2,
		.tracks = w->tracks,
		.n_tracks = 3,
	};
	w->rows[1] = (struct vrrp_row){
		.name = "VI_2",
		.interface = "eth1",
		.vrid = 52,
		.version = 2,
		.state = VRRP_MASTER,
		.cause = "",
		.why = "master",
		.priority = 200,
		.base_priority = 200,
		.advert_int = USEC_SECONDS(1),
		.lease_left = USEC_MS(1500),
	};
	return 0;
}

static void a_row_is_the_json_documented(void **state)
{
	static const char backup[] =
		"{\"instance\":\"VI_1\",\"interface\":\"eth0\","
		"\"group\":\"G\",\"vrid\":51,\"version\":3,"
		"\"advert_int\":0.25,\"nopreempt\":true,"
		"\"source\":\"10.0.4.21\",\"state\":\"BACKUP\","
		"\"since\":\"2023-11-14T22:13:20Z\","
		"\"why\":\"backup: peer 10.0.4.20 has priority 100, "
		"ours is 40\",\"cause\":\"started\",\"priority\":40,"
		"\"base_priority\":100,\"failover\":false,"
		"\"master\":\"10.0.4.20\",\"master_priority\":100,"
		"\"sent\":5,\"sent_stop\":1,"
		"\"send_error\":\"Network is down\","
		"\"transitions\":{\"master\":3,\"backup\":4,\"fault\":2},"
		"\"vips\":[{\"vip\":\"10.0.4.99/24\",\"advertised\":true,"
		"\"owned\":true},{\"vip\":\"10.0.4.97/32\","
		"\"advertised\":false,\"owned\":false}],"
		"\"peers\":[{\"peer\":\"10.0.4.20\",\"received\":17,"
		"\"last_heard\":\"2023-11-14T22:13:20Z\","
		"\"rejected\":{\"bad_ttl\":3,\"replayed\":1}},"
		"{\"peer\":\"others\",\"received\":0,\"last_heard\":null,"
		"\"rejected\":{\"own\":9}}],"
		"\"tracks\":[{\"kind\":\"script\",\"name\":\"chk\","
		"\"state\":\"down\",\"weight\":-60,\"reverse\":false,"
		"\"text\":\"script chk fails\"},"
		"{\"kind\":\"file\",\"name\":\"level\",\"state\":\"up\","
		"\"weight\":2,\"reverse\":false,\"value\":-4,"
		"\"text\":\"file level says -4\"},"
		"{\"kind\":\"process\",\"name\":\"nginx\","
		"\"state\":\"pending\",\"weight\":0,\"reverse\":false,"
		"\"text\":\"process nginx has not reported yet\"}]}";
	struct json *o = control_vrrp_object(&world.rows[0]);
	char *text = json_print(o);

	(void)state;
	assert_string_equal(text, backup);
	free(text);
	json_free(o);
}

static void a_master_has_a_lease_and_nothing_is_made_up(void **state)
{
	static const char master[] =
		"{\"instance\":\"VI_2\",\"interface\":\"eth1\",\"vrid\":52,"
		"\"version\":2,\"advert_int\":1.0,\"nopreempt\":false,"
		"\"state\":\"MASTER\",\"since\":null,\"why\":\"master\","
		"\"cause\":\"\",\"priority\":200,\"base_priority\":200,"
		"\"failover\":false,\"lease_left\":1.5,\"sent\":0,"
		"\"sent_stop\":0,\"transitions\":{\"master\":0,"
		"\"backup\":0,\"fault\":0},\"vips\":[],\"peers\":[],"
		"\"tracks\":[]}";
	struct json *o = control_vrrp_object(&world.rows[1]);
	char *text = json_print(o);

	(void)state;
	assert_string_equal(text, master);
	free(text);
	json_free(o);
}

/* --- the same as metrics -------------------------------------------------- */

static int status(void *arg, struct status_row *out)
{
	(void)arg;
	*out = (struct status_row){.version = "1", .maintenance = true};
	return 0;
}

static void
services(void *arg, void (*row)(void *to, const struct service_row *), void *to)
{
	(void)arg;
	(void)row;
	(void)to;
}

static int backends(void *arg, const struct endpoint *service,
		    void (*row)(void *to, const struct backend_row *), void *to,
		    char *error)
{
	(void)arg;
	(void)service;
	(void)row;
	(void)to;
	(void)error;
	return 0;
}

static int vrrps(void *arg, const char *name,
		 void (*row)(void *to, const struct vrrp_row *), void *to,
		 char *error)
{
	(void)arg;
	(void)error;
	assert_null(name);
	row(to, &world.rows[0]);
	row(to, &world.rows[1]);
	return 0;
}

static int reason(void *arg, enum xlbd_reason id, struct reason_stats *out)
{
	(void)arg;
	(void)id;
	*out = (struct reason_stats){0};
	return 0;
}

static const struct control_ops ops = {
	.status = status,
	.services = services,
	.backends = backends,
	.vrrps = vrrps,
	.reason = reason,
};

static void metrics_say_the_same(void **state)
{
	static const char *const lines[] = {
		"xlbd_maintenance 1",
		"xlbd_vrrp_state{instance=\"VI_1\"} 1",
		"xlbd_vrrp_state{instance=\"VI_2\"} 2",
		"xlbd_vrrp_priority{instance=\"VI_1\"} 40",
		"xlbd_vrrp_transitions_total{instance=\"VI_1\",to=\"backup\"} 4",
		"xlbd_vrrp_transitions_total{instance=\"VI_1\",to=\"master\"} 3",
		"xlbd_vrrp_transitions_total{instance=\"VI_1\",to=\"fault\"} 2",
		"xlbd_vrrp_adverts_sent_total{instance=\"VI_1\"} 5",
		"xlbd_vrrp_adverts_received_total{instance=\"VI_1\","
		"peer=\"10.0.4.20\"} 17",
		"xlbd_vrrp_adverts_rejected_total{instance=\"VI_1\","
		"peer=\"10.0.4.20\",reason=\"bad_ttl\"} 3",
		"xlbd_vrrp_adverts_rejected_total{instance=\"VI_1\","
		"peer=\"10.0.4.20\",reason=\"bad_auth\"} 0",
		"xlbd_vrrp_adverts_rejected_total{instance=\"VI_1\","
		"peer=\"others\",reason=\"own\"} 9",
	};
	size_t length;
	char *text = control_render_metrics(&ops, NULL, &length), line[256];

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(line, sizeof(line), "\n%s\n", lines[i]);
		if (!strstr(text, line))
			fail_msg("no line '%s' in:\n%s", lines[i], text);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_row_is_the_json_documented, set_up),
		cmocka_unit_test_setup(
			a_master_has_a_lease_and_nothing_is_made_up, set_up),
		cmocka_unit_test_setup(metrics_say_the_same, set_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("control_vrrp", tests, NULL, NULL);
}
