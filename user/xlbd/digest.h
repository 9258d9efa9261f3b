/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HMAC-MD5 and HMAC-SHA256 by OpenSSL, for struct vrrp_digest.  Without state
 * and without allocation: any thread may call them at once, the pulse too.
 */
#ifndef XLBD_DIGEST_H
#define XLBD_DIGEST_H

#include "core/vrrp_packet.h"

extern const struct vrrp_digest digest_vrrp;

#endif
