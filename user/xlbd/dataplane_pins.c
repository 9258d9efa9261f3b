/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The directory of pins: `info` says whose they are, `links/` holds what is
 * attached, the rest are the maps.  bpffs takes no '.' in a name, and no
 * files; its directories can be locked, though, and a lock dies with its
 * process.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/bpf.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BPFFS     "/sys/fs/bpf"
#define INFO_NAME "xlbd_info" /* the map's; its pin is `info` */

static bool on_bpffs(const char *dir)
{
	struct statfs fs;

	return !statfs(dir, &fs) && fs.f_type == BPF_FS_MAGIC;
}

/* Mounts one at /sys/fs/bpf, nowhere else: it would hide what is there. */
static int ensure_bpffs(const char *path, char *error)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (path[0] != '/' || !slash || slash == parent)
		return dataplane_fail(error, -EINVAL,
				      "pin_path %s: not below a bpffs", path);
	*slash = '\0';
	if (on_bpffs(parent))
		return 0;
	if (!strncmp(path, BPFFS "/", strlen(BPFFS "/")) && !on_bpffs(BPFFS) &&
	    mount("bpf", BPFFS, "bpf", 0, "mode=0700"))
		return dataplane_fail(error, -errno,
				      "cannot mount a bpffs at " BPFFS
				      ": %s (as root: mount -t bpf bpf " BPFFS
				      ")",
				      strerror(errno));
	if (on_bpffs(parent))
		return 0;
	return dataplane_fail(error, -EINVAL,
			      "%s, where pin_path wants to be, is not on a "
			      "bpffs (mount -t bpf bpf %s)",
			      parent, parent);
}

/* The directory, locked; -EAGAIN if its last owner removed it meanwhile. */
static int lock_directory(const char *path)
{
	struct stat opened, named;
	int dir, err = 0;

	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	if (flock(dir, LOCK_EX | LOCK_NB))
		err = -errno == -EWOULDBLOCK ? -EBUSY : -errno;
	else if (fstat(dir, &opened) || stat(path, &named) ||
		 opened.st_ino != named.st_ino || opened.st_dev != named.st_dev)
		err = -EAGAIN;
	if (err)
		close(dir);
	return err ? err : dir;
}

static const char *create_hint(const char *path)
{
	if (geteuid())
		return " (run it as root)";
	if (strchr(strrchr(path, '/'), '.'))
		return " (bpffs allows no '.' in a name)";
	return "";
}

/* The directory's fd, locked. */
static int claim_directory(const char *path, bool create, char *error)
{
	int dir, err, tries = 10;

	do {
		if (create && mkdir(path, 0755) && errno != EEXIST) {
			err = -errno;
			return dataplane_fail(error, err,
					      "cannot create %s: %s%s", path,
					      strerror(-err),
					      create_hint(path));
		}
		dir = lock_directory(path);
	} while (dir == -EAGAIN && create && --tries);
	if (dir == -EAGAIN)
		dir = -ENOENT;
	if (dir == -EBUSY)
		return dataplane_fail(
			error, dir, "another xlbd runs with pin_path %s", path);
	if (dir < 0)
		return dataplane_fail(error, dir, "cannot open %s: %s", path,
				      strerror(-dir));
	return dir;
}

int pins_open(const char *path, bool create, struct dataplane_pins *out,
	      char *error)
{
	struct dataplane_pins pins;
	size_t length = strlen(path);
	int err;

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= sizeof(pins.path))
		return dataplane_fail(error, -ENAMETOOLONG, "pin_path %s: %s",
				      path, strerror(ENAMETOOLONG));
	snprintf(pins.path, sizeof(pins.path), "%.*s", (int)length, path);
	if (!create && access(pins.path, F_OK))
		return -ENOENT;
	err = ensure_bpffs(pins.path, error);
	if (err)
		return err;
	pins.dir = claim_directory(pins.path, create, error);
	if (pins.dir < 0)
		return pins.dir;
	*out = pins;
	return 0;
}

void pins_close(struct dataplane_pins *pins)
{
	if (pins->dir >= 0)
		close(pins->dir);
	pins->dir = -1;
}

static void pin_path(const struct dataplane_pins *pins, const char *name,
		     char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%.60s", pins->path, name);
}

int pins_add(const struct dataplane_pins *pins, const char *name, int fd)
{
	char path[PATH_MAX];

	pin_path(pins, name, path);
	return bpf_obj_pin(fd, path);
}

int pins_get(const struct dataplane_pins *pins, const char *name)
{
	char path[PATH_MAX];

	pin_path(pins, name, path);
	return bpf_obj_get(path);
}

