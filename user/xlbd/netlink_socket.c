/* SPDX-License-Identifier: GPL-2.0-only */
/* libnl builds and takes apart the messages; sending and waiting is ours. */
#include "xlbd/netlink_internal.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel fills dumps up to what the reader offers, at most 32 KiB. */
#define REPLY_SIZE 32768

/* Positive, so that it is no -errno: the answer goes on. */
#define MORE       1
#define DUMP_TRIES 8

int netlink_socket_open(struct nl_sock **out)
{
	/* The kernel answers at once; this is for when it does not. */
	struct timeval patience = {.tv_sec = 2};
	struct nl_sock *sk = nl_socket_alloc();
	int err;

	if (!sk)
		return -ENOMEM;
	errno = 0;
	err = nl_connect(sk, NETLINK_ROUTE);
	if (err) {
		err = errno ? -errno : -EIO;
		nl_socket_free(sk);
		return err;
	}
	setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	*out = sk;
	return 0;
}

static int error_of(struct nlmsghdr *hdr)
{
	const struct nlmsgerr *e = nlmsg_data(hdr);

	return nlmsg_datalen(hdr) < (int)sizeof(*e) ? -EPROTO : e->error;
}

static int read_replies(char *buf, int size, uint32_t seq, bool *interrupted,
			void (*reply)(void *arg, struct nlmsghdr *hdr),
			void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)buf;

	for (; nlmsg_ok(hdr, size); hdr = nlmsg_next(hdr, &size)) {
		if (hdr->nlmsg_seq != seq)
			continue; /* to a question given up earlier */
		if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (hdr->nlmsg_type == NLMSG_ERROR)
			return error_of(hdr);
		if (hdr->nlmsg_type == NLMSG_DONE)
			return 0;
		if (reply && hdr->nlmsg_type >= NLMSG_MIN_TYPE)
			reply(arg, hdr);
	}
	return MORE;
}

static int ask(struct nl_sock *sk, struct nl_msg *msg, bool *interrupted,
	       void (*reply)(void *arg, struct nlmsghdr *hdr), void *arg)
{
	_Alignas(struct nlmsghdr) char buf[REPLY_SIZE];
	int fd = nl_socket_get_fd(sk), err;
	struct nlmsghdr *hdr;

	nl_complete_msg(sk, msg);
	hdr = nlmsg_hdr(msg);
	if (send(fd, hdr, hdr->nlmsg_len, 0) < 0)
		return -errno;
	do {
		ssize_t size = recv(fd, buf, sizeof(buf), MSG_TRUNC);

		if (size < 0 && errno == EINTR) {
			err = MORE;
			continue;
		}
		if (size < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if ((size_t)size > sizeof(buf))
			return -EMSGSIZE;
		err = read_replies(buf, (int)size, hdr->nlmsg_seq, interrupted,
				   reply, arg);
	} while (err == MORE);
	return err;
}

int netlink_ask(struct nl_sock *sk, struct nl_msg *msg,
		void (*reply)(void *arg, struct nlmsghdr *hdr), void *arg)
{
	bool interrupted = false;
	int err;

	if (!msg)
		return -ENOMEM;
	err = ask(sk, msg, &interrupted, reply, arg);
	nlmsg_free(msg);
	return err;
}

int netlink_dump(int type, void (*reply)(void *arg, struct nlmsghdr *hdr),
		 void *arg)
{
	const struct rtgenmsg all = {.rtgen_family = AF_UNSPEC};
	struct nl_sock *sk;
	bool interrupted = true;
	int err;

	err = netlink_socket_open(&sk);
	if (err)
		return err;
	/*
	 * A dump that a change interrupted may have left something out.  On a
	 * node that never rests, what the last try gave has to do: changes
	 * come as events as well.
	 */
	for (int i = 0; !err && interrupted && i < DUMP_TRIES; i++) {
		struct nl_msg *msg =
			netlink_request(type, NLM_F_DUMP, &all, sizeof(all));

		if (!msg) {
			err = -ENOMEM;
			break;
		}
		interrupted = false;
		err = ask(sk, msg, &interrupted, reply, arg);
		nlmsg_free(msg);
	}
	nl_socket_free(sk);
	return err;
}

struct nl_msg *netlink_request(int type, int flags, const void *header,
			       size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, (void *)header, size, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Cannot fail: a message starts with a page, of which we use a fraction. */
void netlink_put_addr(struct nl_msg *msg, int attr, const struct addr *addr)
{
	if (addr_is_v4(addr))
		nla_put(msg, attr, 4, addr->bytes + 12);
	else
		nla_put(msg, attr, 16, addr->bytes);
}

bool netlink_get_addr(const struct nlattr *attr, struct addr *out)
{
	uint32_t v4;

	if (!attr)
		return false;
	switch (nla_len(attr)) {
	case 4:
		memcpy(&v4, nla_data(attr), sizeof(v4));
		*out = addr_from_v4(v4);
		return true;
	case 16:
		memcpy(out->bytes, nla_data(attr), sizeof(out->bytes));
		return true;
	}
	return false;
}

uint8_t netlink_family(const struct addr *addr)
{
	return addr_is_v4(addr) ? AF_INET : AF_INET6;
}
