#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Agents: two nodes that are each other's backend by DR, with another port
# than the service's and listeners on 127.0.0.1 only.  Requests are spread, and
# connections outlive a move of the VIP: what a stale ARP entry leads to the
# node that had it is dropped there, and resets nothing.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/vrrp.sh

PEERS="node1 node2"
SIZE=$((16 << 20))
declare -A OF=() # who serves a download

lab_up client node1 node2 || bail "no lab"
for node in node1 node2; do
	lab_nginx $node 127.0.0.1
	head -c $SIZE /dev/zero >"$(lab_www $node)/long"
done

start() {
	{
		vrrp_conf "$1" "$2"
		service "$VIP" 80 TCP rr DR 10.0.4.20:8080 10.0.4.21:8080
	} >"$LAB_DIR/$1/vrrp.conf"
	VRRP_DAEMON[$1]=xlbd
	lab_xlbd "$1" "$LAB_DIR/$1/vrrp.conf" || bail "no xlbd on $1"
	VRRP_PID[$1]=$LAB_PID
}

is_owner() { vrrp_owns "$1" && vrrp_state "$2" BACKUP; }

# Who has been owner is known to be there: the other may fail over to it.
start node2 100
eventually 5 "the second is owner, alone" vrrp_owns node2
start node1 150
eventually 5 "the first is owner" is_owner node1 node2
for node in node1 node2; do
	eventually 5 "all backends of $node are up" all_up $node
done
for host in client node1 node2; do
	is "$(lab_who $host http://$VIP/healthz 10 | spread)" \
		"5 node1, 5 node2" "$host: five and five"
done

# --- downloads that take some seconds ---------------------------------------

for i in 1 2 3 4; do
	lab_spawn client curl -q -sS --noproxy '*' --limit-rate 4M \
		-o "$LAB_DIR/long.$i" -D "$LAB_DIR/head.$i" \
		"http://$VIP/files/long"
	DOWNLOADS[i]=$LAB_PID
done
backend_of() { sed -n 's/^X-Backend: \(node[12]\).*/\1/p' "$LAB_DIR/head.$1"; }
begun() {
	local j
	for j in 1 2 3 4; do [[ $(backend_of $j) ]] || return 1; done
} 2>/dev/null
eventually 5 "four downloads have begun" begun
for i in 1 2 3 4; do OF[$i]=$(backend_of $i); done
is "$(printf '%s\n' "${OF[@]}" | spread)" "2 node1, 2 node2" \
	"two of each node's"

# The client's entry for the VIP stays as it is, whatever is announced.
MAC=$(vrrp_mac node1)
lab_run client ip neigh replace $VIP lladdr "$MAC" nud permanent dev eth0
lab_capture client "$LAB_DIR/resets.pcap" --immediate-mode \
	'tcp[tcpflags] & tcp-rst != 0'
CAPTURE=$LAB_PID
dropped=$(reason node1 not_owner)
ok "the owner is told to fail over" lab_ctl node1 vrrp failover
eventually 5 "the other is owner" is_owner node2 node1

resets() { tcpdump -n -r "$LAB_DIR/resets.pcap" 2>/dev/null | wc -l; }
finished() { lab_dead "${DOWNLOADS[$1]}"; }
whole() {
	lab_stop "${DOWNLOADS[$1]}"
	[[ $LAB_STATUS == 0 && $(stat -c %s "$LAB_DIR/long.$1") == "$SIZE" ]]
}
for i in 1 2 3 4; do
	[[ ${OF[$i]} == node1 ]] || continue
	eventually 15 "download $i, from who had the VIP, ends" finished $i
	ok "and is whole" whole $i
done
drops() { (($(reason node1 not_owner) > dropped)); }
eventually 5 "frames for the other's are dropped where they should not be" \
	drops
not_ok "a connection there is not answered" lab_curl client \
	--connect-timeout 1 -o /dev/null http://$VIP/healthz
is "$(resets)" 0 "nothing was reset"

lab_run client ip neigh replace $VIP lladdr "$MAC" nud stale dev eth0
for i in 1 2 3 4; do
	[[ ${OF[$i]} == node2 ]] || continue
	eventually 20 "download $i, from who has the VIP, ends" finished $i
	ok "and is whole" whole $i
done
lab_stop "$CAPTURE" INT
is "$(resets)" 0 "nothing was reset to the end"
for host in client node1 node2; do
	is "$(lab_who $host http://$VIP/healthz 10 | spread)" \
		"5 node1, 5 node2" "$host, after the move: five and five"
done

for node in node1 node2; do
	vrrp_stop $node
	is "$LAB_STATUS" 0 "$node ends well"
done
finish
