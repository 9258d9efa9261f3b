/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a config says, block by block, as it was said: values parsed by type,
 * nothing inherited, no default filled in.  Between conf_parse.c, which makes
 * it, and the checks, which make struct conf of it.
 */
#ifndef XLBD_CONF_TREE_H
#define XLBD_CONF_TREE_H

#include "core/conf.h"
#include "core/conf_keywords.h"
#include "core/conf_lex.h"

struct conf_said {
	struct conf_said *next; /* in this block, in order */
	const struct conf_keyword *key;
	const struct conf_line *line; /* keyword and its words */
	const struct conf_line *list; /* TYPE_LIST: from the '{' on */
	struct conf_pos pos; /* of the first word, or the keyword */
	bool bad; /* there was an error about it: it has no value */
	int64_t number; /* NUMBER, WEIGHT, TIME, BOOL, CHOICE, KIND, PORT */
	const char *text; /* WORD */
	struct addr addr; /* ADDRESS */
	struct endpoint endpoint; /* ADDRESS_PORT, ENDPOINT */
	struct conf_timeouts timeouts; /* TIMEOUTS; negative: not said */
};

struct conf_block {
	struct conf_block *next; /* in the same block */
	struct conf_block *parent;
	const struct conf_keyword *key; /* NULL: the file */
	const struct conf_line *line; /* keyword and words; NULL: the file */
	enum conf_block_id id;
	struct conf_block *children, **last_child;
	struct conf_said *said, **last_said;
};

struct conf_tree {
	struct conf_block root;
};

struct conf_block *conf_block_new(struct conf_arena *a,
				  struct conf_block *parent,
				  const struct conf_keyword *key,
				  const struct conf_line *line);

/* The last word on it in this block; or here or further out; or NULL. */
const struct conf_said *conf_said_here(const struct conf_block *b,
				       enum conf_slot slot);
const struct conf_said *conf_said_find(const struct conf_block *b,
				       enum conf_slot slot);
/* Was it said here at all, be it badly? */
bool conf_said_tried(const struct conf_block *b, enum conf_slot slot);
/* What was said here or further out, else the table's default (or 0). */
int64_t conf_said_number(const struct conf_block *b, enum conf_slot slot);
int64_t conf_default_number(enum conf_block_id block, enum conf_slot slot);

/* The lines of a list, one after the other: start with NULL. */
const struct conf_line *conf_list_next(const struct conf_said *list,
				       const struct conf_line *line);

/* The lines of all lists of a slot in a block: start with {NULL}. */
struct conf_walk {
	const struct conf_said *said;
	const struct conf_line *line;
};
const struct conf_line *conf_walk_next(const struct conf_block *b,
				       enum conf_slot slot,
				       struct conf_walk *w);
size_t conf_walk_count(const struct conf_block *b, enum conf_slot slot);

/* conf_parse.c: lines -> tree.  0 or -ENOMEM. */
int conf_tree_parse(const struct conf_line *lines, struct conf_arena *a,
		    struct conf_messages *messages, struct conf_tree *out);

/*
 * conf_types.c: what follows a keyword on its line, by its type.  0, or
 * -EINVAL after a message, and then the value does not count.
 */
int conf_type_parse(const struct conf_keyword *k, const struct conf_line *line,
		    bool ours, struct conf_messages *messages,
		    struct conf_said *out);
/* "7" -> 7; digits and a leading '-' only */
int conf_number_parse(const char *text, int64_t *out);
int conf_port_parse(const char *text, uint16_t *out); /* 1..65535 */
/* "link", "253": the kernel's number */
int conf_scope_parse(const char *text, uint8_t *out);
/* "200", "200-299" */
int conf_status_parse(const char *text, struct conf_status_range *out);

/*
 * tree -> struct conf: inheritance, defaults, what keepalived corrects.  All
 * memory is of conf->arena.  0 or -ENOMEM.
 */
struct conf_checking {
	const struct conf_tree *tree;
	const struct conf_source *source;
	struct conf *conf;
	struct conf_messages *messages;
	unsigned int later; /* options of addresses that were warned of */
};

int conf_check(struct conf_checking *c); /* conf_check.c */
int conf_check_vrrp(struct conf_checking *c); /* conf_check_vrrp.c */
int conf_check_services(struct conf_checking *c); /* conf_check_services.c */
int conf_check_checkers(struct conf_checking *c, const struct conf_block *rs,
			struct conf_backend *out); /* conf_check_checkers.c */

void conf_check_references(struct conf_checking *c); /* ..._references.c */
void conf_check_interface(struct conf_checking *c, const struct conf_pos *pos,
			  const char *name);

/* Children of that kind; and the first, or the one after `b`. */
size_t conf_block_count(const struct conf_block *parent, enum conf_block_id id);
const struct conf_block *conf_block_next(const struct conf_block *parent,
					 enum conf_block_id id,
					 const struct conf_block *b);
/* The only one that counts: the last of that kind in the file, or NULL. */
const struct conf_said *conf_said_global(const struct conf_tree *tree,
					 enum conf_block_id id,
					 enum conf_slot slot);

#endif
