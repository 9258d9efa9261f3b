/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 5798 section 5.1 (TTL 255, protocol 112, groups), RFC 3768 section 5.2
 * (and AH, protocol 51, of RFC 2338).  Precedence "internetwork control" is
 * keepalived's and everybody's habit.
 */
#include "xlbd/pulse_socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TOS            0xc0
#define QUEUE_PRIORITY 7 /* TC_PRIO_CONTROL */
#define AH_SIZE        24 /* with the 12 bytes of HMAC-MD5-96 */
/*
 * Room for a few hundred adverts while we are not scheduled; the kernel
 * doubles it, and charges nearly a kilobyte for the smallest.
 */
#define RECEIVE_BUFFER (128 * 1024)

union sockaddr_ip {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct option {
	int level, name, value;
};

static int set(int fd, const struct option *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (setsockopt(fd, options[i].level, options[i].name,
			       &options[i].value, sizeof(options[i].value)))
			return -errno;
	}
	return 0;
}

/*
 * Filters see IPv4 from its header on, IPv6 from behind it.  What is too
 * short to have a VRID passes: it is to be counted.
 */
static int set_filter(int fd, bool v6, uint8_t vrid, unsigned int ah_size)
{
	struct sock_filter v4_code[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, ah_size),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		BPF_STMT(BPF_ST, 0), /* where the VRID is */
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_MEM, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 3, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter v6_code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 2, 0, 2),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {
		.len = v6 ? sizeof(v6_code) / sizeof(v6_code[0])
			  : sizeof(v4_code) / sizeof(v4_code[0]),
		.filter = v6 ? v6_code : v4_code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			  sizeof(program))
		       ? -errno
		       : 0;
}

static int open_v4(int fd, const struct pulse_socket_options *o)
{
	const struct option options[] = {
		{IPPROTO_IP, IP_TOS, TOS},
		{IPPROTO_IP, IP_TTL, o->unicast_ttl},
		{IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT},
		{IPPROTO_IP, IP_HDRINCL, o->ah},
		{IPPROTO_IP, IP_MULTICAST_TTL, VRRP_TTL},
		{IPPROTO_IP, IP_MULTICAST_LOOP, 0},
		{IPPROTO_IP, IP_MULTICAST_ALL, 0},
	};
	struct ip_mreqn interface = {.imr_ifindex = (int)o->ifindex};
	int err = set(fd, options, sizeof(options) / sizeof(options[0]));

	if (err)
		return err;
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface,
		       sizeof(interface)))
		return -errno;
	if (!o->group)
		return 0;
	interface.imr_multiaddr.s_addr = addr_to_v4(o->group);
	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &interface,
			  sizeof(interface))
		       ? -errno
		       : 0;
}

static int open_v6(int fd, const struct pulse_socket_options *o)
{
	const struct option options[] = {
		{IPPROTO_IPV6, IPV6_TCLASS, TOS},
		{IPPROTO_IPV6, IPV6_UNICAST_HOPS, o->unicast_ttl},
		{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, VRRP_TTL},
		{IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0},
		{IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0},
		{IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)o->ifindex},
		{IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
		{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1},
	};
	struct ipv6_mreq membership = {.ipv6mr_interface = o->ifindex};
	int err = set(fd, options, sizeof(options) / sizeof(options[0]));

	if (err || !o->group)
		return err;
	memcpy(&membership.ipv6mr_multiaddr, o->group->bytes, 16);
	return setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &membership,
			  sizeof(membership))
		       ? -errno
		       : 0;
}

static int open_any(int fd, const struct pulse_socket_options *o)
{
	const struct option options[] = {
		{SOL_SOCKET, SO_BINDTOIFINDEX, (int)o->ifindex},
		{SOL_SOCKET, SO_PRIORITY, QUEUE_PRIORITY},
		{SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER},
	};
	int err = set_filter(fd, o->v6, o->vrid, o->ah ? AH_SIZE : 0);

	if (!err)
		err = set(fd, options, sizeof(options) / sizeof(options[0]));
	if (!err)
		err = o->v6 ? open_v6(fd, o) : open_v4(fd, o);
	return err;
}

int pulse_socket_open(const struct pulse_socket_options *o)
{
	int fd = socket(o->v6 ? AF_INET6 : AF_INET,
			SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			o->ah ? IPPROTO_AH : VRRP_PROTOCOL);
	uint8_t early;
	int err;

	if (fd < 0)
		return -errno;
	err = open_any(fd, o);
	if (err) {
		close(fd);
		return err;
	}
	/* What came before filter and interface were set is of anybody. */
	for (int i = 0; i < PULSE_SOCKET_QUEUE; i++) {
		if (recv(fd, &early, sizeof(early), 0) < 0)
			break;
	}
	return fd;
}

