/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's rows as JSON, with the names that INTERFACES fixes.  Values
 * in, a new object out, NULL if memory ran out; no I/O.
 */
#ifndef XLBD_CONTROL_ROWS_H
#define XLBD_CONTROL_ROWS_H

#include "xlbd/control.h"
#include "xlbd/json.h"

struct json *control_status_object(const struct status_row *status);
struct json *control_service_object(const struct service_row *service);
struct json *control_backend_object(const struct backend_row *backend);
struct json *control_session_object(const struct session_row *session);
struct json *control_vrrp_object(const struct vrrp_row *instance);
struct json *control_reason_object(enum xlbd_reason reason,
				   const struct reason_stats *stats);

/* Of include/xlbd_reasons.h: "no_backend", "reset", "service has no ..." */
const char *control_reason_name(enum xlbd_reason reason);
const char *control_reason_action(enum xlbd_reason reason);
const char *control_reason_help(enum xlbd_reason reason);

/* A peer's address, or "others"; into buf[ADDR_PRINT_SIZE], returned. */
const char *control_peer_name(const struct addr *peer, char *buf);

/* A checker's name in `check`, in the counts of failures and in metrics. */
const char *control_check_name(enum conf_checker_type type); /* "tcp" */

#endif
