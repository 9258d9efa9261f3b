/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_printer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct printer *p, const char *bytes, size_t length)
{
	size_t room = p->room;
	char *text;

	while (room < p->length + length + 1)
		room = room ? room * 2 : 4096;
	if (room != p->room) {
		text = realloc(p->text, room);
		if (!text) {
			p->failed = true;
			return;
		}
		p->text = text;
		p->room = room;
	}
	memcpy(p->text + p->length, bytes, length);
	p->length += length;
	p->text[p->length] = '\0';
}

static void put_text(struct printer *p, const char *text)
{
	put(p, text, strlen(text));
}

void printer_start(struct printer *p)
{
	for (int i = 0; i < p->indent; i++)
		put_text(p, "\t");
	p->started = false;
}

static void put_blank(struct printer *p)
{
	put_text(p, p->started ? " " : "");
	p->started = true;
}

static void add_quoted(struct printer *p, const char *word)
{
	put_blank(p);
	put_text(p, "\"");
	put_text(p, word);
	put_text(p, "\"");
}

void printer_add(struct printer *p, const char *word)
{
	if (!word)
		return;
	if (!*word || strpbrk(word, " \t\n\v\f\r{}#!$@~")) {
		add_quoted(p, word);
		return;
	}
	put_blank(p);
	put_text(p, word);
}

__attribute__((format(printf, 2, 0))) static void
add_formatted(struct printer *p, const char *format, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	put_blank(p);
	put_text(p, text);
}

void printer_add_text(struct printer *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_formatted(p, format, args);
	va_end(args);
}

void printer_finish(struct printer *p)
{
	put_text(p, "\n");
}

void printer_line(struct printer *p, const char *format, ...)
{
	va_list args;

	printer_start(p);
	va_start(args, format);
	add_formatted(p, format, args);
	va_end(args);
	printer_finish(p);
}

void printer_begin(struct printer *p, const char *format, ...)
{
	va_list args;

	printer_start(p);
	va_start(args, format);
	add_formatted(p, format, args);
	va_end(args);
	printer_add_text(p, "{");
	printer_finish(p);
	p->indent++;
}

void printer_begin_named(struct printer *p, const char *keyword,
			 const char *name)
{
	printer_start(p);
	printer_add_text(p, "%s", keyword);
	add_quoted(p, name);
	printer_add_text(p, "{");
	printer_finish(p);
	p->indent++;
}

void printer_end(struct printer *p)
{
	p->indent--;
	printer_line(p, "}");
}

void printer_word(struct printer *p, const char *keyword, const char *word)
{
	printer_start(p);
	printer_add_text(p, "%s", keyword);
	printer_add(p, word);
	printer_finish(p);
}

void printer_time(struct printer *p, const char *keyword, struct usec span)
{
	char text[USEC_PRINT_SIZE];

	printer_line(p, "%s %s", keyword, usec_print(span, text, sizeof(text)));
}

void printer_address(struct printer *p, const char *keyword,
		     const struct addr *addr)
{
	char text[ADDR_PRINT_SIZE];

	printer_line(p, "%s %s", keyword, addr_print(addr, text, sizeof(text)));
}

void printer_flag(struct printer *p, const char *keyword, bool on)
{
	if (on)
		printer_line(p, "%s", keyword);
}

void printer_command(struct printer *p, const char *keyword,
		     const struct conf_command *c)
{
	if (!c->argv)
		return;
	printer_start(p);
	printer_add(p, keyword);
	for (char **word = c->said; *word; word++)
		printer_add(p, *word);
	printer_add(p, c->user);
	if (c->user)
		printer_add(p, c->group);
	printer_finish(p);
}
