/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_CONFIG "/etc/xlbd/lb.conf"

/* long options without a letter */
enum {
	OPT_SYSLOG = 256,
	OPT_LOG_FILE,
	OPT_STRICT,
	OPT_DUMP_CONFIG,
	OPT_PREFLIGHT,
	OPT_CLEANUP,
	OPT_ASSUME_OWNER,
};

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"use-file", required_argument, NULL, 'c'},
	{"config-id", required_argument, NULL, 'i'},
	{"config-test", no_argument, NULL, 't'},
	{"syslog", optional_argument, NULL, OPT_SYSLOG},
	{"log-file", required_argument, NULL, OPT_LOG_FILE},
	{"log-console", no_argument, NULL, 'l'},
	{"log-detail", no_argument, NULL, 'D'},
	{"dont-fork", no_argument, NULL, 'n'},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"dump-config", no_argument, NULL, OPT_DUMP_CONFIG},
	{"preflight", no_argument, NULL, OPT_PREFLIGHT},
	{"cleanup", no_argument, NULL, OPT_CLEANUP},
	{"assume-owner", no_argument, NULL, OPT_ASSUME_OWNER},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

void options_usage(void)
{
	fputs("usage: xlbd [-c FILE] [OPTION]...\n"
	      "\n"
	      "Runs in the foreground until SIGTERM or SIGINT, logging to "
	      "stderr.\n"
	      "\n"
	      "  -c, --config FILE     configuration (" DEFAULT_CONFIG ")\n"
	      "  -i, --config-id ID    for its @ID lines (default: host name)\n"
	      "      --syslog[=FAC]    log to syslog (daemon)\n"
	      "      --log-file FILE   log to a file\n"
	      "  -D, --log-detail      log more\n"
	      "      --assume-owner    own all VIPs of vrrp_instances, without "
	      "VRRP\n"
	      "\n"
	      "  -t, --config-test     check the configuration only; needs no "
	      "root\n"
	      "      --strict          with -t: warnings are errors\n"
	      "      --dump-config     print the effective configuration\n"
	      "      --preflight       what this machine can do, what to fix\n"
	      "      --cleanup         remove every trace of a daemon that "
	      "died\n"
	      "  -V, --version\n"
	      "      --help\n"
	      "\n"
	      "keepalived's -f (= -c), -d, -S, -l, -n, -P and -C are accepted.\n"
	      "Exit: 0 clean, 1 failure, 2 usage, 4 no privilege or no file,\n"
	      "5 configuration errors, 6 script security (-t --strict).\n",
	      stdout);
}

static int use_syslog(struct options *o, const char *facility)
{
	if (log_facility_parse(facility) < 0) {
		fprintf(stderr, "xlbd: no syslog facility '%s'\n", facility);
		return -EINVAL;
	}
	o->log_target = LOG_TO_SYSLOG;
	o->log_where = facility;
	return 0;
}

static int take(struct options *o, int letter)
{
	switch (letter) {
	case 'c':
	case 'f':
		o->config = optarg;
		return 0;
	case 'i':
		o->config_id = optarg;
		return 0;
	case 'D':
		o->log_level = LOG_LEVEL_DEBUG;
		return 0;
	case 'S':
	case OPT_SYSLOG:
		return use_syslog(o, optarg ? optarg : "daemon");
	case OPT_LOG_FILE:
		o->log_target = LOG_TO_FILE;
		o->log_where = optarg;
		return 0;
	case 't':
		o->action = ACTION_TEST;
		return 0;
	case OPT_STRICT:
		o->strict = true;
		return 0;
	case OPT_DUMP_CONFIG:
		o->action = ACTION_DUMP;
		return 0;
	case OPT_PREFLIGHT:
		o->action = ACTION_PREFLIGHT;
		return 0;
	case OPT_CLEANUP:
		o->action = ACTION_CLEANUP;
		return 0;
	case OPT_ASSUME_OWNER:
		o->assume_owner = true;
		return 0;
	case 'V':
		o->action = ACTION_VERSION;
		return 0;
	case 'h':
		o->action = ACTION_HELP;
		return 0;
	case 'd': /* keepalived's, without a meaning here */
	case 'l':
	case 'n':
	case 'P':
	case 'C':
		return 0;
	}
	return -EINVAL;
}

int options_parse(int argc, char **argv, struct options *out)
{
	struct options o = {
		.action = ACTION_RUN,
		.config = DEFAULT_CONFIG,
		.log_target = LOG_TO_STDERR,
		.log_level = LOG_LEVEL_INFO,
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "c:f:i:tDdS:lnPCVh",
				     long_options, NULL)) != -1) {
		if (take(&o, letter)) {
			fputs("Try 'xlbd --help'.\n", stderr);
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr,
			"xlbd: unexpected argument '%s' (the file "
			"goes with -c)\nTry 'xlbd --help'.\n",
			argv[optind]);
		return -EINVAL;
	}
	if (o.strict && o.action != ACTION_TEST) {
		fputs("xlbd: --strict goes with -t\n", stderr);
		return -EINVAL;
	}
	*out = o;
	return 0;
}
