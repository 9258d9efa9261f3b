/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long nobody answers when a VIP changes hands.  Runs where the client
 * is; sends SIGNAL to the owner's processes at a random moment of the
 * interval, and from then on opens a connection every millisecond and asks
 * for a page, until an answer says "X-Backend: NAME", which only the new
 * owner's do.
 *
 *	handover SWITCH OLD NEW ADDRESS PORT NAME SIGNAL INTERVAL-MS PID...
 *
 * SWITCH is the path of a network namespace, OLD and NEW are its interfaces
 * to the two nodes: when they advertise and announce is read there.  Prints
 * one JSON object, milliseconds from OLD's last sign of life:
 *   signal      when it was sent: before it, unless it is SIGTERM
 *   announced   NEW's first ARP of its own for ADDRESS
 *   answered    the whole of an answer from NEW was there
 * That sign is its last advertisement, or its first of priority 0.  Exits 3
 * if NEW had taken over by itself before.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ATTEMPTS  1024 /* of which each lives about as many milliseconds */
#define PATIENCE  5000 /* milliseconds beyond what the protocol takes */
#define VRRP      112
#define SENDER_IP 28 /* of an ARP frame */
#define REQUEST                     \
	"GET /healthz HTTP/1.0\r\n" \
	"Connection: close\r\n\r\n"

struct handover {
	struct sockaddr_in vip;
	unsigned int old, new; /* interfaces */
	char answer[64]; /* what the new owner's have */
	long interval_ms;
	int signal;
	pid_t pids[8];
	int n_pids;
	int wire, timer, epoll;
	int attempts[ATTEMPTS]; /* descriptors, -1: none */
	bool asked[ATTEMPTS];
	unsigned int next;
	bool resigned; /* the old one: an advertisement of priority 0 */
	bool early; /* the new one advertised before the signal */
	/* found: CLOCK_MONOTONIC, ns; 0: not yet */
	int64_t life, signalled, announced, answered;
};

static void die(const char *what)
{
	fprintf(stderr, "handover: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t to_ns(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return to_ns(t);
}

static int64_t now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static void watch(struct handover *h, int fd, uint32_t events, uint32_t data)
{
	struct epoll_event e = {.events = events, .data.u32 = data};

	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &e))
		die("epoll");
}

/* --- the wire ------------------------------------------------------------- */

/* ARP and IPv4's VRRP, on all of the switch's interfaces. */
static int open_wire(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_ARP, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VRRP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 256),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};
	int one = 1, fd;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)))
		die("packet socket");
	return fd;
}

/* When it came; the kernel's stamps are of another clock than ours. */
static int64_t stamp_of(struct msghdr *m)
{
	struct timespec t = {0};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&t, CMSG_DATA(c), sizeof(t));
	}
	return now() - (read_clock(CLOCK_REALTIME) - to_ns(t));
}

/* The one of priority 0 that ends a tenure, or the last of the others. */
static void on_advert(struct handover *h, const uint8_t *frame, int64_t stamp)
{
	uint8_t priority = frame[14 + (frame[14] & 0xf) * 4 + 2];

	if (h->resigned)
		return;
	h->resigned = !priority;
	h->life = stamp;
}

static void on_wire(struct handover *h)
{
	_Alignas(struct cmsghdr) char control[128];
	uint8_t frame[256];
	struct sockaddr_ll from;
	struct iovec part = {frame, sizeof(frame)};
	struct msghdr m = {
		.msg_name = &from,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
	};

	for (;;) {
		m.msg_namelen = sizeof(from);
		m.msg_controllen = sizeof(control);
		if (recvmsg(h->wire, &m, 0) < 42)
			return;
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		if (frame[13] != (ETHERTYPE_ARP & 0xff)) {
			if ((unsigned int)from.sll_ifindex == h->old)
				on_advert(h, frame, stamp_of(&m));
			else if ((unsigned int)from.sll_ifindex == h->new)
				h->early |= !h->signalled;
		} else if ((unsigned int)from.sll_ifindex == h->new &&
			   !h->announced &&
			   !memcmp(frame + SENDER_IP, &h->vip.sin_addr, 4)) {
			h->announced = stamp_of(&m);
		}
	}
}

/* --- the client ----------------------------------------------------------- */

static void close_attempt(struct handover *h, unsigned int i)
{
	/* A reset: nobody is left with a connection in TIME_WAIT. */
	const struct linger at_once = {.l_onoff = 1};

	if (h->attempts[i] < 0)
		return;
	setsockopt(h->attempts[i], SOL_SOCKET, SO_LINGER, &at_once,
		   sizeof(at_once));
	close(h->attempts[i]);
	h->attempts[i] = -1;
}

static void attempt(struct handover *h)
{
	unsigned int i = h->next++ % ATTEMPTS;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	close_attempt(h, i);
	if (fd < 0)
		die("socket");
	h->attempts[i] = fd;
	h->asked[i] = false;
	if (connect(fd, (struct sockaddr *)&h->vip, sizeof(h->vip)) &&
	    errno != EINPROGRESS)
		close_attempt(h, i);
	else
		watch(h, fd, EPOLLIN | EPOLLOUT | EPOLLET, i);
}

static void ask(struct handover *h, unsigned int i)
{
	h->asked[i] = true;
	if (send(h->attempts[i], REQUEST, strlen(REQUEST), MSG_NOSIGNAL) < 0)
		close_attempt(h, i);
}

