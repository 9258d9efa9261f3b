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
		{ "", 1000000 },	 { "us", 1 },
		{ "ms", 1000 },		 { "s", 1000000 },
		{ "m", 60 * 1000000LL }, { "h", 3600 * 1000000LL },
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
	if (__builtin_mul_overflow(whole, scale, &us) ||
	    __builtin_add_overflow(us, millionths * (scale / 1000) / 1000, &us))
		return -ERANGE;
	out->us = us;
	return 0;
}

const char *usec_print(struct usec span, char *buf, size_t size)
{
	int64_t us = span.us;

	if (us % 1000000 == 0)
		snprintf(buf, size, "%" PRId64 "s", us / 1000000);
	else if (us % 1000 == 0 && us < 1000000 && us > -1000000)
		snprintf(buf, size, "%" PRId64 "ms", us / 1000);
	else
		snprintf(buf, size, "%.6gs", (double)us / 1e6);
	return buf;
}
