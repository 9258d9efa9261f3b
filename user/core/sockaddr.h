/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Our addresses as the kernel's.  Pure.
 */
#ifndef XLBD_SOCKADDR_H
#define XLBD_SOCKADDR_H

#include "core/addr.h"

#include <netinet/in.h>

/* `port` in host order.  Returns the length that bind() and such want. */
socklen_t sockaddr_from(const struct addr *addr, uint16_t port,
			struct sockaddr_storage *out);

#endif
