/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_include.h"
#include "core/conf_lex_state.h"
#include "core/conf_message.h"
#include "core/conf_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct conf_pos conf_lex_at(const struct conf_lex *lx, struct conf_text t)
{
	struct conf_pos pos = lx->pos;

	pos.column = t.length ? t.columns[0] : 1;
	return pos;
}

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
	struct conf_unreplaced left;

	if (!conf_reference_left(&lx->expand, word->text, word->quoted, &left))
		return;
	if (left.defined)
		conf_warn(lx->messages, &word->pos,
			  "'$%s' is not replaced here: write '${%s}'",
			  left.name, left.name);
	else
		conf_warn(lx->messages, &word->pos, "'%s' is not defined",
			  left.name);
}

bool conf_lex_goes_on(struct conf_text t)
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
	else if (!word.quoted && conf_lex_goes_on(t))
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
int conf_lex_finish(struct conf_lex *lx, struct conf_text t)
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
		struct conf_pos pos = conf_lex_at(lx, conf_text_trim(t));

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

int conf_lex_finish_all(struct conf_lex *lx)
{
	return add_line(lx, CONF_LINE_END, lx->pos, NULL, 0);
}
