/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the stages know of the packet in hand: offsets and values, filled by
 * parse.h and the stages in their order.  Compiles on the host too, for the
 * fuzzer.  A stage returns a reason (the packet leaves with it), or:
 *   NEXT    go on to the next stage
 *   KNOWN   p->session says what to do: forward it
 */
#ifndef XLBD_BPF_PACKET_H
#define XLBD_BPF_PACKET_H

#ifdef __bpf__
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#else
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <stddef.h>
#define bpf_htons(x) htons(x)
#define bpf_ntohs(x) ntohs(x)
#define bpf_htonl(x) htonl(x)
#define bpf_ntohl(x) ntohl(x)
#ifndef __always_inline /* glibc has it */
#define __always_inline inline __attribute__((always_inline))
#endif
#endif

#include "xlbd_maps.h"
#include "xlbd_reasons.h"

#define NEXT           (-1)
#define KNOWN          (-2)

#define ETH_HEADER     14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_QINQ 0x88a8

#define PROTO_ICMP     1
#define PROTO_TCP      6
#define PROTO_UDP      17

/* The byte at offset 13 of a TCP header (RFC 9293, 3.1). */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
};

enum { SOCKET_LISTEN = 10 }; /* bpf_sock.state: TCP_LISTEN */

struct arp_question {
	bool asked; /* a request, and not gratuitous (sender is target) */
	__be32 sender;
	__be32 target;
};

struct packet {
	/* parse */
	__u8 destination_mac[6];
	__u8 source_mac[6];
	__be16 ethertype;
	__u16 l4; /* offset of the TCP or UDP header from the frame's start */
	__u32 length; /* of the frame, by its IP header */
	struct arp_question arp;
	struct session4_key key; /* ports 0 where there are none */
	__be16 ip_id;
	__u8 ttl;
	__u8 tcp_flags;
	bool first_fragment; /* of several */
	bool later_fragment; /* no ports of its own */
	/* session, service, schedule */
	__u32 now; /* XLBD_LAST_SEEN_SHIFT ticks */
	__u32 ifindex; /* the frame came from */
	struct session4 *session;
	struct service *service;
	struct backend *backend;
	__u32 backend_slot;
	/* forward */
	int verdict; /* for reasons whose action is SEND */
};

/* MACs lie on even addresses wherever they are: three words, not six bytes. */
static __always_inline void mac_copy(__u8 *to, const __u8 *from)
{
	__builtin_memcpy(__builtin_assume_aligned(to, 2),
			 __builtin_assume_aligned(from, 2), 6);
}

static __always_inline bool mac_equal(const __u8 *a, const __u8 *b)
{
	__u16 x[3], y[3];

	mac_copy((__u8 *)x, a);
	mac_copy((__u8 *)y, b);
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2])) == 0;
}

static __always_inline void address_from_v4(__u8 *address, __be32 v4)
{
	__u32 words[4] = {0, 0, bpf_htonl(0xffff), v4};

	__builtin_memcpy(address, words, 16);
}

static __always_inline bool address_is_v4(const __u8 *address, __be32 v4)
{
	__u32 words[4];

	__builtin_memcpy(words, address, 16);
	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff) &&
	       words[3] == v4;
}

#endif
