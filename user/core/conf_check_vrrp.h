/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The checks of virtual routers and of what belongs to them: a file for each
 * purpose, and what they share.  Nobody else includes this.
 */
#ifndef XLBD_CONF_CHECK_VRRP_H
#define XLBD_CONF_CHECK_VRRP_H

#include "core/conf_tree.h"

#define CONF_PRIORITY_OWNER 255 /* of the addresses */

/*
 * All return 0 or -ENOMEM; what is wrong goes to c->messages.  `b` is the
 * block, `out` what becomes of it.
 */

/* conf_check_vips.c: addresses, and with them v6 */
int conf_check_vips(struct conf_checking *c, const struct conf_block *b,
		    struct conf_vrrp *out);
int conf_check_static_addresses(struct conf_checking *c);
/* conf_check_routes.c */
int conf_check_routes(struct conf_checking *c, const struct conf_block *b,
		      struct conf_vrrp *out);
int conf_check_static_routes(struct conf_checking *c);
/* conf_check_transport.c: where adverts go to and come from */
int conf_check_transport(struct conf_checking *c, const struct conf_block *b,
			 struct conf_vrrp *out);
/* conf_check_timing.c: version, times, announcements, preemption */
void conf_check_timing(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out);
/* conf_check_auth.c: after version and v6 */
int conf_check_auth(struct conf_checking *c, const struct conf_block *b,
		    struct conf_vrrp *out);
/* conf_check_strict.c: last, for it takes back */
void conf_check_strict(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out);

/* conf_check_tracked.c: room for all, then each block where it stands */
int conf_check_tracked_init(struct conf_checking *c);
int conf_check_script(struct conf_checking *c, const struct conf_block *b);
int conf_check_process(struct conf_checking *c, const struct conf_block *b);
int conf_check_file(struct conf_checking *c, const struct conf_block *b);
/* conf_check_tracks.c: only what was said before `b` can be tracked */
int conf_check_tracks(struct conf_checking *c, const struct conf_block *b,
		      struct conf_tracks *out);

/* conf_check_notify.c: of an instance or a group; of global_defs */
int conf_check_notify(struct conf_checking *c, const struct conf_block *b,
		      struct conf_notify *out);
int conf_check_alerts(struct conf_checking *c);

/* conf_check_groups.c: each where it stands; all, when there are instances */
int conf_check_group(struct conf_checking *c, const struct conf_block *b);
void conf_check_members(struct conf_checking *c);

/* conf_check_command.c: a script's line as a command; or `out` as it was. */
int conf_check_command(struct conf_checking *c, const struct conf_said *s,
		       struct conf_command *out);
/* [user [group]] from the i-th word of a line on */
int conf_check_user(struct conf_checking *c, const struct conf_line *line,
		    size_t i, char **user, char **group);

/* What was said in the instance, else in global_defs; or NULL. */
const struct conf_said *conf_vrrp_said(struct conf_checking *c,
				       const struct conf_block *b,
				       enum conf_slot slot);
/* Likewise, else the table's default. */
int64_t conf_vrrp_number(struct conf_checking *c, const struct conf_block *b,
			 enum conf_slot slot);

int conf_check_copy(struct conf_checking *c, const char *text, char **out);

#endif
