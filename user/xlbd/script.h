/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes: a program and its arguments, run without a shell as
 * somebody, bounded in time.  stdin is /dev/null, stdout and stderr are ours,
 * the environment is a few variables, the directory is /, the umask 022.  Each
 * child leads a process group of its own: a timeout ends all of it, with
 * SIGTERM and two seconds later SIGKILL.  What a result means is the caller's
 * business.
 */
#ifndef XLBD_SCRIPT_H
#define XLBD_SCRIPT_H

#include "core/usec.h"
#include "xlbd/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SCRIPT_GROUPS    64
#define SCRIPT_NAME_SIZE 64
#define SCRIPT_HOME_SIZE 256

struct script_user { /* a plain value: copy it */
	uid_t uid;
	gid_t gid;
	gid_t groups[SCRIPT_GROUPS];
	size_t n_groups;
	char name[SCRIPT_NAME_SIZE], home[SCRIPT_HOME_SIZE];
};

/*
 * By name or number; `group` NULL: the user's own.  He has the groups that he
 * is a member of, too.  Both NULL: script_user's default, keepalived_script if
 * there is one, else root.  Reads the user database, so not for every start.
 * 0, -ENOENT.
 */
int script_user_find(const char *user, const char *group,
		     struct script_user *out);

/*
 * enable_script_security: whether only root can change what root would run.
 * If not, *component (of `size`) is the part of the path that others may
 * write.  A program without a slash is looked for where script_start() does.
 * 0; -EPERM; -errno, if there is no such file.
 */
int script_secure(const char *program, char *component, size_t size);

struct script_command {
	char *const *argv; /* NULL-terminated; [0]: a path or a bare name */
	const struct script_user *user;
	struct usec timeout; /* 0: none */
	bool dies_with_us; /* SIGTERM when the daemon is gone, however */
};

enum script_end {
	SCRIPT_EXITED, /* code: its exit status */
	SCRIPT_KILLED, /* code: the signal */
	SCRIPT_TIMED_OUT, /* and was ended */
	SCRIPT_NOT_STARTED, /* code: the errno */
};

struct script_result {
	enum script_end end;
	int code;
	struct usec took; /* whole milliseconds */
};

#define SCRIPT_RESULT_SIZE 96

/* "exit status 3", "killed by signal 9", "timed out after 5s", ... */
const char *script_result_print(const struct script_result *r, char *buf,
				size_t size);
bool script_succeeded(const struct script_result *r);

struct script_runner; /* owns all children */
struct script;

int script_runner_new(struct loop *l, struct script_runner **out);
/* Ends with SIGKILL what dies with us, leaves the rest to itself. NULL-safe. */
void script_runner_free(struct script_runner *r);

/*
 * Starts it; `command` is not needed after the call.  `done` comes once, from
 * the loop, also when it could not be started; *out is gone then.  -ENOMEM.
 */
int script_start(struct script_runner *r, const struct script_command *command,
		 void (*done)(void *arg, const struct script_result *result),
		 void *arg, struct script **out);

/* SIGTERM, SIGKILL after two seconds; done() is not called.  NULL-safe. */
void script_cancel(struct script *s);
/* done() is not called; the rest of its time is granted.  NULL-safe. */
void script_forget(struct script *s);

/* Both lists in one block, for free(); `more` may be NULL.  NULL: no memory */
char **script_argv_copy(char *const *argv, char *const *more);

#endif
