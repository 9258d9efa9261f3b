/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A config's text as it grows: indented lines, and words in quotes where the
 * lexer needs them.  Between conf_print()'s parts; nobody else includes it.
 */
#ifndef XLBD_CONF_PRINTER_H
#define XLBD_CONF_PRINTER_H

#include "core/conf.h"

struct printer {
	char *text; /* to free() */
	size_t length, room;
	int indent;
	bool started; /* this line has something */
	bool failed; /* no memory: `text` is not all */
};

__attribute__((format(printf, 2, 3))) void
printer_line(struct printer *p, const char *format, ...);
/* ... {, and what follows one step to the right; a name is always quoted */
__attribute__((format(printf, 2, 3))) void
printer_begin(struct printer *p, const char *format, ...);
void printer_begin_named(struct printer *p, const char *keyword,
			 const char *name);
void printer_end(struct printer *p);

/*
 * A line in parts: each but the first has a blank before it.  Words may hold
 * anything that the lexer lets through, text is printed as it is.
 */
void printer_start(struct printer *p);
void printer_add(struct printer *p, const char *word); /* NULL: nothing */
__attribute__((format(printf, 2, 3))) void
printer_add_text(struct printer *p, const char *format, ...);
void printer_finish(struct printer *p);

void printer_word(struct printer *p, const char *keyword, const char *word);
void printer_time(struct printer *p, const char *keyword, struct usec span);
void printer_address(struct printer *p, const char *keyword,
		     const struct addr *addr);
void printer_flag(struct printer *p, const char *keyword, bool on);
/* As said, with their user; nothing, if there is no command. */
void printer_command(struct printer *p, const char *keyword,
		     const struct conf_command *c);

/* conf_print_tracked.c: scripts, processes, files, and lists of them */
void conf_print_tracked(struct printer *p, const struct conf *c);
void conf_print_tracks(struct printer *p, const struct conf_tracks *t);
/* conf_print_vrrp.c */
void conf_print_groups(struct printer *p, const struct conf *c);
void conf_print_vrrps(struct printer *p, const struct conf *c);
void conf_print_static(struct printer *p, const struct conf *c);
/* conf_print_routes.c; nothing, if there are none */
void conf_print_routes(struct printer *p, const char *keyword,
		       const struct conf_route *routes, size_t n);

#endif
