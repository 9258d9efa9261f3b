// SPDX-License-Identifier: GPL-2.0-only
/*
 * tc ingress: hands a local backend's connections to its listening socket.
 * XDP has scheduled the packet and passed it up; here the session is looked
 * up again, and the listener assigned, to what may open a connection only:
 * a SYN, or an ACK that no socket is there for (a SYN cookie coming back; the
 * listener resets any other).  Established connections are found by the
 * kernel itself, by the packet's own addresses.  Whatever other filters there
 * are after this one still see the packet.
 *
 * Before Linux 6.6 a SO_REUSEPORT listener cannot be assigned: such a packet
 * goes on unsteered, and the kernel resets it.
 */
#include "maps.h"
#include "packet.h"

#include "local.h"
#include "ours.h"
#include "session.h"

#define TCP_FLAGS_OFFSET 13

enum { PACKET_HOST = 0 };

enum { BPF_HDR_START_NET = 1 };

/*
 * From the IP header on.  Not from the frame's start: of an skb that generic
 * XDP had to copy, Linux 6.18 forgets how long the Ethernet header is.
 */
static __always_inline int steer_load(struct __sk_buff *skb, __u32 offset,
				      void *to, __u32 length)
{
	return bpf_skb_load_bytes_relative(skb, offset, to, length,
					   BPF_HDR_START_NET);
}

/* The packet's addresses and flags, if it is one to look at. */
static __always_inline bool steer_parse(struct __sk_buff *skb, struct packet *p)
{
	struct iphdr ip;

	/* XDP left VLANs and frames for other hosts alone: so do we. */
	if (skb->protocol != bpf_htons(ETHERTYPE_IPV4) || skb->vlan_present ||
	    skb->pkt_type != PACKET_HOST)
		return false;
	if (steer_load(skb, 0, &ip, sizeof(ip)))
		return false;
	if (ip.protocol != PROTO_TCP || (ip.frag_off & bpf_htons(0x3fff)))
		return false;
	p->key.saddr = ip.saddr;
	p->key.daddr = ip.daddr;
	p->key.protocol = PROTO_TCP;
	p->l4 = ip.ihl * 4;
	/* sport and dport, as they stand in the header */
	if (steer_load(skb, p->l4, &p->key.sport, 4))
		return false;
	return !steer_load(skb, p->l4 + TCP_FLAGS_OFFSET, &p->tcp_flags, 1);
}

static __always_inline bool steer_is_vip(const struct packet *p)
{
	__be32 address = p->key.daddr;
	struct ours *o = bpf_map_lookup_elem(&ours4, &address);

	return o && (o->flags & OURS_VIP);
}

/* This node's own address, as its peers check and its clients know it. */
static __always_inline bool steer_is_loopback(const struct packet *p)
{
	struct endpoint_key key = {
		.port = p->key.dport,
		.protocol = PROTO_TCP,
	};
	__u32 *flags;

	address_from_v4(key.address, p->key.daddr);
	flags = bpf_map_lookup_elem(&endpoints, &key);
	return flags && (*flags & ENDPOINT_LOOPBACK);
}

/* The backend that a session was scheduled to, if that is here. */
static __always_inline struct backend *steer_backend(const struct packet *p)
{
	struct session4_key key = p->key;
	struct session4 *s = bpf_map_lookup_elem(&sessions4, &key);
	__u32 slot;

	if (!s || s->kind != BACKEND_LOCAL)
		return NULL;
	slot = s->backend;
	return bpf_map_lookup_elem(&backends, &slot);
}

/*
 * A connection's or a handshake's own socket: the kernel finds it, too.  One
 * in TIME_WAIT as well: a SYN handed to the listener over its head is lost,
 * because no handshake starts beside it (seen on 6.18).  Left to the kernel,
 * it is answered by an ACK, the client's RST ends the TIME_WAIT, and its next
 * SYN (after 10 ms if it is a Linux) finds the listener.
 */
static __always_inline bool steer_has_socket(struct __sk_buff *skb,
					     const struct packet *p)
{
	struct bpf_sock_tuple tuple = {
		.ipv4.saddr = p->key.saddr,
		.ipv4.daddr = p->key.daddr,
		.ipv4.sport = p->key.sport,
		.ipv4.dport = p->key.dport,
	};
	struct bpf_sock *sk;
	__u32 state;

	sk = bpf_skc_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4),
				BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	state = sk->state;
	bpf_sk_release(sk);
	return state != SOCKET_LISTEN;
}

/* No source: what is found can only be a listener. */
static __always_inline bool steer_to(struct __sk_buff *skb, __be32 address,
				     __be16 port)
{
	struct bpf_sock_tuple tuple = {
		.ipv4.daddr = address,
		.ipv4.dport = port,
	};
	struct bpf_sock *sk;

	sk = bpf_skc_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4),
				BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	if (sk->state == SOCKET_LISTEN)
		bpf_sk_assign(skb, sk, 0);
	bpf_sk_release(sk);
	return true;
}

SEC("tc")
int steer(struct __sk_buff *skb)
{
	struct packet p = {};
	struct backend *b = NULL;
	bool vip;

	if (!steer_parse(skb, &p))
		return TC_ACT_UNSPEC;
	if (!session_opens(&p) &&
	    (p.tcp_flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK)
		return TC_ACT_UNSPEC;
	vip = steer_is_vip(&p);
	if (vip)
		b = steer_backend(&p);
	if (!b && (vip || !steer_is_loopback(&p)))
		return TC_ACT_UNSPEC;
	if (steer_has_socket(skb, &p))
		return TC_ACT_UNSPEC;
	if (!b)
		steer_to(skb, LOCAL_LOOPBACK, p.key.dport);
	else if (!steer_to(skb, local_address(b), b->port))
		steer_to(skb, LOCAL_LOOPBACK, b->port);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") __weak = "GPL";
