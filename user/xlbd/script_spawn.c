/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From our process to the program.
 *
 * The child shares our memory until it executes, as vfork(2)'s does: a fork
 * would copy the page tables of a daemon whose memory is locked, and make the
 * real-time thread fault on every page that it writes next.  So the child only
 * makes system calls, and those that change the user are made bare: libc's
 * would have all threads of ours follow.
 */
#include "xlbd/script_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 65536
#define MAX_FILES  1024 /* ours are raised; select(2) knows no more */

struct spawn {
	const struct script_command *command;
	char path[PATH_MAX];
	char **shell; /* /bin/sh PATH ARGUMENTS..., for a script without #! */
	bool as_other;
	char user[sizeof("USER=") + SCRIPT_NAME_SIZE];
	char logname[sizeof("LOGNAME=") + SCRIPT_NAME_SIZE];
	char home[sizeof("HOME=") + SCRIPT_HOME_SIZE];
	int err; /* what the child says */
};

/* Handlers must not run here, in our memory; what is ignored would stay so. */
static void reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		sigaction(signo, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become(const struct script_user *u)
{
	if (syscall(SYS_setgroups, u->n_groups, u->groups) ||
	    syscall(SYS_setresgid, u->gid, u->gid, u->gid) ||
	    syscall(SYS_setresuid, u->uid, u->uid, u->uid))
		return -errno;
	return 0;
}

static int set_files(void)
{
	struct rlimit limit;
	int fd = open("/dev/null", O_RDONLY);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return -errno;
	if (close_range(STDERR_FILENO + 1, ~0U, 0))
		return -errno;
	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur > MAX_FILES) {
		limit.rlim_cur = MAX_FILES;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return 0;
}

static int child(void *arg)
{
	struct spawn *s = arg;
	const struct script_command *c = s->command;
	char *environment[] = {"PATH=" SCRIPT_PATH, "SHELL=/bin/sh", s->user,
			       s->logname,          s->home,         NULL};

	setpgid(0, 0);
	umask(022);
	s->err = set_files();
	if (!s->err && s->as_other)
		s->err = become(c->user);
	if (!s->err && chdir("/"))
		s->err = -errno;
	if (s->err)
		_exit(127);
	/* Forgotten whenever the user changes. */
	if (c->dies_with_us)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	reset_signals();
	execve(s->path, c->argv, environment);
	if (errno == ENOEXEC)
		execve(*s->shell, s->shell, environment);
	s->err = -errno;
	_exit(127);
}

/* The child's memory is ours: no signal of ours may be handled in it. */
static int run_child(struct spawn *s, char *stack, pid_t *pid, int *pidfd)
{
	char *top = stack + STACK_SIZE - (uintptr_t)(stack + STACK_SIZE) % 16;
	sigset_t all, before;
	int err = 0, fd = -1;
	pid_t made;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	made = clone(child, top, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
		     s, &fd);
	if (made < 0)
		err = -errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return err;
	if (s->err) {
		waitpid(made, NULL, 0);
		close(fd);
		return s->err;
	}
	*pid = made;
	*pidfd = fd;
	return 0;
}

static int prepare(struct spawn *s)
{
	const struct script_user *u = s->command->user;
	char *const *argv = s->command->argv;
	size_t n = 0;
	int err = script_find(argv[0], s->path);

	if (err)
		return err;
	while (argv[n])
		n++;
	s->shell = calloc(n + 2, sizeof(*s->shell));
	if (!s->shell)
		return -ENOMEM;
	s->shell[0] = "/bin/sh";
	s->shell[1] = s->path;
	memcpy(s->shell + 2, argv + 1, (n - 1) * sizeof(*argv));
	/* Who is somebody already needs no privilege to stay so. */
	s->as_other = u->uid != geteuid() || u->gid != getegid();
	snprintf(s->user, sizeof(s->user), "USER=%s", u->name);
	snprintf(s->logname, sizeof(s->logname), "LOGNAME=%s", u->name);
	snprintf(s->home, sizeof(s->home), "HOME=%s", u->home);
	return 0;
}

int script_spawn(const struct script_command *command, pid_t *pid, int *pidfd)
{
	struct spawn *s = calloc(1, sizeof(*s));
	char *stack = malloc(STACK_SIZE);
	int err = -ENOMEM;

	if (!s || !stack)
		goto out;
	s->command = command;
	err = prepare(s);
	if (!err)
		err = run_child(s, stack, pid, pidfd);
out:
	if (s)
		free(s->shell);
	free(s);
	free(stack);
	return err;
}
