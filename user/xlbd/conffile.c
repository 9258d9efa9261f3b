/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (64 << 20)

enum { EXIT_OK = 0, EXIT_NO_FILE = 4, EXIT_CONFIG = 5, EXIT_SCRIPT = 6 };

static int read_all(int fd, char **bytes, size_t *length)
{
	size_t have = 0, room = 0;
	char *buf = NULL, *more;
	ssize_t n;

	do {
		if (have == room) {
			room = room ? room * 2 : 16384;
			more = room > MAX_FILE ? NULL : realloc(buf, room);
			if (!more) {
				free(buf);
				return room > MAX_FILE ? -EFBIG : -ENOMEM;
			}
			buf = more;
		}
		n = read(fd, buf + have, room - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			free(buf);
			return (int)n;
		}
		have += n;
	} while (n);
	*bytes = buf;
	*length = have;
	return 0;
}

static int source_read(void *arg, const char *path, char **bytes,
		       size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	(void)arg;
	if (fd < 0)
		return -errno;
	err = read_all(fd, bytes, length);
	close(fd);
	return err;
}

/* What keepalived skips: directories, devices, and what can be executed. */
static bool is_config(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ||
	       (S_ISREG(st.st_mode) &&
		!(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)));
}

static int source_glob(void *arg, const char *pattern, char ***out)
{
	glob_t found = {0};
	char **paths;
	size_t n = 0;
	int err;

	(void)arg;
	err = glob(pattern, 0, NULL, &found);
	if (err && err != GLOB_NOMATCH)
		return err == GLOB_NOSPACE ? -ENOMEM : -EIO;
	paths = calloc(found.gl_pathc + 1, sizeof(*paths));
	err = paths ? 0 : -ENOMEM;
	for (size_t i = 0; !err && i < found.gl_pathc; i++) {
		if (!is_config(found.gl_pathv[i]))
			continue;
		paths[n] = strdup(found.gl_pathv[i]);
		if (!paths[n++])
			err = -ENOMEM;
	}
	globfree(&found);
	if (err) {
		for (size_t i = 0; paths && i < n; i++)
			free(paths[i]);
		free(paths);
		return err;
	}
	*out = paths;
	return 0;
}

static int source_env(void *arg, const char *name, char **value)
{
	const char *found = getenv(name);

	(void)arg;
	if (!found)
		return -ENOENT;
	*value = strdup(found);
	return *value ? 0 : -ENOMEM;
}

static bool source_has_interface(void *arg, const char *name)
{
	(void)arg;
	return if_nametoindex(name) != 0;
}

static bool source_has_program(void *arg, const char *path)
{
	(void)arg;
	return access(path, X_OK) == 0;
}

/* The default of `-i`: the host's name up to its first dot. */
static const char *short_host_name(char *buf, size_t size)
{
	if (gethostname(buf, size))
		buf[0] = '\0';
	buf[size - 1] = '\0';
	buf[strcspn(buf, ".")] = '\0';
	return buf;
}

int conffile_load(const char *path, const char *config_id, struct conf **out,
		  struct conf_messages *messages)
{
	char host[HOST_NAME_MAX + 1], directory[PATH_MAX];
	struct conf_source source = {
		.read = source_read,
		.glob = source_glob,
		.env = source_env,
		.has_interface = source_has_interface,
		.has_program = source_has_program,
		.config_id = config_id,
		.directory = getcwd(directory, sizeof(directory)),
	};
	char *bytes = NULL;
	size_t length = 0;
	int err;

	if (!config_id)
		source.config_id = short_host_name(host, sizeof(host));
	if (getrandom(&source.random_seed, sizeof(source.random_seed), 0) < 0)
		source.random_seed = (uint32_t)getpid();
	err = source_read(NULL, path, &bytes, &length);
	if (!err)
		err = conf_parse(path, bytes, length, &source, out, messages);
	free(bytes);
	return err;
}

void conffile_print_messages(FILE *f, const struct conf_messages *messages)
{
	for (size_t i = 0; i < messages->count; i++) {
		const struct conf_message *m = &messages->list[i];

		fprintf(f, "%s:%u:%u: %s: %s\n", m->pos.file, m->pos.line,
			m->pos.column,
			m->severity == CONF_ERROR ? "error" : "warning",
			m->text);
	}
}

int conffile_exit_code(int rc, const struct conf_messages *messages,
		       bool strict)
{
	if (rc && rc != -EINVAL)
		return EXIT_NO_FILE;
	if (rc || messages->errors)
		return EXIT_CONFIG;
	if (!strict || !messages->warnings)
		return EXIT_OK;
	/* other findings weigh more than scripts alone */
	return messages->warnings > messages->script_warnings ? EXIT_CONFIG
							      : EXIT_SCRIPT;
}
