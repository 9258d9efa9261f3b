/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be asked of a running daemon: the one table of commands and their
 * arguments.  xlbctl's words and help, the control socket's requests and the
 * tests read it.  Pure: knows text and values, neither JSON nor sockets.
 */
#ifndef XLBD_COMMAND_H
#define XLBD_COMMAND_H

#include "core/addr.h"
#include "core/conf.h"
#include "core/usec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_ERROR_SIZE    320
#define COMMAND_WORDS_SIZE    32
#define COMMAND_PATH_SIZE     256
#define COMMAND_INSTANCE_SIZE 128
#define COMMAND_WEIGHT_MAX    65535 /* keepalived's range */

enum command_id {
	COMMAND_STATUS,
	COMMAND_STATS,
	COMMAND_SERVICE_LIST,
	COMMAND_SERVICE_ADD,
	COMMAND_SERVICE_DEL,
	COMMAND_BACKEND_LIST,
	COMMAND_BACKEND_ADD,
	COMMAND_BACKEND_DEL,
	COMMAND_BACKEND_SET,
	COMMAND_BACKEND_DRAIN,
	COMMAND_BACKEND_UNDRAIN,
	COMMAND_SESSION_LIST,
	COMMAND_SESSION_COUNT,
	COMMAND_SESSION_FLUSH,
	COMMAND_VRRP_LIST,
	COMMAND_VRRP_SHOW,
	COMMAND_VRRP_FAILOVER,
	COMMAND_VRRP_MAINTENANCE,
	COMMAND_COUNT,
};

enum argument_id { /* positional ones are said in this order */
		   ARGUMENT_SERVICE,
		   ARGUMENT_BACKEND,
		   ARGUMENT_INSTANCE,
		   ARGUMENT_SWITCH,
		   ARGUMENT_KIND,
		   ARGUMENT_ALGO,
		   ARGUMENT_WEIGHT,
		   ARGUMENT_CHECK,
		   ARGUMENT_TIMEOUT,
		   ARGUMENT_CLIENT,
		   ARGUMENT_STATE,
		   ARGUMENT_OLDER,
		   ARGUMENT_PROMETHEUS,
		   ARGUMENT_CANCEL,
		   ARGUMENT_COUNT,
};
#define ARGUMENT_BIT(id) (1U << (id))

enum argument_type {
	ARGUMENT_TEXT,
	ARGUMENT_NUMBER, /* a whole one */
	ARGUMENT_TIME, /* text as usec_parse() has it, or whole seconds */
	ARGUMENT_FLAG, /* said or not; xlbctl spells it --name */
};

struct argument {
	const char *name; /* on the command line and in "args" */
	const char *value; /* as help shows it; NULL for a flag */
	enum argument_type type;
	const char *help;
};

struct command {
	const char *words;
	unsigned int positional; /* ARGUMENT_BIT()s: told by their place */
	unsigned int named; /* told by their name: "weight 2" */
	unsigned int required; /* of both */
	const char *help;
};

enum command_check {
	COMMAND_CHECK_NONE,
	COMMAND_CHECK_TCP,
	COMMAND_CHECK_HTTP, /* of `path` */
};

/* A command's arguments, parsed; `given` says which are valid. */
struct command_values {
	unsigned int given; /* ARGUMENT_BIT()s */
	struct endpoint service; /* protocol 0: not said */
	struct endpoint backend; /* protocol 0 always */
	enum conf_kind kind;
	enum conf_algo algo;
	uint32_t weight;
	enum command_check check;
	char path[COMMAND_PATH_SIZE];
	struct usec timeout;
	struct prefix client;
	const char *state; /* static */
	struct usec older;
	char instance[COMMAND_INSTANCE_SIZE];
	bool on; /* the switch */
};

/* By command_id, argument_id. */
extern const struct command commands[COMMAND_COUNT];
extern const struct argument arguments[ARGUMENT_COUNT];

/* -1 if there is none of that name. */
int command_find(const char *words);
int argument_find(const char *name);

/* All commands' words, "status, stats, ..."; returns `buf`. */
const char *command_names(char *buf, size_t size);

/* "backend add SERVICE BACKEND [weight N] ..."; returns `buf`. */
const char *command_synopsis(enum command_id id, char *buf, size_t size);

/*
 * Takes one argument's text into `values`.  A check is "none", "tcp" or
 * "http PATH".  0, or -EINVAL and a sentence in error[COMMAND_ERROR_SIZE].
 */
int argument_parse(enum argument_id id, const char *text,
		   struct command_values *values, char *error);

/* Is a required argument missing?  Likewise 0 or -EINVAL. */
int command_check_required(enum command_id id,
			   const struct command_values *values, char *error);

#endif
