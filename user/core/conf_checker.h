/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checkers that live longer than the config they came from: deep copies.
 */
#ifndef XLBD_CONF_CHECKER_H
#define XLBD_CONF_CHECKER_H

#include "core/conf.h"

/* 0/-ENOMEM; *to is to be given to conf_checker_fini(). */
int conf_checker_copy(const struct conf_checker *from, struct conf_checker *to);
void conf_checker_fini(struct conf_checker *c); /* zeroed is fine */

/* Says the same but for its position. */
bool conf_checker_equal(const struct conf_checker *a,
			const struct conf_checker *b);

#endif
