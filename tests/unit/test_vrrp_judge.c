/* SPDX-License-Identifier: GPL-2.0-only */
/* Which adverts are listened to: a good one, and one step from it each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/vrrp_judge.h"
#include "unit/vrrp_hex.h"

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* A good v2 PASS advert, multicast, and who expects it. */
struct scene {
	struct vrrp_expect expect;
	struct vrrp_peer peers[2];
	struct addr own[2];
	struct vrrp_auth auth;
	struct vrrp_datagram datagram;
	struct vrrp_origin origin;
	struct vrrp_advert advert;
};

static void make_scene(struct scene *s)
{
	struct vrrp_auth_conf conf = {
		.type = VRRP_AUTH_PASS,
		.pass = "ab",
	};

	memset(s, 0, sizeof(*s));
	vrrp_auth_init(&s->auth, &conf);
	s->own[0] = address("10.0.4.20");
	s->own[1] = address("fe80::20");
	s->expect = (struct vrrp_expect){
		.version = 2,
		.vrid = 51,
		.advert_int = USEC_SECONDS(1),
		.peers = s->peers,
		.own = s->own,
		.n_own = 2,
	};
	s->origin = origin_of("10.0.4.21", "224.0.0.18");
	s->advert = (struct vrrp_advert){
		.version = 2,
		.vrid = 51,
		.priority = 100,
		.advert_int = USEC_SECONDS(1),
		.auth_type = 1,
		.pass = "ab",
		.source = s->origin.source,
	};
}

static void make_v3(struct scene *s)
{
	s->expect.version = s->advert.version = 3;
	s->advert.auth_type = 0;
	s->auth.conf.type = VRRP_AUTH_NONE;
}

static void make_unicast(struct scene *s)
{
	s->peers[0].addr = address("10.0.4.22");
	s->peers[1].addr = address("10.0.4.21");
	s->expect.n_peers = 2;
	s->origin = origin_of("10.0.4.21", "10.0.4.20");
}

static void nothing(struct scene *s)
{
	(void)s;
}

static void ttl_254(struct scene *s)
{
	s->origin.ttl = 254;
}

static void ttl_0(struct scene *s)
{
	s->origin.ttl = 0;
}

static void their_version(struct scene *s)
{
	s->expect.version = 3;
}

static void their_vrid(struct scene *s)
{
	s->advert.vrid = 52;
}

static void our_source(struct scene *s)
{
	s->origin.source = s->own[0];
}

static void no_auth(struct scene *s)
{
	s->advert.auth_type = 0;
}

static void wrong_pass(struct scene *s)
{
	s->advert.pass[7] = 'x';
}

static void two_seconds(struct scene *s)
{
	s->advert.advert_int = USEC_SECONDS(2);
}

static void v3_slower(struct scene *s)
{
	make_v3(s);
	s->advert.advert_int = USEC_MS(40950);
}

static void v3_no_interval(struct scene *s)
{
	make_v3(s);
	s->advert.advert_int = USEC_ZERO;
}

static void to_the_group_of_a_unicast_one(struct scene *s)
{
	make_unicast(s);
	s->origin = origin_of("10.0.4.21", "224.0.0.18");
}

static void to_a_multicast_one(struct scene *s)
{
	s->origin = origin_of("10.0.4.21", "10.0.4.20");
}

static void unicast_far(struct scene *s)
{
	make_unicast(s);
	s->origin.ttl = 3;
}

static void unicast_too_far(struct scene *s)
{
	unicast_far(s);
	s->peers[1].min_ttl = 4;
}

static void unicast_just_so_far(struct scene *s)
{
	unicast_far(s);
	s->peers[0].min_ttl = 255; /* the other's */
	s->peers[1].min_ttl = 3;
	s->peers[1].max_ttl = 3;
}

static void unicast_too_near(struct scene *s)
{
	unicast_far(s);
	s->peers[1].max_ttl = 2;
}

static void stranger(struct scene *s)
{
	make_unicast(s);
	s->origin = origin_of("10.0.4.77", "10.0.4.20");
}

static void checked_stranger(struct scene *s)
{
	stranger(s);
	s->expect.check_unicast_src = true;
}

static void checked_peer(struct scene *s)
{
	make_unicast(s);
	s->expect.check_unicast_src = true;
}

/* Two things are wrong: the one that keepalived finds first is named. */
static void ttl_and_version(struct scene *s)
{
	ttl_254(s);
	their_version(s);
}

static void version_and_pass(struct scene *s)
{
	their_version(s);
	wrong_pass(s);
}

