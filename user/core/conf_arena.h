/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is freed all at once: a config, and what reading one needs.
 * Nothing is freed singly.
 */
#ifndef XLBD_CONF_ARENA_H
#define XLBD_CONF_ARENA_H

#include <stddef.h>

struct conf_arena;

struct conf_arena *conf_arena_new(void); /* NULL: no memory */
void conf_arena_free(struct conf_arena *a); /* NULL-safe */

/* Zeroed, aligned for anything; NULL if there is no memory. */
void *conf_arena_alloc(struct conf_arena *a, size_t size);

/* A NUL-terminated copy; NULL if there is no memory. */
char *conf_arena_copy(struct conf_arena *a, const char *bytes, size_t length);

#endif
