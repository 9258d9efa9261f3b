/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon: options, then one of the things it can be asked for; running
 * until it is told to stop.
 */
#include "xlbd/conffile.h"
#include "xlbd/dataplane.h"
#include "xlbd/engine.h"
#include "xlbd/log.h"
#include "xlbd/loop.h"
#include "xlbd/notify.h"
#include "xlbd/options.h"
#include "xlbd/preflight.h"
#include "xlbd/privilege.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum exit_code {
	EXIT_CLEAN = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DENIED = 4,
};

static int load(const struct options *o, struct conf **conf)
{
	struct conf_messages messages = {0};
	int rc = conffile_load(o->config, o->config_id, conf, &messages);
	int code;

	conffile_print_messages(stderr, &messages);
	if (rc && rc != -EINVAL)
		fprintf(stderr, "xlbd: %s: %s\n", o->config, strerror(-rc));
	code = conffile_exit_code(rc, &messages, o->strict);
	conf_messages_free(&messages);
	return code;
}

static int test(const struct options *o)
{
	struct conf *conf = NULL;
	int code = load(o, &conf);

	conf_free(conf);
	return code;
}

static int dump(const struct options *o)
{
	struct conf *conf = NULL;
	int code = load(o, &conf);
	char *text;

	if (code)
		return code;
	text = conf_print(conf);
	if (text) {
		fputs(text, stdout);
	} else {
		fprintf(stderr, "xlbd: %s\n", strerror(ENOMEM));
		code = EXIT_FAILED;
	}
	free(text);
	conf_free(conf);
	return code;
}

static int look(const struct options *o)
{
	struct conf *conf = NULL;
	int code = load(o, &conf);

	if (!code && preflight(conf))
		code = EXIT_FAILED;
	conf_free(conf);
	return code;
}

static bool may(void)
{
	const char *missing;

	if (privilege_have_all(&missing))
		return true;
	fprintf(stderr, "xlbd: %s is missing: run as root\n", missing);
	return false;
}

static int cleanup(const struct options *o)
{
	char why[DATAPLANE_ERROR_SIZE] = "";
	struct conf *conf = NULL;
	int code, err;

	if (!may())
		return EXIT_DENIED;
	code = load(o, &conf);
	if (code)
		return code;
	err = engine_cleanup(conf, why);
	if (err) {
		fprintf(stderr, "xlbd: cleanup: %s\n",
			*why ? why : strerror(-err));
		code = EXIT_FAILED;
	}
	conf_free(conf);
	return code;
}

static void on_stop(void *arg)
{
	log_info("xlbd stopping");
	loop_stop(arg);
}

/* Each probe in flight holds a descriptor. */
static void raise_limits(void)
{
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

struct daemon {
	const struct options *options;
	struct engine *engine;
	struct loop_signal *signals[3];
};

static void log_messages(const struct conf_messages *messages)
{
	for (size_t i = 0; i < messages->count; i++) {
		const struct conf_message *m = &messages->list[i];

		if (m->severity == CONF_ERROR)
			log_error("%s:%u:%u: %s", m->pos.file, m->pos.line,
				  m->pos.column, m->text);
		else
			log_warning("%s:%u:%u: %s", m->pos.file, m->pos.line,
				    m->pos.column, m->text);
	}
}

/* A file that cannot be used changes nothing. */
static void on_hangup(void *arg)
{
	struct conf_messages messages = {0};
	const struct daemon *d = arg;
	struct conf *conf = NULL;
	int err;

	notify_send("RELOADING=1");
	err = conffile_load(d->options->config, d->options->config_id, &conf,
			    &messages);
	log_messages(&messages);
	if (err)
		log_error("reload refused: %s: %s", d->options->config,
			  err == -EINVAL ? "see above" : strerror(-err));
	else
		engine_reload(d->engine, conf);
	conf_messages_free(&messages);
	conf_free(conf);
	notify_send("READY=1");
}

static int watch_signals(struct loop *l, struct daemon *d)
{
	int err = loop_signal_new(l, SIGTERM, on_stop, l, &d->signals[0]);

	if (!err)
		err = loop_signal_new(l, SIGINT, on_stop, l, &d->signals[1]);
	if (!err)
		err = loop_signal_new(l, SIGHUP, on_hangup, d, &d->signals[2]);
	return err;
}

/* Takes `conf`. */
static int serve(const struct options *o, struct conf *conf)
{
	struct engine_options options = {
		.config_file = o->config,
		.config_id = o->config_id ? o->config_id : "",
		.assume_owner = o->assume_owner,
	};
	struct daemon d = {.options = o};
	struct loop *loop = NULL;
	int err = loop_new(&loop);

	if (!err)
		err = watch_signals(loop, &d);
	if (err) {
		log_error("event loop: %s", strerror(-err));
		conf_free(conf);
	} else {
		err = engine_start(loop, conf, &options, &d.engine);
	}
	if (!err) {
		log_info("xlbd %s started, pid %d", XLBD_VERSION, getpid());
		notify_send("READY=1");
		err = loop_run(loop);
		notify_send("STOPPING=1");
	}
	engine_stop(d.engine);
	for (size_t i = 0; i < 3; i++)
		loop_signal_free(d.signals[i]);
	loop_free(loop);
	return err ? EXIT_FAILED : EXIT_CLEAN;
}

static int run(const struct options *o)
{
	struct conf *conf = NULL;
	int code, err;

	if (!may())
		return EXIT_DENIED;
	code = load(o, &conf);
	if (code)
		return code;
	err = log_open(o->log_target, o->log_where, o->log_level);
	if (err) {
		fprintf(stderr, "xlbd: log %s: %s\n", o->log_where,
			strerror(-err));
		conf_free(conf);
		return EXIT_FAILED;
	}
	raise_limits();
	code = serve(o, conf);
	log_close();
	return code;
}

int main(int argc, char **argv)
{
	struct options options;

	if (options_parse(argc, argv, &options))
		return EXIT_USAGE;
	switch (options.action) {
	case ACTION_RUN:
		return run(&options);
	case ACTION_TEST:
		return test(&options);
	case ACTION_DUMP:
		return dump(&options);
	case ACTION_PREFLIGHT:
		return look(&options);
	case ACTION_CLEANUP:
		return cleanup(&options);
	case ACTION_VERSION:
		printf("xlbd %s\n", XLBD_VERSION);
		return EXIT_CLEAN;
	case ACTION_HELP:
		options_usage();
		return EXIT_CLEAN;
	}
	return EXIT_USAGE;
}
