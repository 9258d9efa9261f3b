/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_include.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_NESTED 16

bool conf_include_is(struct conf_text t, unsigned int *checks, size_t *length)
{
	static const struct {
		const char *word;
		unsigned int checks;
	} variants[] = {
		{"include", 0},
		{"includer", CONF_INCLUDE_READ},
		{"includem", CONF_INCLUDE_MATCH},
		{"includew", CONF_INCLUDE_WILD},
		{"includeb", CONF_INCLUDE_BRACE},
		{"includea", CONF_INCLUDE_ALL},
	};
	size_t end = 0;

	while (end < t.length && !conf_is_blank(t.bytes[end]) &&
	       t.bytes[end] != '"')
		end++;
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		if (end == strlen(variants[i].word) &&
		    !memcmp(t.bytes, variants[i].word, end)) {
			*checks = variants[i].checks;
			*length = end;
			return true;
		}
	}
	return false;
}

int conf_include_option(const char *word, unsigned int *checks)
{
	static const struct {
		const char *word;
		unsigned int check;
	} options[] = {
		{"read", CONF_INCLUDE_READ},
		{"readable", CONF_INCLUDE_READ},
		{"match", CONF_INCLUDE_MATCH},
		{"wildcard_match", CONF_INCLUDE_WILD},
		{"brace_match", CONF_INCLUDE_BRACE},
	};
	bool take = *word == '-';

	if (*word == '+' || *word == '-')
		word++;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].word, word))
			continue;
		if (take)
			*checks &= ~options[i].check;
		else
			*checks |= options[i].check;
		return 0;
	}
	return -EINVAL;
}

bool conf_include_has_wildcard(const char *pattern)
{
	return pattern[strcspn(pattern, "*?[")];
}

struct patterns {
	struct conf_arena *arena;
	const char *directory;
	char **list;
	size_t count;
};

/* Where the group that opens at `open` closes; NULL: nowhere. */
static const char *group_end(const char *open)
{
	int depth = 0;

	for (; *open; open++) {
		if (*open == '{')
			depth++;
		else if (*open == '}' && !--depth)
			return open;
	}
	return NULL;
}

/* The next ',' of this group, or its '}'. */
static const char *alternative_end(const char *from, const char *close)
{
	int depth = 0;

	for (; from < close; from++) {
		if (*from == '{')
			depth++;
		else if (*from == '}')
			depth--;
		else if (*from == ',' && !depth)
			break;
	}
	return from;
}

static int add(struct patterns *p, const char *pattern)
{
	bool in_place = *pattern == '/' || !strcmp(p->directory, ".");
	size_t size = strlen(p->directory) + strlen(pattern) + 2;
	char *path;

	if (strchr(pattern, '}'))
		return -EINVAL;
	if (p->count == CONF_INCLUDE_MAX_PATTERNS)
		return -E2BIG;
	path = conf_arena_alloc(p->arena, size);
	if (!path)
		return -ENOMEM;
	snprintf(path, size, "%s%s%s", in_place ? "" : p->directory,
		 in_place ? "" : "/", pattern);
	p->list[p->count++] = path;
	return 0;
}

static int expand(struct patterns *p, const char *pattern, unsigned int nested)
{
	const char *open = strchr(pattern, '{'), *close, *from, *end;
	size_t size = strlen(pattern) + 1;
	char *one;
	int err;

	if (!open)
		return add(p, pattern);
	close = group_end(open);
	if (!close)
		return -EINVAL;
	if (nested == MAX_NESTED)
		return -E2BIG;
	for (from = open + 1; from <= close; from = end + 1) {
		end = alternative_end(from, close);
		one = conf_arena_alloc(p->arena, size);
		if (!one)
			return -ENOMEM;
		snprintf(one, size, "%.*s%.*s%s", (int)(open - pattern),
			 pattern, (int)(end - from), from, close + 1);
		err = expand(p, one, nested + 1);
		if (err)
			return err;
	}
	return 0;
}

int conf_include_patterns(struct conf_arena *a, const char *directory,
			  const char *pattern, char **out, size_t *count)
{
	struct patterns p = {.arena = a, .directory = directory, .list = out};
	int err = expand(&p, pattern, 0);

	if (!err)
		*count = p.count;
	return err;
}
