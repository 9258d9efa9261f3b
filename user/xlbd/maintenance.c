/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/maintenance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int path_of(const char *control, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s" MAINTENANCE_SUFFIX, control);

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

bool maintenance_read(const char *control)
{
	char path[PATH_MAX];

	return !path_of(control, path) && !faccessat(AT_FDCWD, path, F_OK, 0);
}

int maintenance_write(const char *control, bool on)
{
	char path[PATH_MAX];
	int err = path_of(control, path), fd;

	if (err)
		return err;
	if (!on)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
