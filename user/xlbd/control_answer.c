/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control_answer.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_A_LINE 128

/* Takes `line`. */
static void send_line(struct stream_client *to, struct json *line)
{
	static const char sorry[] =
		"{\"ok\":false,\"error\":\"out of memory\"}";
	char *text = json_print(line);
	const char *said = text ? text : sorry;

	stream_write(to, said, strlen(said));
	stream_write(to, "\n", 1);
	free(text);
	json_free(line);
}

void answer_error(struct stream_client *to, const char *error)
{
	struct json *line = json_new_object();
	int err = 0;

	err |= json_add_flag(line, "ok", false);
	err |= json_add_text(line, "error", error);
	send_line(to, json_built(line, err));
}

static struct json *data_line(struct json *data, int *err)
{
	struct json *line = json_new_object();

	*err |= json_add_flag(line, "ok", true);
	*err |= json_add(line, "data", data);
	return line;
}

void answer_data(struct stream_client *to, struct json *data)
{
	int err = 0;
	struct json *line = data_line(data, &err);

	send_line(to, json_built(line, err));
}

void answer_part(struct stream_client *to, struct json *data, bool end)
{
	int err = 0;
	struct json *line = data_line(data, &err);

	err |= json_add_flag(line, "end", end);
	send_line(to, json_built(line, err));
}

void answer_list_flush(struct answer_list *l, bool end)
{
	struct json *data;
	int err;

	if (l->failed && end) {
		answer_error(l->to, "out of memory");
		return;
	}
	if (!l->rows && !end)
		return;
	data = json_new_object();
	err = json_add(data, l->name, l->rows ? l->rows : json_new_array());
	l->rows = NULL;
	answer_part(l->to, json_built(data, err), end);
}

void answer_list_row(struct answer_list *l, struct json *row)
{
	if (!l->rows)
		l->rows = json_new_array();
	if (json_append(l->rows, row))
		l->failed = true;
	if (json_count(l->rows) == ROWS_A_LINE)
		answer_list_flush(l, false);
}

void answer_list_fini(struct answer_list *l)
{
	json_free(l->rows);
	l->rows = NULL;
}
