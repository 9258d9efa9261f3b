/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/track_process_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of /proc/PID/`name`, at most `size` bytes; their number or -errno. */
static ssize_t read_file(int proc, pid_t pid, const char *name, char *buf,
			 size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%d/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size);
	if (n < 0)
		n = -errno;
	close(fd);
	return n;
}

int track_look_at(int proc, pid_t pid, struct track_look *out)
{
	char stat[256];
	ssize_t n = read_file(proc, pid, "stat", stat, sizeof(stat));

	if (n < 0)
		return (int)n;
	out->proc = proc;
	out->pid = pid;
	out->has_cmdline = false;
	return process_stat_parse(stat, (size_t)n, out->comm);
}

bool track_look_matches(struct track_look *look,
			const struct process_match *match)
{
	if (process_match_needs_cmdline(match) && !look->has_cmdline) {
		ssize_t n = read_file(look->proc, look->pid, "cmdline",
				      look->cmdline, sizeof(look->cmdline));

		look->length = n > 0 ? (size_t)n : 0;
		look->has_cmdline = true;
	}
	return process_matches(match, look->comm, look->cmdline,
			       look->has_cmdline ? look->length : 0);
}

int track_proc_walk(int proc, void (*each)(void *arg, pid_t pid), void *arg)
{
	const struct dirent *entry;
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		if (isdigit((unsigned char)*entry->d_name))
			each(arg, atoi(entry->d_name));
	}
	closedir(dir);
	return 0;
}
