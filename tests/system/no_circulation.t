#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two daemons that both believe they own the VIP, and have each other as DR
# backend, make no frame circulate: what a client sends is answered or dropped.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

VIP=10.0.4.99
URL=http://$VIP:8080/healthz
MANY=200

lab_up client node1 node2 || bail "no lab"
ends_start
# What is answered to a SYN from nowhere: one frame, to the client, for nobody.
mac=$(lab_run client ip -j link show eth0 | jq -r '.[0].address')
for node in node1 node2; do
	lab_run $node sysctl -q -w net.ipv4.tcp_synack_retries=0
	lab_run $node ip neigh add 10.0.4.77 lladdr "$mac" dev eth0
	lab_nginx $node
done

# OWN address and the OTHER's of a node, with unicast peers or without.  Behind
# 8080 are both, behind 8081 only the other one; likewise behind UDP 8082.
conf() {
	local own=$1 other=$2 variant=$3
	echo "vrrp_instance VI_1 {"
	echo "    state BACKUP"
	echo "    interface eth0"
	echo "    virtual_router_id 51"
	echo "    priority 100"
	[[ $variant == multicast ]] || echo "    unicast_src_ip $own
	    unicast_peer {
	        $other
	    }"
	echo "    virtual_ipaddress {"
	echo "        $VIP"
	echo "    }"
	echo "}"
	service $VIP 8080 TCP rr DR 10.0.4.20:8080 10.0.4.21:8080
	service $VIP 8081 TCP rr DR "$other:8081"
	service $VIP 8082 UDP rr DR "$other:8082"
}

# Frames for the VIP that nodes send: what comes into the switch from them.
capture() {
	local node
	for node in node1 node2; do
		lab_capture $node "$LAB_DIR/$node.pcap" -Q in "dst host $VIP"
		CAPTURES+=("$LAB_PID")
	done
}

capture_end() {
	local pid
	for pid in "${CAPTURES[@]}"; do lab_stop "$pid" INT; done
	CAPTURES=()
}

passed_on() {
	local node
	for node in node1 node2; do
		tcpdump -n -r "$LAB_DIR/$node.pcap" "$@" 2>/dev/null
	done | wc -l
}

# All frames that go in or out at the nodes' ports, of whatever kind.
traffic() {
	lab_run switch ip -j -s link show | jq '[.[] |
		select(.ifname == "p-node1" or .ifname == "p-node2") |
		.stats64.rx.packets + .stats64.tx.packets] | add'
}

# A circle makes more in a millisecond than anybody else in this second.
quiet() {
	local before
	before=$(traffic)
	sleep 1
	(($(traffic) - before < 50))
}

known_peers() {
	[[ $(bpftool -j map dump pinned "$(lab_pins "$1")/peers" |
		jq length) == "$2" ]]
}

syns() { ends syn client 10.0.4.77 20000 $VIP "$1" $MANY; }

datagrams() {
	# shellcheck disable=SC2016
	lab_run client bash -c 'for ((i = 0; i < '$MANY'; i++)); do
		echo >/dev/udp/'$VIP/8082' || exit; done'
}

# All that there was of a kind went from node to node once, if at all.
at_most_once() {
	local frames
	frames=$(passed_on "$@")
	diag "$* passed on: $frames"
	((frames <= MANY))
}

try() {
	local what=$1 peers=$2 node
	for node in node1 node2; do
		eventually 5 "$what: $node knows $peers peers" \
			known_peers $node "$peers"
	done
	# Half of what is passed on may come back, and is dropped: SYN again.
	is "$(lab_who client $URL 8 | sort -u | grep -vcx 'node[12]')" 0 \
		"$what: requests are answered"
	capture
	ok "$what: SYNs for both" syns 8080
	ok "$what: SYNs for each other" syns 8081
	ok "$what: datagrams for each other" datagrams
	eventually 10 "$what: quiet" quiet
	capture_end
	ok "$what: SYNs for both were passed on at most once" \
		at_most_once tcp dst port 8080
	is "$(passed_on tcp dst port 8081)" $MANY \
		"$what: SYNs for each other once"
	is "$(passed_on udp dst port 8082)" $MANY \
		"$what: datagrams for each other once"
	ok "$what: and then refused" eval '(($(reason node1 from_peer) +
		$(reason node2 from_peer) >= 2 * MANY))'
}

for variant in "unicast peers" multicast; do
	xlbd_with node1 "$(conf 10.0.4.20 10.0.4.21 "$variant")" \
		--assume-owner || bail "no xlbd on node1"
	first=$LAB_PID
	xlbd_with node2 "$(conf 10.0.4.21 10.0.4.20 "$variant")" \
		--assume-owner || bail "no xlbd on node2"
	second=$LAB_PID
	[[ $variant == multicast ]] && peers=0 || peers=1
	try "$variant" $peers
	ok "the first daemon ends" lab_stop "$first"
	ok "the second, too" lab_stop "$second"
done
finish
