/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One instance's raw socket: whole datagrams in and out, with everything that
 * IP says about them.  Knows nothing of what is in them but where the VRID
 * is: the kernel drops other routers' adverts before they wake anybody.
 */
#ifndef XLBD_PULSE_SOCKET_H
#define XLBD_PULSE_SOCKET_H

#include "core/addr.h"
#include "core/vrrp_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More datagrams than a socket's receive buffer holds. */
#define PULSE_SOCKET_QUEUE 1024

struct pulse_socket_options {
	unsigned int ifindex;
	bool v6;
	bool ah; /* IP protocol 51, IPv4 headers are ours */
	uint8_t vrid;
	const struct addr *group; /* to join; NULL: unicast only */
	uint8_t unicast_ttl;
};

/* The descriptor, or -errno.  It reads and writes without waiting. */
int pulse_socket_open(const struct pulse_socket_options *options);

/* The interface's first address to send from: IPv6's is link-local. */
int pulse_socket_source(unsigned int ifindex, bool v6, struct addr *out);

/*
 * One datagram into `bytes`: 0 (then *datagram and *origin are filled, unless
 * *why says why not; of the origin the source is always there), -EAGAIN if
 * there is none, or -errno.
 */
int pulse_socket_receive(int fd, bool v6, uint8_t *bytes, size_t size,
			 struct vrrp_datagram *datagram,
			 struct vrrp_origin *origin, enum vrrp_rejection *why);

/* 0/-errno. */
int pulse_socket_send(int fd, unsigned int ifindex, const struct addr *source,
		      const struct addr *destination, const uint8_t *bytes,
		      size_t length);

/* For announcements, on any interface.  The descriptor, or -errno. */
int pulse_socket_open_link(void);
int pulse_socket_send_frame(int fd, unsigned int ifindex, const uint8_t *frame,
			    size_t length);

#endif