static void own_and_pass(struct scene *s)
{
	our_source(s);
	wrong_pass(s);
}

static void pass_and_interval(struct scene *s)
{
	wrong_pass(s);
	two_seconds(s);
}

static void interval_and_transport(struct scene *s)
{
	two_seconds(s);
	to_a_multicast_one(s);
}

static const struct judged {
	const char *name;
	void (*change)(struct scene *s);
	enum vrrp_rejection why;
} cases[] = {
	{"a good one", nothing, VRRP_ACCEPTED},
	{"a good v3 one", make_v3, VRRP_ACCEPTED},
	{"v3 adopts another interval", v3_slower, VRRP_ACCEPTED},
	{"a good unicast one", make_unicast, VRRP_ACCEPTED},
	{"multicast over a router", ttl_254, VRRP_REJECT_bad_ttl},
	{"multicast with TTL 0", ttl_0, VRRP_REJECT_bad_ttl},
	{"another version", their_version, VRRP_REJECT_bad_version},
	{"another VRID", their_vrid, VRRP_REJECT_bad_vrid},
	{"our own", our_source, VRRP_REJECT_own},
	{"no password", no_auth, VRRP_REJECT_bad_auth_type},
	{"a wrong password", wrong_pass, VRRP_REJECT_bad_auth},
	{"v2 with another interval", two_seconds, VRRP_REJECT_bad_interval},
	{"v3 with none", v3_no_interval, VRRP_REJECT_bad_interval},
	{"multicast to unicast", to_the_group_of_a_unicast_one,
	 VRRP_REJECT_bad_transport},
	{"unicast to multicast", to_a_multicast_one, VRRP_REJECT_bad_transport},
	{"unicast over routers", unicast_far, VRRP_ACCEPTED},
	{"below min_ttl", unicast_too_far, VRRP_REJECT_bad_ttl},
	{"min_ttl and max_ttl", unicast_just_so_far, VRRP_ACCEPTED},
	{"above max_ttl", unicast_too_near, VRRP_REJECT_bad_ttl},
	{"no peer", stranger, VRRP_ACCEPTED},
	{"no peer, checked", checked_stranger, VRRP_REJECT_bad_source},
	{"a peer, checked", checked_peer, VRRP_ACCEPTED},
	{"TTL before version", ttl_and_version, VRRP_REJECT_bad_ttl},
	{"version before password", version_and_pass, VRRP_REJECT_bad_version},
	{"own before password", own_and_pass, VRRP_REJECT_own},
	{"password before interval", pass_and_interval, VRRP_REJECT_bad_auth},
	{"interval before transport", interval_and_transport,
	 VRRP_REJECT_bad_interval},
};

static void is_judged(void **state)
{
	const struct judged *c = *state;
	static struct scene s;
	enum vrrp_rejection why;

	make_scene(&s);
	c->change(&s);
	why = vrrp_judge(&s.expect, &s.auth, NULL, &s.datagram, &s.origin,
			 &s.advert, USEC_ZERO);
	assert_string_equal(vrrp_rejection_name(why),
			    vrrp_rejection_name(c->why));
}

static void address_lists_are_sets(void **state)
{
	struct addr a = address("10.0.0.1"), b = address("10.0.0.2"),
		    c = address("fd00::1");
	const struct {
		struct addr ours[3], theirs[3];
		size_t n_ours, n_theirs;
		bool differ;
	} lists[] = {
		{{a}, {b}, 0, 0, false},
		{{a, b, c}, {a, b, c}, 3, 3, false},
		{{a, b, c}, {c, a, b}, 3, 3, false},
		{{a, b}, {a}, 2, 1, true},
		{{a}, {a, b}, 1, 2, true},
		{{a}, {a}, 1, 0, true},
		{{a, b}, {a, c}, 2, 2, true},
		{{a, a}, {a, b}, 2, 2, true},
		{{a, b}, {b, b}, 2, 2, true},
	};

	(void)state;
	for (size_t i = 0; i < N(lists); i++)
		assert_int_equal(
			vrrp_addrs_differ(lists[i].ours, lists[i].n_ours,
					  lists[i].theirs, lists[i].n_theirs),
			lists[i].differ);
}

int main(void)
{
	struct CMUnitTest tests[N(cases) + 1];

	for (size_t i = 0; i < N(cases); i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = is_judged,
			.initial_state = (void *)&cases[i],
		};
	tests[N(cases)] =
		(struct CMUnitTest)cmocka_unit_test(address_lists_are_sets);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
