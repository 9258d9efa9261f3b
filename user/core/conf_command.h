/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command as one string, cut into arguments as keepalived does: at blanks,
 * but not between single quotes, which go away.  No shell is meant.
 */
#ifndef XLBD_CONF_COMMAND_H
#define XLBD_CONF_COMMAND_H

#include "core/conf_arena.h"

#include <stdbool.h>

/*
 * `escapes`: \n, \t, \101, \x41, \cA and the like mean what they do in C, and
 * any other character after a backslash itself; else backslashes stay.  The
 * result ends with NULL.  0, -EINVAL (a quote is open, a NUL), -ENOMEM.
 */
int conf_command_split(struct conf_arena *a, const char *text, bool escapes,
		       char ***argv);

#endif
