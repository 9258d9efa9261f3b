/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one table of config keywords: keepalived's and our own, where each may
 * stand, what it takes, its default and what becomes of it.  Parser, checks
 * and documentation read it.  In three parts, for size alone.
 */
#ifndef XLBD_CONF_KEYWORDS_H
#define XLBD_CONF_KEYWORDS_H

#include <stddef.h>
#include <stdint.h>

/* The blocks, as a set: a keyword may stand in several. */
enum conf_block_id {
	IN_ROOT = 1 << 0,
	IN_GLOBAL = 1 << 1, /* global_defs */
	IN_XLBD = 1 << 2,
	IN_SYNC = 1 << 3, /* xlbd { sync } */
	IN_SCRIPT = 1 << 4, /* vrrp_script */
	IN_PROCESS = 1 << 5, /* vrrp_track_process */
	IN_FILE = 1 << 6, /* track_file */
	IN_VRRP = 1 << 7, /* vrrp_instance */
	IN_GROUP = 1 << 8, /* vrrp_sync_group */
	IN_AUTH = 1 << 9,
	IN_HMAC = 1 << 10,
	IN_BFD = 1 << 11,
	IN_SSL = 1 << 12,
	IN_GARP = 1 << 13,
	IN_TRACK_GROUP = 1 << 14,
	IN_VS = 1 << 15, /* virtual_server */
	IN_RS = 1 << 16, /* real_server */
	IN_TCP = 1 << 17,
	IN_HTTP = 1 << 18,
	IN_SSL_GET = 1 << 19,
	IN_UDP = 1 << 20,
	IN_DNS = 1 << 21,
	IN_SMTP = 1 << 22,
	IN_MISC = 1 << 23,
	IN_PING = 1 << 24,
	IN_BFD_CHECK = 1 << 25,
	IN_FILE_CHECK = 1 << 26,
	IN_URL = 1 << 27,
	IN_SMTP_HOST = 1 << 28,
	/* checkers that connect, and all that are on a schedule */
	IN_CONNECTING = IN_TCP | IN_HTTP | IN_SSL_GET | IN_UDP | IN_DNS |
			IN_SMTP | IN_PING,
	IN_SCHEDULED = IN_CONNECTING | IN_MISC,
	IN_CHECKERS = IN_SCHEDULED | IN_BFD_CHECK | IN_FILE_CHECK,
	/* in these an unknown keyword is an error, elsewhere a warning */
	IN_OURS = IN_XLBD | IN_SYNC,
};

/* What follows the keyword. */
enum conf_type {
	TYPE_FLAG, /* nothing */
	TYPE_BOOL, /* [on|off|true|false|yes|no], nothing: true */
	TYPE_NUMBER, /* min..max */
	TYPE_WEIGHT, /* min..max [reverse|noreverse] */
	TYPE_TIME, /* min..max microseconds */
	TYPE_WORD, /* one */
	TYPE_WORDS, /* min..max of them */
	TYPE_SCRIPT, /* a command [user [group]] */
	TYPE_CHOICE, /* one of `choices`; its index is the value */
	TYPE_KIND, /* likewise, TUN has options */
	TYPE_ADDRESS, /* one */
	TYPE_ADDRESSES, /* one and more */
	TYPE_ADDRESS_PORT, /* address [port] */
	TYPE_PORT, /* 1..65535 */
	TYPE_ENDPOINT, /* address:port */
	TYPE_STATUS, /* HTTP codes and ranges of them */
	TYPE_TIMEOUTS, /* tcp N, tcpfin N, ...; on the line or in braces */
	TYPE_LIST, /* { lines of words } */
	TYPE_BLOCK, /* min..max words, { `child` } */
	TYPE_MAX,
};

/* What becomes of it. */
enum conf_class {
	CLASS_DONE,
	CLASS_ACCEPTED, /* known, without effect here; says `reason` if any */
	CLASS_LATER, /* will have an effect; one warning until then */
	CLASS_REFUSED, /* an error, for `reason` */
};

