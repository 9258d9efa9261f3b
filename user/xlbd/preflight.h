/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xlbd --preflight: what this machine can do for a config, and what to fix.
 * Changes nothing.
 */
#ifndef XLBD_PREFLIGHT_H
#define XLBD_PREFLIGHT_H

#include "core/conf.h"

/* Prints a line for each finding; returns how many need fixing. */
int preflight(const struct conf *conf);

#endif
