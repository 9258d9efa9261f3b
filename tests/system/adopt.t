#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Crash-only: a master killed with SIGKILL and started again within its lease
# goes on as master; no packet is lost, no connection, and nobody sees a
# change.  Started after its lease it is backup, and its stale VIP is gone.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/vrrp.sh

ADVERT=1
VIP=10.0.4.99
FLOW=$LAB_BUILD/tests/lab/udp_flow

lab_up || bail "no lab"
lab_nginx backend1
lab_nginx backend2
lab_spawn backend1 "$FLOW" echo 9000
lab_wait 5 "who echoes" grep -q echoing "$LAB_LOG"
ends_start
ends listen backend1 10.0.4.31 7000 >/dev/null
ends listen backend2 10.0.4.32 7000 >/dev/null

start() {
	local node=$1 conf=$LAB_DIR/$1/test.conf
	shift
	{
		vrrp_conf "$node" "$@"
		service $VIP 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080
		service $VIP 70 TCP rr FNAT 10.0.4.31:7000 10.0.4.32:7000
		service $VIP 53 UDP rr FNAT 10.0.4.31:9000
	} >"$conf"
	lab_xlbd "$node" "$conf" || return 1
	VRRP_PID[$node]=$LAB_PID
	VRRP_DAEMON[$node]=xlbd
}
crash() { lab_kill "${VRRP_PID[$1]}"; }
who() { lab_who client http://$VIP/healthz "$1" | spread; }
said() { grep -c "vrrp VI_1" "$(lab_log "$1")"; }
# All but who the daemon is.
maps() {
	local pin
	for pin in "$(lab_pins node1)"/*; do
		bpftool -j map show pinned "$pin" 2>/dev/null |
			jq -r 'select(.name and .name != "xlbd_info") |
				"\(.name) \(.id)"'
	done
}
# vrrp_capture, without the flow, which would be most of it.
capture() {
	lab_capture "$1" "$LAB_DIR/$1/claims.pcap" -Q in -s 256 -B 16384 \
		--immediate-mode not udp || return 1
	VRRP_CAPTURE[$1]=$LAB_PID
}
transitions() { vrrp_json "$1" '.transitions | tostring'; }

# --- within the lease ------------------------------------------------------

start node1 150 nopreempt || bail "no xlbd"
eventually 10 "the first owns the VIP" vrrp_owns node1
start node2 100 nopreempt || bail "no second xlbd"
eventually 5 "the second hears it" vrrp_state node2 BACKUP
lab_wait 5 "its address" grep -q "hears 10.0.4.20" "$(lab_log node2)"

is "$(ends open first client $VIP 70 40001)" backend1 "a connection"
is "$(ends open second client $VIP 70 40002)" backend2 "another one"
capture node1
capture node2
lab_spawn node1 ip -o monitor address
MONITOR=$LAB_LOG
lab_spawn client "$FLOW" send $VIP 53 10000
SENDER=$LAB_PID SENT=$LAB_LOG
flows() { (($(sessions node1 service $VIP:53/udp))); }
lab_wait 5 "the flow's session" flows
MAPS=$(maps)
SESSIONS=$(sessions node1)
PEER="$(said node2) $(transitions node2)"
more_adverts() { (($(vrrp_adverts node1) > $1 + 1)); }

for round in 1 2; do
	crash node1
	start node1 150 nopreempt || bail "it does not start"
	eventually 3 "round $round: master again" vrrp_state node1 MASTER
	like "$(grep 'vrrp VI_1: MASTER' "$(lab_log node1)" | tail -n 1)" \
		"was INIT.*lease of the xlbd before" \
		"round $round: by the lease that there was"
	is "$(sessions node1)" "$SESSIONS" "round $round: with all sessions"
	sent=$(vrrp_adverts node1)
	eventually 5 "round $round: it goes on" more_adverts "$sent"
done
is "$(maps)" "$MAPS" "maps are the ones that were pinned"
like "$MAPS" sessions4 "sessions among them"
ok "the VIP is there" vrrp_has_address node1
is "$(grep -c "$VIP" "$MONITOR")" 0 "and was all the time"
ok "a connection goes on" ends send first client
ok "in the other direction, too" ends send second server
is "$(who 4)" "2 backend1, 2 backend2" "new ones are served"

lab_stop "$SENDER" INT
flow=$(cat "$SENT")
diag "$flow"
is "$(field "$flow" .lost)" 0 "no packet of the flow was lost"
is "$(field "$flow" .twice)" 0 "none was doubled"
ok "it was one of 10,000 a second" test "$(field "$flow" .sent)" -gt 30000
is "$(said node2) $(transitions node2)" "$PEER" "the peer has seen no change"
CLAIMS=$(vrrp_claims)
is "$(cut -d' ' -f1 <<<"$CLAIMS")" node1 "nobody else claimed the VIP"
is "$(cut -d' ' -f4 <<<"$CLAIMS")" - "and nobody resigned"

# --- after the lease -------------------------------------------------------

crash node1
eventually 8 "killed, and not started: the peer takes over" vrrp_owns node2
ok "a stale VIP" vrrp_has_address node1
start node1 150 nopreempt || bail "it does not start"
eventually 3 "started after its lease: backup" vrrp_state node1 BACKUP
not_ok "the stale VIP is gone" vrrp_has_address node1
is "$(grep -c "lease of the xlbd before" "$(lab_log node1)")" 2 \
	"it took no lease on"
ok "the peer owns the VIP" vrrp_owns node2
is "$(who 4)" "2 backend1, 2 backend2" "and serves"
finish
