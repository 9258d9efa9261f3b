/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/check.h"

#include "core/health.h"
#include "xlbd/check_internal.h"
#include "xlbd/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The one table of checker types, by enum conf_checker_type. */
static const struct check_type *const types[] = {
	[CONF_CHECK_TCP] = &check_tcp,
	[CONF_CHECK_HTTP] = &check_http,
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

/* A node that cannot probe says so once, not once per check. */
#define STARVED_QUIET USEC_SECONDS(60)
#define STARVED_RETRY USEC_SECONDS(1)

/* A delay_loop of 0 must not become a loop. */
#define SHORTEST_PERIOD USEC_MS(10)

struct checks {
	struct loop *loop;
	void *shared[N_TYPES];
	bool starved;
	struct usec starved_at; /* last time */
};

struct check {
	struct checks *checks;
	const struct check_type *type;
	struct conf_checker conf; /* a deep copy */
	struct check_probe probe;
	struct health health;
	struct check_status status;
	struct loop_timer *timer;
	struct usec due; /* of the regular probe: the check's own phase */
	struct usec began; /* the probe that runs, or ran last */
	void (*changed)(void *arg, struct check *check,
			const struct check_status *status);
	void *arg;
};

const char *check_type_name(enum conf_checker_type type)
{
	return types[type]->name;
}

int checks_new(struct loop *l, struct checks **out)
{
	struct checks *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->loop = l;
	for (size_t i = 0; i < N_TYPES; i++) {
		int err = types[i]->open ? types[i]->open(l, &c->shared[i]) : 0;

		if (err) {
			checks_free(c);
			return err;
		}
	}
	*out = c;
	return 0;
}

void checks_free(struct checks *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < N_TYPES; i++) {
		if (c->shared[i])
			types[i]->close(c->shared[i]);
	}
	free(c);
}

/* Uniform in [0, most], as far as 64 bits can be. */
static struct usec random_span(struct usec most)
{
	uint64_t r = 0;

	if (most.us <= 0)
		return USEC_ZERO;
	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != sizeof(r))
		r = (uint64_t)loop_now().us * 0x9e3779b97f4a7c15ULL >> 16;
	return (struct usec){(int64_t)(r % ((uint64_t)most.us + 1))};
}

/*
 * The regular probe comes at due + n * delay_loop, counted from start to
 * start: a daemon that was held up, and then finds all its checks late, does
 * not go on to probe everything in the same instant for ever after.
 */
static struct usec until_due(struct check *c)
{
	int64_t period = c->conf.delay_loop.us, behind, now = loop_now().us;

	if (period < SHORTEST_PERIOD.us)
		period = SHORTEST_PERIOD.us;
	behind = now - c->due.us;
	c->due.us += period * (behind > 0 ? behind / period + 1 : 1);
	return (struct usec){c->due.us - now};
}

/* Not a verdict: tried again soon, and not all at once. */
static void starved(struct check *c, const char *reason)
{
	struct checks *all = c->checks;
	struct usec now = loop_now();

	if (!all->starved ||
	    usec_before(usec_add(all->starved_at, STARVED_QUIET), now))
		log_warning("checks: cannot probe: %s; the verdicts stay as "
			    "they are meanwhile",
			    reason);
	all->starved = true;
	all->starved_at = now;
	loop_timer_set(c->timer,
		       usec_add(STARVED_RETRY, random_span(STARVED_RETRY)));
}

static void update_status(struct check *c, bool passed, bool first,
			  const char *reason)
{
	struct check_status *s = &c->status;

	s->up = c->health.up;
	s->tried = true;
	s->failures = c->health.failures;
	s->tries = first ? 1 : c->conf.retry + 1;
	s->probes++;
	if (!passed)
		s->failed++;
	s->latency = usec_sub(loop_now(), c->began);
	snprintf(s->reason, sizeof(s->reason), "%s", reason);
}

