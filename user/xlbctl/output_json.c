/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_value(struct json_output *o, const struct json *value)
{
	char *text = json_print(value);

	if (text)
		fputs(text, stdout);
	else
		o->failed = true;
	free(text);
}

static void print_name(struct json_output *o, const char *name)
{
	/* names are the daemon's own: nothing in them to escape */
	printf("%s\"%s\":", o->begun ? "," : "{", name);
	o->begun = true;
}

static void close_list(struct json_output *o)
{
	if (*o->list)
		putchar(']');
	*o->list = '\0';
}

/* A list goes on where its name was the last one of the part before. */
static void print_list(struct json_output *o, const char *name,
		       const struct json *list)
{
	if (strcmp(o->list, name)) {
		close_list(o);
		print_name(o, name);
		putchar('[');
		snprintf(o->list, sizeof(o->list), "%s", name);
		o->rows = false;
	}
	for (size_t i = 0; i < json_count(list); i++) {
		if (o->rows)
			putchar(',');
		o->rows = true;
		print_value(o, json_at(list, i));
	}
}

void json_output_part(void *output, const struct json *data, bool end)
{
	struct json_output *o = output;
	const struct json *value;
	void *cursor = NULL;
	const char *name;

	while (json_next(data, &cursor, &name, &value)) {
		if (json_kind(value) == JSON_KIND_ARRAY) {
			print_list(o, name, value);
			continue;
		}
		close_list(o);
		print_name(o, name);
		print_value(o, value);
	}
	if (!end)
		return;
	close_list(o);
	puts(o->begun ? "}" : "{}");
}
