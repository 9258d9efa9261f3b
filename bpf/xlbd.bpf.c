// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet path.  Each stage passes the packet on (NEXT), knows what to do
 * with it (KNOWN), or gives the reason why it leaves.
 */
#include "maps.h"
#include "packet.h"

#include "parse.h"
#include "guard.h"
#include "ours.h"
#include "icmp.h"
#include "session.h"
#include "service.h"
#include "schedule.h"
#include "forward.h"
#include "leave.h"

/* All of the packet that its headers promise is here. */
static __always_inline int whole(struct packet *p, struct xdp_md *ctx)
{
	__u32 length;

	if (p->length <= ctx->data_end - ctx->data)
		return NEXT;
	length = bpf_xdp_get_buff_len(ctx);
	if (p->length <= length)
		return NEXT;
	p->length = length;
	return XLBD_REASON_truncated;
}

SEC("xdp.frags")
int xlbd(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct packet p = {.ifindex = ctx->ingress_ifindex};
	int why;

	why = parse(&p, data, data_end);
	if (why == NEXT)
		why = guard(&p);
	if (why == NEXT)
		why = likely_ours(&p);
	if (why == NEXT)
		why = whole(&p, ctx);
	if (why == NEXT)
		why = fragment(&p);
	if (why == NEXT)
		why = session_find(&p);
	if (why == NEXT)
		why = ours(&p);
	if (why == NEXT)
		why = icmp(&p);
	if (why == NEXT)
		why = service(&p);
	if (why == NEXT)
		why = peer(&p);
	if (why == NEXT)
		why = owned(&p);
	if (why == NEXT)
		why = opens(&p, ctx);
	if (why == NEXT)
		why = served(&p);
	if (why == NEXT)
		why = session_claim(&p);
	if (why == NEXT)
		why = schedule(&p);
	if (why == NEXT)
		why = session_create(&p);
	if (why == KNOWN)
		why = forward(&p, ctx);
	return leave(&p, ctx, why);
}

char LICENSE[] SEC("license") __weak = "GPL";
