#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The fence: an owner whose daemon is killed, or stopped and continued, says
# and forwards nothing for the VIP from the moment on that the peer takes over,
# although the address is still on the node.  All that both nodes send is
# captured, while a client asks both who has the VIP and sends both SYNs for
# it; the ARP caches of two hosts are watched.  SOAK_TRIALS=N: that many of
# each kind (make soak).
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/vrrp.sh

TRIALS=${SOAK_TRIALS:-3}
declare -A PEER=([node1]=node2 [node2]=node1) PRIORITY=([node1]=150 [node2]=100)
declare -A MAC=()

lab_up client node1 node2 backend1 || bail "no lab"
lab_nginx backend1
for node in node1 node2; do
	MAC[$node]=$(lab_run $node ip -j link show eth0 | jq -r '.[0].address')
done

start() {
	{
		vrrp_conf "$1" "${PRIORITY[$1]}" nopreempt
		service "$VIP" 80 TCP rr FNAT 10.0.4.31:8080
	} >"$LAB_DIR/$1/vrrp.conf"
	VRRP_DAEMON[$1]=xlbd
	lab_xlbd "$1" "$LAB_DIR/$1/vrrp.conf" || bail "no xlbd on $1"
	VRRP_PID[$1]=$LAB_PID
}

# Hosts believe the last answer, however short after another.
watch_cache() {
	lab_run "$1" sysctl -q -w net.ipv4.neigh.eth0.locktime=0
	lab_run "$1" ping -q -c 1 -W 2 "$VIP" >/dev/null ||
		bail "no answer from the VIP to $1"
	lab_spawn "$1" ping -i 0.2 "$VIP"
	lab_spawn "$1" ip monitor neigh dev eth0
	lab_run "$1" ip neigh show to "$VIP" >"$LAB_DIR/$1/first"
}

# The MAC addresses that a host took for the VIP's, as they changed.
cached() {
	cat "$LAB_DIR/$1/first" "$LAB_DIR/$1/ip.log" |
		grep -o "^$VIP .*lladdr [^ ]*" | awk '{ print $NF }' |
		uniq | paste -sd' '
}

macs_of() {
	local node
	for node; do echo -n "${node:+${MAC[$node]} }"; done
}

is_backup() {
	vrrp_state "$1" BACKUP && [[ $(vrrp_json "$1" \
		".master == \"$(lab_addr "${PEER[$1]}")\"") == true ]]
}

lines_of() { grep -c "$2" "$(lab_log "$1")"; }

# The address is still there: it is not by its absence that it is silent.
taken_over() {
	local old=$1 new=${PEER[$1]}
	lab_wait 10 "$new takes over" vrrp_owns "$new" &&
		vrrp_has_address "$old" &&
		lab_wait 5 "the client goes there" vrrp_reaches client "$new"
}

kill_one() {
	lab_kill "${VRRP_PID[$1]}"
	taken_over "$1" || return 1
	start "$1"
	lab_wait 10 "$1 is backup" is_backup "$1" && ! vrrp_has_address "$1"
}

stop_one() {
	local lapsed
	lapsed=$(lines_of "$1" "BACKUP (was MASTER)")
	kill -STOP "${VRRP_PID[$1]}"
	taken_over "$1" || return 1
	goes_on "${PEER[$1]}" || return 1
	kill -CONT "${VRRP_PID[$1]}"
	lab_wait 10 "$1 is backup" is_backup "$1" &&
		lab_wait 5 "$1 gives the address up" no_address "$1" &&
		(($(lines_of "$1" "BACKUP (was MASTER)") == lapsed + 1))
}

goes_on() {
	lab_wait 10 "ten advertisements of $1" \
		has_sent "$1" $(($(vrrp_json "$1" .sent) + 10))
}

has_sent() { (($(vrrp_json "$1" .sent) >= $2)); }
no_address() { ! vrrp_has_address "$1"; }

# Milliseconds from each owner's last sign to the next one's first.
margins() {
	awk 'NR > 1 { printf "%.1f\n", ($2 - last) * 1000 } { last = $3 }' |
		sort -n | awk '{ m[NR] = $1 } END {
			printf "%d hand-overs, nobody for %s ms at least, " \
				"%s in the middle, %s at most", NR, m[1],
				m[int((NR + 1) / 2)], m[NR] }'
}

trials() {
	local kind=$1 i claims
	OWNERS=$OWNER
	vrrp_capture node1 node2 || bail "no capture"
	goes_on "$OWNER" || bail "$OWNER is no owner"
	for ((i = 1; i <= TRIALS; i++)); do
		"${kind}_one" "$OWNER" # here, not in ok's subshell
		tap_result $? "$kind $i: ${PEER[$OWNER]} takes over, $OWNER yields"
		OWNER=${PEER[$OWNER]}
		OWNERS+=" $OWNER"
	done
	claims=$(vrrp_claims)
	is "$(cut -d' ' -f1 <<<"$claims" | paste -sd' ')" "$OWNERS" \
		"$kind: at no instant two nodes claim the VIP"
	ok "$kind: each owner advertised, answered and forwarded" \
		awk '!$5 || !$6 || !$7 { bad = 1 } END { exit bad }' <<<"$claims"
	diag "$kind: $(margins <<<"$claims")"
	[[ $TRIALS -gt 3 ]] || diag "$claims"
	ALL+="${ALL:+ }${OWNERS#* }"
}

start node1
eventually 5 "the first is master" vrrp_owns node1
start node2
eventually 5 "the second is backup" is_backup node2
watch_cache client
watch_cache backend1
tool_spawn client tempt.py "$VIP" 80 "${MAC[node1]}" "${MAC[node2]}"

OWNER=node1
ALL=node1
trials kill
trials stop

# shellcheck disable=SC2086
for host in client backend1; do
	is "$(cached $host)" "$(macs_of $ALL | sed 's/ $//')" \
		"$host never took another's MAC for the VIP's"
done
finish
