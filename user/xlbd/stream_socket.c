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

static int make_directories(const char *path)
{
	char *copy = strdup(path), *slash = copy;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			err = -errno;
		*slash = '/';
	}
	free(copy);
	return err;
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

int stream_socket_open(const char *path, int *out)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, err;

	if (!*path || strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	err = make_directories(path);
	if (!err)
		err = remove_stale(&address);
	if (err)
		return err;
	fd = unix_socket();
	if (fd < 0)
		return fd;
	err = bind_and_listen(fd, &address);
	if (err) {
		close(fd);
		return err;
	}
	*out = fd;
	return 0;
}
