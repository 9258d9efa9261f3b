/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/question.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for a check with its path. */
#define VALUE_SIZE (COMMAND_PATH_SIZE + 16)

/* The words not yet taken, and what the taken ones say. */
struct reader {
	const struct command *command;
	char *const *words;
	int left;
	struct command_values values;
	struct json *args;
	char *error;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, COMMAND_ERROR_SIZE, format, args);
	va_end(args);
	return -EINVAL;
}

int question_find_command(char *const *words, int n, enum command_id *id)
{
	char name[COMMAND_WORDS_SIZE] = "";
	size_t used = 0;
	int found;

	for (int i = 0; i < n && used < sizeof(name); i++) {
		used += (size_t)snprintf(name + used, sizeof(name) - used,
					 "%s%s", i ? " " : "", words[i]);
		found = used < sizeof(name) ? command_find(name) : -1;
		if (found >= 0) {
			*id = found;
			return i + 1;
		}
	}
	return 0;
}

/* The value as the control socket has it; judged before. */
static int add_value(struct reader *r, enum argument_id id, const char *value)
{
	const char *name = arguments[id].name;
	int err = 0;

	switch (arguments[id].type) {
	case ARGUMENT_FLAG:
		err = json_add_flag(r->args, name, true);
		break;
	case ARGUMENT_NUMBER:
		err = json_add_number(r->args, name, strtoull(value, NULL, 10));
		break;
	case ARGUMENT_TEXT:
	case ARGUMENT_TIME:
		err = json_add_text(r->args, name, value);
		break;
	}
	if (err)
		snprintf(r->error, COMMAND_ERROR_SIZE, "out of memory");
	return err;
}

static int take_value(struct reader *r, enum argument_id id, const char *value)
{
	if (r->values.given & ARGUMENT_BIT(id))
		return refuse(r, "%s is said twice", arguments[id].name);
	if (argument_parse(id, value, &r->values, r->error))
		return -EINVAL;
	return add_value(r, id, value);
}

static const char *next_word(struct reader *r)
{
	if (!r->left)
		return NULL;
	r->left--;
	return *r->words++;
}

/* `http` is the one value of two words. */
static int take_check(struct reader *r, const char *word)
{
	char value[VALUE_SIZE];
	const char *path;

	if (strcmp(word, "http"))
		return take_value(r, ARGUMENT_CHECK, word);
	path = next_word(r);
	if (!path)
		return refuse(r, "check http needs a PATH");
	if (strlen(path) >= COMMAND_PATH_SIZE)
		return refuse(r, "a check's path has at most %d bytes",
			      COMMAND_PATH_SIZE - 1);
	snprintf(value, sizeof(value), "http %s", path);
	return take_value(r, ARGUMENT_CHECK, value);
}

static int take_named(struct reader *r)
{
	const char *word = next_word(r), *name = word, *value;
	bool dashed = !strncmp(word, "--", 2);
	int id = argument_find(dashed ? word + 2 : word);

	if (id < 0 || !(r->command->named & ARGUMENT_BIT(id)) ||
	    dashed != (arguments[id].type == ARGUMENT_FLAG))
		return refuse(r, "%s: what is '%.80s'?", r->command->words,
			      name);
	if (dashed)
		return take_value(r, id, "");
	value = next_word(r);
	if (!value)
		return refuse(r, "%s needs a value: %s", name,
			      arguments[id].value);
	return id == ARGUMENT_CHECK ? take_check(r, value)
				    : take_value(r, id, value);
}

/* Flags may stand between those that are told by their place. */
static int take_flags(struct reader *r)
{
	int err = 0;

	while (!err && r->left && !strncmp(*r->words, "--", 2))
		err = take_named(r);
	return err;
}

static int take_words(struct reader *r, enum command_id id)
{
	int err;

	for (int i = 0; i < ARGUMENT_COUNT && r->left; i++) {
		if (!(r->command->positional & ARGUMENT_BIT(i)))
			continue;
		err = take_flags(r);
		if (!err && r->left)
			err = take_value(r, i, next_word(r));
		if (err)
			return err;
	}
	while (r->left) {
		err = take_named(r);
		if (err)
			return err;
	}
	return command_check_required(id, &r->values, r->error);
}

/* Takes `args`; NULL if memory ran out. */
static struct json *build_request(enum command_id id, struct json *args)
{
	struct json *request = json_new_object();
	int err = 0;

	err |= json_add_text(request, "cmd", commands[id].words);
	err |= json_add(request, "args", args);
	return json_built(request, err);
}

int question_parse(enum command_id id, char *const *words, int n,
		   struct question *out, char *error)
{
	struct reader r = {
		.command = &commands[id],
		.words = words,
		.left = n,
		.args = json_new_object(),
		.error = error,
	};
	struct json *request;
	int err = take_words(&r, id);

	if (err) {
		json_free(r.args);
		return err;
	}
	request = build_request(id, r.args);
	if (!request) {
		snprintf(error, COMMAND_ERROR_SIZE, "out of memory");
		return -ENOMEM;
	}
	out->command = id;
	out->values = r.values;
	out->request = request;
	return 0;
}
