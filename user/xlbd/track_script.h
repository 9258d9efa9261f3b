/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vrrp_script's scheduler: runs a command at once and every `interval` after,
 * on a fixed beat; while one still runs, beats are skipped.  Each result is
 * reported; rise and fall are core/vrrp_track's.
 */
#ifndef XLBD_TRACK_SCRIPT_H
#define XLBD_TRACK_SCRIPT_H

#include "xlbd/loop.h"
#include "xlbd/script.h"

struct track_script;

/* A timeout of 0 is `interval`, an interval of 0 a second: keepalived's. */
struct track_script_conf {
	struct script_command command; /* argv and user are copied */
	struct usec interval;
	void (*result)(void *arg, const struct script_result *result);
	void *arg;
};

int track_script_new(struct loop *l, struct script_runner *r,
		     const struct track_script_conf *conf,
		     struct track_script **out);
void track_script_free(struct track_script *t); /* NULL-safe */

#endif
