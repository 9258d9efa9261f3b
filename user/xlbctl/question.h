/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of a command line -> what to ask the daemon.  Forms are judged
 * here, by core/command.h's table, so that a typo needs no daemon; whether
 * there is such a service is the daemon's to say.
 */
#ifndef XLBCTL_QUESTION_H
#define XLBCTL_QUESTION_H

#include "core/command.h"
#include "xlbd/json.h"

struct question {
	enum command_id command;
	struct command_values values;
	struct json *request; /* for the control socket; to json_free() */
};

/*
 * How many of the `n` words name a command: 0 if none, then *id is not
 * written.
 */
int question_find_command(char *const *words, int n, enum command_id *id);

/* 0; -EINVAL or -ENOMEM and a sentence in error[COMMAND_ERROR_SIZE]. */
int question_parse(enum command_id id, char *const *words, int n,
		   struct question *out, char *error);

#endif
