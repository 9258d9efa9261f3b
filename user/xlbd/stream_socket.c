/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/stream_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_MODE 0660
#define BACKLOG     128

static int unix_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

static int make_directories(const char *path, size_t *made)
{
	char *copy = strdup(path), *slash = copy;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	*made = 0;
	while (!err && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (!mkdir(copy, 0755)) {
			if (!*made)
				*made = slash - copy;
		} else if (errno != EEXIST) {
			err = -errno;
		}
		*slash = '/';
	}
	free(copy);
	return err;
}

/* The innermost first, for as long as they are empty. */
static void remove_directories(const char *path, size_t made)
{
	char *copy = made ? strdup(path) : NULL, *slash;

	while (copy && (slash = strrchr(copy, '/')) &&
	       (size_t)(slash - copy) >= made) {
		*slash = '\0';
		if (rmdir(copy))
			break;
	}
	free(copy);
}

/*
 * A socket file that refuses connections was left behind.  Two daemons that
 * start in the same instant may both think so; what keeps those apart is the
 * lock on the pins, not this.
 */
static int remove_stale(const struct sockaddr_un *address)
{
	struct stat st;
	int fd, err;

	if (lstat(address->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	fd = unix_socket();
	if (fd < 0)
		return fd;
	err = connect(fd, (const struct sockaddr *)address, sizeof(*address))
		      ? errno
		      : 0;
	close(fd);
	if (err == ENOENT)
		return 0;
	if (!err || err == EAGAIN) /* EAGAIN: alive, with a full queue */
		return -EADDRINUSE;
	if (err != ECONNREFUSED)
		return -err;
	if (unlink(address->sun_path) && errno != ENOENT)
		return -errno;
	return 0;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	/*
	 * bind() takes the socket's mode and subtracts the umask: so nobody
	 * may connect who should not, at no moment; then add what it took.
	 */
	if (fchmod(fd, SOCKET_MODE) ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		return -errno;
	if (chmod(address->sun_path, SOCKET_MODE) || listen(fd, BACKLOG)) {
		int err = -errno;

		unlink(address->sun_path);
		return err;
	}
	return 0;
}

static int address_of(const char *path, struct sockaddr_un *address)
{
	if (!*path || strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	return 0;
}

static int open_at(const struct sockaddr_un *address, struct stream_socket *s)
{
	struct stat st;
	int err;

	err = remove_stale(address);
	if (err)
		return err;
	s->fd = unix_socket();
	if (s->fd < 0)
		return s->fd;
	err = bind_and_listen(s->fd, address);
	if (!err && lstat(address->sun_path, &st)) {
		err = -errno;
		unlink(address->sun_path);
	}
	if (err) {
		close(s->fd);
		return err;
	}
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return 0;
}

int stream_socket_open(const char *path, struct stream_socket *out)
{
	struct sockaddr_un address = {};
	struct stream_socket s = {};
	int err;

	err = address_of(path, &address);
	if (err)
		return err;
	err = make_directories(path, &s.made);
	if (!err)
		err = open_at(&address, &s);
	if (err)
		remove_directories(path, s.made);
	else
		*out = s;
	return err;
}

void stream_socket_remove(const char *path, const struct stream_socket *s)
{
	struct stat st;

	if (lstat(path, &st) || st.st_dev != s->device || st.st_ino != s->inode)
		return;
	unlink(path);
	remove_directories(path, s->made);
}

int stream_socket_sweep(const char *path)
{
	struct sockaddr_un address = {};
	int err = address_of(path, &address);

	return err ? err : remove_stale(&address);
}
