/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flow of numbered UDP datagrams, and who echoes it: was any lost?
 *
 *	udp_flow echo PORT		until it is killed
 *	udp_flow send ADDRESS PORT RATE	RATE a second, until SIGTERM or SIGINT
 *
 * send prints one JSON object: datagrams sent and received, lost and twice;
 * the longest time, in milliseconds, in which no answer came; and the flow's
 * own port.  What is on the way at the end is waited for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NUMBERS (1 << 24)
#define BUFFER  (8 << 20) /* bytes: who waits for a CPU loses nothing */
#define LAST    1000 /* milliseconds that the last answers may take */

struct flow {
	int socket, timer, signals, epoll;
	unsigned int a_tick; /* datagrams that are sent a millisecond */
	uint32_t sent, received, twice;
	uint8_t heard[NUMBERS / 8];
	int64_t heard_at, longest;
	bool ending;
};

static void die(const char *what)
{
	fprintf(stderr, "udp_flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Neither its buffer nor its waiting for a CPU is what is measured. */
static int open_socket(void)
{
	const struct sched_param least = {.sched_priority = 1};
	const int size = BUFFER;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    sched_setscheduler(0, SCHED_FIFO, &least))
		die("socket");
	return fd;
}

static _Noreturn void echo(uint16_t port)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = open_socket();

	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("bind");
	puts("echoing");
	fflush(stdout);
	for (;;) {
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		char text[2048];
		ssize_t n = recvfrom(fd, text, sizeof(text), 0,
				     (struct sockaddr *)&from, &length);

		if (n >= 0)
			sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&from,
			       length);
	}
}

/* --- the sender ----------------------------------------------------------- */

static void watch(struct flow *f, int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &e))
		die("epoll");
}

static void open_flow(struct flow *f, const char *address, uint16_t port,
		      unsigned int rate)
{
	const struct itimerspec every = {{0, 1000000}, {0, 1000000}};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	f->a_tick = rate / 1000;
	f->socket = open_socket();
	f->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	f->signals = signalfd(-1, &ends, 0);
	f->epoll = epoll_create1(0);
	if (f->timer < 0 || f->signals < 0 || f->epoll < 0 ||
	    timerfd_settime(f->timer, 0, &every, NULL))
		die("timer");
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(f->socket, (struct sockaddr *)&to, sizeof(to)))
		die(address);
	watch(f, f->socket);
	watch(f, f->timer);
	watch(f, f->signals);
}

/* What a late tick has missed is not made up for: no bursts. */
static void on_tick(struct flow *f)
{
	uint64_t ticks;

	if (read(f->timer, &ticks, sizeof(ticks)) < 0 || f->ending)
		return;
	for (unsigned int i = 0; i < f->a_tick && f->sent < NUMBERS; i++) {
		if (send(f->socket, &f->sent, sizeof(f->sent), 0) > 0)
			f->sent++;
	}
}

static void on_answers(struct flow *f)
{
	int64_t at = now();
	uint32_t number;
	ssize_t n;

	while ((n = recv(f->socket, &number, sizeof(number), MSG_DONTWAIT)) ==
	       sizeof(number)) {
		uint8_t bit = (uint8_t)(1U << number % 8);

		if (number >= f->sent)
			continue;
		if (f->heard[number / 8] & bit) {
			f->twice++;
			continue;
		}
		f->heard[number / 8] |= bit;
		f->received++;
		if (f->heard_at && at - f->heard_at > f->longest)
			f->longest = at - f->heard_at;
		f->heard_at = at;
	}
}

static int send_flow(struct flow *f)
{
	struct sockaddr_in own;
	socklen_t length = sizeof(own);
	int64_t end = INT64_MAX;

	while (!(f->ending && (f->received == f->sent || now() > end))) {
		struct epoll_event ready[3];
		int n = epoll_wait(f->epoll, ready, 3, 10);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.fd == f->socket) {
				on_answers(f);
			} else if (ready[i].data.fd == f->timer) {
				on_tick(f);
			} else if (!f->ending) {
				f->ending = true;
				end = now() + LAST * 1000000LL;
			}
		}
	}
	if (getsockname(f->socket, (struct sockaddr *)&own, &length))
		die("getsockname");
	printf("{\"sent\":%u,\"received\":%u,\"lost\":%u,\"twice\":%u,"
	       "\"longest_ms\":%.1f,\"port\":%u}\n",
	       f->sent, f->received, f->sent - f->received, f->twice,
	       (double)f->longest / 1e6, ntohs(own.sin_port));
	return 0;
}

int main(int argc, char **argv)
{
	static struct flow flow;

	if (argc == 3 && !strcmp(argv[1], "echo"))
		echo((uint16_t)atoi(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "send") && atoi(argv[4]) >= 1000) {
		open_flow(&flow, argv[2], (uint16_t)atoi(argv[3]),
			  (unsigned int)atoi(argv[4]));
		return send_flow(&flow);
	}
	fprintf(stderr, "usage: udp_flow echo PORT | send ADDRESS PORT RATE\n");
	return 2;
}
