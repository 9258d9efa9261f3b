/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/track_file.h"

#include "xlbd/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEARCH_PAUSE USEC_SECONDS(1) /* for a directory that is missing */

#define DONE_EVENTS  (IN_CLOSE_WRITE | IN_MOVED_TO)
#define FILE_EVENTS  (DONE_EVENTS | IN_CREATE | IN_DELETE | IN_MOVED_FROM)
#define GONE_EVENTS  (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)

struct track_file {
	char *path, *directory;
	const char *name; /* in the directory; in `path` */
	int fd; /* inotify's */
	int wd; /* the directory's, or -1: missing */
	struct loop_fd *watch;
	struct loop_timer *look; /* searches the directory, reads, tells */
	bool known, exists, bad;
	int value;
	void (*changed)(void *arg, int value, bool exists);
	void *arg;
};

enum content { NUMBER, EMPTY, BAD };

static enum content parse(const char *text, int *value)
{
	char *end;
	long number;

	while (isspace((unsigned char)*text))
		text++;
	if (!*text)
		return EMPTY;
	errno = 0;
	number = strtol(text, &end, 10);
	while (isspace((unsigned char)*end))
		end++;
	if (*end || errno || number < INT_MIN || number > INT_MAX)
		return BAD;
	*value = (int)number;
	return NUMBER;
}

/* At most a line; a pipe or a device is no file. */
static int read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	ssize_t n = -1;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		err = -EINVAL;
	else if ((n = read(fd, buf, size - 1)) < 0)
		err = -errno;
	else
		buf[n] = '\0';
	close(fd);
	return err;
}

static void tell(struct track_file *t, int value, bool exists)
{
	if (t->known && t->value == value && t->exists == exists)
		return;
	t->known = true;
	t->value = value;
	t->exists = exists;
	t->changed(t->arg, value, exists); /* may free it */
}

/* `done`: whoever writes it has ended. */
static void look(struct track_file *t, bool done)
{
	enum content content = EMPTY;
	int value = 0;
	char text[64];
	int err = read_file(t->path, text, sizeof(text));

	if (!err)
		content = parse(text, &value);
	/* Just made: the number is about to come. */
	if (!err && content == EMPTY && !done && t->known)
		return;
	if (content == BAD && !t->bad)
		log_warning("track_file %s: no integer; counts as 0", t->path);
	if (err && err != -ENOENT && !t->bad)
		log_warning("track_file %s: %s; counts as missing", t->path,
			    err == -EINVAL ? "no regular file"
					   : strerror(-err));
	t->bad = content == BAD || (err && err != -ENOENT);
	tell(t, value, !err);
}

static void watch_directory(struct track_file *t)
{
	t->wd = inotify_add_watch(t->fd, t->directory,
				  FILE_EVENTS | IN_DELETE_SELF | IN_MOVE_SELF |
					  IN_ONLYDIR);
	if (t->wd < 0)
		loop_timer_set(t->look, SEARCH_PAUSE);
}

/* First of all, and while the directory is missing. */
static void search(void *arg)
{
	struct track_file *t = arg;

	if (t->wd < 0)
		watch_directory(t);
	look(t, true);
}

/* The union of what befell our file; *gone: the directory is not there. */
static unsigned int read_events(struct track_file *t, bool *gone)
{
	_Alignas(struct inotify_event) char buf[4096];
	unsigned int befell = 0;
	ssize_t n;

	while ((n = read(t->fd, buf, sizeof(buf))) > 0) {
		const struct inotify_event *e;

		for (char *p = buf; p < buf + n; p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)p;
			if (e->mask & IN_Q_OVERFLOW)
				befell |= DONE_EVENTS;
			else if (e->wd != t->wd)
				continue;
			else if (e->mask & GONE_EVENTS)
				*gone = true;
			else if (e->len && !strcmp(e->name, t->name))
				befell |= e->mask;
		}
	}
	return befell;
}

static void happened(void *arg, unsigned int events)
{
	struct track_file *t = arg;
	bool gone = false;
	unsigned int befell = read_events(t, &gone);

	(void)events;
	if (gone) {
		inotify_rm_watch(t->fd, t->wd);
		t->wd = -1;
		loop_timer_set(t->look, USEC_ZERO);
	} else if (befell) {
		look(t, befell & DONE_EVENTS);
	}
}

static int init_file(const struct track_file_conf *conf)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
		    O_NONBLOCK | (conf->init_overwrite ? O_TRUNC : O_EXCL);
	int fd = open(conf->path, flags, 0644);
	int err = 0;

	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	if (dprintf(fd, "%d\n", conf->init) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int split(struct track_file *t, const char *path)
{
	size_t length;

	t->path = strdup(path);
	if (!t->path)
		return -ENOMEM;
	t->name = strrchr(t->path, '/');
	if (*path != '/' || !t->name[1])
		return -EINVAL;
	length = (size_t)(t->name - t->path);
	t->name++;
	t->directory = strndup(path, length ? length : 1);
	return t->directory ? 0 : -ENOMEM;
}

static int begin(struct track_file *t, struct loop *l)
{
	int err;

	t->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (t->fd < 0)
		return -errno;
	err = loop_fd_new(l, t->fd, LOOP_READ, happened, t, &t->watch);
	if (!err)
		err = loop_timer_new(l, search, t, &t->look);
	if (!err)
		loop_timer_set(t->look, USEC_ZERO);
	return err;
}

void track_file_free(struct track_file *t)
{
	if (!t)
		return;
	loop_timer_free(t->look);
	loop_fd_free(t->watch);
	if (t->fd >= 0)
		close(t->fd);
	free(t->directory);
	free(t->path);
	free(t);
}

int track_file_new(struct loop *l, const struct track_file_conf *conf,
		   struct track_file **out)
{
	struct track_file *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->fd = t->wd = -1;
	t->changed = conf->changed;
	t->arg = conf->arg;
	err = split(t, conf->path);
	if (!err)
		err = begin(t, l);
	if (err) {
		track_file_free(t);
		return err;
	}
	err = conf->has_init ? init_file(conf) : 0;
	if (err)
		log_warning("track_file %s: init_file: %s", t->path,
			    strerror(-err));
	*out = t;
	return 0;
}
