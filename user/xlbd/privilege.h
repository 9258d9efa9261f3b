/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the process may do, by its effective capabilities.
 */
#ifndef XLBD_PRIVILEGE_H
#define XLBD_PRIVILEGE_H

#include <stdbool.h>

/* Whether we have all it takes; else *missing names the first that we lack. */
bool privilege_have_all(const char **missing);

#endif
