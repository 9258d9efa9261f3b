/* SPDX-License-Identifier: GPL-2.0-only */
/* From bytes to structs, with a source of files that exists here only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/conf.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE                                                    \
	"virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\n" \
	"lb_kind DR\n"

static int fake_read(void *arg, const char *path, char **bytes, size_t *length)
{
	(void)arg;
	if (strcmp(path, "/etc/there"))
		return -EACCES;
	*bytes = strdup("frob\n");
	*length = 5;
	return *bytes ? 0 : -ENOMEM;
}

static int fake_glob(void *arg, const char *pattern, char ***paths)
{
	(void)arg;
	*paths = calloc(2, sizeof(**paths));
	if (*paths && strstr(pattern, "there"))
		(*paths)[0] = strdup(pattern);
	return *paths ? 0 : -ENOMEM;
}

static int fake_env(void *arg, const char *name, char **value)
{
	(void)arg;
	if (strcmp(name, "SET"))
		return -ENOENT;
	*value = strdup("value");
	return *value ? 0 : -ENOMEM;
}

static const struct conf_source source = {
	.read = fake_read,
	.glob = fake_glob,
	.env = fake_env,
	.config_id = "node1",
	.directory = "/cwd",
	.random_seed = 7,
};

/* The conf, or NULL; all messages as "line:column: text" lines in `said`. */
static struct conf *parse(const char *text, char *said, size_t size)
{
	struct conf_messages m = {0};
	struct conf *conf = NULL;
	size_t used = 0;

	*said = '\0';
	if (conf_parse("/etc/lb.conf", text, strlen(text), &source, &conf, &m))
		assert_null(conf);
	for (size_t i = 0; i < m.count; i++)
		used += snprintf(said + used, size - used, "%s:%u:%u: %s\n",
				 m.list[i].pos.file, m.list[i].pos.line,
				 m.list[i].pos.column, m.list[i].text);
	assert_true(!conf == (m.errors > 0));
	conf_messages_free(&m);
	return conf;
}

static void fills_the_structs(void **state)
{
	char said[2048];
	struct conf *c = parse(SERVICE
			       "retry 4\n"
			       "real_server 10.0.0.2 80 {\nweight 3\n"
			       "TCP_CHECK { connect_port 81\n }\n }\n"
			       "real_server 10.0.0.3 8080 {\n }\n"
			       "real_server 127.0.0.1 8080 {\nagent\n }\n"
			       "}\n",
			       said, sizeof(said));
	const struct conf_service *s;

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->n_services, 1);
	s = &c->services[0];
	assert_int_equal(s->endpoint.port, 80);
	assert_int_equal(s->endpoint.protocol, IPPROTO_TCP);
	assert_int_equal(s->algo, CONF_ALGO_RR);
	assert_int_equal(s->kind, CONF_KIND_DR);
	assert_false(s->drop_without_backend);
	assert_int_equal(s->n_backends, 3);
	assert_int_equal(s->backends[0].weight, 3);
	assert_int_equal(s->backends[0].n_checkers, 1);
	assert_int_equal(s->backends[0].checkers[0].connect_port, 81);
	assert_int_equal(s->backends[0].checkers[0].retry, 4);
	/* under DR a stranger has the service's port, this node its own */
	assert_int_equal(s->backends[1].port, 80);
	assert_int_equal(s->backends[1].local_port, 8080);
	assert_int_equal(s->backends[2].port, 8080);
	assert_true(s->backends[2].agent);
	assert_int_equal(s->backends[2].n_checkers, 0);
	conf_free(c);
}

static void nothing_is_a_config(void **state)
{
	char said[256];
	struct conf *c = parse("", said, sizeof(said));

	(void)state;
	assert_non_null(c);
	assert_string_equal(said, "");
	assert_string_equal(c->control, "/run/xlbd/xlbd.sock");
	assert_string_equal(c->pin_path, "/sys/fs/bpf/xlbd");
	assert_int_equal(c->max_sessions, 262144);
	assert_int_equal(c->xdp_mode, CONF_XDP_AUTO);
	assert_int_equal(c->timeouts.tcp.us, 900000000);
	assert_int_equal(c->timeouts.tcp_fin.us, 120000000);
	assert_int_equal(c->timeouts.tcp_syn.us, 60000000);
	assert_int_equal(c->timeouts.udp.us, 300000000);
	conf_free(c);
	conf_free(NULL);
}

