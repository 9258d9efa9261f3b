/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_lex.h"
#include "core/conf_include.h"
#include "core/conf_lex_state.h"
#include "core/conf_message.h"
#include "core/conf_repeat.h"
#include "core/conf_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Definitions, repetitions and includes can make much of little.  Enough for
 * thousands of instances, not for ever.
 */
#define MAX_LINES    (1u << 17)
#define MAX_BYTES    (32u << 20)
#define MAX_TEXT     65536 /* of one line, expanded */
#define MAX_REPLACED 1000 /* references in one line */
#define MAX_NESTED   32 /* definitions of several lines, ~SEQ */

static int take_line(struct conf_lex *lx, struct conf_text t);

static void error_at(struct conf_lex *lx, struct conf_text t, const char *what)
{
	struct conf_pos pos = conf_lex_at(lx, t);

	conf_error(lx->messages, &pos, "%s", what);
}

/* False, once with a message, when the limits are met. */
static bool spend(struct conf_lex *lx, struct conf_text t)
{
	lx->lines++;
	lx->bytes += t.length;
	if (!lx->full && (lx->lines > MAX_LINES || lx->bytes > MAX_BYTES)) {
		lx->full = true;
		error_at(lx, t,
			 "the config expands to more than fits: "
			 "the rest is not read");
	}
	return !lx->full;
}

/* "@id rest", "@^id rest": false if the rest is not for this config id. */
static bool condition_holds(struct conf_lex *lx, struct conf_text *t)
{
	const char *id = lx->source->config_id;
	size_t from = 1, to;
	bool negative, same;

	negative = t->length > 1 && t->bytes[1] == '^';
	from += negative;
	for (to = from; to < t->length && !conf_is_blank(t->bytes[to]);)
		to++;
	if (to == from)
		error_at(lx, *t, "no config id after '@'");
	same = to - from == strlen(id) &&
	       !memcmp(t->bytes + from, id, to - from);
	*t = conf_text_slice(*t, to, t->length);
	return to > from && same != negative;
}

/* The length of "$NAME=", 0 if the line does not begin so. */
static size_t definition_starts(struct conf_text t)
{
	size_t i = 1;

	if (t.bytes[0] != '$')
		return 0;
	while (i < t.length && conf_is_name(t.bytes[i], i == 1))
		i++;
	return i > 1 && i < t.length && t.bytes[i] == '=' ? i + 1 : 0;
}

/* Adds a line to the definition being read; it ends with the one that has no
 * backslash at its end. */
static int define_more(struct conf_lex *lx, struct conf_text t)
{
	bool more = conf_lex_goes_on(t);
	size_t length = lx->definition_length;
	char *longer;
	int err;

	if (more)
		t = conf_text_trim(conf_text_slice(t, 0, t.length - 1));
	if (length + t.length + 1 > MAX_TEXT) {
		error_at(lx, t, "definition too long");
		lx->defining = NULL;
		return 0;
	}
	longer = realloc(lx->definition, length + t.length + 2);
	if (!longer)
		return -ENOMEM;
	lx->definition = longer;
	if (length && t.length)
		longer[length++] = '\n';
	memcpy(longer + length, t.bytes, t.length);
	lx->definition_length = length + t.length;
	if (more)
		return 0;
	longer = conf_arena_copy(lx->scratch, longer, lx->definition_length);
	err = !longer ? -ENOMEM
		      : conf_define(&lx->expand, lx->defining,
				    lx->defining_length, longer,
				    lx->definition_length);
	lx->defining = NULL;
	return err;
}

static int take_definition(struct conf_lex *lx, struct conf_text t,
			   size_t value)
{
	lx->defining = t.bytes + 1;
	lx->defining_length = value - 2;
	lx->definition_length = 0;
	return define_more(lx,
			   conf_text_trim(conf_text_slice(t, value, t.length)));
}

static int take_repeat(struct conf_lex *lx, struct conf_text t)
{
	struct conf_definition *d;
	struct conf_repeat r;
	const char *wrong = conf_repeat_parse(t, &r);
	struct conf_pos pos = conf_lex_at(lx, t);
	int err = 0;

	if (wrong) {
		conf_error(lx->messages, &pos, "%.4s: %s", t.bytes, wrong);
		return 0;
	}
	while (!lx->full && !err) {
		err = conf_repeat_next(&r, &lx->expand);
		if (err == -EINVAL)
			conf_error(lx->messages, &pos,
				   "~LST: each group needs %zu values",
				   r.n_variables);
		if (err <= 0)
			break;
		err = take_line(lx, r.line);
	}
	for (size_t i = 0; i < r.n_variables; i++) {
		d = conf_definition_find(&lx->expand, r.variables[i].bytes,
					 r.variables[i].length);
		if (d)
			d->value = NULL;
	}
	return err == -ENOMEM ? err : 0;
}

/* A line in which something of several lines was put: each is taken in turn,
 * as the definitions stand then. */
static int take_lines(struct conf_lex *lx, struct conf_text t)
{
	size_t from, to;
	int err = 0;

	for (from = 0; from <= t.length && !err && !lx->full; from = to + 1) {
		to = conf_text_find(t, from, '\n');
		err = take_line(lx, conf_text_slice(t, from, to));
	}
	return err;
}

