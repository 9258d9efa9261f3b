/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* A longer message is cut; an escaped byte takes four. */
#define MESSAGE_SIZE 2048
#define LINE_SIZE    (MESSAGE_SIZE * 4)
#define STAMP_SIZE   64

static struct {
	enum log_target target;
	enum log_level most;
	int fd; /* of stderr or the file */
	bool journal; /* stderr is the journal: it has its own clock */
} log_state = {
	.target = LOG_TO_STDERR,
	.most = LOG_LEVEL_INFO,
	.fd = STDERR_FILENO,
};

static const struct {
	int priority; /* syslog's */
	const char *prefix;
} levels[] = {
	[LOG_LEVEL_ERROR] = {LOG_ERR, "error: "},
	[LOG_LEVEL_WARNING] = {LOG_WARNING, "warning: "},
	[LOG_LEVEL_INFO] = {LOG_INFO, ""},
	[LOG_LEVEL_DEBUG] = {LOG_DEBUG, "debug: "},
};

int log_facility_parse(const char *text)
{
	static const struct {
		const char *name;
		int facility;
	} names[] = {
		{"kern", LOG_KERN},     {"user", LOG_USER},
		{"mail", LOG_MAIL},     {"daemon", LOG_DAEMON},
		{"auth", LOG_AUTH},     {"syslog", LOG_SYSLOG},
		{"lpr", LOG_LPR},       {"news", LOG_NEWS},
		{"uucp", LOG_UUCP},     {"cron", LOG_CRON},
		{"ftp", LOG_FTP},       {"authpriv", LOG_AUTHPRIV},
		{"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1},
		{"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3},
		{"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5},
		{"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
	};

	/* keepalived's -S N is LOG_LOCALN */
	if (text[0] >= '0' && text[0] <= '7' && !text[1])
		return LOG_LOCAL0 + ((text[0] - '0') << 3);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(text, names[i].name))
			return names[i].facility;
	}
	return -EINVAL;
}

/* systemd.exec(5): JOURNAL_STREAM holds stderr's device and inode. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device &&
	       st.st_ino == inode;
}

int log_open(enum log_target target, const char *where, enum log_level most)
{
	int fd = STDERR_FILENO, facility = 0;

	if (target == LOG_TO_FILE) {
		fd = open(where, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
			  0640);
		if (fd < 0)
			return -errno;
	} else if (target == LOG_TO_SYSLOG) {
		facility = log_facility_parse(where ? where : "daemon");
		if (facility < 0)
			return facility;
	}
	log_close();
	if (target == LOG_TO_SYSLOG)
		openlog("xlbd", LOG_PID, facility);
	log_state.target = target;
	log_state.most = most;
	log_state.fd = fd;
	log_state.journal = target == LOG_TO_STDERR && stderr_is_journal();
	return 0;
}

void log_close(void)
{
	if (log_state.target == LOG_TO_FILE)
		close(log_state.fd);
	else if (log_state.target == LOG_TO_SYSLOG)
		closelog();
	log_state.target = LOG_TO_STDERR;
	log_state.fd = STDERR_FILENO;
	log_state.journal = false;
}

/* C0 and DEL; C1 raw or as UTF-8, since terminals obey those as well. */
static bool is_control(unsigned char c, unsigned char before)
{
	if (c < 0x20 || c == 0x7f)
		return true;
	return c >= 0x80 && c <= 0x9f && (before < 0x80 || before == 0xc2);
}

/* One fact stays one line, whatever bytes others put into it. */
static size_t escape(const char *from, char *to)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char before = 0;
	char *start = to;

	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;

		if (c == '\n') {
			*to++ = '\\';
			*to++ = 'n';
		} else if (is_control(c, before)) {
			*to++ = '\\';
			*to++ = 'x';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		} else {
			*to++ = (char)c;
		}
		before = c;
	}
	*to = '\0';
	return (size_t)(to - start);
}

/* "2025-03-01T12:00:00.123+01:00 " */
static size_t stamp(char *to)
{
	struct timespec now;
	struct tm local;
	char date[24], zone[8];

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &local);
	strftime(zone, sizeof(zone), "%z", &local);
	return (size_t)snprintf(to, STAMP_SIZE, "%s.%03ld%.3s:%s ", date,
				now.tv_nsec / 1000000, zone, zone + 3);
}

/* One write() a line, so that lines of several processes do not mix. */
static void write_line(const char *line, size_t length)
{
	while (length) {
		ssize_t n = write(log_state.fd, line, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* nowhere left to say so */
		line += n;
		length -= (size_t)n;
	}
}

static void log_line(enum log_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void log_line(enum log_level level, const char *format, va_list args)
{
	char message[MESSAGE_SIZE], line[STAMP_SIZE + 16 + LINE_SIZE];
	int saved = errno; /* callers go on with theirs */
	size_t at = 0;

	if (level > log_state.most)
		return;
	vsnprintf(message, sizeof(message), format, args);
	if (log_state.target == LOG_TO_SYSLOG) {
		escape(message, line);
		syslog(levels[level].priority, "%s%s", levels[level].prefix,
		       line);
		errno = saved;
		return;
	}
	if (log_state.journal) {
		at = (size_t)sprintf(line, "<%d>", levels[level].priority);
	} else {
		at = stamp(line);
		at += (size_t)sprintf(line + at, "%s", levels[level].prefix);
	}
	at += escape(message, line + at);
	line[at++] = '\n';
	write_line(line, at);
	errno = saved;
}

#define LOG_FUNCTION(name, level)              \
	void name(const char *format, ...)     \
	{                                      \
		va_list args;                  \
                                               \
		va_start(args, format);        \
		log_line(level, format, args); \
		va_end(args);                  \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
