/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what runs to what the file says now.  What is new comes first, and is
 * taken back if any of it fails; what cannot fail comes after.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include "core/conf_checker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reload {
	struct engine *engine;
	const struct conf *conf;
	struct engine_service **new_services;
	struct engine_backend **new_backends;
	size_t n_new_services, n_new_backends;
	unsigned int deleted, changed;
};

static struct endpoint endpoint_of(const struct conf_backend *b, bool local)
{
	return (struct endpoint){
		.addr = b->addr,
		.port = local ? b->local_port : b->port,
	};
}

static struct engine_backend *find_running(struct engine_service *s,
					   const struct conf_backend *conf)
{
	struct endpoint at = endpoint_of(conf, false);
	struct engine_backend *b = engine_backend_find(s, &at);

	if (b)
		return b;
	at = endpoint_of(conf, true);
	b = engine_backend_find(s, &at);
	return b && b->local ? b : NULL;
}

static const struct conf_service *find_service(const struct conf *conf,
					       const struct endpoint *endpoint)
{
	for (size_t i = 0; i < conf->n_services; i++) {
		if (endpoint_equal(&conf->services[i].endpoint, endpoint))
			return &conf->services[i];
	}
	return NULL;
}

static const struct conf_backend *find_backend(const struct conf_service *conf,
					       struct engine_service *s,
					       const struct engine_backend *b)
{
	for (size_t i = 0; i < conf->n_backends; i++) {
		if (find_running(s, &conf->backends[i]) == b)
			return &conf->backends[i];
	}
	return NULL;
}

static int add_backends(struct reload *r, struct engine_service *s,
			const struct conf_service *conf, char *error)
{
	struct engine_backend *b;
	int err;

	for (size_t i = 0; i < conf->n_backends; i++) {
		if (find_running(s, &conf->backends[i]))
			continue;
		err = engine_backend_add(s, &conf->backends[i], &b, error);
		if (err)
			return err;
		r->new_backends[r->n_new_backends++] = b;
	}
	return 0;
}

static int add_new(struct reload *r, char *error)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->conf->n_services; i++) {
		const struct conf_service *conf = &r->conf->services[i];
		struct engine_service *s =
			engine_service_find(r->engine, &conf->endpoint);

		if (s) {
			err = add_backends(r, s, conf, error);
			continue;
		}
		err = engine_service_add(r->engine, conf, &s, error);
		if (!err)
			r->new_services[r->n_new_services++] = s;
	}
	return err;
}

static void take_back(struct reload *r)
{
	while (r->n_new_backends)
		engine_backend_del(r->new_backends[--r->n_new_backends]);
	while (r->n_new_services)
		engine_service_del(r->engine,
				   r->new_services[--r->n_new_services]);
}

static bool checkers_equal(const struct engine_backend *b,
			   const struct conf_backend *conf)
{
	if (b->n_checkers != conf->n_checkers)
		return false;
	for (size_t i = 0; i < conf->n_checkers; i++) {
		if (!conf_checker_equal(&b->checkers[i], &conf->checkers[i]))
			return false;
	}
	return true;
}

static void update_backend(struct reload *r, struct engine_backend *b,
			   const struct conf_backend *conf)
{
	bool changed = b->weight != conf->weight || b->drain ||
		       b->configured_kind != conf->kind ||
		       b->inhibit_on_failure != conf->inhibit_on_failure;

	b->inhibit_on_failure = conf->inhibit_on_failure;
	if (!checkers_equal(b, conf)) {
		changed = true;
		if (engine_backend_check(b, conf->checkers, conf->n_checkers))
			log_error("reload: cannot check a backend: no memory");
	}
	if (b->drain)
		engine_backend_drain(b, false, USEC_ZERO);
	if (b->configured_kind != conf->kind) {
		b->configured_kind = conf->kind;
		engine_backend_end_sessions(b);
	}
	if (b->weight != conf->weight)
		engine_backend_weigh(b, conf->weight);
	r->changed += changed;
}

static void update_service(struct reload *r, struct engine_service *s,
			   const struct conf_service *conf)
{
	for (size_t i = s->n_backends; i-- > 0;) {
		struct engine_backend *b = s->backends[i];
		const struct conf_backend *wanted = find_backend(conf, s, b);

		if (wanted) {
			update_backend(r, b, wanted);
		} else {
			engine_backend_del(b);
			r->deleted++;
		}
	}
	if (s->algo == conf->algo && s->kind == conf->kind &&
	    s->drop_without_backend == conf->drop_without_backend)
		return;
	s->algo = conf->algo;
	s->kind = conf->kind;
	s->drop_without_backend = conf->drop_without_backend;
	engine_service_schedule(s);
	r->changed++;
}

/* All but services, as text: equal for equal meaning. */
static char *print_rest(const struct conf *conf)
{
	struct conf rest = *conf;

	memset(&rest.timeouts, 0, sizeof(rest.timeouts));
	rest.n_services = 0;
	return conf_print(&rest);
}

/* The first line of `b` that is not so in `a`, without its indent. */
static const char *first_difference(const char *a, const char *b,
				    size_t *length)
{
	const char *line = b;

	for (; *b && *a == *b; a++, b++) {
		if (*b == '\n')
			line = b + 1;
	}
	line += strspn(line, " \t");
	*length = strcspn(line, " {\n"); /* its keyword: no secrets */
	return line;
}

/* What only a start can change: say so, once a reload. */
static void say_what_waits(const struct conf *now, const struct conf *conf)
{
	char *running = print_rest(now), *wanted = print_rest(conf);
	const char *line;
	size_t length;

	if (running && wanted && strcmp(running, wanted)) {
		line = first_difference(running, wanted, &length);
		log_warning("reload: what is not services changed as well (at "
			    "'%.*s'): in effect from the next start on",
			    (int)length, line);
	}
	free(running);
	free(wanted);
}

static size_t count_backends(const struct conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_services; i++)
		n += conf->services[i].n_backends;
	return n;
}

static void finish(struct reload *r)
{
	struct engine *e = r->engine;

	say_what_waits(e->conf, r->conf);
	e->conf->timeouts = r->conf->timeouts;
	for (size_t i = e->n_services; i-- > 0;) {
		struct engine_service *s = e->services[i];
		const struct conf_service *wanted =
			find_service(r->conf, &s->endpoint);

		if (wanted) {
			update_service(r, s, wanted);
		} else {
			engine_service_del(e, s);
			r->deleted++;
		}
	}
	log_info("reload: %zu services and %zu backends added, %u deleted, "
		 "%u changed",
		 r->n_new_services, r->n_new_backends, r->deleted, r->changed);
}

int engine_reload(struct engine *e, const struct conf *conf)
{
	struct reload r = {.engine = e, .conf = conf};
	char error[CONTROL_ERROR_SIZE] = "";
	int err = -ENOMEM;

	r.new_services = calloc(conf->n_services + 1, sizeof(*r.new_services));
	r.new_backends =
		calloc(count_backends(conf) + 1, sizeof(*r.new_backends));
	if (r.new_services && r.new_backends)
		err = add_new(&r, error);
	if (err) {
		take_back(&r);
		log_error("reload refused: %s",
			  *error ? error : strerror(-err));
	} else {
		finish(&r);
	}
	free(r.new_services);
	free(r.new_backends);
	return err;
}
