/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_repeat.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NUMBER INT32_MAX

bool conf_repeat_is(struct conf_text t)
{
	return conf_text_starts(t, "~SEQ(") || conf_text_starts(t, "~SEQx(") ||
	       conf_text_starts(t, "~LST(");
}

/* Cuts what stands before the next comma, or a whole {group}, off `t`. */
static struct conf_text item_cut(struct conf_text *t)
{
	struct conf_text item, rest = conf_text_trim(*t);
	size_t end = 0;

	if (rest.length && rest.bytes[0] == '{')
		end = conf_text_find(rest, 0, '}');
	end = conf_text_find(rest, end, ',');
	item = conf_text_trim(conf_text_slice(rest, 0, end));
	*t = conf_text_slice(rest, end < rest.length ? end + 1 : end,
			     rest.length);
	return item;
}

/* "{a, b}" -> "a, b" */
static bool group_open(struct conf_text *t)
{
	if (t->length < 2 || t->bytes[0] != '{' ||
	    t->bytes[t->length - 1] != '}')
		return false;
	*t = conf_text_slice(*t, 1, t->length - 1);
	return true;
}

static bool is_name(struct conf_text t)
{
	for (size_t i = 0; i < t.length; i++) {
		if (!conf_is_name(t.bytes[i], i == 0))
			return false;
	}
	return t.length > 0;
}

static int number_parse(struct conf_text t, int64_t *out)
{
	char copy[24], *end;
	long long value;

	if (!t.length || t.length >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, t.bytes, t.length);
	copy[t.length] = '\0';
	value = strtoll(copy, &end, 0);
	if (*end || conf_is_blank(copy[0]) || value > MAX_NUMBER ||
	    value < -MAX_NUMBER)
		return -EINVAL;
	*out = value;
	return 0;
}

static const char *parse_sequence(struct conf_text inside,
				  struct conf_repeat *r)
{
	int64_t numbers[3];
	size_t n = 0;

	r->variables[0] = item_cut(&inside);
	r->n_variables = 1;
	if (!is_name(r->variables[0]))
		return "the first item must be a name";
	while (inside.length) {
		if (n == 3)
			return "more than variable, start, step, end";
		if (number_parse(item_cut(&inside), &numbers[n++]))
			return "start, step and end are numbers";
	}
	if (!n)
		return "an end is needed";
	r->end = numbers[n - 1];
	r->next = n > 1 ? numbers[0] : r->end < 0 ? -1 : 1;
	r->step = n > 2 ? numbers[1] : r->end < r->next ? -1 : 1;
	if (!r->step || (r->step > 0) != (r->end >= r->next))
		return "the step never gets to the end";
	return NULL;
}

static const char *parse_list(struct conf_text inside, struct conf_repeat *r)
{
	struct conf_text names = item_cut(&inside);

	group_open(&names);
	while (names.length) {
		if (r->n_variables == CONF_REPEAT_MAX_VARIABLES)
			return "more than 8 variables";
		r->variables[r->n_variables] = item_cut(&names);
		if (!is_name(r->variables[r->n_variables++]))
			return "variables are names";
	}
	if (!r->n_variables)
		return "the first item must be a name";
	r->rest = conf_text_trim(inside);
	if (!r->rest.length)
		return "at least one value is needed";
	return NULL;
}

const char *conf_repeat_parse(struct conf_text t, struct conf_repeat *out)
{
	struct conf_repeat r = {.list = conf_text_starts(t, "~LST"),
				.hex = conf_text_starts(t, "~SEQx")};
	size_t open = conf_text_find(t, 0, '(');
	size_t close = conf_text_find(t, open, ')');
	struct conf_text inside;
	const char *wrong;

	if (close == t.length)
		return "')' is missing";
	inside = conf_text_slice(t, open + 1, close);
	wrong = r.list ? parse_list(inside, &r) : parse_sequence(inside, &r);
	if (wrong)
		return wrong;
	r.line = conf_text_slice(t, close + 1, t.length);
	*out = r;
	return NULL;
}

static int define(struct conf_expand *e, struct conf_text name,
		  struct conf_text value)
{
	return conf_define(e, name.bytes, name.length, value.bytes,
			   value.length);
}

static int next_in_list(struct conf_repeat *r, struct conf_expand *e)
{
	struct conf_text values;

	if (!r->rest.length)
		return 0;
	values = item_cut(&r->rest);
	if (r->n_variables == 1)
		return define(e, r->variables[0], values) ? -ENOMEM : 1;
	if (!group_open(&values))
		return -EINVAL;
	for (size_t i = 0; i < r->n_variables; i++) {
		if (!values.length)
			return -EINVAL;
		if (define(e, r->variables[i], item_cut(&values)))
			return -ENOMEM;
	}
	return values.length ? -EINVAL : 1;
}

static int next_in_sequence(struct conf_repeat *r, struct conf_expand *e)
{
	const struct conf_text *name = &r->variables[0];
	char number[24], *copy;
	int64_t value = r->next;

	if (r->step > 0 ? value > r->end : value < r->end)
		return 0;
	r->next += r->step;
	if (r->hex)
		snprintf(number, sizeof(number), "%s%" PRIx64,
			 value < 0 ? "-" : "",
			 (uint64_t)(value < 0 ? -value : value));
	else
		snprintf(number, sizeof(number), "%" PRId64, value);
	copy = conf_arena_copy(e->arena, number, strlen(number));
	if (!copy ||
	    conf_define(e, name->bytes, name->length, copy, strlen(copy)))
		return -ENOMEM;
	return 1;
}

int conf_repeat_next(struct conf_repeat *r, struct conf_expand *e)
{
	return r->list ? next_in_list(r, e) : next_in_sequence(r, e);
}
