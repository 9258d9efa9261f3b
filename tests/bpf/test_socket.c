/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A local backend's connection whose record is gone is known by its socket:
 * a real one, from a client's address to the VIP on the test's own loopback.
 */
#include "fixtures.h"
#include "tap.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct harness h;

static struct sockaddr_in address(uint32_t v4, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(v4),
		.sin_port = htons(port),
	};
}

static int bound_socket(uint32_t v4, uint16_t port)
{
	struct sockaddr_in sa = address(v4, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, err;

	assert(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	err = bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	assert(!err);
	return fd;
}

static int listener(uint16_t port)
{
	int fd = bound_socket(VIP, port), err = listen(fd, 8);

	assert(!err);
	return fd;
}

/* CLIENT:40000 to the VIP; the returned end is the client's. */
static int client(uint16_t port)
{
	struct sockaddr_in sa = address(VIP, port);
	int fd = bound_socket(CLIENT, 40000), err;

	err = connect(fd, (struct sockaddr *)&sa, sizeof(sa));
	assert(!err);
	return fd;
}

/* With a RST: nothing stays in TIME_WAIT. */
static void close_hard(int fd)
{
	const struct linger linger = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

/* Whether a segment has that reason, and comes out unchanged if passed. */
static bool is(uint16_t port, uint8_t flags, enum xlbd_reason reason,
	       int action)
{
	const struct frame f = {CLIENT_TO(port), .flags = flags};
	struct reason_stats before[XLBD_REASON_MAX], after[XLBD_REASON_MAX];
	static __u8 frame[FRAME_MAX];
	static struct verdict v;
	size_t n = frame_build(&f, frame);

	harness_read_reasons(&h, before);
	harness_send(&h, &f, &v);
	harness_read_reasons(&h, after);
	if (after[reason].packets != before[reason].packets + 1)
		return false;
	if (action == XDP_PASS && memcmp(v.frame, frame, n))
		return false;
	return v.action == action;
}

#define RESET_BY(port) is(port, ACK, XLBD_REASON_no_session, XDP_TX)
#define HAD_BY(port)   is(port, ACK, XLBD_REASON_local, XDP_PASS)

int main(void)
{
	int err = harness_open(&h, 64), here, api, fd, served;

	if (err)
		return tap_bail("cannot load the program: %s", strerror(-err));
	err = system("ip link set lo up && ip addr add 10.0.4.99/32 dev lo && "
		     "ip addr add 10.0.4.50/32 dev lo");
	if (err)
		return tap_bail("cannot set loopback up");
	world_reset(h.bpf);

	tap_ok(RESET_BY(82), "no socket: a segment is reset");
	here = listener(82);
	tap_ok(RESET_BY(82), "a listener has no connection: reset");
	fd = client(82);
	served = accept(here, NULL, NULL);
	assert(served >= 0);
	tap_ok(HAD_BY(82), "a connected socket has its segments");
	tap_ok(is(82, FIN | ACK, XLBD_REASON_local, XDP_PASS) &&
		       is(82, RST, XLBD_REASON_local, XDP_PASS),
	       "its FIN and its RST, too");
	tap_ok(world_count_sessions(h.bpf) == 0, "no record is made of it");
	close_hard(fd);
	close_hard(served);
	tap_ok(RESET_BY(82), "closed, it is reset again");

	api = listener(80);
	fd = client(80);
	served = accept(api, NULL, NULL);
	assert(served >= 0);
	tap_ok(RESET_BY(80),
	       "a service without a local backend has no sockets");
	close_hard(fd);
	close_hard(served);
	close(api);
	close(here);
	harness_close(&h);
	return tap_done();
}