static void reads_no_byte_too_many(void **state)
{
	struct conf_messages m = {0};
	char bytes[] = {'x', 'l', 'b', 'd', '{', '}'};
	struct conf *c = NULL;

	(void)state;
	assert_int_equal(conf_parse("f", bytes, sizeof(bytes), &source, &c, &m),
			 0);
	assert_int_equal(m.count, 0);
	conf_messages_free(&m);
	conf_free(c);
}

struct message_case {
	const char *text, *said;
};

static const struct message_case message_cases[] = {
	/* in the order of lines, whoever found it */
	{"virtual_server 10.0.0.1 80 {\n\tlb_kind DR\n\tfrob\n}\n\"\n",
	 "/etc/lb.conf:1:1: no protocol: TCP (keepalived: UDP)\n"
	 "/etc/lb.conf:1:1: no lb_algo: wlc, which is not there yet and "
	 "runs as wrr\n"
	 "/etc/lb.conf:1:1: the service has no real_server\n"
	 "/etc/lb.conf:3:2: unknown keyword 'frob'\n"
	 "/etc/lb.conf:5:1: the closing '\"' is missing\n"
	 "/etc/lb.conf:5:1: unknown keyword ''\n"},
	/* a repeated line is one finding, and its words are where they stand */
	{"~SEQ(I, 1, 9)   frob $I\n",
	 "/etc/lb.conf:1:17: unknown keyword 'frob'\n"},
	/* what a definition says is found where it is used */
	{"$A=one two\n$A  ${A}\n", "/etc/lb.conf:2:1: unknown keyword 'one'\n"},
	{"$A= \\\nx \\\ny\n\n  $A\n",
	 "/etc/lb.conf:5:3: unknown keyword 'x'\n"
	 "/etc/lb.conf:5:3: unknown keyword 'y'\n"},
	/* an included file speaks for itself */
	{"\n  include there\n", "/etc/there:1:1: unknown keyword 'frob'\n"},
	{"include other\n", "/etc/lb.conf:1:9: no file 'other'\n"},
	{"include /there\n",
	 "/etc/lb.conf:1:9: cannot read '/there': Permission denied\n"},
	/* no byte of a config reaches a terminal as a command */
	{"\x1b[2J\n", "/etc/lb.conf:1:1: byte 0x1b is not text: "
		      "line ignored\n"},
	{"@node1 a\n@node2 b\n@^node1 c\n@^node2 d\n",
	 "/etc/lb.conf:1:8: unknown keyword 'a'\n"
	 "/etc/lb.conf:4:9: unknown keyword 'd'\n"},
	{"a${_ENV SET} b${_ENV UNSET}\n",
	 "/etc/lb.conf:1:1: unknown keyword 'avalue'\n"
	 "/etc/lb.conf:1:14: '_ENV UNSET' is not defined\n"},
	{"${_PWD} ${_INSTANCE}\n",
	 "/etc/lb.conf:1:1: unknown keyword '/etc'\n"},
	{"x${_RANDOM 5 5}\n", "/etc/lb.conf:1:1: unknown keyword 'x5'\n"},
};

static void messages(void **state)
{
	char said[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(message_cases) / sizeof(*message_cases);
	     i++) {
		conf_free(parse(message_cases[i].text, said, sizeof(said)));
		assert_string_equal(said, message_cases[i].said);
	}
}

static void messages_outlive_the_conf(void **state)
{
	static const char text[] = "frob\n";
	struct conf_messages m = {0};
	struct conf *c = NULL;

	(void)state;
	assert_int_equal(conf_parse("f", text, strlen(text), &source, &c, &m),
			 0);
	conf_free(c);
	assert_string_equal(m.list[0].pos.file, "f");
	conf_messages_free(&m);
	conf_messages_free(&m);
	conf_messages_free(NULL);
}

static void a_seed_repeats_its_numbers(void **state)
{
	static const char text[] =
		"global_defs {\nrandom_seed 3\n}\n"
		"xlbd {\npin_path /${_RANDOM}/${_RANDOM}\n}\n";
	char said[256];
	struct conf *a = parse(text, said, sizeof(said));
	struct conf *b = parse(text, said, sizeof(said));
	unsigned int first, second;

	(void)state;
	assert_string_equal(a->pin_path, b->pin_path);
	assert_int_equal(sscanf(a->pin_path, "/%u/%u", &first, &second), 2);
	assert_true(first <= 32767 && second <= 32767 && first != second);
	conf_free(a);
	conf_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_the_structs),
		cmocka_unit_test(nothing_is_a_config),
		cmocka_unit_test(reads_no_byte_too_many),
		cmocka_unit_test(messages),
		cmocka_unit_test(messages_outlive_the_conf),
		cmocka_unit_test(a_seed_repeats_its_numbers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
