/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `include` lines: which variant, which checks, which patterns.  Pure text;
 * the files themselves come through struct conf_source.
 */
#ifndef XLBD_CONF_INCLUDE_H
#define XLBD_CONF_INCLUDE_H

#include "core/conf_text.h"

enum conf_include_check {
	CONF_INCLUDE_READ = 1 << 0, /* a match cannot be read */
	CONF_INCLUDE_MATCH = 1 << 1, /* no match for a plain name */
	CONF_INCLUDE_WILD = 1 << 2, /* no match, even for a wildcard */
	CONF_INCLUDE_BRACE = 1 << 3, /* no match for a brace alternative */
	CONF_INCLUDE_ALL = (1 << 4) - 1,
};

/* Is the first word include, includer, ...?  Then its checks and length. */
bool conf_include_is(struct conf_text t, unsigned int *checks, size_t *length);

/* "+match", "-readable", "brace_match": changes *checks. 0 or -EINVAL. */
int conf_include_option(const char *word, unsigned int *checks);

bool conf_include_has_wildcard(const char *pattern);

#define CONF_INCLUDE_MAX_PATTERNS 256

/*
 * Expands {a,b{c,d}} in `pattern` and puts `directory` before what is
 * relative.  At most CONF_INCLUDE_MAX_PATTERNS.  0, -ENOMEM, -E2BIG, -EINVAL
 * (unbalanced braces).
 */
int conf_include_patterns(struct conf_arena *a, const char *directory,
			  const char *pattern, char **out, size_t *count);

#endif
