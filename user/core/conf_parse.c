/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_GUESSES 200 /* a file that is no config at all has no end of them */

struct parser {
	struct conf_arena *arena;
	struct conf_messages *messages;
	const struct conf_line *line; /* the next one */
	unsigned int guesses; /* made, of unknown keywords */
	unsigned int quiet; /* in blocks that said already they come later */
	struct warned *warned;
};

/* Keywords that had their one warning. */
struct warned {
	struct warned *next;
	const struct conf_keyword *key;
};

static const struct conf_line *take(struct parser *p)
{
	const struct conf_line *line = p->line;

	if (line->type != CONF_LINE_END)
		p->line = line->next;
	return line;
}

/* After its '{' was taken: up to the '}' that belongs to it. */
static void skip_to_close(struct parser *p, const struct conf_line *open)
{
	unsigned int depth = 1;

	while (depth && p->line->type != CONF_LINE_END) {
		if (p->line->type == CONF_LINE_OPEN)
			depth++;
		else if (p->line->type == CONF_LINE_CLOSE)
			depth--;
		take(p);
	}
	if (depth)
		conf_error(p->messages, &open->pos, "this '{' is never closed");
}

static void skip_block(struct parser *p)
{
	if (p->line->type == CONF_LINE_OPEN)
		skip_to_close(p, take(p));
}

static void unknown(struct parser *p, const struct conf_block *b,
		    const struct conf_line *line)
{
	struct conf_guess guess = {.word = line->words[0].text};
	char text[160], hint[CONF_GUESS_SIZE];
	const struct conf_block *outer;
	const struct conf_keyword *k;

	for (size_t i = 0; p->guesses < MAX_GUESSES; i++) {
		k = conf_keyword_get(i);
		if (!k)
			break;
		if (k->in & b->id)
			conf_guess_offer(&guess, k->name);
	}
	p->guesses++;
	for (outer = b->parent; outer; outer = outer->parent) {
		if (conf_keyword_find(outer->id, guess.word))
			break;
	}
	if (outer)
		snprintf(text, sizeof(text),
			 "'%.40s' does not belong in %s: is a '}' missing "
			 "before it?",
			 guess.word, conf_block_name(b->id));
	else
		snprintf(text, sizeof(text), "unknown keyword '%.60s'%s",
			 guess.word,
			 conf_guess_print(&guess, hint, sizeof(hint)));
	if (b->id & IN_OURS)
		conf_error(p->messages, &line->pos, "%s", text);
	else
		conf_warn(p->messages, &line->pos, "%s", text);
}

static bool warned_before(const struct parser *p, const struct conf_keyword *k)
{
	for (const struct warned *w = p->warned; w; w = w->next) {
		if (!strcmp(w->key->name, k->name))
			return true;
	}
	return false;
}

/* What the operator must know about a keyword, whatever its value.  0: go on;
 * -EINVAL: refused; -ENOMEM. */
