#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What happens to links and addresses under a virtual router: an interface that
# is not there yet, goes and comes again; a VIP taken away by hand; a cable
# pulled; a network that falls apart and heals; a firewall that drops
# advertisements.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/vrrp.sh

ADVERT=0.1
lab_up client node1 node2 backend1 || bail "no lab"
for node in node1 node2; do
	lab_nginx $node
done

says() { grep -q "$2" "$(lab_log "$1")"; }
times() { grep -c "$2" "$(lab_log "$1")"; }

# --- an interface that is not there ----------------------------------------

{
	vrrp_conf node1 100 | sed 's/eth0/late0/'
	service $VIP 8080 TCP rr DR 127.0.0.1:8080
} >"$LAB_DIR/late.conf"
lab_xlbd node1 "$LAB_DIR/late.conf" || bail "no xlbd without its interface"
DAEMON=$LAB_PID
has_late() { [[ $(lab_run node1 ip -o address show dev late0 to $VIP) ]]; }
late() {
	lab_run node1 ip link add late0 type veth peer name late1 netns \
		"$LAB_NAME-backend1" &&
		lab_run node1 ip address add 10.0.5.20/24 dev late0 &&
		lab_run node1 ip link set late0 up &&
		lab_run backend1 ip address replace 10.0.5.50/24 dev late1 &&
		lab_run backend1 ip link set late1 up &&
		lab_run backend1 ip route replace $VIP dev late1
}

eventually 5 "without its interface: FAULT" vrrp_state node1 FAULT
like "$(vrrp_json node1 .why)" "there is no interface late0" "which it says"
is "$(vrrp_json node1 .sent)" 0 "and nothing is sent"
for round in "it appears" "it is gone, and appears again"; do
	ok "$round" late
	eventually 10 "$round: master" vrrp_state node1 MASTER
	eventually 5 "$round: the VIP is there" has_late
	eventually 5 "$round: and served" lab_curl backend1 -f -o /dev/null \
		http://$VIP:8080/healthz
	lab_run node1 ip link delete late0
	eventually 10 "$round: gone again: FAULT" vrrp_state node1 FAULT
done
lab_stop "$DAEMON"
is "$LAB_STATUS" 0 "it ends well without its interface"

# --- a VIP taken away -------------------------------------------------------

start() {
	local own=$1 other=$2 priority=$3
	{
		vrrp_conf "$own" "$priority"
		service $VIP 8080 TCP rr DR "$(lab_addr "$own"):8080" \
			"$(lab_addr "$other"):8080"
	} >"$LAB_DIR/$own/vrrp.conf"
	VRRP_DAEMON[$own]=xlbd
	lab_xlbd "$own" "$LAB_DIR/$own/vrrp.conf" || bail "no xlbd on $own"
	VRRP_PID[$own]=$LAB_PID
}

start node1 node2 150
start node2 node1 100
only() { vrrp_owns "$1" && vrrp_state "$2" BACKUP; }
eventually 10 "the higher priority is master" only node1 node2
sent=$(vrrp_json node1 .transitions)
lab_run node1 ip address delete $VIP/32 dev eth0
eventually 5 "a VIP taken away is put back" vrrp_has_address node1
ok "and it says so" says node1 "vip $VIP: was removed by somebody, put back"
eventually 5 "a client reaches it" vrrp_reaches client node1
is "$(vrrp_json node1 .transitions)" "$sent" "it has been master all the time"
lab_run node2 ip address add $VIP/32 dev eth0
eventually 5 "an address that a backup was given is no claim" \
	vrrp_reaches backend1 node1
lab_run node2 ip address delete $VIP/32 dev eth0

# --- a cable pulled ---------------------------------------------------------

lab_port node1 down
eventually 5 "cable pulled: FAULT" vrrp_state node1 FAULT
like "$(vrrp_json node1 .why)" "interface eth0 is down" "which it says"
eventually 5 "the other takes over" vrrp_owns node2
eventually 5 "a client reaches it there" vrrp_reaches client node2
lab_port node1 up
eventually 10 "plugged again: it is master again" only node1 node2
eventually 5 "a client reaches it there again" vrrp_reaches client node1

# --- a partition ------------------------------------------------------------

# Both halves keep their links: node2 and backend1, and the others.
lab_run switch ip link add br1 up type bridge stp_state 0 mcast_snooping 0
part() {
	local port
	for port in p-node2 p-backend1; do
		lab_run switch ip link set $port master "$1"
	done
}

two() { vrrp_owns node1 && vrrp_owns node2; }
part br1
eventually 5 "parted: each half has a master" two
eventually 5 "parted: one half reaches its own" vrrp_reaches client node1
eventually 5 "parted: the other its own" vrrp_reaches backend1 node2
lab_run backend1 ping -q -i 0.2 -w 2 $VIP >/dev/null # past the ARP's locktime
yielded=$(times node2 "peer 10.0.4.20 has priority 150, ours is 100")
before=${EPOCHREALTIME/./}
part br0
eventually 5 "healed: the lower priority yields" only node1 node2
# Only its entry is read: a question would be answered by the right one.
corrected() {
	[[ $(lab_run backend1 ip -j neigh show to $VIP |
		jq -r '.[0].lladdr') == "$(vrrp_mac node1)" ]]
}
eventually 2 "healed: a cache of the other half is right at once" corrected
diag "after $(((${EPOCHREALTIME/./} - before) / 1000)) ms"
is "$(times node2 "peer 10.0.4.20 has priority 150, ours is 100")" \
	$((yielded + 1)) "healed: it says why"

# --- a firewall against advertisements --------------------------------------

# VRRP cannot tell this from a dead master: the backup becomes master, too.
# The real one answers it, says so, and no frame circulates between them.
lab_run node2 nft -f - <<-END || bail "no nft"
	table inet guard {
	  chain in {
	    type filter hook input priority 0;
	    meta l4proto 112 drop
	  }
	}
END
eventually 5 "a backup that hears nothing becomes master, too" two
eventually 5 "the other one says who claims to be master" says node1 \
	"10.0.4.21 claims to be master with a lower priority"
eventually 5 "and counts what it hears" eval \
	'(($(vrrp_json node1 "[.peers[].received] | add") > 10))'
for node in node1 node2; do
	lab_capture $node "$LAB_DIR/$node.pcap" -Q in --immediate-mode \
		"dst host $VIP and tcp"
	CAPTURES+=("$LAB_PID")
done
is "$(lab_who client http://$VIP:8080/healthz 20 | grep -vc '^node[12]$')" 0 \
	"twenty requests are answered"
for pid in "${CAPTURES[@]}"; do lab_stop "$pid" INT; done
# A request is some ten segments from the client, passed on once at most.
passed=$(for node in node1 node2; do
	tcpdump -n -r "$LAB_DIR/$node.pcap" 2>/dev/null
done | wc -l)
diag "$passed frames passed on"
ok "no frame circulates" test "$passed" -le 200
lab_run node2 nft delete table inet guard
eventually 5 "without it there is one master again" only node1 node2
eventually 5 "whom a client reaches" vrrp_reaches client node1

vrrp_stop node1
is "$LAB_STATUS" 0 "the first ends well"
vrrp_stop node2
is "$LAB_STATUS" 0 "the second ends well"
finish
