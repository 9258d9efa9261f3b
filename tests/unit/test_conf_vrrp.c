/* SPDX-License-Identifier: GPL-2.0-only */
/* What virtual routers become: the values that a printed config does not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/conf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTANCE(id) \
	"vrrp_instance V" #id " {\ninterface eth0\nvirtual_router_id " #id "\n"
#define VIP(address) "virtual_ipaddress { " address " }\n"

/* Key files: what is behind "/key/". */
static int fake_read(void *arg, const char *path, char **bytes, size_t *length)
{
	(void)arg;
	if (strncmp(path, "/key/", 5))
		return -ENOENT;
	*bytes = strdup(path + 5);
	*length = strlen(path + 5);
	return *bytes ? 0 : -ENOMEM;
}

static int fake_glob(void *arg, const char *pattern, char ***paths)
{
	(void)arg;
	(void)pattern;
	*paths = calloc(1, sizeof(**paths));
	return *paths ? 0 : -ENOMEM;
}

static int fake_env(void *arg, const char *name, char **value)
{
	(void)arg;
	(void)name;
	(void)value;
	return -ENOENT;
}

/* The config, which has no error; `warnings` of them. */
static struct conf *parse(const char *text, size_t warnings)
{
	const struct conf_source source = {
		.read = fake_read,
		.glob = fake_glob,
		.env = fake_env,
		.config_id = "node1",
		.directory = "/cwd",
	};
	struct conf_messages m = {0};
	struct conf *conf = NULL;
	int err = conf_parse("f", text, strlen(text), &source, &conf, &m);

	if (err || m.warnings != warnings)
		fail_msg("%d, %zu warnings: %s", err, m.warnings,
			 m.count ? m.list[0].text : "");
	conf_messages_free(&m);
	return conf;
}

static void assert_addr(const struct addr *a, const char *text)
{
	char printed[ADDR_PRINT_SIZE];

	assert_string_equal(addr_print(a, printed, sizeof(printed)), text);
}

static void assert_argv(char *const *argv, const char *const *wanted)
{
	for (; *wanted; wanted++, argv++)
		assert_string_equal(*argv, *wanted);
	assert_null(*argv);
}

static void has_keepalived_s_defaults(void **state)
{
	struct conf *c = parse(INSTANCE(1) VIP("10.0.0.1") "}\n", 0);
	const struct conf_vrrp *v = &c->vrrps[0];

	(void)state;
	assert_int_equal(c->n_vrrps, 1);
	assert_string_equal(v->name, "V1");
	assert_string_equal(v->interface, "eth0");
	assert_int_equal(v->virtual_router_id, 1);
	assert_int_equal(v->priority, 100);
	assert_int_equal(v->version, 2);
	assert_false(v->v6 || v->state_master || v->nopreempt);
	assert_int_equal(v->advert_int.us, 1000000);
	assert_int_equal(v->down_timer_adverts, 3);
	assert_int_equal(v->preempt_delay.us, 0);
	assert_false(v->lower_prio_no_advert);
	assert_int_equal(v->n_vips, 1);
	assert_null(v->vips[0].dev);
	assert_false(v->vips[0].excluded || v->vips[0].options.has_broadcast);
	assert_false(v->has_source);
	assert_addr(&v->group, "224.0.0.18");
	assert_int_equal(v->n_peers, 0);
	assert_int_equal(v->unicast_ttl, 255);
	assert_false(v->check_unicast_src || v->v3_checksum_as_v2 ||
		     v->skip_check_adv_addr || v->dont_track_primary);
	assert_int_equal(v->auth, CONF_AUTH_NONE);
	assert_int_equal(v->garp_master_delay.us, 5000000);
	assert_int_equal(v->garp_master_repeat, 5);
	assert_int_equal(v->garp_master_refresh.us, 0);
	assert_int_equal(v->garp_master_refresh_repeat, 1);
	assert_int_equal(v->garp_lower_prio_delay.us, 5000000);
	assert_int_equal(v->garp_lower_prio_repeat, 5);
	assert_null(v->notify.master.argv);
	assert_null(v->notify.any.argv);
	assert_false(v->notify.smtp_alert);
	assert_int_equal(v->sync_group, -1);
	assert_null(c->router_id);
	assert_null(c->notify_fifo);
	assert_null(c->script_user);
	assert_false(c->script_security);
	assert_null(c->mail.server);
	assert_null(c->mail.to);
	assert_non_null(c->mail.from);
	assert_int_equal(c->startup_delay.us, 0);
	conf_free(c);
}

