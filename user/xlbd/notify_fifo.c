/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/notify_fifo.h"

#include "xlbd/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_PAUSE USEC_SECONDS(1) /* before the script is started again */
#define LAST_PAUSE  USEC_SECONDS(30)

struct line {
	struct line *next;
	char text[];
};

struct notify_fifo {
	struct loop *loop;
	struct script_runner *runner;
	char *path;
	struct script_user user;
	unsigned int limit;

	int fd;
	bool ours; /* we made it */
	struct loop_fd *watch; /* asks for LOOP_WRITE while lines wait */
	struct line *first, **last;
	unsigned int waiting, dropped;

	char **argv; /* or NULL: no script */
	struct script *script;
	struct loop_timer *again;
	struct usec pause;
};

static struct line *take_first(struct notify_fifo *f)
{
	struct line *line = f->first;

	f->first = line->next;
	if (!f->first)
		f->last = &f->first;
	f->waiting--;
	return line;
}

/* Less than PIPE_BUF: all of it or nothing. */
static bool put(const struct notify_fifo *f, const char *text)
{
	return write(f->fd, text, strlen(text)) >= 0 || errno != EAGAIN;
}

static void writable(void *arg, unsigned int events)
{
	struct notify_fifo *f = arg;

	(void)events;
	while (f->first && put(f, f->first->text))
		free(take_first(f));
	if (f->first)
		return;
	loop_fd_set(f->watch, 0);
	if (f->dropped)
		log_warning("notify_fifo %s: read again; %u lines are missing",
			    f->path, f->dropped);
	f->dropped = 0;
}

static void keep(struct notify_fifo *f, const char *text)
{
	size_t size = strlen(text) + 1;
	struct line *line = malloc(sizeof(*line) + size);

	if (!line || (f->waiting >= f->limit && f->first)) {
		if (!f->dropped++)
			log_warning("notify_fifo %s: nobody reads; the oldest "
				    "lines are dropped",
				    f->path);
		if (!line)
			return;
		free(take_first(f));
	}
	line->next = NULL;
	memcpy(line->text, text, size);
	*f->last = line;
	f->last = &line->next;
	f->waiting++;
	if (f->watch)
		loop_fd_set(f->watch, LOOP_WRITE);
}

static int make(struct notify_fifo *f)
{
	if (mkfifo(f->path, 0600))
		return errno == EEXIST ? 0 : -errno;
	f->ours = true;
	if (lchown(f->path, f->user.uid, f->user.gid))
		log_warning("notify_fifo %s: owner: %s", f->path,
			    strerror(errno));
	return 0;
}

/* For both directions: opening never waits, and nobody's end is the last. */
static int open_pipe(struct notify_fifo *f)
{
	struct loop_fd *watch;
	struct stat st;
	int err = make(f);
	int fd;

	if (err)
		return err;
	fd = open(f->path,
		  O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? -ENOTSUP : -errno;
	err = fstat(fd, &st) ? -errno : S_ISFIFO(st.st_mode) ? 0 : -ENOTSUP;
	if (!err)
		err = loop_fd_new(f->loop, fd, f->first ? LOOP_WRITE : 0,
				  writable, f, &watch);
	if (err) {
		close(fd);
		return err;
	}
	f->fd = fd;
	f->watch = watch;
	return 0;
}

static void close_pipe(struct notify_fifo *f)
{
	loop_fd_free(f->watch);
	f->watch = NULL;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static bool is_still_there(const struct notify_fifo *f)
{
	struct stat open, named;

	return f->fd >= 0 && !fstat(f->fd, &open) && !lstat(f->path, &named) &&
	       open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

static void restore_pipe(struct notify_fifo *f)
{
	int err;

	close_pipe(f);
	err = open_pipe(f);
	if (err)
		log_error("notify_fifo %s was removed: %s", f->path,
			  err == -ENOTSUP ? "no pipe is there now"
					  : strerror(-err));
	else
		log_warning("notify_fifo %s was removed: opened anew", f->path);
}

void notify_fifo_write(struct notify_fifo *f, const char *line)
{
	if (!is_still_there(f))
		restore_pipe(f);
	if (f->fd < 0 || f->first || !put(f, line))
		keep(f, line);
}

static void script_ended(void *arg, const struct script_result *result)
{
	struct notify_fifo *f = arg;
	char text[SCRIPT_RESULT_SIZE], span[USEC_PRINT_SIZE];

	f->script = NULL;
	if (usec_before(LAST_PAUSE, result->took))
		f->pause = FIRST_PAUSE;
	log_warning("notify_fifo_script %s: %s; again in %s", f->argv[0],
		    script_result_print(result, text, sizeof(text)),
		    usec_print(f->pause, span, sizeof(span)));
	loop_timer_set(f->again, f->pause);
	f->pause.us *= 2;
	if (usec_before(LAST_PAUSE, f->pause))
		f->pause = LAST_PAUSE;
}

static void start_script(void *arg)
{
	struct notify_fifo *f = arg;
	const struct script_command command = {
		.argv = f->argv,
		.user = &f->user,
		.dies_with_us = true,
	};

	if (script_start(f->runner, &command, script_ended, f, &f->script))
		loop_timer_set(f->again, LAST_PAUSE);
}

static int set_script(struct notify_fifo *f, char *const *script)
{
	char *path[] = {f->path, NULL};

	if (!script)
		return 0;
	f->argv = script_argv_copy(script, path);
	if (!f->argv)
		return -ENOMEM;
	return loop_timer_new(f->loop, start_script, f, &f->again);
}

void notify_fifo_close(struct notify_fifo *f)
{
	if (!f)
		return;
	script_cancel(f->script);
	loop_timer_free(f->again);
	if (f->ours && is_still_there(f))
		unlink(f->path);
	close_pipe(f);
	while (f->first)
		free(take_first(f));
	free(f->argv);
	free(f->path);
	free(f);
}

int notify_fifo_open(struct loop *l, struct script_runner *r,
		     const struct notify_fifo_conf *conf,
		     struct notify_fifo **out)
{
	struct notify_fifo *f = calloc(1, sizeof(*f));
	int err = -ENOMEM;

	if (!f)
		return err;
	f->loop = l;
	f->runner = r;
	f->user = *conf->user;
	f->limit = conf->limit;
	f->last = &f->first;
	f->fd = -1;
	f->pause = FIRST_PAUSE;
	f->path = strdup(conf->path);
	if (f->path)
		err = open_pipe(f);
	if (!err)
		err = set_script(f, conf->script);
	if (err) {
		notify_fifo_close(f);
		return err;
	}
	if (f->argv)
		loop_timer_set(f->again, USEC_ZERO);
	*out = f;
	return 0;
}
