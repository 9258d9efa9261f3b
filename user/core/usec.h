/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time as a type of its own, so that seconds never meet microseconds: both
 * points (CLOCK_MONOTONIC) and spans are signed microseconds in a struct.
 * No clock is read here.
 */
#ifndef XLBD_USEC_H
#define XLBD_USEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct usec {
	int64_t us;
};

#define USEC_ZERO       ((struct usec){0})
#define USEC_MS(n)      ((struct usec){(int64_t)(n)*1000})
#define USEC_SECONDS(n) ((struct usec){(int64_t)(n)*1000000})

static inline struct usec usec_add(struct usec a, struct usec b)
{
	return (struct usec){a.us + b.us};
}

static inline struct usec usec_sub(struct usec a, struct usec b)
{
	return (struct usec){a.us - b.us};
}

static inline bool usec_before(struct usec a, struct usec b)
{
	return a.us < b.us;
}

/*
 * Parses "5", "0.25", "500ms", "10s", "5m", "1h": at most six decimals, no
 * sign.  Returns 0, or -EINVAL, or -ERANGE beyond about 292,000 years.
 */
int usec_parse(const char *text, struct usec *out);

/* Prints "500ms", "1.5s", "10s" into `buf`; returns `buf`. */
const char *usec_print(struct usec span, char *buf, size_t size);
#define USEC_PRINT_SIZE 32

#endif
