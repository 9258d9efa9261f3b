/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Peers: nodes that schedule for the same VIPs, known by their MACs so that
 * what they send is not scheduled once more.
 */
#include "xlbd/engine_internal.h"
#include "xlbd/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct engine_peer {
	struct addr addr;
	uint8_t mac[6];
	bool known;
};

static struct engine_peer *find(struct engine *e, const struct addr *addr)
{
	for (size_t i = 0; i < e->n_peers; i++) {
		if (addr_equal(&e->peers[i].addr, addr))
			return &e->peers[i];
	}
	return NULL;
}

bool engine_is_peer(struct engine *e, const struct addr *addr)
{
	return find(e, addr);
}

/* One that is heard, or named: its backends are agents from now on. */
int engine_peer_add(struct engine *e, const struct addr *addr)
{
	struct engine_peer *grown;
	int err;

	if (find(e, addr))
		return 0;
	grown = realloc(e->peers, (e->n_peers + 1) * sizeof(*e->peers));
	if (!grown)
		return -ENOMEM;
	e->peers = grown;
	err = netlink_watch(e->netlink, addr);
	if (err)
		return err;
	grown[e->n_peers] = (struct engine_peer){.addr = *addr};
	e->n_peers++;
	engine_backends_changed(e, addr);
	return 0;
}

int engine_peers_start(struct engine *e)
{
	int err = 0;

	for (size_t i = 0; i < e->conf->n_vrrps; i++) {
		const struct conf_vrrp *vrrp = &e->conf->vrrps[i];

		for (size_t j = 0; !err && j < vrrp->n_peers; j++)
			err = engine_peer_add(e, &vrrp->peers[j].addr);
	}
	return err;
}

void engine_peers_stop(struct engine *e)
{
	for (size_t i = 0; i < e->n_peers; i++)
		netlink_unwatch(e->netlink, &e->peers[i].addr);
	free(e->peers);
	e->peers = NULL;
	e->n_peers = 0;
}

/* Two names of one host: its MAC stays known while either has it. */
static bool mac_is_known(const struct engine *e, const uint8_t *mac)
{
	for (size_t i = 0; i < e->n_peers; i++) {
		if (e->peers[i].known && !memcmp(e->peers[i].mac, mac, 6))
			return true;
	}
	return false;
}

static void peer_set(struct engine *e, struct engine_peer *p,
		     const uint8_t *mac)
{
	char name[ADDR_PRINT_SIZE];
	int err = 0;

	if (p->known) {
		p->known = false;
		if (!mac_is_known(e, p->mac))
			err = dataplane_set_peer(e->dataplane, p->mac, NULL);
	}
	memcpy(p->mac, mac, 6);
	p->known = true;
	if (!err)
		err = dataplane_set_peer(e->dataplane, mac, &p->addr);
	if (err)
		log_error("peer %s: %s",
			  addr_print(&p->addr, name, sizeof(name)),
			  strerror(-err));
}

/*
 * While the peer's entry is being looked for again its last MAC stands: it is
 * the peer's until somebody else answers.
 */
void engine_peer_hop(struct engine *e, const struct addr *addr,
		     const struct next_hop *hop)
{
	for (size_t i = 0; i < e->n_peers; i++) {
		struct engine_peer *p = &e->peers[i];

		if (addr_equal(&p->addr, addr) &&
		    hop->state == NEXT_HOP_READY && hop->on_link &&
		    (!p->known || memcmp(p->mac, hop->mac, 6)))
			peer_set(e, p, hop->mac);
	}
}
