/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pulse's two sides and what goes between them.  The loop makes and frees
 * routers and setups; from the message that hands one over until the one that
 * gives it back it belongs to the thread alone.
 */
#ifndef XLBD_PULSE_INTERNAL_H
#define XLBD_PULSE_INTERNAL_H

#include "core/message_ring.h"
#include "core/neigh_packet.h"
#include "xlbd/pulse.h"

#include <pthread.h>

#define PULSE_LOOP_SILENCE  USEC_SECONDS(5) /* until we fall silent, too */
#define PULSE_REALTIME      50 /* SCHED_FIFO's priority */
#define PULSE_COMMANDS      1024 /* a ring's capacity */
#define PULSE_EVENTS        512
#define PULSE_MAX_CHANGES   8 /* that wait for the loop, of one router */
#define PULSE_LISTED_ADDRS  16 /* of a peer's list that differs */
#define PULSE_IP_HEADER_MAX (60 + 24) /* IPv4 with options, and AH */

/* --- what changes hands --------------------------------------------------- */

/* What the operator said, ready for use. */
struct pulse_setup {
	struct pulse_setup *next; /* of those that wait to be given back */
	struct pulse_instance conf;
	struct addr source; /* zero: none */
	int fd; /* -1: the interface is not there */
	struct vrrp_advert advert; /* but for the priority */
	struct pulse_frame {
		uint8_t bytes[NEIGH_PACKET_MAX];
		size_t length;
	} frames[PULSE_MAX_VIPS]; /* by VIP */
};

struct pulse_change {
	enum vrrp_state from, to;
	uint8_t priority;
	char cause[VRRP_CAUSE_SIZE];
};

struct pulse_peer {
	struct pulse_peer_stats stats;
	bool heard; /* an advert that was listened to */
	bool heard_due;
	bool differs; /* its VIP list; said */
	bool old_checksum;
	/* bits: enum vrrp_rejection */
	uint32_t rejections_said, rejections_due;
	bool stats_due;
};

_Static_assert(VRRP_REJECTION_MAX <= 32, "a bit for each rejection");

struct pulse_difference {
	struct addr peer;
	size_t n, total;
	struct addr theirs[PULSE_LISTED_ADDRS];
};

/* One virtual router. */
struct pulse_router {
	unsigned int id;
	struct vrrp fsm;
	struct vrrp_auth auth;
	struct pulse_setup *setup;
	struct pulse_setup *replaced; /* to be given back */
	/* the last slot: whoever found no room */
	struct pulse_peer peers[PULSE_MAX_PEERS];
	size_t n_peers;
	uint64_t sent, sent_stop, transitions[VRRP_STATES];
	struct usec last_sent;
	int send_error;
	/* what the loop has not been told yet */
	struct pulse_change changes[PULSE_MAX_CHANGES];
	size_t n_changes;
	struct pulse_difference difference;
	bool difference_due, lower_due, sending_due, status_due;
	struct addr lower;
	bool leaving; /* itself, when all has been said */
};

/* --- messages ------------------------------------------------------------- */

enum pulse_command_type {
	PULSE_ADD,
	PULSE_REMOVE,
	PULSE_UPDATE,
	PULSE_TELL,
	PULSE_TICK,
	PULSE_STOP,
};

struct pulse_command {
	enum pulse_command_type type;
	unsigned int id;
	struct pulse_router *router; /* ADD */
	struct pulse_setup *setup; /* UPDATE */
	enum vrrp_event event; /* TELL */
	uint8_t priority;
};

enum pulse_event_type {
	PULSE_CHANGED,
	PULSE_REJECTED,
	PULSE_PEER,
	PULSE_LOWER,
	PULSE_DIFFERS,
	PULSE_SENDING,
	PULSE_STATUS,
	PULSE_PEER_STATS,
	PULSE_REPLACED,
	PULSE_REMOVED,
	PULSE_REVIVED,
};

