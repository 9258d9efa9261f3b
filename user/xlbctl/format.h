/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members of the daemon's objects as people read them: each takes an object
 * and a member's name, and prints into buf[FORMAT_SIZE].  What is not there
 * is "-".
 */
#ifndef XLBCTL_FORMAT_H
#define XLBCTL_FORMAT_H

#include "xlbctl/table.h"
#include "xlbd/json.h"

#define FORMAT_SIZE TABLE_CELL_SIZE

void format_text(const struct json *o, const char *name, char *buf);
void format_number(const struct json *o, const char *name, char *buf);
/* 12.3k, 4.56M */
void format_short(const struct json *o, const char *name, char *buf);
void format_yes_no(const struct json *o, const char *name, char *buf);
/* How long ago an RFC 3339 time was: "3m20s" */
void format_ago(const struct json *o, const char *name, char *buf);
/* Seconds: "0.4s", "3m20s" */
void format_span(const struct json *o, const char *name, char *buf);
/* `name` and "port" together: "10.0.4.31:8080" */
void format_endpoint(const struct json *o, const char *name, char *buf);
/* `name`_up of `name`: "3/4" */
void format_up_of(const struct json *o, const char *name, char *buf);
/* A list of VIPs: "10.0.4.99/24, 10.0.4.100/24" */
void format_vips(const struct json *o, const char *name, char *buf);
/* An object of numbers: "bad_ttl 3, replayed 1" */
void format_counts(const struct json *o, const char *name, char *buf);

#endif
