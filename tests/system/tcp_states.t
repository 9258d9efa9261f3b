#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TCP sessions: handshake, data, FIN and RST from either end, half-closed and
# idle connections are in the right state, and end at its timeout; by FNAT, by
# DR, and with a backend on the node.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

VIP=10.0.4.99
DR=10.0.4.100 # another one: who has it takes nothing from it
TIMEOUTS='global_defs {
    lvs_timeouts tcp 9 tcpfin 5 tcpsyn 7 udp 60
}'
declare -A SECONDS_OF=([syn]=7 [established]=9 [fin]=5 [closed]=10)

lab_up client node1 backend1 || bail "no lab"
lab_set_dr backend1 $DR
# A SYN+ACK that is sent again is a packet of its session.
lab_run backend1 sysctl -q -w net.ipv4.tcp_synack_retries=0
ends_start
for at in "backend1 10.0.4.31 8080" "backend1 $DR 81" "node1 127.0.0.1 8082"
do
	ok "a listener at $at" ends listen $at
done
xlbd_with node1 "$TIMEOUTS
	$(service $VIP 80 TCP rr FNAT 10.0.4.31:8080)
	$(service $DR 81 TCP rr DR 10.0.4.31:81)
	$(service $VIP 82 TCP rr FNAT 10.0.4.20:8082)" || bail "no xlbd"

# All that can happen, with what is expected of the ports KIND0 to KIND9, 400
# being FNAT, 401 DR, 402 local: only FNAT sees what a backend sends.
happen() {
	local kind=$1 vip=$2 port=$3 name
	for name in {1..8}; do
		ok "$kind: connection $name" ends open "$kind$name" client \
			"$vip" "$port" "4${port}0$name"
	done
	ok "$kind: a lone SYN" ends syn client 10.0.4.77 "4${port}09" "$vip" "$port"
	is "$(states node1 service "$vip:$port" | cut -d' ' -f2 | spread)" \
		"8 established, 1 syn" "$kind: handshakes"
	is "$(ends fin "$kind"2 client)" closed "$kind: FIN of the client"
	is "$(ends fin "$kind"3 server)" closed "$kind: FIN of the backend"
	is "$(ends fin "$kind"4 server)" closed "$kind: FIN of the backend"
	is "$(ends fin "$kind"4 client)" closed "$kind: and of the client"
	is "$(ends rst "$kind"5 client)" reset "$kind: RST of the client"
	is "$(ends rst "$kind"6 server)" reset "$kind: RST of the backend"
	is "$(ends fin "$kind"7 client)" closed "$kind: FIN of the client"
	is "$(ends fin "$kind"7 server)" closed "$kind: and of the backend"
	ok "$kind: half-closed, data to the client" ends send "$kind"2 server
	ok "$kind: half-closed, data from it" ends send "$kind"3 client
	ok "$kind: data to the client" ends send "$kind"8 server
	ok "$kind: data from it" ends send "$kind"8 client
}

# PORT STATE... of connections 1 to 9
expect() {
	local port=$1 i=1 state
	shift
	for state; do
		echo "4${port}0$i $state"
		((i++))
	done
}

happen FNAT $VIP 80
is "$(states node1 service $VIP:80)" "$(expect 80 established fin fin \
	closed closed closed closed established syn)" "FNAT: states"
happen DR $DR 81
is "$(states node1 service $DR:81)" "$(expect 81 established fin established \
	fin closed established fin established syn)" "DR: states"
happen local $VIP 82
is "$(states node1 service $VIP:82)" "$(expect 82 established fin established \
	fin closed established fin established syn)" "local: states"

# A client's port once more, while the old session is still there.
opened() { lab_json node1 '.services[0].sessions_total' service list; }
is "$(opened)" 9 "sessions so far"
for name in FNAT4 FNAT6; do
	ends forget $name >/dev/null
	ok "$name: its ports again" ends open $name client $VIP 80 \
		"4800${name#FNAT}"
	is "$(state node1 "4800${name#FNAT}")" established "$name: a new session"
done
is "$(opened)" 11 "counted as new"

# Every poll as a line, until all sessions are gone.
poll() {
	local before=$EPOCHREALTIME
	lab_json node1 "{before: $before, sessions: .sessions}" session list |
		jq -c ".after = $EPOCHREALTIME" >>"$LAB_DIR/polls"
	tail -n 1 "$LAB_DIR/polls" | jq -e '.sessions == []' >/dev/null
}
eventually 20 "all sessions end by themselves" poll

# "PORT STATE IDLE BOUND": when it was last listed, and when that was not so
# any more.
last_seen() {
	jq -rs '. as $polls | [range(length - 1) as $i | $polls[$i].sessions[] |
		{port: (.client | split(":")[1]), state, idle,
		 bound: (.idle + $polls[$i + 1].after - $polls[$i].before)}] |
		group_by(.port)[] | last |
		"\(.port) \(.state) \(.idle) \(.bound)"' "$LAB_DIR/polls"
}

in_time() {
	awk -v limit="$1" -v idle="$2" -v bound="$3" \
		'BEGIN { exit !(bound > limit - 0.05 && idle <= limit + 1.9) }'
}
judged=0
while read -r port state idle bound; do
	limit=${SECONDS_OF[$state]}
	ok "$port: $state ends after $limit s (between $idle and $bound)" \
		in_time "$limit" "$idle" "$bound"
	judged=$((judged + 1))
done < <(last_seen)
is $judged 27 "every session was judged"
finish
