/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough to work with; a file that is no config at all has no end of them. */
#define MAX_MESSAGES     1000
#define MAX_GUESS_LENGTH 40

void conf_messages_free(struct conf_messages *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_files; i++)
		free(m->files[i]);
	free(m->files);
	free(m->list);
	memset(m, 0, sizeof(*m));
}

static unsigned int file_rank(struct conf_messages *m, const char *file)
{
	char **files, *copy;
	size_t i;

	for (i = 0; i < m->n_files; i++) {
		if (!strcmp(m->files[i], file))
			return (unsigned int)i;
	}
	copy = strdup(file);
	files = realloc(m->files, (m->n_files + 1) * sizeof(*files));
	if (files)
		m->files = files;
	if (!copy || !files) {
		free(copy);
		return (unsigned int)i;
	}
	files[m->n_files++] = copy;
	return (unsigned int)i;
}

void conf_message_name_file(struct conf_messages *m, const char *file)
{
	file_rank(m, file);
}

/* Words of the file are quoted in messages: none may steer a terminal. */
static void disarm(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

/* A line that ~SEQ repeats is found wrong each time: said once. */
static bool said_already(const struct conf_messages *m,
			 const struct conf_message *message)
{
	for (size_t i = m->count; i--;) {
		const struct conf_message *o = &m->list[i];

		if (o->pos.line == message->pos.line &&
		    o->pos.column == message->pos.column &&
		    o->file_rank == message->file_rank &&
		    !strcmp(o->text, message->text))
			return true;
	}
	return false;
}

static void message_keep(struct conf_messages *m,
			 const struct conf_message *message)
{
	struct conf_message *list;
	size_t room;

	if (said_already(m, message))
		return;
	if (m->count == m->room) {
		room = m->room ? m->room * 2 : 16;
		list = realloc(m->list, room * sizeof(*list));
		if (!list)
			return;
		m->list = list;
		m->room = room;
	}
	m->list[m->count] = *message;
	m->list[m->count].sequence = (unsigned int)m->count;
	m->count++;
}

/* Counts even what it does not keep: the verdict stays right. */
static void message_add(struct conf_messages *m, enum conf_severity severity,
			bool script_security, const struct conf_pos *pos,
			const char *format, va_list args)
{
	struct conf_message message = {.severity = severity,
				       .pos = *pos,
				       .script_security = script_security};

	if (severity == CONF_ERROR)
		m->errors++;
	else
		m->warnings++;
	m->script_warnings += script_security;
	if (m->count == MAX_MESSAGES)
		return;
	message.file_rank = file_rank(m, pos->file);
	message.pos.file = message.file_rank < m->n_files
				   ? m->files[message.file_rank]
				   : "";
	vsnprintf(message.text, sizeof(message.text), format, args);
	disarm(message.text);
	message_keep(m, &message);
}

void conf_error(struct conf_messages *m, const struct conf_pos *pos,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(m, CONF_ERROR, false, pos, format, args);
	va_end(args);
}

void conf_warn(struct conf_messages *m, const struct conf_pos *pos,
	       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(m, CONF_WARNING, false, pos, format, args);
	va_end(args);
}

void conf_warn_script(struct conf_messages *m, const struct conf_pos *pos,
		      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(m, CONF_WARNING, true, pos, format, args);
	va_end(args);
}

static int order(unsigned int a, unsigned int b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct conf_message *x = a, *y = b;
	int c = order(x->file_rank, y->file_rank);

	c = c ? c : order(x->pos.line, y->pos.line);
	c = c ? c : order(x->pos.column, y->pos.column);
	return c ? c : order(x->sequence, y->sequence);
}

void conf_messages_sort(struct conf_messages *m)
{
	if (m->count)
		qsort(m->list, m->count, sizeof(*m->list), by_place);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Edit distance in which two swapped neighbours count once ("wieght"), and
 * capital letters nothing. */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int rows[3][MAX_GUESS_LENGTH + 1];
	unsigned int *before = rows[0], *last = rows[1], *now = rows[2], *spare;
	size_t length_a = strlen(a), length_b = strlen(b);

	for (size_t j = 0; j <= length_b; j++)
		last[j] = (unsigned int)j;
	for (size_t i = 1; i <= length_a; i++) {
		now[0] = (unsigned int)i;
		for (size_t j = 1; j <= length_b; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (tolower(a[i - 1]) !=
						      tolower(b[j - 1])));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[length_b];
}

void conf_guess_offer(struct conf_guess *g, const char *candidate)
{
	size_t length = strlen(g->word), other = strlen(candidate);
	unsigned int distance, limit = 1 + (unsigned int)length / 4;

	if (length > MAX_GUESS_LENGTH || other > MAX_GUESS_LENGTH ||
	    other > length + limit || length > other + limit)
		return;
	distance = edit_distance(g->word, candidate);
	if (distance > limit || distance >= length ||
	    (g->best && distance >= g->distance))
		return;
	g->best = candidate;
	g->distance = distance;
}

const char *conf_guess_print(const struct conf_guess *g, char *buf, size_t size)
{
	buf[0] = '\0';
	if (g->best)
		snprintf(buf, size, " (did you mean '%s'?)", g->best);
	return buf;
}
