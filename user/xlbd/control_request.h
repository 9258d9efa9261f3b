/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line from the control socket -> a command and its arguments.  Pure:
 * bytes in, values or a sentence out.  Whether the service exists is not
 * asked here.
 */
#ifndef XLBD_CONTROL_REQUEST_H
#define XLBD_CONTROL_REQUEST_H

#include "core/command.h"

#include <stddef.h>

struct control_request {
	enum command_id command;
	struct command_values values;
};

/*
 * {"cmd":"backend add","args":{"service":"10.0.4.99:80",...}}.  Numbers and
 * times may be JSON numbers, flags are true or false, all else is text.
 * 0, or -EINVAL and what is wrong in error[COMMAND_ERROR_SIZE].
 */
int control_request_parse(const char *line, size_t length,
			  struct control_request *out, char *error);

#endif