void check_probe_end(struct check_probe *p, enum check_outcome outcome,
		     const char *reason)
{
	struct check *c =
		(struct check *)((char *)p - offsetof(struct check, probe));
	bool first = !c->health.tried, passed = outcome == CHECK_PASSED;
	enum health_change change;
	struct usec next;

	if (outcome == CHECK_UNDECIDED) {
		starved(c, reason);
		return;
	}
	change = health_step(&c->health, passed, &next);
	if (c->health.up && c->health.failures)
		loop_timer_set(c->timer, next);
	else
		loop_timer_set(c->timer, until_due(c));
	update_status(c, passed, first, reason);
	if (first || change != HEALTH_SAME)
		c->changed(c->arg, c, &c->status); /* may free the check */
}

static void probe(void *arg)
{
	struct check *c = arg;

	c->began = loop_now();
	c->type->start(&c->probe);
}

static void conf_copy_free(struct conf_checker *conf)
{
	for (size_t i = 0; i < conf->n_urls; i++) {
		free(conf->urls[i].path);
		free(conf->urls[i].virtualhost);
	}
	free(conf->urls);
	free(conf->virtualhost);
}

static int string_copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

static int conf_copy(struct conf_checker *to, const struct conf_checker *from)
{
	*to = *from;
	to->pos = (struct conf_pos){0}; /* its file's name is the conf's */
	to->n_urls = 0;
	to->urls = calloc(from->n_urls + 1, sizeof(*to->urls));
	if (string_copy(&to->virtualhost, from->virtualhost) || !to->urls)
		goto fail;
	for (; to->n_urls < from->n_urls; to->n_urls++) {
		const struct conf_url *url = &from->urls[to->n_urls];
		struct conf_url *copy = &to->urls[to->n_urls];

		*copy = *url;
		copy->virtualhost = NULL;
		if (string_copy(&copy->path, url->path) ||
		    string_copy(&copy->virtualhost, url->virtualhost)) {
			free(copy->path);
			goto fail;
		}
	}
	return 0;
fail:
	conf_copy_free(to);
	return -ENOMEM;
}

static void check_init(struct check *c, const struct endpoint *target,
		       bool alpha)
{
	const struct conf_checker *conf = &c->conf;

	c->probe.loop = c->checks->loop;
	c->probe.shared = c->checks->shared[conf->type];
	c->probe.conf = conf;
	c->probe.target = *target;
	if (conf->has_connect_addr)
		c->probe.target.addr = conf->connect_addr;
	if (conf->connect_port)
		c->probe.target.port = conf->connect_port;
	c->health.retry = conf->retry;
	c->health.rise = conf->rise;
	c->health.delay_loop = conf->delay_loop;
	c->health.delay_before_retry = conf->delay_before_retry;
	health_init(&c->health, alpha);
	c->status.up = c->health.up;
	c->status.tries = 1;
}

int check_new(struct checks *checks, const struct conf_checker *conf,
	      const struct endpoint *target, bool alpha,
	      void (*changed)(void *arg, struct check *check,
			      const struct check_status *status),
	      void *arg, struct check **out)
{
	struct check *c = calloc(1, sizeof(*c));
	struct usec wait = random_span(conf->warmup);
	int err;

	if (!c)
		return -ENOMEM;
	err = conf_copy(&c->conf, conf);
	if (err) {
		free(c);
		return err;
	}
	c->checks = checks;
	c->type = types[conf->type];
	c->changed = changed;
	c->arg = arg;
	check_init(c, target, alpha);
	err = loop_timer_new(checks->loop, probe, c, &c->timer);
	if (err) {
		check_free(c);
		return err;
	}
	c->due = usec_add(loop_now(), wait);
	loop_timer_set(c->timer, wait);
	*out = c;
	return 0;
}

void check_free(struct check *c)
{
	if (!c)
		return;
	if (c->probe.state)
		c->type->cancel(&c->probe);
	loop_timer_free(c->timer);
	conf_copy_free(&c->conf);
	free(c);
}

const struct check_status *check_status(const struct check *c)
{
	return &c->status;
}
