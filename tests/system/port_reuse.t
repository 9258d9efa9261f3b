#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# FNAT takes no source port again that its backend still has in TIME_WAIT:
# neither after the backend came back nor after the daemon did.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

S=10.0.4.99:80
B=10.0.4.31:8080

lab_up client node1 backend1 || bail "no lab"
lab_nginx backend1
start() { xlbd_with node1 "$(service 10.0.4.99 80 TCP rr FNAT $B)"; }
start || bail "no xlbd"
xlbd=$LAB_PID

# A handshake that meets a TIME_WAIT may have to wait for the second SYN.
quick() {
	local got
	got=$(tool client load.py $S clients=4 count=100)
	diag "$got"
	is "$(field "$got" '"\(.ok), \(.slowest < 0.9)"')" "100, true" "$1"
}

quick "100 connections"
is "$(lab_run backend1 ss -Htn state time-wait dst 10.0.4.99 | wc -l)" 100 \
	"are in TIME_WAIT at the backend"
ok "the backend is deleted" lab_ctl node1 backend del $S $B
ok "and added" lab_ctl node1 backend add $S $B check none
eventually 5 "it is up" all_up node1
quick "100 connections more"
ok "the daemon ends" lab_stop "$xlbd"
ok "and starts" start
quick "100 connections more"
finish
