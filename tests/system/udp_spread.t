#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# UDP: 10,000 datagrams from 1,000 sockets, echoed through FNAT and through
# DR: none is lost, a socket stays with one backend, the spread is exact.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

DR=10.0.4.100

lab_up client node1 backend1 backend2 || bail "no lab"
for host in backend1 backend2; do
	lab_set_dr $host $DR
	udp_echo $host "$(lab_addr $host)" 5300
	udp_echo $host $DR 5300
done

# A VIP and port has a service of either protocol.
xlbd_with node1 "global_defs {
		lvs_timeouts udp 6
	}
	$(service 10.0.4.99 53 UDP rr FNAT \
		10.0.4.31:5300 10.0.4.32:5300
	service 10.0.4.99 53 TCP rr FNAT 10.0.4.32:5300
	service 10.0.4.99 54 UDP wrr FNAT 10.0.4.31:5300*3 10.0.4.32:5300
	service $DR 5300 UDP wrr DR 10.0.4.31:5300*3 10.0.4.32:5300)" ||
	bail "no xlbd"

of_service() { lab_json node1 "[.$2[] | select(.service == \"$1/udp\") |
	.$3] | join(\" \")" "${2%s}" list; }

# SERVICE KIND SOCKETS-OF-BACKEND1 SOCKETS-OF-BACKEND2
check() {
	local s=$1 kind=$2 one=$3 two=$4 got replies=10000
	got=$(tool client udp_load.py "$s" 1000 10)
	is "$(field "$got" '"\(.received) of \(.sent)"')" "10000 of 10000" \
		"$s $kind: every datagram is echoed"
	is "$(field "$got" .mixed)" 0 "$s $kind: a socket keeps its backend"
	is "$(field "$got" '.sockets | "\(.backend1) \(.backend2)"')" \
		"$one $two" "$s $kind: spread"
	is "$(of_service "$s" backends sessions_total)" "$one $two" \
		"$s $kind: xlbctl counts the same sessions"
	[[ $kind == FNAT ]] || replies=0
	is "$(of_service "$s" services packets_in)" 10000 \
		"$s $kind: datagrams counted"
	is "$(of_service "$s" services packets_out)" $replies \
		"$s $kind: and answers, where they pass"
	is "$(sessions node1 service "$s/udp" state udp)" 1000 \
		"$s $kind: sessions listed"
}

check 10.0.4.99:53 FNAT 500 500
check 10.0.4.99:54 FNAT 750 250
check $DR:5300 DR 750 250

none_left() { [[ $(sessions node1) == 0 ]]; }
eventually 10 "idle sessions end" none_left
finish
