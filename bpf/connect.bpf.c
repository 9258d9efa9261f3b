// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup hooks for clients on the node itself, which XDP never sees: a
 * connect() to a service goes to a backend, in the services' one order, and
 * getpeername() still names the service.  On backups as well: this needs no
 * VIP.  cgroups are not per network namespace, so only sockets of the
 * daemon's own are ours.
 */
#include "maps.h"
#include "packet.h"

#include "local.h"
#include "schedule.h"
#include "service.h"

enum { REFUSE = 0, ALLOW = 1 };
enum { ECONNREFUSED = 111 };
enum { AF_INET = 2 };
enum { SOCK_STREAM = 1 };
enum { BPF_SK_STORAGE_GET_F_CREATE = 1 };

const volatile __u64 netns_cookie = 0;

static __always_inline void connect_remember(struct bpf_sock_addr *ctx)
{
	struct original_destination *original;

	original = bpf_sk_storage_get(&original_destinations, ctx->sk, NULL,
				      BPF_SK_STORAGE_GET_F_CREATE);
	if (!original)
		return;
	original->address = ctx->user_ip4;
	original->port = ctx->user_port;
}

/*
 * Towards a loopback listener the kernel would choose 127.0.0.1; a client that
 * has said who it is stays that.  If this fails, it is 127.0.0.1 after all.
 */
static __always_inline void connect_as_node(struct bpf_sock_addr *ctx,
					    const struct backend *b)
{
	struct sockaddr_in node = {.sin_family = AF_INET};

	if (!(b->flags & BACKEND_LOOPBACK) || ctx->sk->src_ip4)
		return;
	__builtin_memcpy(&node.sin_addr.s_addr, b->address + 12, 4);
	bpf_bind(ctx, (struct sockaddr *)&node, sizeof(node));
}

/* Atomic: unlike XDP, this may be interrupted by it. */
static __always_inline void connect_count(__u32 service, __u32 backend)
{
	struct traffic_stats *t = bpf_map_lookup_elem(&service_stats, &service);

	if (t)
		__sync_fetch_and_add(&t->sessions, 1);
	t = bpf_map_lookup_elem(&backend_stats, &backend);
	if (t)
		__sync_fetch_and_add(&t->sessions, 1);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct service *service;
	struct backend *b;
	__u32 slot = 0;

	if (ctx->type != SOCK_STREAM || ctx->protocol != PROTO_TCP ||
	    bpf_get_netns_cookie(ctx) != netns_cookie)
		return ALLOW;
	service = service_find(ctx->user_ip4, ctx->user_port, PROTO_TCP);
	if (!service) {
		/* A socket may try a service first, then something else. */
		bpf_sk_storage_delete(&original_destinations, ctx->sk);
		return ALLOW;
	}
	b = schedule_pick(service, &slot);
	if (!b) {
		bpf_set_retval(-ECONNREFUSED);
		return REFUSE;
	}
	connect_remember(ctx);
	connect_as_node(ctx, b);
	connect_count(service->slot, slot);
	ctx->user_ip4 = local_address(b);
	ctx->user_port = b->port;
	return ALLOW;
}

SEC("cgroup/getpeername4")
int getpeername4(struct bpf_sock_addr *ctx)
{
	struct original_destination *original;

	if (ctx->type != SOCK_STREAM || ctx->protocol != PROTO_TCP ||
	    bpf_get_netns_cookie(ctx) != netns_cookie)
		return ALLOW;
	original = bpf_sk_storage_get(&original_destinations, ctx->sk, NULL, 0);
	if (!original)
		return ALLOW;
	ctx->user_ip4 = original->address;
	ctx->user_port = original->port;
	return ALLOW;
}

char LICENSE[] SEC("license") __weak = "GPL";
