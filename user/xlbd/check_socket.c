/* SPDX-License-Identifier: GPL-2.0-only */
/* What the checkers that connect have in common: sockets and their errors. */
#include "xlbd/check_internal.h"

#include "core/sockaddr.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Short of descriptors, memory or ports: this node's trouble. */
static bool is_our_trouble(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EAGAIN:
	case EADDRNOTAVAIL:
	case EADDRINUSE:
		return true;
	}
	return false;
}

static const char *error_text(int err)
{
	switch (err) {
	case ETIMEDOUT:
		return "connect timed out";
	case ECONNREFUSED:
		return "connection refused";
	case ECONNRESET:
	case EPIPE:
		return "connection reset";
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return "no route to host";
	case ENETUNREACH:
		return "network unreachable";
	}
	return strerror(err);
}

void check_probe_fail(struct check_probe *p, int err)
{
	const struct conf_checker *conf = p->conf;
	char reason[CHECK_REASON_SIZE], from[ADDR_PRINT_SIZE];

	/* An operator's address that is not here is to be seen as a reason. */
	if (err == EADDRNOTAVAIL && conf->has_bind_addr) {
		snprintf(reason, sizeof(reason), "cannot connect from %s",
			 addr_print(&conf->bind_addr, from, sizeof(from)));
		check_probe_end(p, CHECK_FAILED, reason);
		return;
	}
	check_probe_end(p, is_our_trouble(err) ? CHECK_UNDECIDED : CHECK_FAILED,
			error_text(err));
}

static int bind_source(int fd, const struct conf_checker *conf, bool v4)
{
	struct addr any = v4 ? addr_from_v4(INADDR_ANY) : (struct addr){0};
	const int on = 1;
	struct sockaddr_storage from;
	socklen_t length;

	if (!conf->has_bind_addr && !conf->bind_port)
		return 0;
	length = sockaddr_from(conf->has_bind_addr ? &conf->bind_addr : &any,
			       conf->bind_port, &from);
	/* The port is chosen at connect(): all of them for each backend. */
	if (conf->bind_port)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
			   sizeof(on));
	return bind(fd, (struct sockaddr *)&from, length) ? -errno : 0;
}

/*
 * We close first, so TIME_WAIT would be ours: 5,000 checks a second are
 * 300,000 of them, and the port of `bind_port` blocked for a minute.  Closing
 * with SO_LINGER 0 instead is a bare RST, which applications log as an error.
 * TCP_LINGER2 below zero does neither: our FIN lets the application read a
 * clean end, and only its kernel's answer to that FIN meets a closed port.
 */
static void close_without_time_wait(int fd)
{
	const int never = -1;

	setsockopt(fd, IPPROTO_TCP, TCP_LINGER2, &never, sizeof(never));
}

int check_socket(const struct check_probe *p)
{
	bool v4 = addr_is_v4(&p->target.addr);
	int fd, err;

	fd = socket(v4 ? AF_INET : AF_INET6,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0)
		return -errno;
	close_without_time_wait(fd);
	err = bind_source(fd, p->conf, v4);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}
