/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket's commands that change something: calls the engine and
 * says in one sentence what is different now.  No JSON, no client.
 */
#ifndef XLBD_CONTROL_CHANGE_H
#define XLBD_CONTROL_CHANGE_H

#include "xlbd/control.h"
#include "xlbd/control_request.h"

/*
 * Completes a service's protocol if it was not said: that of the service
 * which is there, TCP before UDP.  0, or -ENOENT and `error`.
 */
int control_find_service(const struct control_ops *ops, void *arg,
			 struct endpoint *service, char *error);

/*
 * 0 and message[CONTROL_ERROR_SIZE], or -errno and error[CONTROL_ERROR_SIZE];
 * -ENOTSUP: the command changes nothing.
 */
int control_change(const struct control_ops *ops, void *arg,
		   const struct control_request *request, char *message,
		   char *error);

#endif
