/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xlbd's command line, as values.  keepalived's options that mean something
 * here mean the same; those that do not are accepted.
 */
#ifndef XLBD_OPTIONS_H
#define XLBD_OPTIONS_H

#include "xlbd/log.h"

#include <stdbool.h>

enum options_action {
	ACTION_RUN,
	ACTION_TEST, /* -t */
	ACTION_DUMP, /* --dump-config */
	ACTION_PREFLIGHT, /* --preflight */
	ACTION_CLEANUP, /* --cleanup */
	ACTION_VERSION,
	ACTION_HELP,
};

struct options {
	enum options_action action;
	const char *config;
	const char *config_id; /* NULL: the host's short name */
	bool strict;
	bool assume_owner;
	enum log_target log_target;
	const char *log_where;
	enum log_level log_level;
};

/* 0, or -EINVAL after having said why on stderr. */
int options_parse(int argc, char **argv, struct options *out);
void options_usage(void);

#endif
