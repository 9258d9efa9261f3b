/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in the config something was said: for every message about it.
 */
#ifndef XLBD_CONF_POS_H
#define XLBD_CONF_POS_H

struct conf_pos {
	const char *file; /* interned; lives as long as the conf */
	unsigned int line;
	unsigned int column;
};

#endif
