/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which columns people see of which list.  One table; --json shows all.
 */
#ifndef XLBCTL_VIEW_H
#define XLBCTL_VIEW_H

#include "core/command.h"
#include "xlbctl/table.h"
#include "xlbd/json.h"

#include <stdbool.h>

struct column {
	const char *header;
	const char *member;
	void (*format)(const struct json *row, const char *member, char *buf);
	bool right;
};

struct view {
	enum command_id command;
	const char *list; /* the member of `data` */
	const char *empty; /* said instead of an empty table */
	const char *only; /* rows whose member of that name is not 0; or NULL */
	struct column columns[TABLE_COLUMNS]; /* until header is NULL */
};

/* NULL: the command shows no such list as a table. */
const struct view *view_find(enum command_id command, const char *list);

#endif
