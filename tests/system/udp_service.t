#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# UDP sessions: one client port stays with its backend until that one is
# deleted or the session is idle; without a backend nothing answers.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
for host in backend1 backend2; do
	udp_echo $host "$(lab_addr $host)" 5353
	lab_set_dr $host 10.0.4.98
	udp_echo $host 10.0.4.98 53
done
xlbd_with node1 "global_defs {
	lvs_timeouts udp 2
}
$(service 10.0.4.99 53 UDP rr FNAT 10.0.4.31:5353 10.0.4.32:5353)
$(service 10.0.4.98 53 UDP rr DR 10.0.4.31:53 10.0.4.32:53)" || bail "no xlbd"

# ask VIP PORT SPORT COUNT: who answered, "3 backend1"
ask() { tool client udp_ask.py "$@" | spread; }
gone() { [[ $(state node1 "$1") == none ]]; }

for vip in 10.0.4.99 10.0.4.98; do
	port=4$((${vip##*.} * 10))
	is "$(ask $vip 53 ${port}1 5)" "5 backend1" "$vip: one port, one backend"
	is "$(ask $vip 53 ${port}2 5)" "5 backend2" "$vip: another port, the next"
	is "$(ask $vip 53 ${port}1 5)" "5 backend1" "$vip: the first again"
	is "$(state node1 ${port}1)" udp "$vip: its state"

	to=10.0.4.31:5353
	[[ $vip == *99 ]] || to=10.0.4.31:53
	lab_ctl node1 backend drain $vip:53/udp $to >/dev/null
	is "$(ask $vip 53 ${port}1 2)" "2 backend1" "$vip: drained: a session stays"
	is "$(ask $vip 53 ${port}3 2)" "2 backend2" "$vip: new ones go elsewhere"
	lab_ctl node1 backend del $vip:53/udp $to >/dev/null
	is "$(ask $vip 53 ${port}1 2)" "2 backend2" \
		"$vip: deleted: its session goes elsewhere"
	eventually 8 "$vip: idle: gone" gone ${port}1
done

before=$(reason node1 no_backend)
lab_ctl node1 backend del 10.0.4.99:53/udp 10.0.4.32:5353 >/dev/null
is "$(ask 10.0.4.99 53 0 3 0.3)" "3 silence" "no backend: no answer"
is $(($(reason node1 no_backend) - before)) 3 "with a reason"
finish
