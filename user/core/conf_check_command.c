/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts: a command, and whose it is. */
#include "core/conf_check_vrrp.h"
#include "core/conf_command.h"
#include "core/conf_message.h"

#include <errno.h>
#include <string.h>

/* keywords whose commands keep their backslashes */
static bool is_verbatim(const struct conf_said *s)
{
	return s->key->slot == SLOT_SCRIPT;
}

/* The first `n` words as they stand, to be printed. */
static int copy_words(struct conf_checking *c, const struct conf_word *words,
		      size_t n, char ***out)
{
	char **copy = conf_arena_alloc(c->conf->arena, (n + 1) * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (conf_check_copy(c, words[i].text, &copy[i]))
			return -ENOMEM;
	}
	*out = copy;
	return 0;
}

/*
 * script /usr/bin/killall -0 nginx: keepalived drops all but the first word,
 * and the check never succeeds.  Nothing else could be meant by the others.
 */
static int append_words(struct conf_checking *c, const struct conf_line *line,
			struct conf_command *out)
{
	size_t n = 0, more = line->count - 2;
	char **argv;

	conf_warn(c->messages, &line->words[2].pos,
		  "arguments without quotes: keepalived would drop them");
	while (out->argv[n])
		n++;
	argv = conf_arena_alloc(c->conf->arena, (n + more + 1) * sizeof(*argv));
	if (!argv)
		return -ENOMEM;
	memcpy(argv, out->argv, n * sizeof(*argv));
	memcpy(argv + n, out->said + 1, more * sizeof(*argv));
	out->argv = argv;
	return 0;
}

int conf_check_user(struct conf_checking *c, const struct conf_line *line,
		    size_t i, char **user, char **group)
{
	if (i < line->count && conf_check_copy(c, line->words[i].text, user))
		return -ENOMEM;
	/* newer ones' "user : group" */
	if (++i < line->count && !strcmp(line->words[i].text, ":"))
		i++;
	if (i < line->count && conf_check_copy(c, line->words[i].text, group))
		return -ENOMEM;
	if (++i < line->count)
		conf_warn(c->messages, &line->words[i].pos,
			  "%s: '%s' is one word too many: ignored",
			  line->words[0].text, line->words[i].text);
	return 0;
}

int conf_check_command(struct conf_checking *c, const struct conf_said *s,
		       struct conf_command *out)
{
	const struct conf_line *line = s->line;
	struct conf_command command = {NULL};
	bool verbatim = is_verbatim(s);
	int err = conf_command_split(c->conf->arena, s->text, !verbatim,
				     &command.argv);

	if (err == -EINVAL || (!err && !command.argv[0])) {
		conf_error(c->messages, &s->pos, "%s: '%s' is no command: %s",
			   s->key->name, s->text,
			   err ? "a quote is left open, or a NUL in it"
			       : "it is empty");
		return 0;
	}
	if (!err)
		err = copy_words(c, line->words + 1,
				 verbatim ? line->count - 1 : 1, &command.said);
	if (!err && verbatim && line->count > 2)
		err = append_words(c, line, &command);
	if (!err && !verbatim)
		err = conf_check_user(c, line, 2, &command.user,
				      &command.group);
	if (!err)
		*out = command;
	return err;
}
