/* SPDX-License-Identifier: GPL-2.0-only */
/* Between script.c, which minds children, and what starts them. */
#ifndef XLBD_SCRIPT_INTERNAL_H
#define XLBD_SCRIPT_INTERNAL_H

#include "xlbd/script.h"

#include <limits.h>
#include <sys/types.h>

/* What scripts get, and where a program without a slash is looked for. */
#define SCRIPT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Where `program` is.  0; -ENOENT, -EACCES, -ENAMETOOLONG */
int script_find(const char *program, char path[PATH_MAX]);

/*
 * Returns when the program runs, or why it does not: 0 with *pid, and *pidfd
 * to close, or -errno.  Its process group is *pid.
 */
int script_spawn(const struct script_command *command, pid_t *pid, int *pidfd);

#endif
