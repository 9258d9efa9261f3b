/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs on an interface: XDP by a pinned link, so that it stays when
 * the daemon is killed, and the two tc filters.
 */
#include "xlbd/dataplane_internal.h"
#include "xlbd/log.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void link_name(unsigned int ifindex, char name[32])
{
	snprintf(name, 32, "links/xdp-%u", ifindex);
}

static struct dataplane_xdp *find_interface(struct dataplane *dp,
					    unsigned int ifindex)
{
	size_t i;

	for (i = 0; i < XLBD_MAX_LINKS; i++)
		if (dp->interfaces[i].ifindex == ifindex)
			return &dp->interfaces[i];
	return NULL;
}

/* The id of the program on an interface, and its name; 0: none. */
static uint32_t program_on(unsigned int ifindex, char name[BPF_OBJ_NAME_LEN])
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info), id;
	int fd;

	if (bpf_xdp_query(ifindex, 0, &query))
		return 0;
	id = query.prog_id;
	if (!id)
		id = query.drv_prog_id ? query.drv_prog_id : query.skb_prog_id;
	if (!id)
		return 0;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd >= 0) {
		bpf_obj_get_info_by_fd(fd, &info, &size);
		close(fd);
	}
	memcpy(name, info.name, BPF_OBJ_NAME_LEN);
	return id;
}

int dataplane_alone(char *error)
{
	struct if_nameindex *all = if_nameindex(), *i;
	char name[BPF_OBJ_NAME_LEN];
	int err = all ? 0 : -errno;

	for (i = all; !err && i && i->if_index; i++)
		if (program_on(i->if_index, name) && !strcmp(name, "xlbd"))
			err = dataplane_fail(
				error, -EBUSY,
				"another xlbd is on %s: one in a network "
				"namespace (stop it; if it has died, xlbd "
				"--cleanup -c with its file)",
				i->if_name);
	if (all)
		if_freenameindex(all);
	return err;
}

/* Somebody else's program there: -EBUSY, and who it is. */
static int refuse_other(unsigned int ifindex, const char *interface,
			char *error)
{
	char name[BPF_OBJ_NAME_LEN];
	uint32_t id = program_on(ifindex, name);

	if (!id)
		return 0;
	return dataplane_fail(
		error, -EBUSY,
		"%s already has an XDP program, '%s' (id %u); two cannot run "
		"there (ip link set dev %s xdp off removes it, unless a link "
		"holds it)",
		interface, name, id, interface);
}

static int link_create(struct dataplane *dp, unsigned int ifindex,
		       uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);

	return bpf_link_create(dp->xdp, ifindex, BPF_XDP, &opts);
}

static const char *guess_refusal(int err)
{
	switch (err) {
	case -EOPNOTSUPP:
		return "the driver cannot, or an offload (LRO, GRO_HW) is in "
		       "the way";
	case -EINVAL:
	case -ERANGE:
	case -EMSGSIZE:
		return "the MTU is too large for it, or LRO is on";
	case -ENOSPC:
	case -ENOMEM:
	case -EBUSY:
		return "not enough queues: ethtool -L";
	}
	return strerror(-err);
}

/*
 * A link is refused without a word; the same attempt by netlink is refused
 * with the driver's own reason.
 */
static void explain_refusal(struct dataplane *dp, unsigned int ifindex,
			    const char *interface, int err, char *error)
{
	uint32_t flags = XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST;
	const char *why;

	libbpf_forget();
	if (!bpf_xdp_attach(ifindex, dp->xdp, flags, NULL))
		bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	why = libbpf_kernel_said();
	dataplane_fail(error, err, "%s: no native XDP: %s", interface,
		       *why ? why : guess_refusal(err));
}

