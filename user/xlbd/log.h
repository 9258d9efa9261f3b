/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One log, one line a fact, object first.  To stderr, a file or syslog.
 * Edges log only what their caller cannot know; the engine logs the rest.
 */
#ifndef XLBD_LOG_H
#define XLBD_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum log_target { LOG_TO_STDERR, LOG_TO_FILE, LOG_TO_SYSLOG };

/* `where`: the path, or the facility's name ("daemon", "local0"). 0/-errno */
int log_open(enum log_target target, const char *where, enum log_level most);
void log_close(void);

/* "local3", "3" (keepalived's -S) to syslog.h's number; -EINVAL. */
int log_facility_parse(const char *text);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
