/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's process connector (Documentation/driver-api/connector.rst): a
 * netlink socket that tells of every fork and exec on the machine.
 *
 * From another network namespace there is nobody to ask: sending is refused.
 * From another process or user namespace the question is not answered, but
 * events may come, asked for by somebody else, with numbers that mean nothing
 * here: none is believed before the answer.
 */
#include "xlbd/track_process_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER  (1 << 20)
#define MAX_AT_ONCE     256 /* events; then others on the loop have a turn */
#define EVENT_OFFSET    (NLMSG_HDRLEN + sizeof(struct cn_msg))
#define AT(member)      (EVENT_OFFSET + offsetof(struct proc_event, member))
#define LOAD(member)    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, AT(member))
#define JUMP(what, yes) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(what), yes, 0)

struct track_events {
	const struct track_events_handlers *handlers;
	void *arg;
	int fd;
	bool attached;
	struct loop_fd *watch;
};

/*
 * Most events are of threads, and of ends, which pidfds tell of: they are not
 * worth waking up for.
 */
static int set_filter(int fd)
{
	struct sock_filter code[] = {
		LOAD(what),
		JUMP(PROC_EVENT_NONE, 8),
		JUMP(PROC_EVENT_EXEC, 7),
		JUMP(PROC_EVENT_COMM, 6),
		JUMP(PROC_EVENT_FORK, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		LOAD(event_data.fork.child_pid),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		LOAD(event_data.fork.child_tgid),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)))
		return -errno;
	return 0;
}

static int ask(int fd, enum proc_cn_mcast_op what)
{
	union {
		struct nlmsghdr header;
		char bytes[NLMSG_SPACE(sizeof(struct cn_msg) + sizeof(what))];
	} message = {0};
	struct cn_msg connector = {
		.id = {.idx = CN_IDX_PROC, .val = CN_VAL_PROC},
		.len = sizeof(what),
	};
	char *data = NLMSG_DATA(&message.header);

	message.header.nlmsg_len =
		NLMSG_LENGTH(sizeof(connector) + sizeof(what));
	message.header.nlmsg_type = NLMSG_DONE;
	memcpy(data, &connector, sizeof(connector));
	memcpy(data + sizeof(connector), &what, sizeof(what));
	if (send(fd, &message, message.header.nlmsg_len, 0) < 0)
		return -errno;
	return 0;
}

static void take_event(struct track_events *e, const struct proc_event *event)
{
	if (event->what == PROC_EVENT_NONE && !event->event_data.ack.err &&
	    !e->attached) {
		e->attached = true;
		e->handlers->attached(e->arg);
	}
	if (!e->attached)
		return;
	switch ((unsigned int)event->what) {
	case PROC_EVENT_FORK:
		e->handlers->forked(e->arg, event->event_data.fork.parent_tgid,
				    event->event_data.fork.child_tgid);
		break;
	case PROC_EVENT_EXEC:
		e->handlers->changed(e->arg,
				     event->event_data.exec.process_tgid);
		break;
	case PROC_EVENT_COMM:
		if (event->event_data.comm.process_pid ==
		    event->event_data.comm.process_tgid)
			e->handlers->changed(
				e->arg, event->event_data.comm.process_tgid);
		break;
	}
}

static ssize_t receive(int fd, char *buf, size_t size)
{
	struct sockaddr_nl from = {0};
	socklen_t length = sizeof(from);
	ssize_t n;

	n = recvfrom(fd, buf, size, 0, (struct sockaddr *)&from, &length);
	if (n < 0)
		return -errno;
	return from.nl_pid ? 0 : n; /* not the kernel's */
}

static void take_bytes(struct track_events *e, const char *bytes, size_t n)
{
	struct proc_event event = {0};

	if (n < AT(event_data) + sizeof(event.event_data.fork))
		return;
	n -= EVENT_OFFSET;
	memcpy(&event, bytes + EVENT_OFFSET,
	       n < sizeof(event) ? n : sizeof(event));
	take_event(e, &event);
}

static void readable(void *arg, unsigned int events)
{
	struct track_events *e = arg;
	char buf[1024];

	(void)events;
	for (int i = 0; i < MAX_AT_ONCE; i++) {
		ssize_t n = receive(e->fd, buf, sizeof(buf));

		if (n == -ENOBUFS)
			e->handlers->lost(e->arg);
		else if (n < 0)
			return;
		else
			take_bytes(e, buf, (size_t)n);
	}
}

void track_events_close(struct track_events *e)
{
	if (!e)
		return;
	loop_fd_free(e->watch);
	/* Older kernels count who listens, and go on telling nobody. */
	if (e->attached)
		ask(e->fd, PROC_CN_MCAST_IGNORE);
	if (e->fd >= 0)
		close(e->fd);
	free(e);
}

static int open_socket(void)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = CN_IDX_PROC,
	};
	const int size = RECEIVE_BUFFER;
	int fd, err = 0;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_CONNECTOR);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	err = set_filter(fd);
	if (!err && bind(fd, (struct sockaddr *)&to, sizeof(to)))
		err = -errno;
	if (!err)
		err = ask(fd, PROC_CN_MCAST_LISTEN);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int track_events_open(struct loop *l, const struct track_events_handlers *h,
		      void *arg, struct track_events **out)
{
	struct track_events *e = calloc(1, sizeof(*e));
	int err;

	if (!e)
		return -ENOMEM;
	e->handlers = h;
	e->arg = arg;
	e->fd = open_socket();
	err = e->fd < 0 ? e->fd : 0;
	if (!err)
		err = loop_fd_new(l, e->fd, LOOP_READ, readable, e, &e->watch);
	if (err) {
		track_events_close(e);
		return err;
	}
	*out = e;
	return 0;
}