static void hear(struct handover *h, unsigned int i)
{
	char text[2048];
	ssize_t n = recv(h->attempts[i], text, sizeof(text) - 1, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	close_attempt(h, i);
	if (n <= 0)
		return;
	text[n] = '\0';
	if (!h->answered && strstr(text, h->answer))
		h->answered = now();
}

static void on_attempt(struct handover *h, unsigned int i, uint32_t events)
{
	if (h->attempts[i] < 0)
		return;
	if (events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLIN)) {
		close_attempt(h, i);
		return;
	}
	if (events & EPOLLOUT && !h->asked[i])
		ask(h, i);
	if (events & EPOLLIN && h->attempts[i] >= 0)
		hear(h, i);
}

/* --- the course of it ----------------------------------------------------- */

enum { WIRE = ATTEMPTS, TIMER };

static void on_timer(struct handover *h)
{
	uint64_t ticks;

	if (read(h->timer, &ticks, sizeof(ticks)) > 0 && h->signalled)
		attempt(h);
}

/* Until `end`, or an answer. */
static void run(struct handover *h, int64_t end)
{
	struct epoll_event ready[64];

	while (now() < end && !h->answered) {
		int n = epoll_wait(h->epoll, ready, 64, 1);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.u32 == WIRE)
				on_wire(h);
			else if (ready[i].data.u32 == TIMER)
				on_timer(h);
			else
				on_attempt(h, ready[i].data.u32,
					   ready[i].events);
		}
	}
	on_wire(h);
}

/* At random within an interval, one having begun. */
static void wait_for_moment(struct handover *h)
{
	int64_t interval = h->interval_ms * 1000000LL;
	int64_t end = now() + 2 * interval + PATIENCE * 1000000LL;

	while (!h->life && now() < end)
		run(h, now() + 1000000);
	run(h, now() + rand() % 1000 * interval / 1000);
}

static void send_signals(struct handover *h)
{
	h->signalled = now();
	for (int i = 0; i < h->n_pids; i++) {
		if (kill(h->pids[i], h->signal))
			die("kill");
	}
}

/* The prober's own waiting for a CPU is not what is measured. */
static void hurry(void)
{
	const struct sched_param least = {.sched_priority = 1};

	if (sched_setscheduler(0, SCHED_FIFO, &least))
		die("real-time priority");
}

static void open_all(struct handover *h, char **names)
{
	const struct itimerspec every = {{0, 1000000}, {0, 1000000}};
	int home = open("/proc/self/ns/net", O_RDONLY);
	int there = open(names[0], O_RDONLY);

	h->epoll = epoll_create1(0);
	h->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (home < 0 || there < 0 || h->epoll < 0 || h->timer < 0)
		die(names[0]);
	if (timerfd_settime(h->timer, 0, &every, NULL))
		die("timer");
	if (setns(there, CLONE_NEWNET))
		die(names[0]);
	h->old = if_nametoindex(names[1]);
	h->new = if_nametoindex(names[2]);
	if (!h->old || !h->new)
		die("interfaces");
	h->wire = open_wire();
	if (setns(home, CLONE_NEWNET))
		die("setns");
	watch(h, h->wire, EPOLLIN, WIRE);
	watch(h, h->timer, EPOLLIN, TIMER);
}

static void read_arguments(struct handover *h, int argc, char **argv)
{
	if (argc < 10 || argc > 17) {
		fprintf(stderr, "usage: handover SWITCH OLD NEW ADDRESS PORT "
				"NAME SIGNAL INTERVAL-MS PID...\n");
		exit(2);
	}
	h->vip.sin_family = AF_INET;
	h->vip.sin_port = htons((uint16_t)atoi(argv[5]));
	snprintf(h->answer, sizeof(h->answer), "X-Backend: %s\r", argv[6]);
	h->signal = atoi(argv[7]);
	h->interval_ms = atol(argv[8]);
	for (int i = 9; i < argc; i++)
		h->pids[h->n_pids++] = atoi(argv[i]);
	for (int i = 0; i < h->n_pids; i++) {
		if (h->pids[i] > 1)
			continue;
		fprintf(stderr, "handover: no process: %d\n", h->pids[i]);
		exit(2);
	}
	if (inet_pton(AF_INET, argv[4], &h->vip.sin_addr) == 1 &&
	    h->interval_ms > 0 && h->signal > 0)
		return;
	fprintf(stderr, "handover: %s, %s, %s?\n", argv[4], argv[7], argv[8]);
	exit(2);
}

static double since_life(const struct handover *h, int64_t when)
{
	return (double)(when - h->life) / 1e6;
}

int main(int argc, char **argv)
{
	static struct handover h;

	for (unsigned int i = 0; i < ATTEMPTS; i++)
		h.attempts[i] = -1;
	read_arguments(&h, argc, argv);
	open_all(&h, argv + 1);
	srand((unsigned int)now());
	hurry();
	wait_for_moment(&h);
	if (h.early || !h.life)
		return 3;
	send_signals(&h);
	run(&h, now() + (4 * h.interval_ms + PATIENCE) * 1000000LL);
	for (unsigned int i = 0; i < ATTEMPTS; i++)
		close_attempt(&h, i);
	if (!h.answered) {
		fprintf(stderr, "handover: no answer\n");
		return 1;
	}
	if (!h.announced)
		return 3;
	printf("{\"signal\":%.3f,\"announced\":%.3f,\"answered\":%.3f}\n",
	       since_life(&h, h.signalled), since_life(&h, h.announced),
	       since_life(&h, h.answered));
	return 0;
}