enum { TAKEN = 1 }; /* line is dealt with */

/* Lines that are not words: TAKEN, 0 (and *t is what is left), -ENOMEM. */
static int take_special(struct conf_lex *lx, struct conf_text *t)
{
	unsigned int checks;
	struct conf_text rest;
	size_t length;
	int err;

	while (t->length && t->bytes[0] == '@') {
		if (!condition_holds(lx, t))
			return TAKEN;
		*t = conf_text_trim(*t);
	}
	if (!t->length)
		return TAKEN;
	length = definition_starts(*t);
	if (length) {
		err = take_definition(lx, *t, length);
	} else if (conf_repeat_is(*t)) {
		err = take_repeat(lx, *t);
	} else if (conf_include_is(*t, &checks, &length)) {
		rest = conf_text_slice(*t, length, t->length);
		err = conf_lex_include(lx, rest, conf_lex_at(lx, *t), checks);
	} else {
		return 0;
	}
	return err ? err : TAKEN;
}

static int expand_line(struct conf_lex *lx, struct conf_text t)
{
	struct conf_reference r;
	int found;

	for (size_t n = 0;; n++) {
		t = conf_text_trim(t);
		if (!spend(lx, t))
			return 0;
		found = take_special(lx, &t);
		if (found)
			return found == TAKEN ? 0 : found;
		found = conf_reference_find(&lx->expand, t, &r);
		if (found < 0)
			return found;
		if (!found)
			return conf_lex_finish(lx, t);
		if (n == MAX_REPLACED || t.length + r.length > MAX_TEXT) {
			error_at(lx, conf_text_slice(t, r.from, t.length),
				 "definition grows without end");
			return 0;
		}
		if (conf_text_splice(lx->scratch, t, r.from, r.to, r.value,
				     r.length, &t))
			return -ENOMEM;
		if (memchr(r.value, '\n', r.length))
			return take_lines(lx, t);
	}
}

static int take_line(struct conf_lex *lx, struct conf_text t)
{
	int err = 0;

	if (lx->nested == MAX_NESTED) {
		error_at(lx, t, "definition grows without end");
		return 0;
	}
	lx->nested++;
	if (lx->defining)
		err = define_more(lx, conf_text_trim(t));
	else
		err = expand_line(lx, t);
	lx->nested--;
	return err;
}

static bool is_text(struct conf_lex *lx, struct conf_text t)
{
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.bytes[i];

		if ((c >= ' ' && c != 0x7f) || conf_is_blank(t.bytes[i]))
			continue;
		lx->pos.column = t.columns[i];
		conf_error(lx->messages, &lx->pos,
			   "byte 0x%02x is not text: line ignored", c);
		return false;
	}
	return true;
}

static int take_physical(struct conf_lex *lx, const char *bytes, size_t length)
{
	struct conf_text t;
	uint16_t cut;

	if (length > CONF_MAX_LINE) {
		lx->pos.column = CONF_MAX_LINE + 1;
		conf_error(lx->messages, &lx->pos,
			   "line longer than %d bytes: ignored", CONF_MAX_LINE);
		return 0;
	}
	if (conf_text_new(lx->scratch, bytes, length, &t))
		return -ENOMEM;
	if (!is_text(lx, t))
		return 0;
	if (conf_uncomment(lx->scratch, t, &t, &cut))
		return -ENOMEM;
	if (cut) {
		lx->pos.column = cut;
		conf_warn(lx->messages, &lx->pos,
			  "a comment cuts this word short: quote it, or write "
			  "'\\#' or '\\!'");
	}
	return take_line(lx, t);
}

int conf_lex_file(struct conf_lex *lx, const char *file, const char *bytes,
		  size_t length)
{
	const char *end = bytes + length, *newline;
	int err = 0;

	conf_message_name_file(lx->messages, file);
	lx->pos = (struct conf_pos){.file = file};
	lx->expand.file = file;
	while (bytes < end && !err && !lx->full) {
		newline = memchr(bytes, '\n', end - bytes);
		lx->pos.line++;
		err = take_physical(lx, bytes,
				    (newline ? newline : end) - bytes);
		bytes = newline ? newline + 1 : end;
	}
	return err;
}

int conf_lex(const char *file, const char *bytes, size_t length,
	     const struct conf_source *source, struct conf_arena *scratch,
	     struct conf_arena *names, struct conf_messages *messages,
	     const struct conf_line **out)
{
	struct conf_lex lx = {
		.scratch = scratch,
		.names = names,
		.source = source,
		.messages = messages,
		.expand = {.arena = scratch,
			   .source = source,
			   .random = source->random_seed},
	};
	char *name = conf_arena_copy(names, file, strlen(file));
	int err;

	lx.last = &lx.first;
	err = name ? conf_lex_file(&lx, name, bytes, length) : -ENOMEM;
	free(lx.definition);
	if (!lx.pos.line)
		lx.pos.line = 1;
	lx.pos.column = 1;
	if (!err)
		err = conf_lex_finish_all(&lx);
	if (!err)
		*out = lx.first;
	return err;
}
