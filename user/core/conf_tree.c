/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_tree.h"

#include <stdlib.h>

struct conf_block *conf_block_new(struct conf_arena *a,
				  struct conf_block *parent,
				  const struct conf_keyword *key,
				  const struct conf_line *line)
{
	struct conf_block *b = conf_arena_alloc(a, sizeof(*b));

	if (!b)
		return NULL;
	b->parent = parent;
	b->key = key;
	b->line = line;
	b->id = key->child;
	b->last_child = &b->children;
	b->last_said = &b->said;
	*parent->last_child = b;
	parent->last_child = &b->next;
	return b;
}

const struct conf_said *conf_said_here(const struct conf_block *b,
				       enum conf_slot slot)
{
	const struct conf_said *s, *last = NULL;

	for (s = b->said; s; s = s->next) {
		if (s->key->slot == slot && !s->bad)
			last = s;
	}
	return last;
}

bool conf_said_tried(const struct conf_block *b, enum conf_slot slot)
{
	const struct conf_said *s;

	for (s = b->said; s; s = s->next) {
		if (s->key->slot == slot)
			return true;
	}
	return false;
}

const struct conf_said *conf_said_find(const struct conf_block *b,
				       enum conf_slot slot)
{
	const struct conf_said *s = NULL;

	for (; b && !s; b = b->parent)
		s = conf_said_here(b, slot);
	return s;
}

int64_t conf_default_number(enum conf_block_id block, enum conf_slot slot)
{
	const struct conf_keyword *k = conf_keyword_of_slot(block, slot);
	struct usec span;

	if (!k || !k->standard)
		return 0;
	switch (k->type) {
	case TYPE_TIME:
		return usec_parse(k->standard, &span) ? 0 : span.us;
	case TYPE_CHOICE:
	case TYPE_KIND:
		return conf_choice_find(k->choices, k->standard);
	default:
		return strtoll(k->standard, NULL, 10);
	}
}

int64_t conf_said_number(const struct conf_block *b, enum conf_slot slot)
{
	const struct conf_said *s = conf_said_find(b, slot);

	return s ? s->number : conf_default_number(b->id, slot);
}

const struct conf_line *conf_list_next(const struct conf_said *list,
				       const struct conf_line *line)
{
	line = line ? line->next : list->list->next;
	return line->type == CONF_LINE_WORDS ? line : NULL;
}

const struct conf_line *conf_walk_next(const struct conf_block *b,
				       enum conf_slot slot, struct conf_walk *w)
{
	const struct conf_said *s = w->said ? w->said : b->said;

	for (; s; s = s->next, w->line = NULL) {
		if (s->key->slot != slot || s->bad)
			continue;
		w->said = s;
		w->line = conf_list_next(s, w->line);
		if (w->line)
			return w->line;
	}
	return NULL;
}

size_t conf_walk_count(const struct conf_block *b, enum conf_slot slot)
{
	struct conf_walk walk = {NULL};
	size_t n = 0;

	while (conf_walk_next(b, slot, &walk))
		n++;
	return n;
}

const struct conf_block *conf_block_next(const struct conf_block *parent,
					 enum conf_block_id id,
					 const struct conf_block *b)
{
	for (b = b ? b->next : parent->children; b; b = b->next) {
		if (b->id & id)
			return b;
	}
	return NULL;
}

size_t conf_block_count(const struct conf_block *parent, enum conf_block_id id)
{
	const struct conf_block *b = NULL;
	size_t n = 0;

	while ((b = conf_block_next(parent, id, b)))
		n++;
	return n;
}

const struct conf_said *conf_said_global(const struct conf_tree *tree,
					 enum conf_block_id id,
					 enum conf_slot slot)
{
	const struct conf_said *s, *last = NULL;
	const struct conf_block *b = NULL;

	while ((b = conf_block_next(&tree->root, id, b))) {
		s = conf_said_here(b, slot);
		if (s)
			last = s;
	}
	return last;
}
