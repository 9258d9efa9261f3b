/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/sockaddr.h"

#include <string.h>

socklen_t sockaddr_from(const struct addr *addr, uint16_t port,
			struct sockaddr_storage *out)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (addr_is_v4(addr)) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		v4->sin_addr.s_addr = addr_to_v4(addr);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, addr->bytes, sizeof(v6->sin6_addr));
	return sizeof(*v6);
}
