/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_lex.h"
#include "core/conf_expand.h"
#include "core/conf_include.h"
#include "core/conf_message.h"
#include "core/conf_repeat.h"
#include "core/conf_words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Definitions, repetitions and includes can make much of little.  Enough for
 * thousands of instances, not for ever.
 */
#define MAX_LINES    (1u << 18)
#define MAX_BYTES    (32u << 20)
#define MAX_TEXT     65536 /* of one line, expanded */
#define MAX_REPLACED 1000 /* references in one line */
#define MAX_NESTED   32 /* definitions of several lines, ~SEQ */
#define MAX_INCLUDED 16 /* files in files */

struct conf_lex {
	struct conf_arena *scratch, *names;
	const struct conf_source *source;
	struct conf_messages *messages;
	struct conf_expand expand;
	struct conf_line *first, **last;
	struct conf_pos pos; /* file and line being read */
	unsigned int checks; /* include_check */
	unsigned int included, nested;
	size_t lines, bytes;
	bool full; /* a limit was met, and said */
	/* a definition of several lines being read; NULL: none */
	const char *defining;
	size_t defining_length;
	char *definition;
	size_t definition_length;
};

static int take_line(struct conf_lex *lx, struct conf_text t);
static int take_file(struct conf_lex *lx, const char *file, const char *bytes,
		     size_t length);

static struct conf_pos at(const struct conf_lex *lx, struct conf_text t)
{
	struct conf_pos pos = lx->pos;

	pos.column = t.length ? t.columns[0] : 1;
	return pos;
}

