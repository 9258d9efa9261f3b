/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs a script, where it is, and who else may change it. */
#include "xlbd/script_internal.h"

#include "xlbd/log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 40 /* the kernel's number */

static bool parse_id(const char *text, unsigned int *out)
{
	unsigned long id;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	id = strtoul(text, &end, 10);
	if (errno || *end || id >= UINT_MAX) /* -1: "leave as it is" */
		return false;
	*out = (unsigned int)id;
	return true;
}

static const struct passwd *find_user(const char *user)
{
	const struct passwd *p;
	unsigned int id;

	if (!user) {
		p = getpwnam("keepalived_script");
		return p ? p : getpwuid(0);
	}
	p = getpwnam(user);
	return !p && parse_id(user, &id) ? getpwuid(id) : p;
}

static bool find_group(const char *group, gid_t *out)
{
	const struct group *g = getgrnam(group);

	if (!g)
		return parse_id(group, out);
	*out = g->gr_gid;
	return true;
}

int script_user_find(const char *user, const char *group,
		     struct script_user *out)
{
	struct script_user u = {0};
	const struct passwd *p = find_user(user);
	int n = SCRIPT_GROUPS;

	if (!p)
		return -ENOENT;
	u.uid = p->pw_uid;
	u.gid = p->pw_gid;
	snprintf(u.name, sizeof(u.name), "%s", p->pw_name);
	snprintf(u.home, sizeof(u.home), "%s", p->pw_dir);
	if (group && !find_group(group, &u.gid))
		return -ENOENT;
	if (getgrouplist(u.name, u.gid, u.groups, &n) < 0) {
		log_warning("user %s: only %d of the groups are used", u.name,
			    SCRIPT_GROUPS);
		n = SCRIPT_GROUPS;
	}
	u.n_groups = (size_t)n;
	*out = u;
	return 0;
}

static int is_program(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -EACCES;
	return 0;
}

int script_find(const char *program, char path[PATH_MAX])
{
	const char *from = SCRIPT_PATH;

	if (strlen(program) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (strchr(program, '/')) {
		if (*program != '/') /* to what? */
			return -ENOENT;
		strcpy(path, program);
		return is_program(path);
	}
	while (*from) {
		int length = (int)strcspn(from, ":");
		int n = snprintf(path, PATH_MAX, "%.*s/%s", length, from,
				 program);

		if (n < PATH_MAX && !is_program(path))
			return 0;
		from += length + (from[length] == ':');
	}
	return -ENOENT;
}

/* In a sticky directory (/tmp) nobody replaces what is root's. */
static bool others_may_write(const struct stat *st)
{
	if (st->st_uid)
		return true;
	if (S_ISLNK(st->st_mode))
		return false;
	if (S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX)
		return false;
	return st->st_mode & S_IWOTH || (st->st_mode & S_IWGRP && st->st_gid);
}

static int check_path(char *path, unsigned int links, char *component,
		      size_t size);

/* `path` is a link: what it says is a path to check, too. */
static int check_link(const char *path, unsigned int links, char *component,
		      size_t size)
{
	char target[PATH_MAX], full[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	int directory = (int)(strrchr(path, '/') - path);
	int n;

	if (length < 0)
		return -errno;
	if (links == MAX_LINKS)
		return -ELOOP;
	target[length] = '\0';
	n = *target == '/' ? snprintf(full, sizeof(full), "%s", target)
			   : snprintf(full, sizeof(full), "%.*s/%s", directory,
				      path, target);
	if (n >= (int)sizeof(full))
		return -ENAMETOOLONG;
	return check_path(full, links + 1, component, size);
}

/* Each directory on the way, each link's own way, and the file. */
static int check_path(char *path, unsigned int links, char *component,
		      size_t size)
{
	char *end = path;
	int err = 0;

	while (!err && *end) {
		struct stat st;
		char cut;

		end += 1 + strcspn(end + 1, "/");
		cut = *end;
		*end = '\0';
		if (lstat(path, &st))
			err = -errno;
		else if (others_may_write(&st))
			err = -EPERM;
		if (err == -EPERM)
			snprintf(component, size, "%s", path);
		else if (!err && S_ISLNK(st.st_mode))
			err = check_link(path, links, component, size);
		*end = cut;
	}
	return err;
}

int script_secure(const char *program, char *component, size_t size)
{
	char path[PATH_MAX];
	int err = script_find(program, path);

	return err ? err : check_path(path, 0, component, size);
}
