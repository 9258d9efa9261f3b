/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows in aligned columns on stdout.  Widths are those of the first rows, so
 * that a list of a million begins at once and takes no memory; later rows may
 * widen a column.
 */
#ifndef XLBCTL_TABLE_H
#define XLBCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define TABLE_COLUMNS   16
#define TABLE_CELL_SIZE 192

struct table {
	size_t columns;
	bool right[TABLE_COLUMNS]; /* aligned to the right */
	int widths[TABLE_COLUMNS];
	char **cells; /* of the rows not yet printed */
	size_t rows;
	bool failed; /* out of memory */
};

/* The first row is the header.  Copies; no control characters get through. */
void table_row(struct table *t, const char *const *cells);
void table_finish(struct table *t); /* prints what is left, and frees */

#endif
