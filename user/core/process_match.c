/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/process_match.h"

#include <errno.h>
#include <string.h>

int process_stat_parse(const char *stat, size_t length,
		       char comm[PROCESS_COMM_SIZE])
{
	/* 1234 (comm) S ...: the comm may hold anything, brackets too. */
	const char *open = memchr(stat, '(', length);
	const char *close = memrchr(stat, ')', length);
	size_t n;

	if (!open || !close || close < open || stat + length - close < 3)
		return -EINVAL;
	n = (size_t)(close - open - 1);
	if (n >= PROCESS_COMM_SIZE)
		return -EINVAL;
	if (strchr("ZXx", close[2]))
		return -ESRCH;
	memcpy(comm, open + 1, n);
	comm[n] = '\0';
	return 0;
}

bool process_match_needs_cmdline(const struct process_match *m)
{
	return m->full_command || m->how != PROCESS_PARAMS_ANY;
}

static bool is_comm(const struct process_match *m, const char *comm)
{
	const char *slash = strrchr(m->path, '/');
	const char *name = slash ? slash + 1 : m->path;

	return *name && !strncmp(name, comm, PROCESS_COMM_SIZE - 1);
}

/* One argument; *rest is behind it.  False if there is none. */
static bool next_argument(const char **rest, size_t *left, size_t *length)
{
	const char *end;

	if (!*left)
		return false;
	end = memchr(*rest, '\0', *left);
	*length = end ? (size_t)(end - *rest) : *left;
	*rest += *length + !!end;
	*left -= *length + !!end;
	return true;
}

static bool is_parameter(const struct process_match *m, size_t i,
			 const char *text, size_t length)
{
	size_t wanted = strlen(m->params[i]);

	if (length < wanted || memcmp(text, m->params[i], wanted))
		return false;
	return length == wanted ||
	       (m->how == PROCESS_PARAMS_INITIAL && !m->params[i + 1]);
}

static bool are_parameters(const struct process_match *m, const char *rest,
			   size_t left)
{
	const char *text = rest;
	size_t length;

	for (size_t i = 0; m->params && m->params[i]; i++, text = rest) {
		if (!next_argument(&rest, &left, &length) ||
		    !is_parameter(m, i, text, length))
			return false;
	}
	return m->how != PROCESS_PARAMS_EXACT || !left;
}

bool process_matches(const struct process_match *m, const char *comm,
		     const char *cmdline, size_t length)
{
	const char *rest = cmdline;
	size_t left = length, n;

	if (!m->full_command && !is_comm(m, comm))
		return false;
	if (!process_match_needs_cmdline(m))
		return true;
	if (!next_argument(&rest, &left, &n))
		return false;
	if (m->full_command &&
	    (n != strlen(m->path) || memcmp(cmdline, m->path, n)))
		return false;
	return m->how == PROCESS_PARAMS_ANY || are_parameters(m, rest, left);
}

bool process_quorum_step(struct process_quorum *q, unsigned int count,
			 struct usec now)
{
	bool up = count >= q->least && count <= q->most;
	bool grew = count > q->count;

	q->count = count;
	if (q->known && up == q->up) {
		q->pending = false;
		return false;
	}
	if (q->known && !q->pending) {
		q->pending = true;
		q->deadline = usec_add(now, grew ? q->fork_delay
						 : q->terminate_delay);
	}
	if (q->known && usec_before(now, q->deadline))
		return false;
	q->known = true;
	q->pending = false;
	q->up = up;
	return true;
}
