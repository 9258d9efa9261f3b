/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the control socket says: one line, or a list in several of them.
 *
 *   {"ok":true,"data":{...}}                  the answer
 *   {"ok":true,"data":{...},"end":false}      a part of it; more follows
 *   {"ok":true,"data":{...},"end":true}       its last part
 *   {"ok":false,"error":"..."}                refused, or broken off
 */
#ifndef XLBD_CONTROL_ANSWER_H
#define XLBD_CONTROL_ANSWER_H

#include "xlbd/json.h"
#include "xlbd/stream.h"

void answer_error(struct stream_client *to, const char *error);
/* These take `data`; NULL says "out of memory". */
void answer_data(struct stream_client *to, struct json *data);
void answer_part(struct stream_client *to, struct json *data, bool end);

/* A list under one name, cut into lines of some rows each. */
struct answer_list {
	struct stream_client *to;
	const char *name;
	struct json *rows; /* NULL: none since the last line */
	bool failed; /* memory ran out: the answer ends as an error */
};

void answer_list_row(struct answer_list *l, struct json *row); /* takes */
/* Sends what there is; `end`: at least an empty list, as the last part. */
void answer_list_flush(struct answer_list *l, bool end);
void answer_list_fini(struct answer_list *l);

#endif