static void ipv6_is_version_3(void **state)
{
	struct conf *c = parse(INSTANCE(1) VIP("fe80::1") "}\n", 0);

	(void)state;
	assert_true(c->vrrps[0].v6);
	assert_int_equal(c->vrrps[0].version, 3);
	assert_addr(&c->vrrps[0].group, "ff02::12");
	conf_free(c);
}

static void master_without_priority_is_the_owner(void **state)
{
	struct conf *c = parse(
		INSTANCE(1) VIP("10.0.0.1") "state MASTER\n}\n" INSTANCE(2) VIP(
			"10.0.0.2") "state MASTER\npriority 7\n"
				    "nopreempt\npreempt_delay 3\n}\n" INSTANCE(
					    3)
					    VIP("10.0.0.3") "nopreempt\npreempt\n}\n",
		3);

	(void)state;
	assert_int_equal(c->vrrps[0].priority, 255);
	assert_true(c->vrrps[0].state_master);
	assert_int_equal(c->vrrps[1].priority, 7);
	assert_false(c->vrrps[1].nopreempt);
	assert_int_equal(c->vrrps[1].preempt_delay.us, 0);
	assert_false(c->vrrps[2].nopreempt);
	conf_free(c);
}

struct interval_case {
	const char *text;
	int64_t us;
	size_t warnings;
};

static void rounds_advert_int(void **state)
{
	static const struct interval_case cases[] = {
		{"advert_int 3", 3000000, 0},
		{"advert_int 1.4", 1000000, 1},
		{"advert_int 1.5", 2000000, 1},
		{"advert_int 0.01", 1000000, 1},
		{"version 3\nadvert_int 0.01", 10000, 0},
		{"version 3\nadvert_int 0.014", 10000, 1},
		{"version 3\nadvert_int 40.95", 40950000, 0},
		{"version 3\nadvert_int 40.96", 40950000, 1},
		/* out of all range: the default */
		{"advert_int 256", 1000000, 1},
		{"advert_int 0", 1000000, 1},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf *c;

		snprintf(text, sizeof(text),
			 INSTANCE(1) VIP("10.0.0.1") "%s\n}\n", cases[i].text);
		c = parse(text, cases[i].warnings);
		assert_int_equal(c->vrrps[0].advert_int.us, cases[i].us);
		conf_free(c);
	}
}

static void cuts_and_pads_the_password(void **state)
{
	struct conf *c = parse(
		INSTANCE(1) VIP("10.0.0.1") "authentication {\nauth_type PASS\nauth_pass abc\n}\n}\n" INSTANCE(
			2)
			VIP("10.0.0.2") "authentication {\nauth_type AH\nauth_pass 123456789\n}\n}\n",
		1);

	(void)state;
	assert_int_equal(c->vrrps[0].auth, CONF_AUTH_PASS);
	assert_memory_equal(c->vrrps[0].auth_pass, "abc\0\0\0\0\0", 8);
	assert_int_equal(c->vrrps[1].auth, CONF_AUTH_AH);
	assert_memory_equal(c->vrrps[1].auth_pass, "12345678", 8);
	conf_free(c);
}

#define HEX32                              \
	"000102030405060708090a0B0c0D0e0f" \
	"101112131415161718191a1b1c1d1eFf"
#define KEY32 "0123456789abcdef0123456789abcdef"

static void reads_hmac_keys(void **state)
{
	struct conf *c = parse(
		INSTANCE(1) VIP(
			"10.0.0.1") "auth_hmac {\nkey 1 hex:" HEX32
				    "\nkey 255 ascii:" KEY32
				    "\n}\n}\n" INSTANCE(2) VIP(
					    "10.0.0.2") "auth_hmac {\n"
							"key 1 file:/key/hex:" HEX32
							"\nkey 2 file:/key/" KEY32
							"\n"
							"active_key 2\nmode permissive\n}\n}\n",
		0);
	const struct conf_vrrp *a = &c->vrrps[0], *b = &c->vrrps[1];

	(void)state;
	assert_int_equal(a->auth, CONF_AUTH_HMAC);
	assert_int_equal(a->hmac_mode, CONF_HMAC_ENFORCE);
	assert_false(a->hmac_monotonic);
	assert_int_equal(a->hmac_window.us, 5000000);
	assert_int_equal(a->n_keys, 2);
	assert_int_equal(a->keys[0].id, 1);
	assert_int_equal(a->keys[0].length, 32);
	for (size_t i = 0; i < 31; i++)
		assert_int_equal(a->keys[0].bytes[i], i);
	assert_int_equal(a->keys[0].bytes[31], 0xff);
	assert_int_equal(a->keys[1].id, 255);
	assert_int_equal(a->keys[1].length, 32);
	assert_memory_equal(a->keys[1].bytes, KEY32, 32);
	/* the active one first */
	assert_int_equal(b->keys[0].id, 2);
	assert_memory_equal(b->keys[0].bytes, KEY32, 32);
	assert_int_equal(b->keys[1].id, 1);
	assert_int_equal(b->keys[1].bytes[31], 0xff);
	assert_int_equal(b->hmac_mode, CONF_HMAC_PERMISSIVE);
	conf_free(c);
}

