/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/control_request.h"

#include "xlbd/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int refuse(char *error,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, COMMAND_ERROR_SIZE, format, args);
	va_end(args);
	return -EINVAL;
}

static int parse_text(enum argument_id id, const struct json *value,
		      struct command_values *values, char *error)
{
	const char *text = json_text(value);

	if (!text)
		return refuse(error, "%s: want a string", arguments[id].name);
	return argument_parse(id, text, values, error);
}

static int parse_number(enum argument_id id, const struct json *value,
			struct command_values *values, char *error)
{
	char text[24];

	if (json_kind(value) != JSON_KIND_INTEGER)
		return refuse(error, "%s: want a whole number",
			      arguments[id].name);
	snprintf(text, sizeof(text), "%" PRId64, json_whole(value));
	return argument_parse(id, text, values, error);
}

static int parse_time(enum argument_id id, const struct json *value,
		      struct command_values *values, char *error)
{
	if (json_kind(value) == JSON_KIND_INTEGER)
		return parse_number(id, value, values, error);
	if (json_kind(value) == JSON_KIND_TEXT)
		return parse_text(id, value, values, error);
	return refuse(error, "%s: want a string like \"10s\", or whole seconds",
		      arguments[id].name);
}

static int parse_flag(enum argument_id id, const struct json *value,
		      struct command_values *values, char *error)
{
	if (json_kind(value) == JSON_KIND_TRUE)
		return argument_parse(id, "", values, error);
	if (json_kind(value) == JSON_KIND_FALSE)
		return 0;
	return refuse(error, "%s: want true or false", arguments[id].name);
}

static int parse_argument(enum command_id command, const char *name,
			  const struct json *value,
			  struct command_values *values, char *error)
{
	static int (*const parse[])(enum argument_id, const struct json *,
				    struct command_values *, char *) = {
		[ARGUMENT_TEXT] = parse_text,
		[ARGUMENT_NUMBER] = parse_number,
		[ARGUMENT_TIME] = parse_time,
		[ARGUMENT_FLAG] = parse_flag,
	};
	const struct command *c = &commands[command];
	int id = argument_find(name);

	if (id < 0 || !((c->positional | c->named) & ARGUMENT_BIT(id)))
		return refuse(error, "%s takes no argument '%.40s'", c->words,
			      name);
	return parse[arguments[id].type](id, value, values, error);
}

static int parse_arguments(enum command_id command, const struct json *args,
			   struct command_values *values, char *error)
{
	const struct json *value;
	void *cursor = NULL;
	const char *name;

	if (args && json_kind(args) != JSON_KIND_OBJECT)
		return refuse(error, "args: want an object");
	while (json_next(args, &cursor, &name, &value)) {
		if (parse_argument(command, name, value, values, error))
			return -EINVAL;
	}
	return command_check_required(command, values, error);
}

static int parse_command(const struct json *cmd, enum command_id *out,
			 char *error)
{
	const char *words = json_text(cmd);
	char names[COMMAND_ERROR_SIZE];
	int id;

	if (!cmd)
		return refuse(
			error,
			"no \"cmd\": want {\"cmd\":\"status\",\"args\":{}}");
	if (!words)
		return refuse(error, "cmd: want a string");
	id = command_find(words);
	if (id < 0)
		return refuse(error, "unknown command '%.40s'; there are: %s",
			      words, command_names(names, sizeof(names)));
	*out = id;
	return 0;
}

static int parse_request(const struct json *request,
			 struct control_request *out, char *error)
{
	const struct json *member;
	void *cursor = NULL;
	const char *name;

	if (json_kind(request) != JSON_KIND_OBJECT)
		return refuse(error, "a request is one JSON object a line");
	while (json_next(request, &cursor, &name, &member)) {
		if (strcmp(name, "cmd") && strcmp(name, "args"))
			return refuse(
				error,
				"a request has \"cmd\" and \"args\", not '%.40s'",
				name);
	}
	if (parse_command(json_get(request, "cmd"), &out->command, error))
		return -EINVAL;
	return parse_arguments(out->command, json_get(request, "args"),
			       &out->values, error);
}

int control_request_parse(const char *line, size_t length,
			  struct control_request *out, char *error)
{
	struct control_request request = {0};
	char why[JSON_ERROR_SIZE];
	struct json *value;
	int err;

	if (json_parse(line, length, &value, why))
		return refuse(error, "not JSON: %s", why);
	err = parse_request(value, &request, error);
	json_free(value);
	if (!err)
		*out = request;
	return err;
}
