/* SPDX-License-Identifier: GPL-2.0-only */
/* TAP 12: results as they come, the plan when all are known. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int results, failures;

bool tap_ok(bool ok, const char *format, ...)
{
	va_list args;

	results++;
	if (!ok)
		failures++;
	printf("%sok %u - ", ok ? "" : "not ", results);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return ok;
}

void tap_diag(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

int tap_done(void)
{
	printf("1..%u\n", results);
	return failures || !results ? EXIT_FAILURE : EXIT_SUCCESS;
}

int tap_bail(const char *format, ...)
{
	va_list args;

	fputs("Bail out! ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return EXIT_FAILURE;
}
