/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One question to a running xlbd over its control socket.  Blocks; knows
 * lines and their envelope, not what they say.
 */
#ifndef XLBCTL_CLIENT_H
#define XLBCTL_CLIENT_H

#include "xlbd/json.h"

#include <stdbool.h>

#define CLIENT_ERROR_SIZE 512

/* INTERFACES' exit codes. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* by the daemon, or its answer broke off */
	EXIT_USAGE = 2,
	EXIT_NO_DAEMON = 3,
};

/*
 * Sends `request` to the daemon at `path` and hands over the answer's data,
 * part by part.  Unless EXIT_DONE, error[CLIENT_ERROR_SIZE] says why.
 */
enum exit_code client_ask(const char *path, const struct json *request,
			  void (*part)(void *arg, const struct json *data,
				       bool end),
			  void *arg, char *error);

#endif