static void transports(void **state)
{
	struct conf *c = parse(
		INSTANCE(1) VIP(
			"10.0.0.1") "unicast_src_ip 10.0.4.20\n"
				    "unicast_peer {\n10.0.4.21\n10.0.4.22 max_ttl 9 min_ttl 2\n}\n"
				    "}\n",
		0);
	const struct conf_vrrp *v = &c->vrrps[0];

	(void)state;
	assert_true(v->has_source);
	assert_addr(&v->source, "10.0.4.20");
	assert_int_equal(v->n_peers, 2);
	assert_addr(&v->peers[0].addr, "10.0.4.21");
	assert_int_equal(v->peers[0].min_ttl, 0);
	assert_int_equal(v->peers[0].max_ttl, 255);
	assert_int_equal(v->peers[1].min_ttl, 2);
	assert_int_equal(v->peers[1].max_ttl, 9);
	/* a bound on the TTL asks for it */
	assert_true(v->check_unicast_src);
	conf_free(c);
}

static void scripts_are_commands(void **state)
{
	static const char *const master[] = {"/n.sh", "to master", "A", NULL};
	static const char *const check[] = {"/c.sh", "\\x41", "b c", NULL};
	struct conf *c = parse(
		"global_defs {\nenable_script_security\n"
		"script_user me : us\n"
		"notify_fifo /run/fifo you they\nnotify_fifo_script /f.sh\n}\n"
		"vrrp_script s {\nscript \"/c.sh \\x41 'b c'\"\n"
		"interval 3\nuser u g\n}\n" INSTANCE(1) VIP(
			"10.0.0.1") "notify_master \"/n.sh 'to master' \\x41\" nobody\n}\n",
		0);
	const struct conf_command *command = &c->vrrps[0].notify.master;

	(void)state;
	assert_argv(command->argv, master);
	assert_string_equal(command->user, "nobody");
	assert_null(command->group);
	/* backslashes of this one are its own */
	assert_argv(c->scripts[0].command.argv, check);
	assert_string_equal(c->scripts[0].command.user, "u");
	assert_string_equal(c->scripts[0].command.group, "g");
	assert_int_equal(c->scripts[0].timeout.us, 3000000);
	assert_true(c->script_security);
	assert_string_equal(c->script_user, "me");
	assert_string_equal(c->script_group, "us");
	assert_string_equal(c->notify_fifo_script.argv[0], "/f.sh");
	assert_string_equal(c->notify_fifo_script.user, "you");
	assert_string_equal(c->notify_fifo_script.group, "they");
	conf_free(c);
}

static void tracks_have_effective_weights(void **state)
{
	struct conf *c = parse(
		"global_defs {\nenable_script_security\n}\n"
		"vrrp_script s {\nscript /s\nweight -5 reverse\n}\n"
		"vrrp_track_process p {\nprocess nginx -g \"a b\"\n}\n"
		"track_file f {\nfile /f\n}\n" INSTANCE(1) VIP(
			"10.0.0.1") "track_script {\ns\n}\ntrack_process {\np weight 9\n}\n"
				    "track_file {\nf\n}\ntrack_interface {\nlo reverse\n}\n}\n" INSTANCE(
					    2)
					    VIP("10.0.0.2") "track_script {\ns weight 3\n}\n}\n",
		0);
	const struct conf_tracks *t = &c->vrrps[0].tracks;

	(void)state;
	assert_string_equal(t->scripts[0].name, "s");
	assert_false(t->scripts[0].has_weight);
	assert_int_equal(t->scripts[0].weight, -5);
	assert_true(t->scripts[0].reverse);
	assert_true(t->processes[0].has_weight);
	assert_int_equal(t->processes[0].weight, 9);
	assert_int_equal(t->files[0].weight, 1);
	assert_true(t->interfaces[0].has_weight && t->interfaces[0].reverse);
	assert_int_equal(t->interfaces[0].weight, 0);
	/* one's own weight has its own direction */
	assert_int_equal(c->vrrps[1].tracks.scripts[0].weight, 3);
	assert_false(c->vrrps[1].tracks.scripts[0].reverse);
	conf_free(c);
}

