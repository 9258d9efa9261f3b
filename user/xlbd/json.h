/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON values: parse, look into, build, print.  The one door to jansson, for
 * both programs; nobody else sees its types.
 *
 * Whoever holds a value from json_parse() or json_new_*() frees it, unless a
 * json_add() took it; what json_get(), json_at() and
 * json_next() return is borrowed.  Everything takes NULL for "could not be
 * made", so that errors may be looked at once, at the end of building.
 */
#ifndef XLBD_JSON_H
#define XLBD_JSON_H

#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_ERROR_SIZE 128

struct json;

/*
 * One whole value, duplicate names refused.  0, or -EINVAL and what is wrong
 * in error[JSON_ERROR_SIZE].
 */
int json_parse(const char *bytes, size_t length, struct json **out,
	       char *error);
void json_free(struct json *value);

/* On one line, as text to free(); NULL for NULL, or if memory ran out. */
char *json_print(const struct json *value);

enum json_kind {
	JSON_KIND_NULL, /* also: not there at all */
	JSON_KIND_OBJECT,
	JSON_KIND_ARRAY,
	JSON_KIND_TEXT,
	JSON_KIND_INTEGER,
	JSON_KIND_REAL,
	JSON_KIND_TRUE,
	JSON_KIND_FALSE,
};
enum json_kind json_kind(const struct json *value);

const struct json *json_get(const struct json *object, const char *name);
size_t json_count(const struct json *array); /* 0 if it is none */
const struct json *json_at(const struct json *array, size_t index);
/* The members of an object, in their order; *cursor starts as NULL. */
bool json_next(const struct json *object, void **cursor, const char **name,
	       const struct json **value);

/* What a value is not: NULL, or 0. */
const char *json_text(const struct json *value);
int64_t json_whole(const struct json *value);
struct usec json_span(const struct json *value); /* in seconds */

struct json *json_new_object(void);
struct json *json_new_array(void);

/* All return 0 or -ENOMEM.  Bytes that are no UTF-8 become '?'. */
int json_add_text(struct json *object, const char *name, const char *value);
int json_add_number(struct json *object, const char *name, uint64_t value);
int json_add_signed(struct json *object, const char *name, int64_t value);
int json_add_flag(struct json *object, const char *name, bool value);
int json_add_span(struct json *object, const char *name, struct usec span);
/* Seconds since 1970 as RFC 3339 in UTC; 0 is null: never. */
int json_add_time(struct json *object, const char *name, int64_t seconds);
/* Takes the child, also on failure. */
int json_add(struct json *object, const char *name, struct json *child);
int json_append(struct json *array, struct json *child);

/* `object`, or NULL, having freed it, if `err` says something was not added */
struct json *json_built(struct json *object, int err);

#endif
