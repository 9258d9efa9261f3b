/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IP addresses, prefixes and endpoints as values.  An address is 16 bytes in
 * network order, IPv4 as v4-mapped: the form that the BPF maps use.  Ports
 * are host order here.
 */
#ifndef XLBD_ADDR_H
#define XLBD_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr {
	uint8_t bytes[16];
};

struct prefix {
	struct addr addr;
	uint8_t length; /* of the printed family: 0..32 or 0..128 */
};

/* Address, port and protocol: names a service, or a backend. */
struct endpoint {
	struct addr addr;
	uint16_t port; /* 0: any */
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP; 0: not said */
};

#define ADDR_PRINT_SIZE     48
#define ENDPOINT_PRINT_SIZE 64

bool addr_is_v4(const struct addr *a);
bool addr_is_loopback(const struct addr *a); /* 127.0.0.0/8, ::1 */
bool addr_is_zero(const struct addr *a); /* all zero, or 0.0.0.0 */
bool addr_equal(const struct addr *a, const struct addr *b);
int addr_compare(const struct addr *a, const struct addr *b);
struct addr addr_from_v4(uint32_t network_order);
uint32_t addr_to_v4(const struct addr *a); /* network order; v4 only */
bool prefix_contains(const struct prefix *p, const struct addr *a);

/* Numeric forms only.  Return 0 or -EINVAL; write *out only on success. */
int addr_parse(const char *text, struct addr *out);
int prefix_parse(const char *text, struct prefix *out); /* no /N: a host */

/*
 * "10.0.4.99:80", "10.0.4.99:80/udp", "[2001:db8::1]:443/tcp"; without
 * "/proto" the protocol is 0.  Port 0..65535 is required.
 */
int endpoint_parse(const char *text, struct endpoint *out);

/* Print into `buf` and return it.  endpoint: with "/tcp" if protocol is set */
const char *addr_print(const struct addr *a, char *buf, size_t size);
const char *prefix_print(const struct prefix *p, char *buf, size_t size);
const char *endpoint_print(const struct endpoint *e, char *buf, size_t size);

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
const char *protocol_name(uint8_t protocol); /* "tcp", "udp", "?" */

#endif
