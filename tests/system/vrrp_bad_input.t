#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Advertisements that nobody must listen to: malformed, with a wrong TTL, a
# wrong secret, replayed, or random.  They are counted by reason, the first of
# a kind is logged, and neither the master nor the backup does anything else.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/vrrp.sh

SEED=${XLBD_SEED:-$RANDOM}
FORGER=10.0.4.50 # the client
declare -A LINES_BEFORE=()

lab_up client node1 node2 || bail "no lab"

start_both() {
	vrrp_start xlbd node1 150 || bail "no xlbd on node1"
	vrrp_start xlbd node2 100 || bail "no xlbd on node2"
	lab_wait 10 "node1 is master" vrrp_owns node1 &&
		lab_wait 10 "node2 hears it" hears_master || bail "no master"
	TRANSITIONS=$(transitions)
	for node in node1 node2; do
		LINES_BEFORE[$node]=$(wc -l <"$(lab_log $node)")
	done
}

# How often has NODE said it since then?
said() {
	tail -n +$((LINES_BEFORE[$1] + 1)) "$(lab_log "$1")" |
		grep -c "from $FORGER are rejected: $2"
}

hears_master() { [[ $(vrrp_json node2 .master) == 10.0.4.20 ]]; }

stop_both() {
	vrrp_stop node1
	is "$LAB_STATUS" 0 "$1: the master ends well"
	vrrp_stop node2
	is "$LAB_STATUS" 0 "$1: the backup ends well"
}

transitions() {
	echo "$(vrrp_json node1 .transitions) $(vrrp_json node2 .transitions)"
}

# NODE REASON [PEER]
rejected() {
	vrrp_json "$1" "[.peers[] | select(.peer == \"${3:-$FORGER}\") |
		.rejected.$2 // 0] | add // 0"
}

counted() { (($(rejected "$1" "$2") == $3)); }

forge() { tool client forge.py "$VERSION" $VRRP_ID "$VIP" "$@"; }

# Nobody has changed state, and the backup has heard the master meanwhile.
unmoved() {
	local heard
	heard=$(received node2 10.0.4.20)
	eventually 10 "$1: the master is heard on" heard_more "$heard"
	is "$(transitions)" "$TRANSITIONS" "$1: and nothing has moved"
	is "$(received node1) $(received node2)" "0 0" \
		"$1: none was listened to"
}

heard_more() { (($(received node2 10.0.4.20) > $1 + 1)); }

# NODE [PEER]
received() {
	vrrp_json "$1" "[.peers[] | select(.peer == \"${2:-$FORGER}\") |
		.received] | add // 0"
}

# 24 of a kind: counted all, said once.
try() {
	local what=$1 reason=$2 said=$3 node
	local -A before=()
	for node in node1 node2; do
		before[$node]=$(rejected $node "$reason")
	done
	is "$(forge "$what" 24)" 24 "$what: 24 are sent"
	for node in node1 node2; do
		eventually 5 "$what: $node has counted them as $reason" \
			counted $node "$reason" $((before[$node] + 24))
		((before[$node])) ||
			is "$(said $node "$said")" 1 \
				"$what: $node has said so once"
	done
}

mac_of() { lab_run "$1" ip -j link show eth0 | jq -r '.[0].address'; }

# --- v2, multicast, a password ---------------------------------------------

VERSION=2 ADVERT=1 AUTH="authentication {
        auth_type PASS
        auth_pass ab
    }"
start_both
try too_short too_short "shorter than it says"
try too_long too_long "longer than it says"
try not_vrrp not_vrrp "not an advertisement"
try bad_ttl bad_ttl "TTL or hop limit is not"
try bad_version bad_version "another version"
try bad_checksum bad_checksum "checksum is wrong"
try bad_auth_type bad_auth_type "another authentication type"
try bad_auth bad_auth "authentication fails"
try bad_interval bad_interval "another advert_int"
# Not counted: another virtual router of the same link has every right.
is "$(forge bad_vrid 24)" 24 "another VRID: sent"
is "$(forge "to:10.0.4.20/$(mac_of node1)" 24)" 24 "unicast: sent to node1"
is "$(forge "to:10.0.4.21/$(mac_of node2)" 24)" 24 "unicast: sent to node2"
for node in node1 node2; do
	eventually 5 "unicast: $node has counted them" \
		counted $node bad_transport 24
	is "$(rejected $node bad_vrid)" 0 "another VRID: none of ours"
done
unmoved "v2"

is "$(forge "random:$SEED" 20000)" 20000 "20000 random ones, seed $SEED"
unmoved "random"
for node in node1 node2; do
	diag "$node: $(vrrp_json $node ".peers[] |
		select(.peer == \"$FORGER\") | .rejected | tostring")"
done
stop_both "v2"

# --- v3, unicast, peers only -----------------------------------------------

VERSION=3 ADVERT=0.1 AUTH="check_unicast_src" PEERS="node1 node2"
start_both
is "$(forge "to:10.0.4.20/$(mac_of node1)" 24)" 24 "a stranger: to node1"
is "$(forge "to:10.0.4.21/$(mac_of node2)" 24)" 24 "a stranger: to node2"
for node in node1 node2; do
	eventually 5 "a stranger: $node has counted its" \
		counted $node bad_source 24
done
unmoved "unicast"
stop_both "unicast"

# --- v3, multicast, auth_hmac ----------------------------------------------

PEERS="" AUTH="auth_hmac {
        key 1 ascii:not-so-secret-but-long-enough-for-it
        active_key 1
    }"
start_both
try no_trailer bad_auth_type "another authentication type"
try bad_trailer bad_auth "authentication fails"
try old_trailer stale "auth_hmac's time is too far"
unmoved "hmac"

# What the master has said, once more: that it is there, that it resigns.
lab_capture node1 "$LAB_DIR/said.pcap" -Q in --immediate-mode proto 112
CAPTURE=$LAB_PID
vrrp_stop node1
eventually 10 "the backup takes over" vrrp_owns node2
vrrp_start xlbd node1 150
eventually 10 "the master is back" vrrp_owns node1
eventually 10 "and heard" hears_master
lab_stop "$CAPTURE" INT
TRANSITIONS=$(transitions)
for priority in 0 150; do
	is "$(tool client forge.py replay "$LAB_DIR/said.pcap" $priority 10)" \
		10 "ten times what it has said with priority $priority"
done
replayed() { (($(rejected node2 replayed 10.0.4.20) == 20)); }
eventually 5 "the backup has counted them as replayed" replayed
unmoved "replay"
stop_both "hmac"
finish
