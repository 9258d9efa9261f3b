/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xlbctl says about itself, made from the table in core/command.h.
 */
#ifndef XLBCTL_HELP_H
#define XLBCTL_HELP_H

#include "core/command.h"

#include <stdio.h>

#define XLBCTL_SOCKET "/run/xlbd/xlbd.sock"

/* Commands that begin with `word`; NULL: all, and the options. */
void help_print(FILE *to, const char *word);
void help_print_command(FILE *to, enum command_id id);

/* Does a command begin with this word, with more to follow? */
bool help_is_prefix(const char *word);

#endif