static void processes(void **state)
{
	static const char *const params[] = {"-g", "a b", NULL};
	struct conf *c = parse(
		"vrrp_track_process a {\nprocess nginx -g \"a b\"\n}\n"
		"vrrp_track_process b {\nprocess nginx\n}\n"
		"vrrp_track_process c {\nprocess nginx\nparam_match partial\n"
		"quorum_max 0\n}\n",
		0);

	(void)state;
	assert_int_equal(c->n_processes, 3);
	assert_string_equal(c->processes[0].path, "nginx");
	assert_argv(c->processes[0].params, params);
	assert_int_equal(c->processes[0].match, CONF_PARAM_EXACT);
	assert_int_equal(c->processes[0].quorum, 1);
	assert_int_equal(c->processes[0].quorum_max, UINT_MAX);
	assert_int_equal(c->processes[1].match, CONF_PARAM_ANY);
	assert_null(c->processes[1].params[0]);
	/* none may have parameters, and none may run */
	assert_int_equal(c->processes[2].match, CONF_PARAM_PARTIAL);
	assert_int_equal(c->processes[2].quorum, 0);
	assert_int_equal(c->processes[2].quorum_max, 0);
	conf_free(c);
}

static void groups_have_members(void **state)
{
	struct conf *c =
		parse("vrrp_sync_group NONE {\n}\n"
		      "vrrp_sync_group G {\ngroup {\nV1\nV3\n}\n}\n" INSTANCE(1)
			      VIP("10.0.0.1") "}\n" INSTANCE(2)
				      VIP("10.0.0.2") "}\n" INSTANCE(3)
					      VIP("10.0.0.3") "}\n",
		      1);

	(void)state;
	assert_int_equal(c->n_groups, 1);
	assert_string_equal(c->groups[0].name, "G");
	assert_int_equal(c->vrrps[0].sync_group, 0);
	assert_int_equal(c->vrrps[1].sync_group, -1);
	assert_int_equal(c->vrrps[2].sync_group, 0);
	conf_free(c);
}

static void strict_takes_back(void **state)
{
	struct conf *c = parse(
		"global_defs {\nvrrp_strict\n}\n" INSTANCE(1) VIP(
			"10.0.0.1") "down_timer_adverts 9\n"
				    "authentication {\nauth_type PASS\nauth_pass a\n}\n}\n" INSTANCE(
					    2)
					    VIP("10.0.0.2") "strict_mode off\n"
							    "down_timer_adverts 9\n}\n",
		2);

	(void)state;
	assert_int_equal(c->vrrps[0].auth, CONF_AUTH_NONE);
	assert_int_equal(c->vrrps[0].down_timer_adverts, 3);
	assert_true(c->vrrps[0].lower_prio_no_advert);
	assert_int_equal(c->vrrps[0].garp_lower_prio_repeat, 0);
	assert_int_equal(c->vrrps[1].down_timer_adverts, 9);
	assert_int_equal(c->vrrps[1].garp_lower_prio_repeat, 5);
	conf_free(c);
}

static void mails(void **state)
{
	static const char *const to[] = {"a@example.com", "b@example.com",
					 NULL};
	struct conf *c = parse(
		"global_defs {\nnotification_email {\na@example.com\n"
		"b@example.com\n}\nsmtp_server 10.0.0.9\nsmtp_alert\n}\n" INSTANCE(
			1) VIP("10.0.0.1") "}\n",
		0);

	(void)state;
	assert_string_equal(c->mail.server, "10.0.0.9");
	assert_int_equal(c->mail.port, 25);
	assert_int_equal(c->mail.timeout.us, 30000000);
	assert_argv(c->mail.to, to);
	assert_true(c->vrrps[0].notify.smtp_alert);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_keepalived_s_defaults),
		cmocka_unit_test(ipv6_is_version_3),
		cmocka_unit_test(master_without_priority_is_the_owner),
		cmocka_unit_test(rounds_advert_int),
		cmocka_unit_test(cuts_and_pads_the_password),
		cmocka_unit_test(reads_hmac_keys),
		cmocka_unit_test(transports),
		cmocka_unit_test(scripts_are_commands),
		cmocka_unit_test(tracks_have_effective_weights),
		cmocka_unit_test(processes),
		cmocka_unit_test(groups_have_members),
		cmocka_unit_test(strict_takes_back),
		cmocka_unit_test(mails),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
