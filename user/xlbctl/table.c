/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MEASURED 256

static void print_row(const struct table *t, char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		bool last = i + 1 == t->columns;
		int width = t->widths[i];

		if (t->right[i])
			printf("%*s", width, cells[i]);
		else
			printf("%-*s", last ? 0 : width, cells[i]);
		fputs(last ? "\n" : "  ", stdout);
	}
}

static void print_rows(struct table *t)
{
	for (size_t i = 0; i < t->rows; i++)
		print_row(t, t->cells + i * t->columns);
	for (size_t i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i]);
	t->rows = 0;
}

static char *clean_copy(const char *text)
{
	char *copy = strndup(text, TABLE_CELL_SIZE);

	for (char *c = copy; c && *c; c++) {
		if (iscntrl((unsigned char)*c))
			*c = '?';
	}
	return copy;
}

void table_row(struct table *t, const char *const *cells)
{
	char **row;

	if (!t->cells)
		t->cells = calloc(ROWS_MEASURED * t->columns, sizeof(*row));
	if (!t->cells) {
		t->failed = true;
		return;
	}
	row = t->cells + t->rows * t->columns;
	for (size_t i = 0; i < t->columns; i++) {
		row[i] = clean_copy(cells[i]);
		if (!row[i]) {
			t->failed = true;
			return;
		}
		if ((int)strlen(row[i]) > t->widths[i])
			t->widths[i] = (int)strlen(row[i]);
	}
	if (++t->rows == ROWS_MEASURED)
		print_rows(t);
}

void table_finish(struct table *t)
{
	print_rows(t);
	free(t->cells);
	t->cells = NULL;
	memset(t->widths, 0, sizeof(t->widths));
}