struct pulse_event {
	enum pulse_event_type type;
	unsigned int id;
	union {
		struct pulse_change change;
		struct {
			struct addr peer; /* PEER and LOWER have it only */
			enum vrrp_rejection why;
		};
		struct pulse_difference difference;
		int error;
		struct pulse_status_event {
			enum vrrp_state state;
			uint8_t priority;
			struct addr master;
			uint8_t master_priority;
			struct usec lease_until, last_sent;
			uint64_t sent, sent_stop, transitions[VRRP_STATES];
			int send_error;
			bool failover;
			char why[VRRP_CAUSE_SIZE];
		} status;
		struct {
			size_t index;
			struct pulse_peer_stats stats;
		} peer_stats;
		struct pulse_setup *setup;
		struct pulse_router *router;
		struct usec silence;
	};
};

/* --- the thread's side ---------------------------------------------------- */

struct pulse_thread {
	const struct vrrp_digest *digest;
	struct message_ring *commands, *events;
	int command_fd, event_fd, timer_fd, epoll_fd, link_fd;
	struct pulse_router *routers[PULSE_MAX_INSTANCES]; /* by id */
	struct usec loop_heard;
	bool loop_hung;
	struct usec silence; /* that the loop is to be told of; zero: none */
	size_t stats_next; /* router whose counters are due first */
	bool woke_loop, stopping;
	struct vrrp_advert heard; /* too large for the stack */
	uint8_t in[PULSE_IP_HEADER_MAX + VRRP_PACKET_MAX];
	uint8_t out[VRRP_PACKET_MAX];
};

/* pulse_thread.c */
void *pulse_thread_run(void *thread);
struct usec pulse_thread_now(void);
struct usec pulse_thread_wall(void); /* CLOCK_REALTIME */

/* pulse_router.c */
void pulse_router_step(struct pulse_thread *t, struct pulse_router *r,
		       enum vrrp_event event, const struct vrrp_advert *advert);
/* Reads all that has come. */
void pulse_router_receive(struct pulse_thread *t, struct pulse_router *r);
void pulse_router_adopt(struct pulse_thread *t, struct pulse_router *r);
void pulse_router_listen(struct pulse_thread *t, struct pulse_router *r);
void pulse_router_deafen(struct pulse_thread *t, struct pulse_router *r);
/* Takes `setup`; the old one goes back to the loop. */
void pulse_router_update(struct pulse_thread *t, struct pulse_router *r,
			 struct pulse_setup *setup);

/* pulse_perform.c: effects; false if VRRP_SEND was wanted and failed */
bool pulse_perform(struct pulse_thread *t, struct pulse_router *r,
		   unsigned int effects, enum vrrp_state from);
void pulse_end_lease(struct pulse_router *r);
void pulse_renew_lease(struct pulse_router *r);
void pulse_announce(const struct pulse_thread *t, const struct pulse_setup *s,
		    size_t vip);

/* pulse_peer.c: who was heard, and why not */
void pulse_peer_init(struct pulse_router *r);
void pulse_peer_accept(struct pulse_router *r, const struct vrrp_advert *a);
void pulse_peer_reject(struct pulse_router *r, const struct addr *source,
		       enum vrrp_rejection why);
bool pulse_peer_has_old_checksum(const struct pulse_router *r,
				 const struct addr *peer);

/* pulse_report.c: the loop is told what there is room for, the rest later */
void pulse_report_change(struct pulse_router *r, enum vrrp_state from);
void pulse_report(struct pulse_thread *t);
/* All is due: on each tick. */
void pulse_report_stats(struct pulse_thread *t);
/* All routers have left. */
bool pulse_report_is_done(const struct pulse_thread *t);

/* pulse_setup.c: made and freed by the loop */
int pulse_setup_new(const struct pulse_instance *conf,
		    struct pulse_setup **out);
void pulse_setup_free(struct pulse_setup *s);
int pulse_router_new(unsigned int id, struct pulse_setup *setup,
		     struct pulse_router **out);
void pulse_router_free(struct pulse_router *r);

/* --- the loop's side ------------------------------------------------------ */

struct pulse_known { /* an instance, as the loop knows it */
	struct pulse_status status;
	bool removing;
};

struct pulse {
	struct pulse_thread thread; /* its own, but for rings and eventfds */
	pthread_t id;
	struct loop_fd *watch;
	struct pulse_handlers handlers;
	void *arg;
	struct pulse_known *known[PULSE_MAX_INSTANCES]; /* by id */
};

/* Calls the handlers for all that the thread has said. */
void pulse_hear(struct pulse *p);

#endif
