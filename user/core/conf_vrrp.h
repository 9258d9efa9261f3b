/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the operator said about virtual routers: vrrp_instance, sync groups,
 * what they track and whom they tell.  Part of core/conf.h.
 */
#ifndef XLBD_CONF_VRRP_H
#define XLBD_CONF_VRRP_H

#include "core/addr.h"
#include "core/address_options.h"
#include "core/conf_pos.h"
#include "core/route.h"
#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_command { /* a script, its arguments, and whose it is */
	char **argv; /* NULL-terminated; NULL: not configured */
	char **said; /* the words it was made of, for conf_print() */
	char *user; /* or NULL: script_user */
	char *group; /* or NULL: the user's own */
};

struct conf_vip { /* one line of virtual_ipaddress */
	struct conf_pos pos;
	struct prefix prefix;
	char *dev; /* or NULL: the instance's interface */
	struct address_options options;
	bool no_track;
	bool excluded; /* virtual_ipaddress_excluded: not advertised */
};

struct conf_route { /* one line of virtual_routes, static_routes */
	struct conf_pos pos;
	struct route route;
};

struct conf_track { /* one line of track_interface, _script, _process, _file */
	struct conf_pos pos;
	char *name;
	bool has_weight; /* said here; if not, these are the thing's own */
	int weight;
	bool reverse;
};

struct conf_tracks {
	struct conf_track *interfaces, *scripts, *processes, *files;
	size_t n_interfaces, n_scripts, n_processes, n_files;
};

struct conf_script { /* vrrp_script */
	struct conf_pos pos;
	char *name;
	struct conf_command command;
	struct usec interval, timeout;
	int weight;
	bool reverse;
	unsigned int rise, fall;
	bool init_fail;
};

enum conf_param_match {
	CONF_PARAM_ANY, /* no parameters were said */
	CONF_PARAM_EXACT,
	CONF_PARAM_INITIAL,
	CONF_PARAM_PARTIAL,
};

struct conf_process { /* vrrp_track_process */
	struct conf_pos pos;
	char *name, *path;
	char **params; /* NULL-terminated */
	enum conf_param_match match;
	bool full_command;
	int weight;
	bool reverse;
	unsigned int quorum, quorum_max; /* UINT_MAX: as many as like */
	struct usec fork_delay, terminate_delay;
};

struct conf_track_file {
	struct conf_pos pos;
	char *name, *path;
	int weight;
	bool reverse;
	bool has_init, init_overwrite;
	int init;
};

struct conf_notify {
	struct conf_command master, backup, fault, stop, lower;
	struct conf_command any; /* `notify` */
	bool smtp_alert;
};

enum conf_auth { CONF_AUTH_NONE, CONF_AUTH_PASS, CONF_AUTH_AH, CONF_AUTH_HMAC };

enum conf_hmac_mode { /* what becomes of adverts without a trailer */
		      CONF_HMAC_ENFORCE,
		      CONF_HMAC_PERMISSIVE,
		      CONF_HMAC_RECEIVE_ONLY,
};

struct conf_hmac_key {
	char *said; /* hex:, ascii: or file:, for conf_print() */
	uint8_t id;
	uint8_t bytes[64];
	size_t length;
};

struct conf_peer { /* one line of unicast_peer */
	struct addr addr;
	uint8_t min_ttl, max_ttl; /* 0, 255: not said */
};

struct conf_vrrp { /* vrrp_instance */
	struct conf_pos pos;
	char *name;
	char *interface;
	uint8_t virtual_router_id;
	uint8_t priority;
	uint8_t version; /* 2, 3 */
	bool v6;
	bool state_master;
	struct usec advert_int;
	unsigned int down_timer_adverts;
	bool nopreempt;
	struct usec preempt_delay;
	bool lower_prio_no_advert;
	struct conf_vip *vips; /* virtual_ipaddress, then _excluded */
	size_t n_vips;
	bool promote_secondaries;
	struct conf_route *routes; /* virtual_routes */
	size_t n_routes;
	bool has_source;
	struct addr source; /* unicast_src_ip, mcast_src_ip */
	struct addr group; /* multicast destination */
	struct conf_peer *peers; /* unicast_peer */
	size_t n_peers;
	uint8_t unicast_ttl;
	bool check_unicast_src, v3_checksum_as_v2, skip_check_adv_addr;
	enum conf_auth auth;
	char auth_pass[8]; /* zero-padded */
	struct conf_hmac_key keys[2]; /* the active one first */
	size_t n_keys;
	enum conf_hmac_mode hmac_mode;
	bool hmac_monotonic; /* anti_replay; else by time: */
	struct usec hmac_window; /* how far clocks may differ */
	struct conf_tracks tracks;
	bool dont_track_primary;
	struct usec garp_master_delay, garp_master_refresh,
		garp_lower_prio_delay;
	struct usec garp_extra_interval; /* garp_extra_if; 0: never */
	unsigned int garp_master_repeat, garp_master_refresh_repeat,
		garp_lower_prio_repeat;
	struct conf_notify notify;
	int sync_group; /* index into the conf's groups; -1: none */
};

struct conf_group { /* vrrp_sync_group */
	struct conf_pos pos;
	char *name;
	struct conf_tracks tracks;
	bool tracking_weight; /* sync_group_tracking_weight */
	struct conf_notify notify;
};

struct conf_mail { /* global_defs: where alerts go */
	char *server; /* NULL: nowhere */
	uint16_t port;
	char *from, *helo; /* helo: or NULL */
	char **to; /* NULL-terminated; NULL: nobody */
	struct usec timeout;
};

#endif
