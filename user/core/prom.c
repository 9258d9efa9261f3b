/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/prom.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct prom *p, size_t more)
{
	size_t room = p->room ? p->room : 4096;
	char *text;

	if (p->failed)
		return false;
	while (room - p->length <= more)
		room *= 2;
	if (room == p->room)
		return true;
	text = realloc(p->text, room);
	if (!text) {
		p->failed = true;
		return false;
	}
	p->text = text;
	p->room = room;
	return true;
}

static void add(struct prom *p, const char *text)
{
	size_t length = strlen(text);

	if (!reserve(p, length))
		return;
	memcpy(p->text + p->length, text, length + 1);
	p->length += length;
}

/* A label's value escapes the quote as well; a help text does not. */
static void add_escaped(struct prom *p, const char *text, bool quoted)
{
	char one[2] = "";

	for (; *text; text++) {
		if (*text == '\\')
			add(p, "\\\\");
		else if (*text == '\n')
			add(p, "\\n");
		else if (*text == '"' && quoted)
			add(p, "\\\"");
		else {
			one[0] = *text;
			add(p, one);
		}
	}
}

void prom_family(struct prom *p, const char *name, enum prom_type type,
		 const char *help)
{
	if (p->family && !strcmp(p->family, name))
		return;
	p->family = name;
	add(p, "# HELP ");
	add(p, name);
	add(p, " ");
	add_escaped(p, help, false);
	add(p, "\n# TYPE ");
	add(p, name);
	add(p, type == PROM_COUNTER ? " counter\n" : " gauge\n");
}

void prom_sample(struct prom *p, const struct prom_label *labels, size_t n,
		 uint64_t value)
{
	const char *separator = "{";
	char number[24];

	add(p, p->family);
	for (size_t i = 0; i < n; i++) {
		if (!labels[i].value)
			continue;
		add(p, separator);
		add(p, labels[i].name);
		add(p, "=\"");
		add_escaped(p, labels[i].value, true);
		add(p, "\"");
		separator = ",";
	}
	snprintf(number, sizeof(number), " %" PRIu64 "\n", value);
	add(p, *separator == ',' ? "}" : "");
	add(p, number);
}

char *prom_take(struct prom *p, size_t *length)
{
	char *text;

	add(p, "");
	text = p->failed ? NULL : p->text;
	if (text)
		*length = p->length;
	else
		free(p->text);
	memset(p, 0, sizeof(*p));
	return text;
}
