/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel settings that are changed while the daemon runs and put back when it
 * stops.  A value that somebody else has changed meanwhile is left alone.  A
 * file beside the control socket holds what they were, for whoever comes
 * after a daemon that died.
 */
#ifndef XLBD_SYSCTL_H
#define XLBD_SYSCTL_H

struct sysctls;

/* `control` is the control socket's path; the file's is that and this. */
#define SYSCTLS_SUFFIX ".sysctls"

/* With what a daemon that died has changed. 0/-errno. */
int sysctls_new(const char *control, struct sysctls **out);
void sysctls_restore(struct sysctls *s); /* and frees; NULL-safe */

/* `name` below /proc/sys, as "net/ipv4/conf/eth0/arp_announce"; one word. */
int sysctls_set(struct sysctls *s, const char *name, const char *value);

#endif
