/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* struct json has no body: it is jansson's json_t by another name. */
static json_t *of(const struct json *value)
{
	return (json_t *)value;
}

int json_parse(const char *bytes, size_t length, struct json **out, char *error)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_error_t why;
	json_t *value = json_loadb(bytes, length, flags, &why);

	if (!value) {
		snprintf(error, JSON_ERROR_SIZE, "%.90s, at byte %d", why.text,
			 why.position);
		return -EINVAL;
	}
	*out = (struct json *)value;
	return 0;
}

void json_free(struct json *value)
{
	json_decref(of(value));
}

char *json_print(const struct json *value)
{
	/* 15 digits print 0.1 as 0.1, and microseconds for 30 years */
	return json_dumps(of(value), JSON_COMPACT | JSON_ENCODE_ANY |
					     JSON_REAL_PRECISION(15));
}

enum json_kind json_kind(const struct json *value)
{
	if (!value)
		return JSON_KIND_NULL;
	switch (json_typeof(of(value))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_TEXT;
	case JSON_INTEGER:
		return JSON_KIND_INTEGER;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
		return JSON_KIND_TRUE;
	case JSON_FALSE:
		return JSON_KIND_FALSE;
	case JSON_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

const struct json *json_get(const struct json *object, const char *name)
{
	return (struct json *)json_object_get(of(object), name);
}

size_t json_count(const struct json *array)
{
	return json_array_size(of(array));
}

const struct json *json_at(const struct json *array, size_t index)
{
	return (struct json *)json_array_get(of(array), index);
}

bool json_next(const struct json *object, void **cursor, const char **name,
	       const struct json **value)
{
	void *at = *cursor ? json_object_iter_next(of(object), *cursor)
			   : json_object_iter(of(object));

	if (!at)
		return false;
	*cursor = at;
	*name = json_object_iter_key(at);
	*value = (struct json *)json_object_iter_value(at);
	return true;
}

const char *json_text(const struct json *value)
{
	return json_string_value(of(value));
}

int64_t json_whole(const struct json *value)
{
	return json_integer_value(of(value));
}

struct usec json_span(const struct json *value)
{
	double us = json_number_value(of(value)) * 1e6;

	/* beyond that a double is no int64_t any more; nor is it a span */
	if (!(us > -9e18 && us < 9e18))
		return USEC_ZERO;
	return (struct usec){(int64_t)(us + (us < 0 ? -0.5 : 0.5))};
}

struct json *json_new_object(void)
{
	return (struct json *)json_object();
}

struct json *json_new_array(void)
{
	return (struct json *)json_array();
}

int json_add(struct json *object, const char *name, struct json *child)
{
	return json_object_set_new(of(object), name, of(child)) ? -ENOMEM : 0;
}

int json_append(struct json *array, struct json *child)
{
	return json_array_append_new(of(array), of(child)) ? -ENOMEM : 0;
}

static json_t *text_of_bytes(const char *bytes)
{
	char *copy = strdup(bytes);
	json_t *text;

	if (!copy)
		return NULL;
	for (char *c = copy; *c; c++) {
		if (*c & 0x80)
			*c = '?';
	}
	text = json_string(copy);
	free(copy);
	return text;
}

int json_add_text(struct json *object, const char *name, const char *value)
{
	json_t *text = json_string(value);

	if (!text)
		text = text_of_bytes(value);
	return json_add(object, name, (struct json *)text);
}

int json_add_number(struct json *object, const char *name, uint64_t value)
{
	json_int_t number = value > INT64_MAX ? INT64_MAX : (json_int_t)value;

	return json_add(object, name, (struct json *)json_integer(number));
}

int json_add_signed(struct json *object, const char *name, int64_t value)
{
	return json_add(object, name, (struct json *)json_integer(value));
}

int json_add_flag(struct json *object, const char *name, bool value)
{
	return json_add(object, name, (struct json *)json_boolean(value));
}

int json_add_span(struct json *object, const char *name, struct usec span)
{
	double seconds = (double)span.us / 1e6;

	return json_add(object, name, (struct json *)json_real(seconds));
}

int json_add_time(struct json *object, const char *name, int64_t seconds)
{
	time_t when = seconds;
	struct tm utc;
	char text[40];

	if (!seconds || !gmtime_r(&when, &utc))
		return json_add(object, name, (struct json *)json_null());
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return json_add_text(object, name, text);
}

struct json *json_built(struct json *object, int err)
{
	if (!err)
		return object;
	json_free(object);
	return NULL;
}
