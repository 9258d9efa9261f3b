/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/listeners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORTS            65536
#define TCP_STATE_LISTEN 0x0a

/* How a port is listened on. */
enum {
	ON_ANY = 1 << 0, /* any address, or one that is not loopback */
	ON_LOOPBACK = 1 << 1,
	ON_UDP = 1 << 2, /* bound by UDP */
};

struct listeners {
	uint8_t now[PORTS];
	uint8_t before[PORTS];
};

int listeners_new(struct listeners **out)
{
	struct listeners *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	*out = l;
	return 0;
}

void listeners_free(struct listeners *l)
{
	free(l);
}

/* "0100007F" or 32 digits: 32-bit words, each in host order. */
static bool is_loopback(const char *hex)
{
	struct addr a = {0};
	uint32_t word;
	size_t words = strlen(hex) / 8;

	for (size_t i = 0; i < words && i < 4; i++) {
		if (sscanf(hex + 8 * i, "%8x", &word) != 1)
			return false;
		memcpy(a.bytes + 4 * i, &word, 4);
	}
	if (words == 1) {
		memcpy(&word, a.bytes, 4);
		a = addr_from_v4(word);
	}
	return addr_is_loopback(&a);
}

/*
 * The kernel lists all listeners before the first connection, of which there
 * may be a hundred thousand: those are not read.
 */
static int read_table(struct listeners *l, const char *path, bool udp)
{
	char line[512], address[33];
	unsigned int port, state;
	FILE *f = fopen(path, "re");

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*u: %32[0-9A-F]:%4x %*[0-9A-F]:%*x %2x",
			   address, &port, &state) != 3)
			continue;
		if (udp) {
			l->now[port] |= ON_UDP;
			continue;
		}
		if (state != TCP_STATE_LISTEN)
			break;
		l->now[port] |= is_loopback(address) ? ON_LOOPBACK : ON_ANY;
	}
	fclose(f);
	return 0;
}

int listeners_read(struct listeners *l,
		   void (*changed)(void *arg, uint16_t port), void *arg)
{
	static const struct {
		const char *path;
		bool udp;
	} tables[] = {
		{"/proc/thread-self/net/tcp", false},
		{"/proc/thread-self/net/tcp6", false},
		{"/proc/thread-self/net/udp", true},
		{"/proc/thread-self/net/udp6", true},
	};
	int err;

	memcpy(l->before, l->now, sizeof(l->now));
	memset(l->now, 0, sizeof(l->now));
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		err = read_table(l, tables[i].path, tables[i].udp);
		if (err) {
			memcpy(l->now, l->before, sizeof(l->now));
			return err;
		}
	}
	for (unsigned int port = 0; changed && port < PORTS; port++) {
		if (!l->now[port] != !l->before[port])
			changed(arg, (uint16_t)port);
	}
	return 0;
}

bool listeners_has(const struct listeners *l, uint16_t port)
{
	return l->now[port];
}

bool listeners_loopback_only(const struct listeners *l, const struct addr *a,
			     uint16_t port)
{
	return !addr_is_loopback(a) &&
	       (l->now[port] & (ON_ANY | ON_LOOPBACK)) == ON_LOOPBACK;
}
