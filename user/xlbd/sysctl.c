/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE_SIZE 64

struct change {
	char name[128];
	char before[VALUE_SIZE], now[VALUE_SIZE];
};

struct sysctls {
	struct change *changes;
	size_t n;
};

int sysctls_new(struct sysctls **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
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
	struct change c = { .name = "" }, *grown;
	int err = read_value(name, c.before);

	if (err || !strcmp(c.before, value))
		return err;
	if (strlen(name) >= sizeof(c.name) || strlen(value) >= sizeof(c.now))
		return -ENAMETOOLONG;
	grown = realloc(s->changes, (s->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	s->changes = grown;
	err = write_value(name, value);
	if (err)
		return err;
	strcpy(c.name, name);
	strcpy(c.now, value);
	s->changes[s->n++] = c;
	return 0;
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
	free(s->changes);
	free(s);
}
