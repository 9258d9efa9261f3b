/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libbpf's log.  libbpf has one print function for the process and gives it
 * no argument, so what it said is kept here, in statics.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/libbpf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	char first[160];
	char verifier[256];
	char kernel[128];
} said;

static void keep_line(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%.*s", (int)strcspn(text, "\n"), text);
}

/* The last lines before the verifier's statistics: what it objects to. */
static void keep_verifier(const char *log)
{
	const char *end = strstr(log, "-- END PROG LOAD LOG --");
	const char *start = strstr(log, "-- BEGIN PROG LOAD LOG --\n");
	const char *stats = NULL, *s;
	char *c;

	if (!start || !end)
		return;
	start += strlen("-- BEGIN PROG LOAD LOG --\n");
	for (s = start; (s = strstr(s, "\nprocessed ")) && s < end; s++)
		stats = s;
	if (stats)
		end = stats;
	if (end - start >= (long)sizeof(said.verifier)) {
		start = end - sizeof(said.verifier) + 1;
		s = memchr(start, '\n', end - start);
		start = s ? s + 1 : start;
	}
	snprintf(said.verifier, sizeof(said.verifier), "%.*s",
		 (int)(end - start), start);
	for (c = said.verifier; *c; c++)
		if (*c == '\n')
			*c = ';';
}

static void keep(const char *text)
{
	const char *kernel = strstr(text, "Kernel error message: ");

	if (!strncmp(text, "libbpf: ", 8))
		text += 8;
	if (kernel)
		keep_line(said.kernel, sizeof(said.kernel),
			  kernel + strlen("Kernel error message: "));
	else if (strstr(text, "-- BEGIN PROG LOAD LOG --"))
		keep_verifier(text);
	else if (!said.first[0])
		keep_line(said.first, sizeof(said.first), text);
}

static int print(enum libbpf_print_level level, const char *format,
		 va_list args) __attribute__((format(printf, 2, 0)));

static int print(enum libbpf_print_level level, const char *format,
		 va_list args)
{
	char *text = NULL, *line, *next;

	if (level == LIBBPF_DEBUG)
		return 0;
	if (vasprintf(&text, format, args) < 0)
		return 0;
	if (level == LIBBPF_WARN)
		keep(text);
	for (next = text; (line = strsep(&next, "\n"));)
		if (*line)
			log_debug("%s", line);
	free(text);
	return 0;
}

void libbpf_listen(void)
{
	libbpf_set_print(print);
}

void libbpf_forget(void)
{
	memset(&said, 0, sizeof(said));
}

const char *libbpf_said(void)
{
	return said.first;
}

const char *libbpf_verifier(void)
{
	return said.verifier;
}

const char *libbpf_kernel_said(void)
{
	return said.kernel;
}
