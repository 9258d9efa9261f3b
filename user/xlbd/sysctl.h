/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel settings that are changed while the daemon runs and put back when it
 * stops.  A value that somebody else has changed meanwhile is left alone.
 */
#ifndef XLBD_SYSCTL_H
#define XLBD_SYSCTL_H

struct sysctls;

int sysctls_new(struct sysctls **out);
void sysctls_restore(struct sysctls *s); /* and frees; NULL-safe */

/* `name` below /proc/sys, as "net/ipv4/conf/eth0/arp_announce". 0/-errno. */
int sysctls_set(struct sysctls *s, const char *name, const char *value);

#endif
