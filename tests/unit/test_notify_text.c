/* SPDX-License-Identifier: GPL-2.0-only */
/* Words, lines, subjects and whole mails, byte for byte. */
#include "core/notify_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	struct notify_event event;
	const char *words, *line, *subject;
} events[] = {
	{{false, "VI_1", NOTIFY_MASTER, 100},
	 "INSTANCE|VI_1|MASTER|100",
	 "INSTANCE \"VI_1\" MASTER 100\n",
	 "[node1] VRRP Instance VI_1 - Entering MASTER state"},
	{{false, "my instance", NOTIFY_BACKUP, 254},
	 "INSTANCE|my instance|BACKUP|254",
	 "INSTANCE \"my instance\" BACKUP 254\n",
	 "[node1] VRRP Instance my instance - Entering BACKUP state"},
	{{true, "VG_1", NOTIFY_FAULT, 100},
	 "GROUP|VG_1|FAULT|0",
	 "GROUP \"VG_1\" FAULT 0\n",
	 "[node1] VRRP Group VG_1 - Entering FAULT state"},
	{{false, "VI_1", NOTIFY_STOP, 1},
	 "INSTANCE|VI_1|STOP|1",
	 "INSTANCE \"VI_1\" STOP 1\n",
	 "[node1] VRRP Instance VI_1 - STOP"},
	{{false, "VI_1", NOTIFY_DELETED, 1},
	 "INSTANCE|VI_1|DELETED|1",
	 "INSTANCE \"VI_1\" DELETED 1\n",
	 "[node1] VRRP Instance VI_1 - DELETED"},
	{{false, "VI_1", NOTIFY_MASTER_RX_LOWER_PRI, 100},
	 "INSTANCE|VI_1|MASTER_RX_LOWER_PRI|100",
	 "INSTANCE \"VI_1\" MASTER_RX_LOWER_PRI 100\n",
	 "[node1] VRRP Instance VI_1 - MASTER_RX_LOWER_PRI"},
	{{false, "VI_1", NOTIFY_MASTER_PRIORITY, 90},
	 "INSTANCE|VI_1|MASTER_PRIORITY|90",
	 "INSTANCE \"VI_1\" MASTER_PRIORITY 90\n",
	 "[node1] VRRP Instance VI_1 - MASTER_PRIORITY"},
	{{false, "VI_1", NOTIFY_BACKUP_PRIORITY, 90},
	 "INSTANCE|VI_1|BACKUP_PRIORITY|90",
	 "INSTANCE \"VI_1\" BACKUP_PRIORITY 90\n",
	 "[node1] VRRP Instance VI_1 - BACKUP_PRIORITY"},
};

static void test_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		const struct notify_event *e = &events[i].event;
		struct notify_words w;
		char text[128];

		notify_words(e, &w);
		assert_null(w.argv[4]);
		snprintf(text, sizeof(text), "%s|%s|%s|%s", w.argv[0],
			 w.argv[1], w.argv[2], w.argv[3]);
		assert_string_equal(text, events[i].words);
		assert_int_equal(notify_line(e, text, sizeof(text)),
				 strlen(events[i].line));
		assert_string_equal(text, events[i].line);
		notify_subject(e, "node1", text, sizeof(text));
		assert_string_equal(text, events[i].subject);
	}
}

static void test_every_state_has_a_sentence(void **state)
{
	char text[256], *end;

	(void)state;
	for (int s = 0; s < NOTIFY_STATES; s++) {
		const struct notify_event e = {false, "VI_1",
					       (enum notify_state)s, 1};

		notify_body(&e, NULL, text, sizeof(text));
		assert_memory_equal(text, "Instance \"VI_1\": ", 17);
		assert_null(strstr(text, "(null)"));
		end = strchr(text, '\n');
		assert_non_null(end);
		assert_string_equal(end, "\n");
		assert_int_equal(end[-1], '.');
		notify_body(&e, "peer 10.0.4.20 is silent", text, sizeof(text));
		assert_non_null(strstr(text, ".\npeer 10.0.4.20 is silent\n"));
	}
}

static void test_backend_subject(void **state)
{
	char text[128];

	(void)state;
	notify_backend_subject("node1", "10.0.4.31:80", "10.0.4.99:80/tcp",
			       false, text, sizeof(text));
	assert_string_equal(text, "[node1] Realserver 10.0.4.31:80 of virtual "
				  "server 10.0.4.99:80/tcp - DOWN");
	notify_backend_subject("n", "B", "S", true, text, sizeof(text));
	assert_string_equal(text, "[n] Realserver B of virtual server S - UP");
}

static void test_address(void **state)
{
	static const struct {
		const char *mailbox, *address;
	} cases[] = {
		{"root@localhost", "root@localhost"},
		{"<root@localhost>", "root@localhost"},
		{"Load balancer <lb@example.com>", "lb@example.com"},
		{"\"a <b\" <lb@example.com>", "lb@example.com"},
		{"lb@example.com>", "lb@example.com"},
		{"<>", ""},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mail_address(cases[i].mailbox, text, sizeof(text));
		assert_string_equal(text, cases[i].address);
	}
}

#define FIXED                                         \
	"X-Mailer: xlbd\r\n"                          \
	"Auto-Submitted: auto-generated\r\n"          \
	"MIME-Version: 1.0\r\n"                       \
	"Content-Type: text/plain; charset=utf-8\r\n" \
	"Content-Transfer-Encoding: 8bit\r\n"         \
	"\r\n"

static void test_mail(void **state)
{
	char *to[] = {"ops@example.com", "Second <two@example.com>", NULL};
	const struct mail_text m = {
		.from = "lb@example.com",
		.to = to,
		.subject = "[node1] VRRP Instance VI_1 - Entering MASTER state",
		.body = "one\n\n.two\n",
		.date = "Fri, 21 Nov 2026 10:00:00 +0000",
		.id = "1.2@node1",
	};
	char *text = mail_text_build(&m);

	(void)state;
	assert_non_null(text);
	assert_string_equal(
		text,
		"Date: Fri, 21 Nov 2026 10:00:00 +0000\r\n"
		"From: lb@example.com\r\n"
		"To: ops@example.com,\r\n\tSecond <two@example.com>\r\n"
		"Subject: [node1] VRRP Instance VI_1 - Entering MASTER state"
		"\r\nMessage-ID: <1.2@node1>\r\n" FIXED "one\r\n\r\n.two\r\n");
	free(text);
}

/* A name with a line end in it must not become a header or a body. */
static void test_mail_is_not_broken_into(void **state)
{
	static char long_subject[2000];
	char *to[] = {"a\r\nBcc: all@example.com", NULL};
	struct mail_text m = {
		.from = "b\n",
		.to = to,
		.subject = "c\r\n\r\nbody\t\x7f\xc3\xbc",
		.body = "d\r\ne",
		.date = "f",
		.id = "g>\n",
	};
	char *text = mail_text_build(&m);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text, "Date: f\r\nFrom: b?\r\n"
				  "To: a??Bcc: all@example.com\r\n"
				  "Subject: c????body????\r\n"
				  "Message-ID: <g>?>\r\n" FIXED "d\r\ne\r\n");
	free(text);
	memset(long_subject, 'x', sizeof(long_subject) - 1);
	m.subject = long_subject;
	text = mail_text_build(&m);
	assert_non_null(text);
	for (char *line = text, *end; *line; line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 998); /* RFC 5322 2.1.1 */
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_every_state_has_a_sentence),
		cmocka_unit_test(test_backend_subject),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_mail_is_not_broken_into),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
