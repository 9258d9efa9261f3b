/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE  128
#define VALUE_SIZE 64

struct change {
	char name[NAME_SIZE];
	char before[VALUE_SIZE], now[VALUE_SIZE];
};

struct sysctls {
	char path[PATH_MAX]; /* of the file: "NAME BEFORE NOW" a line */
	struct change *changes;
	size_t n;
};

/* In place of what was known of the same setting. */
static int remember(struct sysctls *s, const struct change *c)
{
	struct change *grown;

	for (size_t i = 0; i < s->n; i++) {
		if (!strcmp(s->changes[i].name, c->name)) {
			s->changes[i] = *c;
			return 0;
		}
	}
	grown = realloc(s->changes, (s->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	s->changes = grown;
	s->changes[s->n++] = *c;
	return 0;
}

/* Nobody else may make us write settings. */
static bool is_ours(FILE *f)
{
	struct stat st;

	return !fstat(fileno(f), &st) && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int recall(struct sysctls *s)
{
	struct change c;
	int fd, err = 0;
	FILE *f;

	fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	while (!err && is_ours(f) &&
	       fscanf(f, "%127s %63s %63s", c.name, c.before, c.now) == 3)
		err = remember(s, &c);
	fclose(f);
	return err;
}

/* A line is there as a whole or not at all, whenever we die. */
static int note(const struct sysctls *s, const struct change *c)
{
	char line[NAME_SIZE + 2 * VALUE_SIZE + 4];
	int fd, err = 0;
	size_t length;

	fd = open(s->path,
		  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	length = (size_t)snprintf(line, sizeof(line), "%s %s %s\n", c->name,
				  c->before, c->now);
	if (write(fd, line, length) < 0)
		err = -errno;
	close(fd);
	return err;
}

int sysctls_new(const char *control, struct sysctls **out)
{
	struct sysctls *s = calloc(1, sizeof(*s));
	int err = 0;

	if (!s)
		return -ENOMEM;
	if (snprintf(s->path, sizeof(s->path), "%s" SYSCTLS_SUFFIX, control) >=
	    (int)sizeof(s->path))
		err = -ENAMETOOLONG;
	if (!err)
		err = recall(s);
	if (err) {
		free(s->changes);
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

static int read_value(const char *name, char value[VALUE_SIZE])
{
	char path[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, value, VALUE_SIZE - 1);
	close(fd);
	if (got < 0)
		return -EIO;
	value[got] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

static int write_value(const char *name, const char *value)
{
	char path[256];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int sysctls_set(struct sysctls *s, const char *name, const char *value)
{
	struct change c = {.name = ""};
	int err = read_value(name, c.before);

	if (err || !strcmp(c.before, value))
		return err;
	if (strlen(name) >= sizeof(c.name) || strlen(value) >= sizeof(c.now))
		return -ENAMETOOLONG;
	strcpy(c.name, name);
	strcpy(c.now, value);
	err = remember(s, &c);
	if (!err)
		err = note(s, &c);
	return err ? err : write_value(name, value);
}

void sysctls_restore(struct sysctls *s)
{
	char value[VALUE_SIZE];

	if (!s)
		return;
	while (s->n) {
		struct change *c = &s->changes[--s->n];

		if (!read_value(c->name, value) && !strcmp(value, c->now))
			write_value(c->name, c->before);
	}
	unlink(s->path);
	free(s->changes);
	free(s);
}