/* The link's fd. */
static int attach_xdp(struct dataplane *dp, unsigned int ifindex,
		      const char *interface, enum dataplane_xdp_mode mode,
		      bool *native, char *error)
{
	int link = -EOPNOTSUPP;

	*native = false;
	if (mode != XDP_MODE_GENERIC) {
		link = link_create(dp, ifindex, XDP_FLAGS_DRV_MODE);
		*native = link >= 0;
		if (link < 0)
			explain_refusal(dp, ifindex, interface, link, error);
	}
	if (link < 0 && mode != XDP_MODE_NATIVE) {
		link = link_create(dp, ifindex, XDP_FLAGS_SKB_MODE);
		if (link < 0)
			dataplane_fail(error, link, "%s: cannot attach XDP: %s",
				       interface, strerror(-link));
	}
	return link;
}

/* A dead daemon's link on this interface, with our program in it now. */
static int adopt_xdp(struct dataplane *dp, unsigned int ifindex, bool *native)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	char pin[32];
	int link, err;

	link_name(ifindex, pin);
	link = pins_get(&dp->pins, pin);
	if (link < 0)
		return link;
	err = bpf_link_update(link, dp->xdp, NULL);
	if (!err)
		err = bpf_xdp_query(ifindex, 0, &query);
	if (err) {
		close(link);
		pins_remove_link(&dp->pins, pin);
		return err;
	}
	*native = query.attach_mode == XDP_ATTACHED_DRV;
	return link;
}

static int pin_xdp(struct dataplane *dp, unsigned int ifindex, int link,
		   char *error)
{
	char pin[32];
	int err;

	link_name(ifindex, pin);
	err = pins_add(&dp->pins, pin, link);
	if (err)
		return dataplane_fail(error, err, "cannot pin %s/%s: %s",
				      dp->pins.path, pin, strerror(-err));
	return 0;
}

/* `error` is written on failure only: it may hold why not native. */
static int attach_tc(struct dataplane *dp, unsigned int ifindex, char *error)
{
	char why[DATAPLANE_ERROR_SIZE];
	int err = tc_attach(ifindex, dp->tc_handle, dp->steer, dp->egress, why);

	if (err)
		memcpy(error, why, sizeof(why));
	return err;
}

int dataplane_attach(struct dataplane *dp, unsigned int ifindex,
		     enum dataplane_xdp_mode mode, bool *native, char *error)
{
	char interface[IF_NAMESIZE];
	struct dataplane_xdp *x;
	bool is_native = false;
	int err, link;

	error[0] = '\0';
	if (!if_indextoname(ifindex, interface))
		return dataplane_fail(error, -ENODEV, "no interface %u",
				      ifindex);
	x = find_interface(dp, ifindex);
	if (x) {
		*native = x->native;
		return 0;
	}
	x = find_interface(dp, 0);
	if (!x)
		return dataplane_fail(error, -ENOSPC, "more than %d interfaces",
				      XLBD_MAX_LINKS);
	link = dp->adopted ? adopt_xdp(dp, ifindex, &is_native) : -ENOENT;
	if (link < 0) {
		err = refuse_other(ifindex, interface, error);
		if (err)
			return err;
		link = attach_xdp(dp, ifindex, interface, mode, &is_native,
				  error);
		if (link < 0)
			return link;
		err = pin_xdp(dp, ifindex, link, error);
		if (err) {
			close(link);
			return err;
		}
	}
	*x = (struct dataplane_xdp){ifindex, link, is_native};
	err = attach_tc(dp, ifindex, error);
	if (err) {
		dataplane_detach(dp, ifindex);
		return err;
	}
	*native = is_native;
	return 0;
}

void dataplane_detach(struct dataplane *dp, unsigned int ifindex)
{
	struct dataplane_xdp *x = find_interface(dp, ifindex);
	uint32_t key = ifindex;
	char pin[32];

	if (!x || !ifindex)
		return;
	link_name(ifindex, pin);
	pins_remove_link(&dp->pins, pin);
	bpf_link_detach(x->link);
	close(x->link);
	x->ifindex = 0;
	bpf_map_delete_elem(dp->maps.links, &key);
	tc_detach(ifindex, dp->tc_handle);
}
