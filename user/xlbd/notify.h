/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells the service manager how far we are: sd_notify(3)'s protocol.  Without
 * NOTIFY_SOCKET in the environment nothing happens.
 */
#ifndef XLBD_NOTIFY_H
#define XLBD_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=..." */
void notify_send(const char *state);

#endif
