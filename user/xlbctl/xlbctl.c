/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xlbctl: asks the daemon on this node, or has it change something.
 * Options may stand anywhere; the other words are the command's.
 */
#include "xlbctl/client.h"
#include "xlbctl/help.h"
#include "xlbctl/output.h"
#include "xlbctl/question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
	const char *socket;
	bool json, help, version;
	char **words; /* what is no option, in argv's own place */
	int n_words;
};

static int take_socket(struct options *o, char **argv, int *i)
{
	const char *arg = argv[*i];

	if (!strncmp(arg, "--socket=", 9))
		o->socket = arg + 9;
	else if (!strncmp(arg, "-s", 2) && arg[2])
		o->socket = arg + 2;
	else
		o->socket = argv[++*i];
	if (o->socket && *o->socket)
		return 0;
	fprintf(stderr, "%s needs a PATH\n", arg);
	return -EINVAL;
}

static bool is_socket(const char *arg)
{
	return !strncmp(arg, "-s", 2) || !strcmp(arg, "--socket") ||
	       !strncmp(arg, "--socket=", 9);
}

/* Options beginning with "--" that a command's table has are its own. */
static int options_parse(int argc, char **argv, struct options *o)
{
	int err;

	o->words = argv;
	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];

		if (is_socket(arg)) {
			err = take_socket(o, argv, &i);
			if (err)
				return err;
		} else if (!strcmp(arg, "--json")) {
			o->json = true;
		} else if (!strcmp(arg, "--help") || !strcmp(arg, "-h")) {
			o->help = true;
		} else if (!strcmp(arg, "--version") || !strcmp(arg, "-V")) {
			o->version = true;
		} else if (*arg == '-' && (strncmp(arg, "--", 2) ||
					   argument_find(arg + 2) < 0)) {
			fprintf(stderr, "unknown option '%s'\n", arg);
			return -EINVAL;
		} else {
			o->words[o->n_words++] = arg;
		}
	}
	return 0;
}

static enum exit_code ask(const struct options *o, const struct question *q)
{
	struct text_output text = {.command = q->command};
	struct json_output json = {.begun = false};
	char error[CLIENT_ERROR_SIZE];
	enum exit_code code;

	code = client_ask(o->socket, q->request,
			  o->json ? json_output_part : text_output_part,
			  o->json ? (void *)&json : &text, error);
	table_finish(&text.table);
	if (code == EXIT_DONE && (json.failed || text.table.failed)) {
		snprintf(error, sizeof(error), "out of memory");
		code = EXIT_REFUSED;
	}
	if (fflush(stdout) || ferror(stdout)) {
		snprintf(error, sizeof(error), "stdout: %s", strerror(errno));
		code = EXIT_REFUSED;
	}
	if (code != EXIT_DONE)
		fprintf(stderr, "%s\n", error);
	return code;
}

/* What there is to say when the words name no command. */
static enum exit_code no_command(const struct options *o)
{
	const char *word = o->n_words ? o->words[0] : NULL;
	bool prefix = word && help_is_prefix(word);

	if (!word || (prefix && (o->n_words == 1 || o->help))) {
		help_print(o->help ? stdout : stderr, word);
		return o->help ? EXIT_DONE : EXIT_USAGE;
	}
	fprintf(stderr,
		"unknown command '%s%s%s' (xlbctl%s%s --help lists them)\n",
		word, prefix ? " " : "", prefix ? o->words[1] : "",
		prefix ? " " : "", prefix ? word : "");
	return EXIT_USAGE;
}

static enum exit_code run(const struct options *o)
{
	char error[COMMAND_ERROR_SIZE], synopsis[COMMAND_ERROR_SIZE];
	struct question q;
	enum command_id id;
	enum exit_code code;
	int taken;

	taken = question_find_command(o->words, o->n_words, &id);
	if (!taken)
		return no_command(o);
	if (o->help) {
		help_print_command(stdout, id);
		return EXIT_DONE;
	}
	if (question_parse(id, o->words + taken, o->n_words - taken, &q,
			   error)) {
		fprintf(stderr, "%s\nusage: xlbctl %s\n", error,
			command_synopsis(id, synopsis, sizeof(synopsis)));
		return EXIT_USAGE;
	}
	if (o->json && q.values.given & ARGUMENT_BIT(ARGUMENT_PROMETHEUS)) {
		fputs("--json or --prometheus, not both\n", stderr);
		code = EXIT_USAGE;
	} else {
		code = ask(o, &q);
	}
	json_free(q.request);
	return code;
}

int main(int argc, char **argv)
{
	struct options o = {.socket = XLBCTL_SOCKET};

	if (options_parse(argc, argv, &o)) {
		fputs("xlbctl --help says what there is.\n", stderr);
		return EXIT_USAGE;
	}
	if (o.version) {
		puts("xlbctl " XLBD_VERSION);
		return EXIT_DONE;
	}
	return run(&o);
}