static void error_at(struct conf_lex *lx, struct conf_text t, const char *what)
{
	struct conf_pos pos = at(lx, t);

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

/* --- finished lines ------------------------------------------------------ */

static int add_line(struct conf_lex *lx, enum conf_line_type type,
		    struct conf_pos pos, const struct conf_word *words,
		    size_t count)
{
	struct conf_line *line = conf_arena_alloc(lx->scratch, sizeof(*line));

	if (!line)
		return -ENOMEM;
	line->type = type;
	line->pos = pos;
	line->count = count;
	if (count) {
		line->words =
			conf_arena_alloc(lx->scratch, count * sizeof(*words));
		if (!line->words)
			return -ENOMEM;
		memcpy(line->words, words, count * sizeof(*words));
	}
	*lx->last = line;
	lx->last = &line->next;
	return 0;
}

/* Keywords that steer reading itself; the parser sees them too. */
static void steer(struct conf_lex *lx, const struct conf_word *words,
		  size_t count)
{
	if (!strcmp(words[0].text, "random_seed") && count > 1)
		lx->expand.random = strtoull(words[1].text, NULL, 10);
	if (strcmp(words[0].text, "include_check"))
		return;
	if (count == 1)
		lx->checks = CONF_INCLUDE_ALL;
	for (size_t i = 1; i < count; i++) {
		if (conf_include_option(words[i].text, &lx->checks))
			conf_error(lx->messages, &words[i].pos,
				   "include_check: unknown option '%s'",
				   words[i].text);
	}
}

static void lint_reference(struct conf_lex *lx, const struct conf_word *word)
{
	char name[128];
	bool defined;

	if (!conf_reference_left(&lx->expand, word->text, word->quoted, name,
				 sizeof(name), &defined))
		return;
	if (defined)
		conf_warn(lx->messages, &word->pos,
			  "'$%s' is not replaced here: write '${%s}'", name,
			  name);
	else
		conf_warn(lx->messages, &word->pos, "'%s' is not defined",
			  name);
}

static bool ends_in_backslash(struct conf_text t)
{
	size_t n = 0;

	while (n < t.length && t.bytes[t.length - 1 - n] == '\\')
		n++;
	return n % 2;
}

static int make_word(struct conf_lex *lx, struct conf_text t,
		     enum conf_token_type type, struct conf_pos pos,
		     struct conf_word *out)
{
	struct conf_word word = {.pos = pos, .quoted = type != CONF_TOKEN_WORD};

	if (type == CONF_TOKEN_UNCLOSED)
		conf_error(lx->messages, &pos, "the closing '\"' is missing");
	else if (!word.quoted && ends_in_backslash(t))
		conf_error(lx->messages, &pos,
			   "only definitions go on after a '\\'");
	if (t.length > CONF_MAX_WORD) {
		conf_error(lx->messages, &pos, "word longer than %d characters",
			   CONF_MAX_WORD);
		t.length = CONF_MAX_WORD;
	}
	word.text = conf_arena_copy(lx->scratch, t.bytes, t.length);
	if (!word.text)
		return -ENOMEM;
	lint_reference(lx, &word);
	*out = word;
	return 0;
}

static int flush_words(struct conf_lex *lx, const struct conf_word *words,
		       size_t *count)
{
	size_t n = *count;

	*count = 0;
	if (!n)
		return 0;
	steer(lx, words, n);
	return add_line(lx, CONF_LINE_WORDS, words[0].pos, words, n);
}

/* Splits what is fully expanded into words and braces. */
static int finish_line(struct conf_lex *lx, struct conf_text t)
{
	struct conf_word *words;
	struct conf_text word;
	enum conf_token_type type;
	size_t count = 0;
	int err = 0;

	words = malloc((t.length + 1) * sizeof(*words)); /* at most */
	if (!words)
		return -ENOMEM;
	while (!err) {
		struct conf_pos pos = at(lx, conf_text_trim(t));

		type = conf_token_next(&t, &word);
		if (type == CONF_TOKEN_END)
			break;
		if (type != CONF_TOKEN_OPEN && type != CONF_TOKEN_CLOSE) {
			err = make_word(lx, word, type, pos, &words[count]);
			count++;
			continue;
		}
		err = flush_words(lx, words, &count);
		if (!err)
			err = add_line(lx,
				       type == CONF_TOKEN_OPEN
					       ? CONF_LINE_OPEN
					       : CONF_LINE_CLOSE,
				       pos, NULL, 0);
	}
	if (!err)
		err = flush_words(lx, words, &count);
	free(words);
	return err;
}

/* --- include ------------------------------------------------------------- */

static int include_file(struct conf_lex *lx, const char *path,
			const struct conf_pos *pos, unsigned int checks)
{
	struct conf_pos here = lx->pos;
	unsigned int saved = lx->checks;
	char *bytes = NULL, *name;
	size_t length = 0;
	int err = lx->source->read(lx->source->arg, path, &bytes, &length);

	if (err == -ENOMEM)
		return err;
	if (err && checks)
		conf_error(lx->messages, pos, "cannot read '%s': %s", path,
			   strerror(-err));
	else if (err)
		conf_warn(lx->messages, pos, "cannot read '%s': %s", path,
			  strerror(-err));
	if (err)
		return 0;
	name = conf_arena_copy(lx->names, path, strlen(path));
	err = name ? take_file(lx, name, bytes, length) : -ENOMEM;
	free(bytes);
	lx->pos = here;
	lx->expand.file = here.file;
	lx->checks = saved;
	return err;
}

/* Includes what one pattern matches; *found counts the files. */
static int include_pattern(struct conf_lex *lx, const char *pattern,
			   const struct conf_pos *pos, unsigned int checks,
			   size_t *found)
{
	char **paths = NULL;
	int err = lx->source->glob(lx->source->arg, pattern, &paths);

	*found = 0;
	if (err == -ENOMEM)
		return err;
	if (err)
		return 0;
	err = 0;
	for (size_t i = 0; paths[i]; i++) {
		++*found;
		if (!err && !lx->full)
			err = include_file(lx, paths[i], pos, checks);
		free(paths[i]);
	}
	free(paths);
	return err;
}

static void judge_no_match(struct conf_lex *lx, const char *pattern,
			   const struct conf_pos *pos, unsigned int checks)
{
	if (conf_include_has_wildcard(pattern)) {
		if (checks & CONF_INCLUDE_WILD)
			conf_error(lx->messages, pos, "no file matches '%s'",
				   pattern);
	} else if (checks & (CONF_INCLUDE_MATCH | CONF_INCLUDE_WILD)) {
		conf_error(lx->messages, pos, "no file '%s'", pattern);
	} else {
		conf_warn(lx->messages, pos, "no file '%s'", pattern);
	}
}

static int include(struct conf_lex *lx, const char *pattern,
		   const struct conf_pos *pos, unsigned int checks)
{
	char *patterns[CONF_INCLUDE_MAX_PATTERNS], *directory;
	size_t n = 0, found, total = 0;
	int err;

	directory = conf_directory(lx->scratch, lx->pos.file);
	if (!directory)
		return -ENOMEM;
	err = conf_include_patterns(lx->scratch, directory, pattern, patterns,
				    &n);
	if (err == -ENOMEM)
		return err;
	if (err)
		conf_error(lx->messages, pos, "bad braces in '%s'", pattern);
	for (size_t i = 0; i < n; i++) {
		err = include_pattern(lx, patterns[i], pos, checks, &found);
		if (err)
			return err;
		total += found;
		if (!found && n > 1 && (checks & CONF_INCLUDE_BRACE))
			conf_error(lx->messages, pos, "no file matches '%s'",
				   patterns[i]);
	}
	if (!total && n)
		judge_no_match(lx, pattern, pos, checks);
	return 0;
}

/* `t` is what stands behind the word include, which stands at `pos`. */
static int take_include(struct conf_lex *lx, struct conf_text t,
			struct conf_pos pos, unsigned int checks)
{
	char *pattern;
	int err;

	t = conf_text_trim(t);
	if (t.length > 1 && t.bytes[0] == '"' && t.bytes[t.length - 1] == '"')
		t = conf_text_slice(t, 1, t.length - 1);
	if (!t.length) {
		conf_error(lx->messages, &pos, "include: no file is named");
		return 0;
	}
	pos = at(lx, t);
	if (lx->included == MAX_INCLUDED) {
		conf_error(lx->messages, &pos,
			   "files include each other more than %d deep",
			   MAX_INCLUDED);
		return 0;
	}
	pattern = conf_arena_copy(lx->scratch, t.bytes, t.length);
	if (!pattern)
		return -ENOMEM;
	lx->included++;
	err = include(lx, pattern, &pos, checks | lx->checks);
	lx->included--;
	return err;
}

/* --- lines that stand for others ----------------------------------------- */

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
	bool more = ends_in_backslash(t);
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
	struct conf_pos pos = at(lx, t);
	int err = 0;

	if (wrong) {
		conf_error(lx->messages, &pos, "%.5s: %s", t.bytes, wrong);
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
		err = take_include(lx, rest, at(lx, *t), checks);
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
			return finish_line(lx, t);
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

/* --- physical lines ------------------------------------------------------ */

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
	if (conf_uncomment(lx->scratch, t, &t))
		return -ENOMEM;
	return take_line(lx, t);
}

static int take_file(struct conf_lex *lx, const char *file, const char *bytes,
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
	err = name ? take_file(&lx, name, bytes, length) : -ENOMEM;
	free(lx.definition);
	if (!lx.pos.line)
		lx.pos.line = 1;
	lx.pos.column = 1;
	if (!err)
		err = add_line(&lx, CONF_LINE_END, lx.pos, NULL, 0);
	if (!err)
		*out = lx.first;
	return err;
}
