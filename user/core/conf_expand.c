/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_expand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_MAX 32767 /* of ${_RANDOM} without bounds */

struct conf_definition *conf_definition_find(const struct conf_expand *e,
					     const char *name, size_t length)
{
	struct conf_definition *d;

	for (d = e->definitions; d; d = d->next) {
		if (!strncmp(d->name, name, length) && !d->name[length])
			return d;
	}
	return NULL;
}

int conf_define(struct conf_expand *e, const char *name, size_t name_length,
		const char *value, size_t length)
{
	struct conf_definition *d = conf_definition_find(e, name, name_length);

	if (!d) {
		d = conf_arena_alloc(e->arena, sizeof(*d));
		if (!d)
			return -ENOMEM;
		d->name = conf_arena_copy(e->arena, name, name_length);
		if (!d->name)
			return -ENOMEM;
		d->next = e->definitions;
		e->definitions = d;
	}
	d->value = value;
	d->length = length;
	return 0;
}

char *conf_directory(struct conf_arena *a, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return conf_arena_copy(a, ".", 1);
	return conf_arena_copy(a, file, slash == file ? 1 : slash - file);
}

static int value_is(struct conf_reference *out, const char *value)
{
	if (!value)
		return -ENOMEM;
	out->value = value;
	out->length = strlen(value);
	return 1;
}

static int expand_pwd(struct conf_expand *e, struct conf_reference *out)
{
	const char *base = e->source->directory;
	char *directory = conf_directory(e->arena, e->file), *path;
	size_t size;

	if (!directory || *directory == '/' || !base)
		return value_is(out, directory);
	if (!strcmp(directory, "."))
		return value_is(out, base);
	size = strlen(base) + strlen(directory) + 2;
	path = conf_arena_alloc(e->arena, size);
	if (path)
		snprintf(path, size, "%s/%s", base, directory);
	return value_is(out, path);
}

static uint32_t random_next(struct conf_expand *e)
{
	/* Knuth's MMIX generator; its high bits are the good ones */
	e->random = e->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(e->random >> 33);
}

static int expand_random(struct conf_expand *e, const char *arguments,
			 struct conf_reference *out)
{
	unsigned int low = 0, high = RANDOM_MAX;
	char number[16];
	int end = 0;

	if (*arguments &&
	    (sscanf(arguments, "%9u %n%9u %n", &low, &end, &high, &end) < 1 ||
	     arguments[end]))
		return 0;
	if (low > high)
		return 0;
	snprintf(number, sizeof(number), "%u",
		 low + random_next(e) % (high - low + 1));
	return value_is(out, conf_arena_copy(e->arena, number, strlen(number)));
}

static int expand_env(struct conf_expand *e, const char *name,
		      struct conf_reference *out)
{
	char *value, *copy;

	if (!*name || e->source->env(e->source->arg, name, &value))
		return 0;
	copy = conf_arena_copy(e->arena, value, strlen(value));
	free(value);
	return value_is(out, copy);
}

/* `inside` is NAME, or "_RANDOM 1 5". */
static int expand(struct conf_expand *e, const char *inside,
		  struct conf_reference *out)
{
	size_t length = strcspn(inside, " \t");
	const char *arguments =
		inside + length + strspn(inside + length, " \t");
	struct conf_definition *d = conf_definition_find(e, inside, length);

	if (d && d->value && !*arguments) {
		out->value = d->value;
		out->length = d->length;
		return 1;
	}
	if (!strcmp(inside, "_PWD"))
		return expand_pwd(e, out);
	if (!strcmp(inside, "_INSTANCE"))
		return value_is(out, e->source->config_id);
	if (!strcmp(inside, "_HASH"))
		return value_is(out, "#");
	if (!strcmp(inside, "_BANG"))
		return value_is(out, "!");
	if (length == 7 && !strncmp(inside, "_RANDOM", length))
		return expand_random(e, arguments, out);
	if (length == 4 && !strncmp(inside, "_ENV", length))
		return expand_env(e, arguments, out);
	return 0;
}

#define MAX_INSIDE 127 /* bytes of "_RANDOM 1 5"; longer is no reference */

/* What stands between "${" and "}", or the name after "$"; false: neither. */
static bool reference_at(struct conf_text t, size_t at, char *inside,
			 size_t *end)
{
	size_t from = at + 1, to, limit;
	bool braced = from < t.length && t.bytes[from] == '{';

	from += braced;
	limit = t.length - from > MAX_INSIDE ? from + MAX_INSIDE : t.length;
	if (from >= limit || !conf_is_name(t.bytes[from], true))
		return false;
	for (to = from; to < limit; to++) {
		if (braced ? t.bytes[to] == '}'
			   : !conf_is_name(t.bytes[to], false))
			break;
	}
	if (braced && to == limit)
		return false;
	memcpy(inside, t.bytes + from, to - from);
	inside[to - from] = '\0';
	*end = to + braced;
	return true;
}

static bool ends_with_brace_or_word(struct conf_text t, size_t end)
{
	return t.bytes[end - 1] == '}' || end == t.length ||
	       conf_is_blank(t.bytes[end]);
}

int conf_reference_find(struct conf_expand *e, struct conf_text t,
			struct conf_reference *out)
{
	char inside[MAX_INSIDE + 1];
	int err;

	for (size_t i = 0; i < t.length; i++) {
		if (t.bytes[i] != '$' ||
		    !reference_at(t, i, inside, &out->to) ||
		    !ends_with_brace_or_word(t, out->to))
			continue;
		out->from = i;
		err = expand(e, inside, out);
		if (err)
			return err;
	}
	return 0;
}

bool conf_reference_left(const struct conf_expand *e, const char *word,
			 bool quoted, struct conf_unreplaced *out)
{
	struct conf_text t = {word, NULL, strlen(word)};
	struct conf_definition *d;
	size_t end;

	for (size_t i = 0; i < t.length; i++) {
		if (word[i] != '$' || !reference_at(t, i, out->name, &end))
			continue;
		d = conf_definition_find(e, out->name, strlen(out->name));
		out->defined = d && d->value;
		/* a script's own $x or ${x} is its own business */
		if (out->defined || (!quoted && word[i + 1] == '{'))
			return true;
	}
	return false;
}