/* Where the checks find what was said; synonyms share a slot. */
enum conf_slot {
	SLOT_NONE,
	/* xlbd */
	SLOT_INTERFACES,
	SLOT_XDP_MODE,
	SLOT_CONTROL,
	SLOT_PIN_PATH,
	SLOT_MAX_SESSIONS,
	SLOT_SNAT_ADDRESS,
	SLOT_METRICS,
	/* global_defs */
	SLOT_TIMEOUTS,
	SLOT_DEFAULT_INTERFACE,
	SLOT_STRICT,
	SLOT_SCRIPT_SECURITY,
	SLOT_SCRIPT_USER,
	SLOT_ROUTER_ID,
	SLOT_MAIL_TO,
	SLOT_MAIL_FROM,
	SLOT_SMTP_SERVER,
	SLOT_SMTP_HELO,
	SLOT_SMTP_TIMEOUT,
	SLOT_SMTP_ALERT,
	SLOT_SMTP_ALERT_VRRP,
	SLOT_NOTIFY_FIFO,
	SLOT_NOTIFY_FIFO_SCRIPT,
	SLOT_STARTUP_DELAY,
	SLOT_MCAST4,
	SLOT_MCAST6,
	SLOT_MIN_GARP,
	/* virtual_server and what it hands down to real_server and checker */
	SLOT_ALGO,
	SLOT_KIND,
	SLOT_PROTOCOL,
	SLOT_NO_BACKEND,
	SLOT_WEIGHT,
	SLOT_ALPHA,
	SLOT_INHIBIT,
	SLOT_DELAY_LOOP,
	SLOT_RETRY,
	SLOT_DELAY_RETRY,
	SLOT_WARMUP,
	SLOT_CONNECT_TIMEOUT,
	SLOT_RISE,
	SLOT_VIRTUALHOST,
	SLOT_AGENT,
	/* checkers */
	SLOT_CONNECT_IP,
	SLOT_CONNECT_PORT,
	SLOT_BINDTO,
	SLOT_BIND_PORT,
	SLOT_PATH,
	SLOT_STATUS,
	/* vrrp_instance, and global_defs where it has the defaults */
	SLOT_INTERFACE,
	SLOT_VRID,
	SLOT_PRIORITY,
	SLOT_STATE,
	SLOT_ADVERT_INT,
	SLOT_VERSION,
	SLOT_NOPREEMPT,
	SLOT_PREEMPT_DELAY,
	SLOT_ACCEPT,
	SLOT_VIPS,
	SLOT_VIPS_EXCLUDED,
	SLOT_ROUTES,
	SLOT_STATIC_ADDRESSES,
	SLOT_STATIC_ROUTES,
	SLOT_UNICAST_SRC,
	SLOT_UNICAST_PEER,
	SLOT_UNICAST_TTL,
	SLOT_CHECK_UNICAST_SRC,
	SLOT_SKIP_CHECK_ADDRS,
	SLOT_V3_CHECKSUM,
	SLOT_MCAST_DST,
	SLOT_NATIVE_IPV6,
	SLOT_NO_VIPS,
	SLOT_PROMOTE,
	SLOT_DOWN_TIMER,
	SLOT_LOWER_NO_ADVERT,
	SLOT_GARP_DELAY,
	SLOT_GARP_REPEAT,
	SLOT_GARP_REFRESH,
	SLOT_GARP_REFRESH_REPEAT,
	SLOT_GARP_LOWER_DELAY,
	SLOT_GARP_LOWER_REPEAT,
	SLOT_GARP_EXTRA,
	SLOT_AUTH_TYPE,
	SLOT_AUTH_PASS,
	SLOT_HMAC_KEY,
	SLOT_HMAC_ACTIVE,
	SLOT_HMAC_REPLAY,
	SLOT_HMAC_WINDOW,
	SLOT_HMAC_MODE,
	/* vrrp_instance and vrrp_sync_group */
	SLOT_TRACK_INTERFACE,
	SLOT_TRACK_SCRIPT,
	SLOT_TRACK_PROCESS,
	SLOT_TRACK_FILE,
	SLOT_DONT_TRACK_PRIMARY,
	SLOT_TRACKING_WEIGHT,
	SLOT_GROUP,
	SLOT_NOTIFY_MASTER,
	SLOT_NOTIFY_BACKUP,
	SLOT_NOTIFY_FAULT,
	SLOT_NOTIFY_STOP,
	SLOT_NOTIFY_LOWER,
	SLOT_NOTIFY,
	/* what is tracked */
	SLOT_SCRIPT,
	SLOT_INTERVAL,
	SLOT_TIMEOUT,
	SLOT_FALL,
	SLOT_USER,
	SLOT_INIT_FAIL,
	SLOT_PROCESS,
	SLOT_PARAM_MATCH,
	SLOT_FULL_COMMAND,
	SLOT_QUORUM,
	SLOT_QUORUM_MAX,
	SLOT_DELAY,
	SLOT_FORK_DELAY,
	SLOT_TERMINATE_DELAY,
	SLOT_FILE,
	SLOT_INIT_FILE,
};

struct conf_keyword {
	unsigned int in; /* enum conf_block_id, several */
	const char *name;
	enum conf_type type;
	enum conf_slot slot;
	int64_t min, max;
	const char *standard; /* default, as one would write it; or NULL */
	enum conf_class class;
	const char *help; /* one line */
	const char *choices; /* "a|b|c" */
	enum conf_block_id child;
	const char *reason;
};

struct conf_keyword_part {
	const struct conf_keyword *list;
	size_t count;
};

extern const struct conf_keyword_part conf_keywords_services;
extern const struct conf_keyword_part conf_keywords_vrrp;
extern const struct conf_keyword_part conf_keywords_global;

/* The table as one: NULL behind the last. */
const struct conf_keyword *conf_keyword_get(size_t index);

/* NULL: no such word in that block. */
const struct conf_keyword *conf_keyword_find(enum conf_block_id block,
					     const char *name);
const struct conf_keyword *conf_keyword_of_slot(enum conf_block_id block,
						enum conf_slot slot);
/* "virtual_server"; "the file" for IN_ROOT */
const char *conf_block_name(enum conf_block_id block);

/* The index of `word` in "a|b|c", or -1. */
int conf_choice_find(const char *choices, const char *word);
/* The choice of that index, copied into `buf`. */
const char *conf_choice_print(const char *choices, int index, char *buf,
			      size_t size);

#endif
