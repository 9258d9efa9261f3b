/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_checker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int string_copy(const char *from, char **to)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

static bool string_equal(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

void conf_checker_fini(struct conf_checker *c)
{
	for (size_t i = 0; i < c->n_urls; i++) {
		free(c->urls[i].path);
		free(c->urls[i].virtualhost);
	}
	free(c->urls);
	free(c->virtualhost);
	c->urls = NULL;
	c->virtualhost = NULL;
	c->n_urls = 0;
}

static int url_copy(const struct conf_url *from, struct conf_url *to)
{
	*to = *from;
	to->path = NULL;
	to->virtualhost = NULL;
	return string_copy(from->path, &to->path)
		       ?: string_copy(from->virtualhost, &to->virtualhost);
}

int conf_checker_copy(const struct conf_checker *from, struct conf_checker *to)
{
	struct conf_checker copy = *from;
	int err;

	copy.urls = calloc(from->n_urls ? from->n_urls : 1, sizeof(*copy.urls));
	copy.n_urls = copy.urls ? from->n_urls : 0;
	err = string_copy(from->virtualhost, &copy.virtualhost);
	if (!copy.urls)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < from->n_urls; i++)
		err = url_copy(&from->urls[i], &copy.urls[i]);
	if (err) {
		conf_checker_fini(&copy);
		return err;
	}
	*to = copy;
	return 0;
}

static bool url_equal(const struct conf_url *a, const struct conf_url *b)
{
	if (a->statuses != b->statuses)
		return false;
	for (size_t i = 0; i < a->statuses; i++) {
		if (a->status[i].low != b->status[i].low ||
		    a->status[i].high != b->status[i].high)
			return false;
	}
	return string_equal(a->path, b->path) &&
	       string_equal(a->virtualhost, b->virtualhost);
}

static bool target_equal(const struct conf_checker *a,
			 const struct conf_checker *b)
{
	return a->has_connect_addr == b->has_connect_addr &&
	       (!a->has_connect_addr ||
		addr_equal(&a->connect_addr, &b->connect_addr)) &&
	       a->connect_port == b->connect_port &&
	       a->has_bind_addr == b->has_bind_addr &&
	       (!a->has_bind_addr ||
		addr_equal(&a->bind_addr, &b->bind_addr)) &&
	       a->bind_port == b->bind_port;
}

static bool pace_equal(const struct conf_checker *a,
		       const struct conf_checker *b)
{
	return a->connect_timeout.us == b->connect_timeout.us &&
	       a->delay_loop.us == b->delay_loop.us &&
	       a->delay_before_retry.us == b->delay_before_retry.us &&
	       a->warmup.us == b->warmup.us && a->retry == b->retry &&
	       a->rise == b->rise;
}

bool conf_checker_equal(const struct conf_checker *a,
			const struct conf_checker *b)
{
	if (a->type != b->type || a->n_urls != b->n_urls)
		return false;
	for (size_t i = 0; i < a->n_urls; i++) {
		if (!url_equal(&a->urls[i], &b->urls[i]))
			return false;
	}
	return target_equal(a, b) && pace_equal(a, b) &&
	       string_equal(a->virtualhost, b->virtualhost);
}
