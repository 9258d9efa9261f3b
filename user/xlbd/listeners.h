/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which TCP and UDP ports this network namespace listens on, and on which
 * addresses; read from /proc/net when asked to.
 */
#ifndef XLBD_LISTENERS_H
#define XLBD_LISTENERS_H

#include "core/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct listeners;

int listeners_new(struct listeners **out);
void listeners_free(struct listeners *l);

/* Reads anew.  `changed` (or NULL) is told each port that came or went. */
int listeners_read(struct listeners *l,
		   void (*changed)(void *arg, uint16_t port), void *arg);

/* TCP or UDP, on whatever address, when it was read last? */
bool listeners_has(const struct listeners *l, uint16_t port);

/* Does nothing but loopback listen for TCP on that address and port? */
bool listeners_loopback_only(const struct listeners *l, const struct addr *a,
			     uint16_t port);

#endif
