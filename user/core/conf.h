/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the operator said: the config file as plain structs, after parsing,
 * inheritance and defaults.  Pure data: no fds, no runtime state.
 */
#ifndef XLBD_CONF_H
#define XLBD_CONF_H

#include "core/addr.h"
#include "core/conf_pos.h"
#include "core/conf_vrrp.h"
#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_kind { /* lb_kind */
		 CONF_KIND_NAT,
		 CONF_KIND_DR,
		 CONF_KIND_TUN,
		 CONF_KIND_FNAT,
};

enum conf_algo { /* lb_algo; those not built yet run as wrr, with a warning */
		 CONF_ALGO_RR,
		 CONF_ALGO_WRR,
		 CONF_ALGO_LC,
		 CONF_ALGO_WLC,
		 CONF_ALGO_SED,
		 CONF_ALGO_NQ,
		 CONF_ALGO_SH,
		 CONF_ALGO_DH,
		 CONF_ALGO_MH,
		 CONF_ALGO_FO,
		 CONF_ALGO_OVF,
		 CONF_ALGO_TWOS,
		 CONF_ALGO_LBLC,
		 CONF_ALGO_LBLCR,
};

enum conf_checker_type {
	CONF_CHECK_TCP,
	CONF_CHECK_HTTP,
};

struct conf_status_range {
	uint16_t low, high;
};

#define CONF_MAX_STATUS_RANGES 8

struct conf_url {
	char *path;
	char *virtualhost; /* or NULL */
	struct conf_status_range status[CONF_MAX_STATUS_RANGES];
	size_t statuses; /* 0: 200-299 */
};

struct conf_checker {
	struct conf_pos pos;
	enum conf_checker_type type;
	bool has_connect_addr;
	struct addr connect_addr; /* default: the backend's */
	uint16_t connect_port; /* 0: the backend's */
	bool has_bind_addr;
	struct addr bind_addr;
	uint16_t bind_port;
	struct usec connect_timeout;
	struct usec delay_loop;
	struct usec delay_before_retry;
	struct usec warmup; /* first probe: random in [0, warmup] */
	unsigned int retry; /* further tries before down */
	unsigned int rise; /* successes in a row before up */
	char *virtualhost;
	struct conf_url *urls;
	size_t n_urls;
};

struct conf_backend { /* real_server */
	struct conf_pos pos;
	struct addr addr;
	uint16_t port;
	/*
	 * As said.  Differs from `port` under DR only, where every backend
	 * listens on the service's port unless it is this node or an agent.
	 */
	uint16_t local_port;
	uint32_t weight;
	enum conf_kind kind;
	bool agent; /* said, or the address of this node or a peer */
	bool alpha; /* starts down */
	bool inhibit_on_failure;
	struct conf_checker *checkers; /* none: always up ("unchecked") */
	size_t n_checkers;
};

struct conf_service { /* virtual_server */
	struct conf_pos pos;
	struct endpoint endpoint;
	enum conf_algo algo;
	enum conf_kind kind;
	bool drop_without_backend; /* on_no_backend drop */
	struct conf_backend *backends;
	size_t n_backends;
};

enum conf_xdp_mode {
	CONF_XDP_AUTO,
	CONF_XDP_NATIVE,
	CONF_XDP_GENERIC,
};

struct conf_timeouts { /* lvs_timeouts, and ours for half-open */
	struct usec tcp, tcp_fin, tcp_syn, udp;
};

struct conf {
	char *control;
	char *pin_path;
	enum conf_xdp_mode xdp_mode;
	uint32_t max_sessions;
	char **interfaces;
	size_t n_interfaces;
	struct addr *snat_addresses;
	size_t n_snat_addresses;
	bool has_metrics;
	struct endpoint metrics;
	struct conf_timeouts timeouts;
	struct conf_service *services;
	size_t n_services;
	struct conf_vrrp *vrrps;
	size_t n_vrrps;
	struct conf_vip *static_addresses; /* each has its dev */
	size_t n_static_addresses;
	struct conf_route *static_routes;
	size_t n_static_routes;
	struct conf_group *groups;
	size_t n_groups;
	struct conf_script *scripts;
	size_t n_scripts;
	struct conf_process *processes;
	size_t n_processes;
	struct conf_track_file *files;
	size_t n_files;
	struct conf_mail mail;
	char *router_id; /* or NULL: the host's name */
	char *notify_fifo; /* or NULL */
	struct conf_command notify_fifo_script; /* its user: the pipe's too */
	char *script_user; /* or NULL: keepalived_script, or root */
	char *script_group; /* or NULL: the user's own */
	bool script_security; /* enable_script_security */
	struct usec startup_delay; /* vrrp_startup_delay */
	void *arena; /* everything above lives here */
};

/* NULL-safe. */
void conf_free(struct conf *c);

const char *conf_kind_name(enum conf_kind kind); /* "FNAT" */
const char *conf_algo_name(enum conf_algo algo); /* "wrr" */
int conf_kind_parse(const char *text, enum conf_kind *out);
int conf_algo_parse(const char *text, enum conf_algo *out);

/* What a checker is when nothing was said but its type. */
void conf_checker_defaults(enum conf_checker_type type,
			   struct conf_checker *out);

enum conf_severity { CONF_WARNING, CONF_ERROR };

/* One finding, in the form INTERFACES has: file:line:column: severity: text */
struct conf_message {
	enum conf_severity severity;
	struct conf_pos pos;
	bool script_security; /* exit code 6 instead of 5 under --strict */
	unsigned int file_rank, sequence; /* for the order of printing */
	char text[256];
};

/* Owns its file names: it outlives the conf, and there may be none. */
struct conf_messages {
	struct conf_message *list;
	size_t count, room;
	size_t errors, warnings, script_warnings;
	char **files;
	size_t n_files;
};

void conf_messages_free(struct conf_messages *m);

/*
 * What a config may ask of the world outside.  The calls return 0 or -errno;
 * what they write is for free().
 */
struct conf_source {
	void *arg;
	/* a file's bytes, for `include` */
	int (*read)(void *arg, const char *path, char **bytes, size_t *length);
	/*
	 * The regular, non-executable files that match, sorted, with NULL at
	 * the end; no match is an empty list.  Braces were expanded before.
	 */
	int (*glob)(void *arg, const char *pattern, char ***paths);
	int (*env)(void *arg, const char *name, char **value);
	/* Is it there (yet)?  Or NULL: nobody can say, and nobody is told. */
	bool (*has_interface)(void *arg, const char *name);
	bool (*has_program)(void *arg, const char *path);
	const char *config_id; /* for @id lines and ${_INSTANCE} */
	const char *directory; /* for ${_PWD} where `file` is relative */
	uint32_t random_seed; /* for ${_RANDOM} */
};

/*
 * Parses `bytes` (named `file` in messages), follows includes through
 * `source`, checks and applies inheritance and defaults.  All findings of one
 * run go to `messages`, in the order of the files' lines.  Returns 0 and *out
 * (to conf_free()) if there were no errors, else -EINVAL; -ENOMEM.
 */
int conf_parse(const char *file, const char *bytes, size_t length,
	       const struct conf_source *source, struct conf **out,
	       struct conf_messages *messages);

/* The effective config as text that parses back to itself; to free(). */
char *conf_print(const struct conf *c);

#endif
