/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HMAC-MD5 and HMAC-SHA256 by OpenSSL, for struct vrrp_digest.  Everything is
 * allocated when it is opened: the pulse thread may call it.  One thread at a
 * time for each.
 */
#ifndef XLBD_DIGEST_H
#define XLBD_DIGEST_H

#include "core/vrrp_packet.h"

struct digest;

int digest_open(struct digest **out); /* 0/-errno */
void digest_close(struct digest *d);  /* NULL-safe */

/* Lives as long as `d`. */
struct vrrp_digest digest_vrrp(struct digest *d);

#endif
