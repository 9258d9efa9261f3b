/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hooks for clients on this node, on the root of the cgroup hierarchy: a
 * private mount of it, since where the machine has its own, if anywhere, is
 * nothing to depend on (under `ip netns exec` it is out of sight).
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/bpf.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const struct {
	const char *pin;
	enum bpf_attach_type type;
} hooks[DATAPLANE_HOOKS] = {
	[HOOK_CONNECT4] = {"links/connect4", BPF_CGROUP_INET4_CONNECT},
	[HOOK_GETPEERNAME4] = {"links/getpeername4",
			       BPF_CGROUP_INET4_GETPEERNAME},
};

static int open_root(void)
{
	int fs, mounted, root = -1, err;

	fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		err = -errno;
		close(fs);
		return err;
	}
	mounted = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	err = -errno;
	close(fs);
	if (mounted < 0)
		return err;
	root = openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = -errno;
	close(mounted);
	return root < 0 ? err : root;
}

/* A dead daemon's hook, with our program in it now. */
static int adopt_hook(struct dataplane *dp, int hook)
{
	int link = pins_get(&dp->pins, hooks[hook].pin), err;

	if (link < 0)
		return link;
	err = bpf_link_update(link, dp->hook_programs[hook], NULL);
	if (err) {
		close(link);
		pins_remove_link(&dp->pins, hooks[hook].pin);
		return err;
	}
	dp->hook_links[hook] = link;
	return 0;
}

static int attach_hook(struct dataplane *dp, int root, int hook)
{
	int link, err;

	if (dp->adopted && !adopt_hook(dp, hook))
		return 0;
	link = bpf_link_create(dp->hook_programs[hook], root, hooks[hook].type,
			       NULL);
	if (link < 0)
		return link;
	err = pins_add(&dp->pins, hooks[hook].pin, link);
	if (err) {
		close(link);
		return err;
	}
	dp->hook_links[hook] = link;
	return 0;
}

void cgroup_attach(struct dataplane *dp)
{
	int root = open_root();
	int err = root < 0 ? root : 0;
	int i;

	for (i = 0; i < DATAPLANE_HOOKS && !err; i++)
		err = attach_hook(dp, root, i);
	if (root >= 0)
		close(root);
	if (!err)
		return;
	cgroup_detach(dp);
	log_warning("clients on this node will not reach the services: cannot "
		    "attach to cgroup2: %s",
		    strerror(-err));
}

void cgroup_detach(struct dataplane *dp)
{
	int i;

	for (i = 0; i < DATAPLANE_HOOKS; i++) {
		if (dp->hook_links[i] < 0)
			continue;
		pins_remove_link(&dp->pins, hooks[i].pin);
		bpf_link_detach(dp->hook_links[i]);
		close(dp->hook_links[i]);
		dp->hook_links[i] = -1;
	}
}
