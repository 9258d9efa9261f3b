/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds Prometheus' text format (version 0.0.4): families with HELP and
 * TYPE once, samples with escaped labels.  No I/O; what to say is the
 * caller's business.
 */
#ifndef XLBD_PROM_H
#define XLBD_PROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prom_type { PROM_COUNTER, PROM_GAUGE };

struct prom_label {
	const char *name, *value;
};

/* Zeroed at the start; `text` is NUL-terminated once something was said. */
struct prom {
	char *text;
	size_t length, room;
	bool failed; /* out of memory; everything after is ignored */
	const char *family; /* the one being told; borrowed */
};

/* Heads a family, unless it is the one being told already. */
void prom_family(struct prom *p, const char *name, enum prom_type type,
		 const char *help);

/* One sample of that family, with the labels whose value is not NULL. */
void prom_sample(struct prom *p, const struct prom_label *labels, size_t n,
		 uint64_t value);

/*
 * The whole text, to free(), or NULL if memory ran out.  *p is as new
 * afterwards.
 */
char *prom_take(struct prom *p, size_t *length);

#endif
