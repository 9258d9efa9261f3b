/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What checks mean for a backend: up while all of its checks pass, and how
 * that is said.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/conf_checker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The first check that fails speaks for all. */
static const struct check_status *worst(const struct engine_backend *b)
{
	for (size_t i = 0; i < b->n_checkers; i++) {
		const struct check_status *s =
			b->checks[i] ? check_status(b->checks[i]) : NULL;

		if (s && !s->up)
			return s;
	}
	return NULL;
}

/* The checks' reason; of a backend without a way to it, that one counts. */
void engine_checks_explain(struct engine_backend *b)
{
	const struct check_status *s = worst(b);

	if (engine_backend_unreachable(b))
		return;
	if (!s)
		engine_backend_explain(b, "checks pass");
	else if (!s->tried)
		engine_backend_explain(b, "not checked yet");
	else
		engine_backend_explain(b, "%s (%u/%u)", s->reason, s->failures,
				       s->tries);
}

static void on_check(void *arg, struct check *check,
		     const struct check_status *status)
{
	struct engine_backend *b = arg;
	const struct check_status *failing = worst(b);
	struct backend_name name = engine_backend_name(b);

	(void)check;
	(void)status;
	engine_checks_explain(b);
	if (!failing == b->healthy)
		return;
	b->healthy = !failing;
	b->since = time(NULL);
	if (b->healthy) {
		log_info("backend %s up: checks pass", name.text);
		engine_backend_publish(b);
		return;
	}
	log_warning("backend %s down: %s (%u/%u)", name.text, failing->reason,
		    failing->failures, failing->tries);
	if (b->inhibit_on_failure)
		engine_service_schedule(b->service);
	else
		engine_backend_end_sessions(b);
}

static void checks_stop(struct engine_backend *b)
{
	for (size_t i = 0; i < b->n_checkers; i++) {
		check_free(b->checks[i]);
		b->checks[i] = NULL;
	}
}

/* Starts what b->checkers says, at where the backend really listens. */
static int checks_start(struct engine_backend *b)
{
	struct endpoint target = b->endpoint;
	int err = 0;

	if (b->loopback)
		target.addr = addr_from_v4(htonl(INADDR_LOOPBACK));
	for (size_t i = 0; !err && i < b->n_checkers; i++)
		err = check_new(b->service->engine->checks, &b->checkers[i],
				&target, b->alpha, on_check, b, &b->checks[i]);
	if (err)
		checks_stop(b);
	return err;
}

void engine_checks_fini(struct engine_backend *b)
{
	checks_stop(b);
	for (size_t i = 0; i < b->n_checkers; i++)
		conf_checker_fini(&b->checkers[i]);
	free(b->checkers);
	free(b->checks);
	b->checkers = NULL;
	b->checks = NULL;
	b->n_checkers = 0;
}

/* What no check says any more must not keep a backend down. */
static void forget_verdict(struct engine_backend *b)
{
	const char *unreachable = engine_backend_unreachable(b);

	b->healthy = true;
	b->since = time(NULL);
	engine_backend_explain(b, "%s", unreachable ?: "no checks");
	log_info("backend %s up: no checks any more",
		 engine_backend_name(b).text);
	engine_backend_publish(b);
}

int engine_backend_check(struct engine_backend *b,
			 const struct conf_checker *checkers, size_t n)
{
	int err = 0;

	engine_checks_fini(b);
	b->checkers = calloc(n ? n : 1, sizeof(*b->checkers));
	b->checks = calloc(n ? n : 1, sizeof(*b->checks));
	if (!b->checkers || !b->checks)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < n; i++) {
		err = conf_checker_copy(&checkers[i], &b->checkers[i]);
		if (!err)
			b->n_checkers++;
	}
	if (!err)
		err = checks_start(b);
	if (err)
		engine_checks_fini(b);
	if (!b->n_checkers && !b->healthy)
		forget_verdict(b);
	return err;
}

void engine_checks_restart(struct engine_backend *b)
{
	checks_stop(b);
	if (checks_start(b))
		log_error("backend %s: cannot check: no memory",
			  engine_backend_name(b).text);
}
