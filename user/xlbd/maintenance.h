/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether this node is out of service: a file beside the control socket, so
 * that it outlives the daemon, and a start finds it.  What follows from it is
 * the engine's.
 */
#ifndef XLBD_MAINTENANCE_H
#define XLBD_MAINTENANCE_H

#include <stdbool.h>

/* `control` is the control socket's path; the file's is that and this. */
#define MAINTENANCE_SUFFIX ".maintenance"

bool maintenance_read(const char *control);
/* 0/-errno; what is so already is fine. */
int maintenance_write(const char *control, bool on);

#endif
