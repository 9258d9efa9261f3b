/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t v4_mapped[12] = {[10] = 0xff, [11] = 0xff};

bool addr_is_v4(const struct addr *a)
{
	return !memcmp(a->bytes, v4_mapped, sizeof(v4_mapped));
}

bool addr_is_loopback(const struct addr *a)
{
	static const struct addr v6_loopback = {.bytes[15] = 1};

	return addr_is_v4(a) ? a->bytes[12] == 127
			     : addr_equal(a, &v6_loopback);
}

bool addr_is_zero(const struct addr *a)
{
	static const struct addr zero;

	return addr_equal(a, &zero) || (addr_is_v4(a) && !addr_to_v4(a));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

struct addr addr_from_v4(uint32_t network_order)
{
	struct addr a;

	memcpy(a.bytes, v4_mapped, sizeof(v4_mapped));
	memcpy(a.bytes + 12, &network_order, 4);
	return a;
}

uint32_t addr_to_v4(const struct addr *a)
{
	uint32_t v4;

	memcpy(&v4, a->bytes + 12, 4);
	return v4;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	unsigned int bits = p->length, i;

	if (addr_is_v4(&p->addr) != addr_is_v4(a))
		return false;
	if (addr_is_v4(a))
		bits += 96;
	for (i = 0; i < bits / 8; i++) {
		if (p->addr.bytes[i] != a->bytes[i])
			return false;
	}
	return bits % 8 == 0 ||
	       (p->addr.bytes[i] ^ a->bytes[i]) >> (8 - bits % 8) == 0;
}

int addr_parse(const char *text, struct addr *out)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		*out = addr_from_v4(v4.s_addr);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &v6) == 1) {
		memcpy(out->bytes, &v6, sizeof(out->bytes));
		return 0;
	}
	return -EINVAL;
}

static int number_parse(const char *text, unsigned int max, unsigned int *out)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9' || strlen(text) > 5)
		return -EINVAL;
	value = strtoul(text, &end, 10);
	if (*end || value > max)
		return -EINVAL;
	*out = (unsigned int)value;
	return 0;
}

int prefix_parse(const char *text, struct prefix *out)
{
	const char *slash = strchr(text, '/');
	char host[ADDR_PRINT_SIZE];
	struct prefix p;
	unsigned int max, length;

	if (!slash)
		slash = text + strlen(text);
	if ((size_t)(slash - text) >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, slash - text);
	host[slash - text] = '\0';
	if (addr_parse(host, &p.addr))
		return -EINVAL;
	max = addr_is_v4(&p.addr) ? 32 : 128;
	length = max;
	if (*slash && number_parse(slash + 1, max, &length))
		return -EINVAL;
	p.length = (uint8_t)length;
	*out = p;
	return 0;
}

static int protocol_parse(const char *text, uint8_t *out)
{
	if (!strcmp(text, "tcp"))
		*out = IPPROTO_TCP;
	else if (!strcmp(text, "udp"))
		*out = IPPROTO_UDP;
	else
		return -EINVAL;
	return 0;
}

int endpoint_parse(const char *text, struct endpoint *out)
{
	struct endpoint e = {.protocol = 0};
	char copy[ENDPOINT_PRINT_SIZE], *host = copy, *port, *slash;
	unsigned int number;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		if (protocol_parse(slash + 1, &e.protocol))
			return -EINVAL;
	}
	port = strrchr(copy, ':');
	if (!port)
		return -EINVAL;
	*port++ = '\0';
	if (*host == '[') {
		host++;
		if (port - host < 2 || port[-2] != ']')
			return -EINVAL;
		port[-2] = '\0';
		if (!strchr(host, ':'))
			return -EINVAL;
	} else if (strchr(host, ':')) {
		return -EINVAL;
	}
	if (addr_parse(host, &e.addr) || number_parse(port, 65535, &number))
		return -EINVAL;
	e.port = (uint16_t)number;
	*out = e;
	return 0;
}

const char *addr_print(const struct addr *a, char *buf, size_t size)
{
	const char *text;

	if (addr_is_v4(a))
		text = inet_ntop(AF_INET, a->bytes + 12, buf, (socklen_t)size);
	else
		text = inet_ntop(AF_INET6, a->bytes, buf, (socklen_t)size);
	if (!text && size)
		buf[0] = '\0';
	return buf;
}

const char *prefix_print(const struct prefix *p, char *buf, size_t size)
{
	char host[ADDR_PRINT_SIZE];

	snprintf(buf, size, "%s/%u", addr_print(&p->addr, host, sizeof(host)),
		 p->length);
	return buf;
}

const char *endpoint_print(const struct endpoint *e, char *buf, size_t size)
{
	bool v4 = addr_is_v4(&e->addr);
	char host[ADDR_PRINT_SIZE];

	addr_print(&e->addr, host, sizeof(host));
	snprintf(buf, size, "%s%s%s:%u%s%s", v4 ? "" : "[", host, v4 ? "" : "]",
		 e->port, e->protocol ? "/" : "",
		 e->protocol ? protocol_name(e->protocol) : "");
	return buf;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->protocol == b->protocol &&
	       addr_equal(&a->addr, &b->addr);
}

const char *protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	}
	return "?";
}
