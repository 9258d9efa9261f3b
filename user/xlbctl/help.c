/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/help.h"

#include <string.h>

#define SYNOPSIS_SIZE 256

static bool begins_with(const char *words, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(words, word, length) && words[length] == ' ';
}

bool help_is_prefix(const char *word)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		if (begins_with(commands[id].words, word))
			return true;
	}
	return false;
}

static void print_commands(FILE *to, const char *word)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		if (!word || begins_with(commands[id].words, word))
			fprintf(to, "  %-18s%s\n", commands[id].words,
				commands[id].help);
	}
}

void help_print(FILE *to, const char *word)
{
	fprintf(to, "usage: xlbctl [-s SOCKET] [--json] %s ...\n\n",
		word ? word : "COMMAND");
	print_commands(to, word);
	if (!word)
		fprintf(to,
			"\n"
			"  -s, --socket PATH   the daemon's control socket (%s)\n"
			"      --json          the answer as one JSON object\n"
			"      --version, -V   print the version\n"
			"      --help, -h      this, or after a COMMAND its arguments\n",
			XLBCTL_SOCKET);
	fputs("\nxlbctl COMMAND --help says what a command takes.\n", to);
}

void help_print_command(FILE *to, enum command_id id)
{
	const struct command *c = &commands[id];
	char synopsis[SYNOPSIS_SIZE];

	fprintf(to, "usage: xlbctl [-s SOCKET] [--json] %s\n\n%s\n",
		command_synopsis(id, synopsis, sizeof(synopsis)), c->help);
	if (c->positional | c->named)
		fputc('\n', to);
	for (int i = 0; i < ARGUMENT_COUNT; i++) {
		if (c->positional & ARGUMENT_BIT(i))
			fprintf(to, "  %-14s%s\n", arguments[i].value,
				arguments[i].help);
		else if (c->named & ARGUMENT_BIT(i))
			fprintf(to, "  %s%-*s%s\n",
				arguments[i].type == ARGUMENT_FLAG ? "--" : "",
				arguments[i].type == ARGUMENT_FLAG ? 12 : 14,
				arguments[i].name, arguments[i].help);
	}
}
