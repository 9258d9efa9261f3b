/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/usec.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int unit_scale(const char *unit, int64_t *scale)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {
		{"", 1000000},         {"us", 1},
		{"ms", 1000},          {"s", 1000000},
		{"m", 60 * 1000000LL}, {"h", 3600 * 1000000LL},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(unit, units[i].name)) {
			*scale = units[i].us;
			return 0;
		}
	}
	return -EINVAL;
}

int usec_parse(const char *text, struct usec *out)
{
	int64_t whole = 0, millionths = 0, scale, us;
	const char *s = text;
	int decimals = 0;

	if (!isdigit((unsigned char)*s) && *s != '.')
		return -EINVAL;
	for (; isdigit((unsigned char)*s); s++) {
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *s - '0', &whole))
			return -ERANGE;
	}
	if (*s == '.') {
		for (s++; isdigit((unsigned char)*s); s++) {
			if (++decimals > 6)
				return -EINVAL;
			millionths = millionths * 10 + (*s - '0');
		}
		if (!decimals)
			return -EINVAL;
		for (int i = decimals; i < 6; i++)
			millionths *= 10;
	}
	if (unit_scale(s, &scale))
		return -EINVAL;
	/* "0.5us" is no time that we could keep: better said than zero */
	if (millionths * scale % 1000000)
		return -EINVAL;
	if (__builtin_mul_overflow(whole, scale, &us) ||
	    __builtin_add_overflow(us, millionths * scale / 1000000, &us))
		return -ERANGE;
	out->us = us;
	return 0;
}

const char *usec_print(struct usec span, char *buf, size_t size)
{
	const char *sign = span.us < 0 ? "-" : "";
	uint64_t us = span.us < 0 ? -(uint64_t)span.us : (uint64_t)span.us;
	uint64_t rest = us % 1000000;
	int decimals = 6;

	if (rest && rest % 1000 == 0 && us < 1000000) {
		snprintf(buf, size, "%s%" PRIu64 "ms", sign, us / 1000);
		return buf;
	}
	if (!rest) {
		snprintf(buf, size, "%s%" PRIu64 "s", sign, us / 1000000);
		return buf;
	}
	for (; rest % 10 == 0; rest /= 10)
		decimals--;
	snprintf(buf, size, "%s%" PRIu64 ".%0*" PRIu64 "s", sign, us / 1000000,
		 decimals, rest);
	return buf;
}
