#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who answers ARP for a VIP: the node that owns it, from its start on and
# with a gratuitous ARP; a node that does not own it neither answers nor
# claims it, whatever its kernel would do.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"
lab_nginx backend1
on() { lab_run "$@"; }
NODE=$(on node1 ip -j link show eth0 | jq -r '.[0].address')
OURS=10.0.4.99
OTHER=10.0.4.98

# VRRP is not what this is about: --assume-owner owns the instance's VIP.
CONF="vrrp_instance VI {
	interface eth0
	virtual_router_id 51
	virtual_ipaddress {
		$OURS
	}
}
$(service $OURS 80 TCP rr FNAT 10.0.4.31:8080)
$(service $OTHER 80 TCP rr FNAT 10.0.4.31:8080)"

# Who the client finds behind an address
mac_of() {
	on client ip neigh flush to "$1"
	on client ping -q -c 1 -W 1 "$1" >/dev/null
	on client ip neigh show "$1" | sed -n 's/.* lladdr \([^ ]*\) .*/\1/p'
}
# Frames in which the node claims ADDRESS, on the switch's port to the client
claims() {
	tcpdump -nr "$LAB_DIR/arp.pcap" \
		"ether src $NODE and arp src host $1 $2" 2>/dev/null
}
# A node with an address as source asks for its neighbours in its name.
ask_as() {
	on node1 ip neigh flush to 10.0.4.77
	on node1 ping -q -c 1 -W 1 -I "$1" 10.0.4.77 >/dev/null
}
serves() { [[ $(lab_who client http://$OTHER/healthz) == backend1 ]]; }
warnings() { grep -c "warning: .*$OTHER" "$(lab_log node1)"; }

lab_capture client "$LAB_DIR/arp.pcap" arp

# --- what a kernel does without xlbd: else the rest would prove nothing ----

on node1 ip route add local $OTHER dev lo
is "$(mac_of $OTHER)" "$NODE" "a local route alone: the kernel answers"
ask_as $OTHER
claimed() { [[ $(claims "$1" "and arp dst host 10.0.4.77") ]]; }
eventually 5 "and claims the address" claimed $OTHER
on client ip neigh flush all

# --- the owner -------------------------------------------------------------

lab_stop "$LAB_PID"
lab_capture client "$LAB_DIR/arp.pcap" arp
xlbd_with node1 "$CONF" --assume-owner || bail "no xlbd"
XLBD=$LAB_PID
announced() { [[ $(claims $OURS "and arp dst host $OURS and broadcast") ]]; }
eventually 5 "a gratuitous ARP at the start" announced
is "$(mac_of $OURS)" "$NODE" "the owner answers"
is "$(lab_who client http://$OURS/healthz)" backend1 "and serves"
is "$(lab_json node1 '.services[] | select(.service | startswith("'$OTHER'"))
	| .owned' service list)" false "the other VIP is not this node's"
is "$(warnings)" 1 "of which one warning tells"

# --- not the owner ---------------------------------------------------------

before=$(reason node1 arp_not_owner)
is "$(mac_of $OTHER)" "" "not the owner: no answer"
ok "counted" test "$(reason node1 arp_not_owner)" -gt "$before"
ask_as $OTHER
ask_as $OURS
eventually 5 "the owner may claim its VIP" claimed $OURS
is "$(claims $OTHER)" "" "another does not, at no time"

# Clients that still send there: as after a failover
on client ip neigh replace $OTHER lladdr "$NODE" dev eth0 nud permanent
before=$(reason node1 not_owner)
not_ok "it is not served" lab_curl client --connect-timeout 1 \
	http://$OTHER/healthz
ok "dropped for that reason" test "$(reason node1 not_owner)" -gt "$before"
on client ip neigh del $OTHER dev eth0
on node1 ip route del local $OTHER dev lo

# --- given and taken by hand -----------------------------------------------

on node1 ip address add $OTHER/32 dev eth0
eventually 5 "the address comes to the node: served" serves
is "$(mac_of $OTHER)" "$NODE" "and answered for"
on node1 ip address del $OTHER/32 dev eth0
owned() {
	[[ $(lab_json node1 '[.services[].owned] | map(tostring) | join(" ")' \
		service list) == "$1" ]]
}
eventually 5 "it goes: not served" owned "true false"
is "$(mac_of $OTHER)" "" "nor answered for"
is "$(lab_who client http://$OURS/healthz)" backend1 "the other VIP is"

on node1 ip address del $OURS/32 dev eth0
put_back() { on node1 ip address show dev eth0 | grep -q "$OURS/32"; }
eventually 5 "the owned VIP taken away by hand: put back" put_back
ok "and said" grep -q "vip $OURS.*put back" "$(lab_log node1)"
is "$(lab_who client http://$OURS/healthz)" backend1 "and served"

lab_stop "$XLBD"
is "$LAB_STATUS" 0 "it ends"
is "$(mac_of $OURS)" "" "then nobody answers"
finish