/*
 * Detach first: the last reference goes with the pin, but the kernel lets go
 * of the interface later than that, and the next attach would be refused.
 */
void pins_remove_link(const struct dataplane_pins *pins, const char *name)
{
	char path[PATH_MAX];
	int fd;

	pin_path(pins, name, path);
	fd = bpf_obj_get(path);
	if (fd >= 0) {
		bpf_link_detach(fd);
		close(fd);
	}
	if (unlink(path) && errno != ENOENT)
		log_warning("cannot remove %s: %s", path, strerror(errno));
}

int pins_write_info(const struct dataplane_pins *pins,
		    const struct dataplane_info *info)
{
	uint32_t first = 0;
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, INFO_NAME, sizeof(first),
			    sizeof(*info), 1, NULL);
	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, &first, info, 0);
	if (!err) {
		unlinkat(pins->dir, "info", 0); /* a dead one's, adopted */
		err = pins_add(pins, "info", fd);
	}
	close(fd);
	if (!err && mkdirat(pins->dir, "links", 0755) && errno != EEXIST)
		err = -errno;
	return err;
}

/* Calls `each` with the names in a directory of pins; how many there were. */
static int each_name(const struct dataplane_pins *pins, const char *below,
		     void (*each)(const struct dataplane_pins *pins,
				  const char *name, void *arg),
		     void *arg)
{
	char name[64];
	struct dirent *entry;
	int fd, count = 0;
	DIR *dir;

	fd = openat(pins->dir, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return 0;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s%s%.50s",
			 below[0] == '.' ? "" : below,
			 below[0] == '.' ? "" : "/", entry->d_name);
		each(pins, name, arg);
		count++;
	}
	closedir(dir);
	return count;
}

static void count_name(const struct dataplane_pins *pins, const char *name,
		       void *arg)
{
	(void)pins;
	(void)name;
	(void)arg;
}

int pins_read_info(const struct dataplane_pins *pins,
		   struct dataplane_info *out, char *error)
{
	struct dataplane_info info = {};
	struct bpf_map_info map = {};
	uint32_t first = 0, size = sizeof(map);
	char path[PATH_MAX];
	int fd, err;

	pin_path(pins, "info", path);
	fd = bpf_obj_get(path);
	if (fd == -ENOENT && !each_name(pins, ".", count_name, NULL))
		return -ENOENT;
	if (fd < 0)
		return dataplane_fail(error, -EBUSY,
				      "%s is in use, and not by xlbd",
				      pins->path);
	err = bpf_obj_get_info_by_fd(fd, &map, &size);
	if (!err &&
	    (strcmp(map.name, INFO_NAME) || map.value_size != sizeof(info)))
		err = -EINVAL;
	if (!err)
		err = bpf_map_lookup_elem(fd, &first, &info);
	close(fd);
	if (err)
		return dataplane_fail(error, -EBUSY,
				      "%s was not made by this xlbd",
				      pins->path);
	info.config_id[sizeof(info.config_id) - 1] = '\0';
	*out = info;
	return 0;
}

static void count_living(const struct dataplane_pins *pins, const char *name,
			 void *arg)
{
	struct bpf_link_info info = {};
	uint32_t size = sizeof(info);
	unsigned int *living = arg;
	char path[PATH_MAX];
	int fd;

	pin_path(pins, name, path);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size) &&
	    info.type == BPF_LINK_TYPE_XDP && info.xdp.ifindex)
		(*living)++;
	close(fd);
}

bool pins_orphaned(const struct dataplane_pins *pins)
{
	unsigned int living = 0;

	each_name(pins, "links", count_living, &living);
	return !living;
}

static void remove_link(const struct dataplane_pins *pins, const char *name,
			void *arg)
{
	(void)arg;
	pins_remove_link(pins, name);
}

static void remove_map(const struct dataplane_pins *pins, const char *name,
		       void *arg)
{
	(void)arg;
	if (strcmp(name, "info"))
		unlinkat(pins->dir, name, 0);
}

int pins_clear(const struct dataplane_pins *pins)
{
	each_name(pins, "links", remove_link, NULL);
	unlinkat(pins->dir, "links", AT_REMOVEDIR);
	each_name(pins, ".", remove_map, NULL);
	/* Last: without it the rest would be nobody's. */
	if (unlinkat(pins->dir, "info", 0) && errno != ENOENT)
		return -errno;
	return 0;
}

int pins_remove(const struct dataplane_pins *pins)
{
	int err = pins_clear(pins);

	if (!err && rmdir(pins->path))
		err = -errno;
	return err;
}
