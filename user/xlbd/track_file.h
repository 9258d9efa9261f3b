/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * track_file: the integer in a file, by inotify on its directory, so that the
 * file may be written (it counts once closed), replaced, removed or missing; a
 * directory that is missing is looked for every second.  What is no integer
 * counts as 0, like a missing file.
 */
#ifndef XLBD_TRACK_FILE_H
#define XLBD_TRACK_FILE_H

#include "xlbd/loop.h"

#include <stdbool.h>

struct track_file;

struct track_file_conf {
	const char *path; /* absolute; copied */
	bool has_init; /* init_file: made with this if missing */
	int init;
	bool init_overwrite; /* or even if not */
	/* From the loop: once soon after creation, then on each change. */
	void (*changed)(void *arg, int value, bool exists);
	void *arg;
};

int track_file_new(struct loop *l, const struct track_file_conf *conf,
		   struct track_file **out); /* 0/-errno */
void track_file_free(struct track_file *t); /* NULL-safe */

#endif
