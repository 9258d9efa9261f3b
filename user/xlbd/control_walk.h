/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers that take long: made in slices from the loop, waiting whenever the
 * client does not read.  One at a time for a client, kept as its stream data;
 * gone with the client.
 */
#ifndef XLBD_CONTROL_WALK_H
#define XLBD_CONTROL_WALK_H

#include "xlbd/control.h"
#include "xlbd/stream.h"

struct control_walk;

/* Who a walk works for. */
struct control_walk_source {
	struct loop *loop;
	const struct control_ops *ops;
	void *arg;
};

/*
 * Each starts a walk whose first slice is done at once: a short answer is
 * complete on return.  0 or -ENOMEM, -errno: nothing was said yet.
 */
int control_walk_sessions(const struct control_walk_source *source,
			  struct stream_client *client,
			  const struct session_filter *filter);
int control_walk_count(const struct control_walk_source *source,
		       struct stream_client *client,
		       const struct session_filter *filter);
int control_walk_flush(const struct control_walk_source *source,
		       struct stream_client *client,
		       const struct session_filter *filter);
/* The backends of all services. */
int control_walk_backends(const struct control_walk_source *source,
			  struct stream_client *client);
/* A text in pieces; takes it, also on failure. */
int control_walk_text(const struct control_walk_source *source,
		      struct stream_client *client, char *text, size_t length);

/* The client has read what there was: goes on, if something is under way. */
void control_walk_resume(struct stream_client *client);
/* The client is gone, and so is what was under way for it. */
void control_walk_cancel(struct stream_client *client);

#endif
