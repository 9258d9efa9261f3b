/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void format_text(const struct json *o, const char *name, char *buf)
{
	const char *text = json_text(json_get(o, name));

	snprintf(buf, FORMAT_SIZE, "%s", text && *text ? text : "-");
}

void format_number(const struct json *o, const char *name, char *buf)
{
	snprintf(buf, FORMAT_SIZE, "%" PRId64, json_whole(json_get(o, name)));
}

void format_short(const struct json *o, const char *name, char *buf)
{
	static const char units[] = "kMGTPE";
	double value = (double)json_whole(json_get(o, name));
	const char *unit = units;

	if (value < 10000) {
		format_number(o, name, buf);
		return;
	}
	/* 999950 and more would round to 1000.0k */
	for (value /= 1000; value >= 999.95 && unit[1]; unit++)
		value /= 1000;
	snprintf(buf, FORMAT_SIZE, "%.1f%c", value, *unit);
}

void format_yes_no(const struct json *o, const char *name, char *buf)
{
	bool yes = json_kind(json_get(o, name)) == JSON_KIND_TRUE;

	snprintf(buf, FORMAT_SIZE, "%s", yes ? "yes" : "no");
}

static void print_span(int64_t seconds, char *buf)
{
	int64_t m = seconds / 60, h = m / 60, d = h / 24;

	if (d > 0)
		snprintf(buf, FORMAT_SIZE, "%" PRId64 "d%02" PRId64 "h", d,
			 h % 24);
	else if (h > 0)
		snprintf(buf, FORMAT_SIZE, "%" PRId64 "h%02" PRId64 "m", h,
			 m % 60);
	else if (m > 0)
		snprintf(buf, FORMAT_SIZE, "%" PRId64 "m%02" PRId64 "s", m,
			 seconds % 60);
	else
		snprintf(buf, FORMAT_SIZE, "%" PRId64 "s", seconds);
}

void format_ago(const struct json *o, const char *name, char *buf)
{
	const char *text = json_text(json_get(o, name));
	struct tm utc = {0};
	time_t then, now = time(NULL);

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc)) {
		strcpy(buf, "-");
		return;
	}
	then = timegm(&utc);
	print_span(now > then ? now - then : 0, buf);
}

void format_span(const struct json *o, const char *name, char *buf)
{
	struct usec span = json_span(json_get(o, name));

	if (span.us < 10000000)
		snprintf(buf, FORMAT_SIZE, "%.1fs", (double)span.us / 1e6);
	else
		print_span(span.us / 1000000, buf);
}

void format_endpoint(const struct json *o, const char *name, char *buf)
{
	const char *address = json_text(json_get(o, name));
	bool v6 = address && strchr(address, ':');

	snprintf(buf, FORMAT_SIZE, "%s%s%s:%" PRId64, v6 ? "[" : "",
		 address ? address : "?", v6 ? "]" : "",
		 json_whole(json_get(o, "port")));
}

void format_up_of(const struct json *o, const char *name, char *buf)
{
	char up[32];

	snprintf(up, sizeof(up), "%s_up", name);
	snprintf(buf, FORMAT_SIZE, "%" PRId64 "/%" PRId64,
		 json_whole(json_get(o, up)), json_whole(json_get(o, name)));
}

/* What finds no room is left out, as in any cell. */
__attribute__((format(printf, 2, 3))) static void
append(char *buf, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;

	va_start(args, format);
	vsnprintf(buf + used, FORMAT_SIZE - used, format, args);
	va_end(args);
}

void format_vips(const struct json *o, const char *name, char *buf)
{
	const struct json *list = json_get(o, name);
	const char *vip;

	strcpy(buf, json_count(list) ? "" : "-");
	for (size_t i = 0; i < json_count(list); i++) {
		vip = json_text(json_get(json_at(list, i), "vip"));
		append(buf, "%s%s", i ? ", " : "", vip ? vip : "?");
	}
}

void format_counts(const struct json *o, const char *name, char *buf)
{
	const struct json *counts = json_get(o, name), *count;
	const char *what, *comma = "";
	void *cursor = NULL;

	*buf = '\0';
	while (json_next(counts, &cursor, &what, &count)) {
		append(buf, "%s%s %" PRId64, comma, what, json_whole(count));
		comma = ", ";
	}
	if (!*buf)
		strcpy(buf, "-");
}
