/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a packet left the path: the one table that the program, the counters,
 * the metrics, the man page and the fixtures read.
 *
 * X(name, action, help).  The action is what bpf/leave.h does:
 *   PASS    up to the kernel, unchanged
 *   DROP    gone
 *   SEND    rewritten and transmitted (XDP_TX, or redirected to next hop's link)
 *   RESET   a TCP segment is answered with a RST, anything else is dropped
 * Order is ABI for the pinned map `reasons`: append, never reorder.
 */
#ifndef XLBD_REASONS_H
#define XLBD_REASONS_H

#define XLBD_REASONS(X)                                                        \
	X(not_ip, PASS, "neither IPv4, IPv6 nor ARP")                          \
	X(truncated, PASS, "headers cut short or inconsistent")                \
	X(vlan, PASS, "VLAN-tagged: left to the kernel")                       \
	X(other_host, PASS, "destination MAC is another host's")               \
	X(not_ours, PASS, "address is no VIP and no SNAT address")             \
	X(arp, PASS, "ARP that is not about a VIP of another owner")           \
	X(icmp, PASS, "ICMP for an address of ours")                           \
	X(fragment, PASS, "fragment of a packet whose first one was not seen") \
	X(no_service, PASS, "address is ours, no service on that port")        \
	X(local, PASS, "handed to a listening socket of this node")            \
	X(forward, SEND, "client to backend")                                  \
	X(reply, SEND, "backend to client")                                    \
	X(arp_not_owner, DROP, "ARP for a VIP that this node does not own")    \
	X(not_owner, DROP, "for a VIP that this node does not own")            \
	X(from_peer, DROP, "sent by a peer node: never scheduled again")       \
	X(ttl_expired, DROP, "TTL 1 or less on arrival")                       \
	X(no_backend, RESET, "service has no backend that is up")              \
	X(no_session, RESET, "mid-stream packet of an unknown connection")     \
	X(backend_gone, RESET, "session of a backend that was taken out")      \
	X(reply_no_session, DROP, "from a backend, but no such session")       \
	X(no_next_hop, DROP, "next hop's MAC address is not known")            \
	X(no_snat_port, DROP, "no free source port towards the backend")       \
	X(table_full, DROP, "session table full: new session refused")         \
	X(being_created, DROP, "another CPU is creating this session")         \
	X(internal, DROP, "a map lookup that cannot fail has failed")

enum xlbd_reason {
#define X(name, action, help) XLBD_REASON_##name,
	XLBD_REASONS(X)
#undef X
	XLBD_REASON_MAX
};

enum xlbd_action {
	XLBD_ACTION_PASS,
	XLBD_ACTION_DROP,
	XLBD_ACTION_SEND,
	XLBD_ACTION_RESET,
};

#endif
