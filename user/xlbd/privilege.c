/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbd/privilege.h"

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned int bit;
} needed[] = {
	{"CAP_NET_ADMIN", CAP_NET_ADMIN}, /* addresses, tc, XDP */
	{"CAP_NET_RAW", CAP_NET_RAW}, /* gratuitous ARP */
	{"CAP_BPF", CAP_BPF},
	{"CAP_PERFMON", CAP_PERFMON}, /* pointer arithmetic in programs */
};

bool privilege_have_all(const char **missing)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {{0}};
	uint64_t have;

	*missing = "root";
	if (syscall(SYS_capget, &header, data))
		return false;
	have = data[0].effective | (uint64_t)data[1].effective << 32;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!(have >> needed[i].bit & 1)) {
			*missing = needed[i].name;
			return false;
		}
	}
	return true;
}
