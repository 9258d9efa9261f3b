/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_include.h"
#include "core/conf_lex_state.h"
#include "core/conf_message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INCLUDED 16 /* files in files */

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
	err = name ? conf_lex_file(lx, name, bytes, length) : -ENOMEM;
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
	bool said = false;
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
		if (found || n == 1 || !(checks & CONF_INCLUDE_BRACE))
			continue;
		conf_error(lx->messages, pos, "no file matches '%s'",
			   patterns[i]);
		said = true;
	}
	if (!total && n && !said)
		judge_no_match(lx, pattern, pos, checks);
	return 0;
}

/* `t` is what stands behind the word include, which stands at `pos`. */
int conf_lex_include(struct conf_lex *lx, struct conf_text t,
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
	pos = conf_lex_at(lx, t);
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
