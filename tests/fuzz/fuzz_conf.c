/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as a config: parsing ends, and what it accepts it prints as text
 * that parses back, without errors, to what prints the same.
 */
#include "core/conf.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "fuzz.conf"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_read(void *arg, const char *path, char **bytes, size_t *length)
{
	(void)arg;
	(void)path;
	(void)bytes;
	(void)length;
	return -EACCES;
}

/* Everything matches itself, so that reading is tried, and refused. */
static int echo_glob(void *arg, const char *pattern, char ***paths)
{
	(void)arg;
	*paths = calloc(2, sizeof(**paths));
	if (*paths)
		(*paths)[0] = strdup(pattern);
	return *paths ? 0 : -ENOMEM;
}

static int no_env(void *arg, const char *name, char **value)
{
	(void)arg;
	(void)name;
	(void)value;
	return -ENOENT;
}

static char *parse_and_print(const char *bytes, size_t length)
{
	const struct conf_source source = {
		.read = no_read,
		.glob = echo_glob,
		.env = no_env,
		.config_id = "id",
		.directory = "/etc/xlbd",
	};
	struct conf_messages messages = {0};
	struct conf *conf = NULL;
	char *text = NULL;

	if (!conf_parse(FILE_NAME, bytes, length, &source, &conf, &messages))
		text = conf_print(conf);
	else if (!messages.errors)
		abort(); /* refused, and nobody says why */
	conf_free(conf);
	conf_messages_free(&messages);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first = parse_and_print((const char *)data, size), *second;

	if (!first)
		return 0;
	second = parse_and_print(first, strlen(first));
	if (!second || strcmp(first, second))
		abort();
	free(first);
	free(second);
	return 0;
}
