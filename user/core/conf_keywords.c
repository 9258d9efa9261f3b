/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/conf_keywords.h"

#include <stdio.h>
#include <string.h>

const struct conf_keyword *conf_keyword_get(size_t index)
{
	static const struct conf_keyword_part *const parts[] = {
		&conf_keywords_services,
		&conf_keywords_vrrp,
		&conf_keywords_global,
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (index < parts[i]->count)
			return &parts[i]->list[index];
		index -= parts[i]->count;
	}
	return NULL;
}

const struct conf_keyword *conf_keyword_find(enum conf_block_id block,
					     const char *name)
{
	const struct conf_keyword *k;

	for (size_t i = 0; (k = conf_keyword_get(i)); i++) {
		if ((k->in & block) && !strcmp(k->name, name))
			return k;
	}
	return NULL;
}

const struct conf_keyword *conf_keyword_of_slot(enum conf_block_id block,
						enum conf_slot slot)
{
	const struct conf_keyword *k;

	for (size_t i = 0; (k = conf_keyword_get(i)); i++) {
		if ((k->in & block) && k->slot == slot)
			return k;
	}
	return NULL;
}

const char *conf_block_name(enum conf_block_id block)
{
	const struct conf_keyword *k;

	for (size_t i = 0; (k = conf_keyword_get(i)); i++) {
		if (k->child == block)
			return k->name;
	}
	return "the file";
}

int conf_choice_find(const char *choices, const char *word)
{
	size_t length = strlen(word), n;

	for (int i = 0;; i++) {
		n = strcspn(choices, "|");
		if (n == length && !strncmp(choices, word, n))
			return i;
		if (!choices[n])
			return -1;
		choices += n + 1;
	}
}

const char *conf_choice_print(const char *choices, int index, char *buf,
			      size_t size)
{
	while (index-- > 0)
		choices = strchr(choices, '|') + 1;
	snprintf(buf, size, "%.*s", (int)strcspn(choices, "|"), choices);
	return buf;
}