static bool is_source(const struct ifaddrs *i, const char *name, bool v6)
{
	const struct sockaddr_in6 *in6;

	if (!i->ifa_addr || strcmp(i->ifa_name, name))
		return false;
	if (!v6)
		return i->ifa_addr->sa_family == AF_INET;
	in6 = (const struct sockaddr_in6 *)i->ifa_addr;
	return in6->sin6_family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr);
}

int pulse_socket_source(unsigned int ifindex, bool v6, struct addr *out)
{
	struct ifaddrs *all, *i;
	char name[IF_NAMESIZE];

	if (!if_indextoname(ifindex, name) || getifaddrs(&all))
		return -errno;
	for (i = all; i && !is_source(i, name, v6); i = i->ifa_next)
		;
	if (i && v6)
		memcpy(out->bytes,
		       &((struct sockaddr_in6 *)i->ifa_addr)->sin6_addr, 16);
	else if (i)
		*out = addr_from_v4(
			((struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr);
	freeifaddrs(all);
	return i ? 0 : -EADDRNOTAVAIL;
}

static void read_control(struct msghdr *m, struct vrrp_origin *origin)
{
	struct in6_pktinfo info;
	int hops;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_HOPLIMIT) {
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
			origin->ttl = (uint8_t)hops;
		} else if (c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			memcpy(origin->destination.bytes, &info.ipi6_addr, 16);
			origin->multicast =
				IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
		}
	}
}

int pulse_socket_receive(int fd, bool v6, uint8_t *bytes, size_t size,
			 struct vrrp_datagram *datagram,
			 struct vrrp_origin *origin, enum vrrp_rejection *why)
{
	_Alignas(struct cmsghdr) char control[128];
	union sockaddr_ip from;
	struct iovec part = {bytes, size};
	struct msghdr m = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &m, 0);

	if (n < 0)
		return -errno;
	memset(origin, 0, sizeof(*origin));
	if (v6) {
		memcpy(origin->source.bytes, &from.in6.sin6_addr, 16);
		read_control(&m, origin);
		*datagram = (struct vrrp_datagram){
			.pdu = bytes,
			.length = (size_t)n,
		};
		*why = VRRP_ACCEPTED;
	} else {
		*why = vrrp_packet_open(bytes, (size_t)n, datagram, origin);
		origin->source = addr_from_v4(from.in.sin_addr.s_addr);
	}
	if (m.msg_flags & MSG_TRUNC)
		*why = VRRP_REJECT_too_long;
	return 0;
}

static int send_v4(int fd, unsigned int ifindex, const struct addr *source,
		   const struct addr *destination, struct msghdr *m)
{
	_Alignas(struct cmsghdr) char
		control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = addr_to_v4(destination),
	};
	struct in_pktinfo info = {
		.ipi_ifindex = (int)ifindex,
		.ipi_spec_dst.s_addr = addr_to_v4(source),
	};
	struct cmsghdr *c = (struct cmsghdr *)control;

	*c = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(info)),
		.cmsg_level = IPPROTO_IP,
		.cmsg_type = IP_PKTINFO,
	};
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	m->msg_name = &to;
	m->msg_namelen = sizeof(to);
	m->msg_control = control;
	m->msg_controllen = sizeof(control);
	return sendmsg(fd, m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int send_v6(int fd, unsigned int ifindex, const struct addr *source,
		   const struct addr *destination, struct msghdr *m)
{
	_Alignas(struct cmsghdr) char
		control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_scope_id = ifindex,
	};
	struct in6_pktinfo info = {.ipi6_ifindex = ifindex};
	struct cmsghdr *c = (struct cmsghdr *)control;

	memcpy(&to.sin6_addr, destination->bytes, 16);
	memcpy(&info.ipi6_addr, source->bytes, 16);
	*c = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(info)),
		.cmsg_level = IPPROTO_IPV6,
		.cmsg_type = IPV6_PKTINFO,
	};
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	m->msg_name = &to;
	m->msg_namelen = sizeof(to);
	m->msg_control = control;
	m->msg_controllen = sizeof(control);
	return sendmsg(fd, m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int pulse_socket_send(int fd, unsigned int ifindex, const struct addr *source,
		      const struct addr *destination, const uint8_t *bytes,
		      size_t length)
{
	struct iovec part = {(void *)bytes, length};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

	return addr_is_v4(destination)
		       ? send_v4(fd, ifindex, source, destination, &m)
		       : send_v6(fd, ifindex, source, destination, &m);
}

/* Protocol 0: it receives nothing. */
int pulse_socket_open_link(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

int pulse_socket_send_frame(int fd, unsigned int ifindex, const uint8_t *frame,
			    size_t length)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)ifindex,
	};

	return sendto(fd, frame, length, MSG_NOSIGNAL, (struct sockaddr *)&to,
		      sizeof(to)) < 0
		       ? -errno
		       : 0;
}
