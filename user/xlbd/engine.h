/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model and its decisions: which services and backends there are, who may
 * be scheduled, which VIPs this node owns.  Told by the edges what happened,
 * it tells the data plane what to do.  Knows no libraries.
 */
#ifndef XLBD_ENGINE_H
#define XLBD_ENGINE_H

#include "core/conf.h"
#include "xlbd/loop.h"

#include <stdbool.h>

struct engine;

struct engine_options {
	const char *config_file;
	const char *config_id;
	bool assume_owner; /* serve VIPs of vrrp_instances without VRRP */
};

/*
 * Loads and attaches the programs, takes over the VIPs, starts the checks and
 * the control socket.  Takes `conf` in any case.  0, or -errno after having
 * logged why and undone everything.
 */
int engine_start(struct loop *l, struct conf *conf,
		 const struct engine_options *options, struct engine **out);

/* Resigns, removes every trace.  NULL-safe. */
void engine_stop(struct engine *e);

/*
 * Makes the running services, backends, checks and timeouts those of `conf`,
 * runtime changes included.  What did not change feels nothing.  0, or -errno
 * after having logged why, with the running state as it was.
 */
int engine_reload(struct engine *e, const struct conf *conf);

/*
 * After a daemon that died: takes away its programs, pins, VIPs, socket.  `error` has
 * DATAPLANE_ERROR_SIZE.  0/-errno.
 */
int engine_cleanup(const struct conf *conf, char *error);

#endif
