/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Test Anything Protocol, as much as these tests speak of it: numbered
 * results, diagnostics, the plan at the end.  Not thread-safe.
 */
#ifndef XLBD_TESTS_TAP_H
#define XLBD_TESTS_TAP_H

#include <stdbool.h>

/* One result; returns `ok`. */
bool tap_ok(bool ok, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void tap_diag(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan; returns main()'s exit status. */
int tap_done(void);
/* The rest cannot run: says why, and returns main()'s exit status. */
int tap_bail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
