/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xlbctl prints of an answer, part by part: either the data as it came,
 * as one JSON object, or lines and tables for people.
 */
#ifndef XLBCTL_OUTPUT_H
#define XLBCTL_OUTPUT_H

#include "core/command.h"
#include "xlbctl/table.h"
#include "xlbd/json.h"

#include <stdbool.h>

/* For --json.  Zeroed at the start. */
struct json_output {
	bool begun;
	char list[32]; /* whose array is open; "": none */
	bool rows; /* it has some */
	bool failed; /* out of memory */
};

void json_output_part(void *output, const struct json *data, bool end);

struct view;

struct text_output {
	enum command_id command;
	const struct view *view; /* whose table is open; NULL: none */
	struct table table;
	size_t rows; /* of the open table */
};

void text_output_part(void *output, const struct json *data, bool end);

#endif