static int judge_class(struct parser *p, const struct conf_keyword *k,
		       const struct conf_line *line)
{
	struct warned *w;

	if (k->class == CLASS_REFUSED) {
		conf_error(p->messages, &line->pos, "%s: %s", k->name,
			   k->reason);
		return -EINVAL;
	}
	if (k->class != CLASS_LATER && !k->reason)
		return 0;
	if (p->quiet || warned_before(p, k))
		return 0;
	conf_warn(p->messages, &line->pos, "%s: %s", k->name,
		  k->reason ? k->reason : "not in effect yet");
	w = conf_arena_alloc(p->arena, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->key = k;
	w->next = p->warned;
	p->warned = w;
	return 0;
}

static int parse_block(struct parser *p, struct conf_block *b,
		       const struct conf_line *open);

static int parse_child(struct parser *p, struct conf_block *parent,
		       const struct conf_keyword *k,
		       const struct conf_line *line)
{
	bool quiet = k->class == CLASS_LATER;
	struct conf_block *b;
	int err;

	if (p->line->type != CONF_LINE_OPEN) {
		conf_error(p->messages, &line->pos, "%s: its '{' is missing",
			   k->name);
		return 0;
	}
	b = conf_block_new(p->arena, parent, k, line);
	if (!b)
		return -ENOMEM;
	p->quiet += quiet;
	err = parse_block(p, b, take(p));
	p->quiet -= quiet;
	return err;
}

static void parse_list(struct parser *p, struct conf_said *said)
{
	const struct conf_line *open = p->line, *line;

	if (open->type != CONF_LINE_OPEN) {
		conf_error(p->messages, &said->line->pos,
			   "%s: its '{' is missing", said->key->name);
		return;
	}
	said->list = take(p);
	for (line = take(p); line->type == CONF_LINE_WORDS; line = take(p))
		;
	if (line->type == CONF_LINE_OPEN) {
		conf_error(p->messages, &line->pos, "'{' is not expected here");
		skip_to_close(p, line);
		skip_to_close(p, open);
	} else if (line->type == CONF_LINE_END) {
		conf_error(p->messages, &open->pos, "this '{' is never closed");
	}
}

/* The other form of lvs_timeouts: in braces. */
static void parse_timeouts(struct parser *p, struct conf_said *said)
{
	const struct conf_line *open = take(p), *line;
	struct conf_word words[9] = {said->line->words[0]};
	struct conf_line shifted = {.words = words};
	size_t n;

	for (line = take(p); line->type == CONF_LINE_WORDS; line = take(p)) {
		n = line->count < 8 ? line->count : 8;
		memcpy(words + 1, line->words, n * sizeof(*words));
		shifted.count = n + 1;
		conf_type_parse(said->key, &shifted, false, p->messages, said);
	}
	if (line->type != CONF_LINE_CLOSE)
		conf_error(p->messages, &open->pos, "this '{' is never closed");
}

static bool single(const struct conf_keyword *k)
{
	return k->slot != SLOT_NONE && k->type != TYPE_WORDS &&
	       k->type != TYPE_ADDRESSES && k->type != TYPE_TIMEOUTS &&
	       k->type != TYPE_LIST;
}

/* What stands on the line, and what stands in braces below it. */
static void parse_said(struct parser *p, const struct conf_block *b,
		       struct conf_said *said)
{
	const struct conf_keyword *k = said->key;

	if (conf_type_parse(k, said->line, b->id & IN_OURS, p->messages,
			    said)) {
		said->bad = true;
		skip_block(p);
	} else if (k->type == TYPE_LIST) {
		parse_list(p, said);
		said->bad = !said->list;
	} else if (k->type == TYPE_TIMEOUTS &&
		   p->line->type == CONF_LINE_OPEN) {
		parse_timeouts(p, said);
	}
}

static int parse_value(struct parser *p, struct conf_block *b,
		       const struct conf_keyword *k,
		       const struct conf_line *line)
{
	struct conf_said *said = conf_arena_alloc(p->arena, sizeof(*said));
	const struct usec unsaid = {-1};

	if (!said)
		return -ENOMEM;
	said->key = k;
	said->line = line;
	said->timeouts = (struct conf_timeouts){unsaid, unsaid, unsaid, unsaid};
	parse_said(p, b, said);
	if (single(k) && !said->bad && conf_said_here(b, k->slot))
		conf_warn(p->messages, &line->pos,
			  "%s: said before in this block: this one counts",
			  k->name);
	*b->last_said = said;
	b->last_said = &said->next;
	return 0;
}

static int parse_line(struct parser *p, struct conf_block *b,
		      const struct conf_line *line)
{
	const struct conf_keyword *k =
		conf_keyword_find(b->id, line->words[0].text);
	struct conf_said unused;
	int err;

	if (!k) {
		unknown(p, b, line);
		skip_block(p);
		return 0;
	}
	err = judge_class(p, k, line);
	if (err) {
		skip_block(p);
		return err == -ENOMEM ? err : 0;
	}
	if (k->type != TYPE_BLOCK) {
		err = parse_value(p, b, k, line);
	} else if (conf_type_parse(k, line, false, p->messages, &unused)) {
		skip_block(p);
	} else {
		return parse_child(p, b, k, line);
	}
	if (!err && p->line->type == CONF_LINE_OPEN) {
		conf_error(p->messages, &p->line->pos,
			   "'{' is not expected here");
		skip_block(p);
	}
	return err;
}

static int parse_block(struct parser *p, struct conf_block *b,
		       const struct conf_line *open)
{
	const struct conf_line *line;
	int err = 0;

	while (!err) {
		line = take(p);
		switch (line->type) {
		case CONF_LINE_WORDS:
			err = parse_line(p, b, line);
			break;
		case CONF_LINE_OPEN:
			conf_error(p->messages, &line->pos,
				   "'{' is not expected here");
			skip_to_close(p, line);
			break;
		case CONF_LINE_CLOSE:
			if (open)
				return 0;
			conf_error(p->messages, &line->pos,
				   "'}' without a '{'");
			break;
		case CONF_LINE_END:
			if (open)
				conf_error(p->messages, &open->pos,
					   "this '{' is never closed");
			return 0;
		}
	}
	return err;
}

int conf_tree_parse(const struct conf_line *lines, struct conf_arena *a,
		    struct conf_messages *messages, struct conf_tree *out)
{
	struct parser p = {.arena = a, .messages = messages, .line = lines};

	memset(out, 0, sizeof(*out));
	out->root.id = IN_ROOT;
	out->root.last_child = &out->root.children;
	out->root.last_said = &out->root.said;
	return parse_block(&p, &out->root, NULL);
}

int conf_parse(const char *file, const char *bytes, size_t length,
	       const struct conf_source *source, struct conf **out,
	       struct conf_messages *messages)
{
	struct conf_arena *scratch = conf_arena_new(),
			  *arena = conf_arena_new();
	struct conf *conf = NULL;
	const struct conf_line *lines;
	size_t errors = messages->errors;
	struct conf_checking checking;
	struct conf_tree tree;
	int err = -ENOMEM;

	if (!scratch || !arena)
		goto out;
	conf = conf_arena_alloc(arena, sizeof(*conf));
	if (!conf)
		goto out;
	conf->arena = arena;
	err = conf_lex(file, bytes, length, source, scratch, arena, messages,
		       &lines);
	if (err)
		goto out;
	err = conf_tree_parse(lines, scratch, messages, &tree);
	if (err)
		goto out;
	checking = (struct conf_checking){&tree, source, conf, messages, 0};
	err = conf_check(&checking);
	if (!err && messages->errors > errors)
		err = -EINVAL;
out:
	conf_messages_sort(messages);
	conf_arena_free(scratch);
	if (err) {
		conf_arena_free(arena);
		return err;
	}
	*out = conf;
	return 0;
}
