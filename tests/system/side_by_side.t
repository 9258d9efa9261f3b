#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two daemons on one machine, one in each of two namespaces: neither sees the
# other, stopping or killing one leaves the other untouched, and pins of
# another namespace are refused.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up || bail "no lab"
lab_nginx backend1
lab_nginx backend2

# The same text for both, but for the VIP: one switch has both.
text() {
	echo "xlbd {
		interface eth0
	}
	$(service "10.0.4.$1" 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)"
}
xlbd_with node1 "$(text 98)" || bail "no xlbd"
ONE=$LAB_PID
xlbd_with node2 "$(text 99)" || bail "no second xlbd"
TWO=$LAB_PID

who() { lab_who "${3:-client}" "http://10.0.4.$1/healthz" "$2" | spread; }
opened() { lab_json "$1" '.services[0].sessions_total' service list; }

is "$(who 98 10)" "5 backend1, 5 backend2" "the first serves"
is "$(who 99 20)" "10 backend1, 10 backend2" "the second serves"
is "$(opened node1) $(opened node2)" "10 20" "each counts its own"
is "$(who 98 4 node1)" "2 backend1, 2 backend2" "a client on the first's node"
is "$(who 99 4 node2)" "2 backend1, 2 backend2" "and on the second's"
opened=$(opened node1)
is "$(who 99 4 node1)" "2 backend1, 2 backend2" "and one that asks the other"
is "$(opened node1)" "$opened" "which the first has no part in"

lab_ctl node1 backend drain 10.0.4.98:80 10.0.4.31:8080 >/dev/null
is "$(who 98 4)" "4 backend2" "a change of the first's"
is "$(who 99 4)" "2 backend1, 2 backend2" "is none of the second's"

# --- what belongs to whom --------------------------------------------------

# As node2, with the first's pins.
sed "s|control .*|control $LAB_DIR/node2/third.sock|
	s|pin_path .*|pin_path $(lab_pins node1)|" "$LAB_DIR/node2/lb.conf" \
	>"$LAB_DIR/third.conf"
third() {
	local output status=0
	output=$(lab_run "$1" timeout 10 "$LAB_BUILD/xlbd" \
		-c "$LAB_DIR/third.conf" "${@:2}" 2>&1) || status=$?
	echo "$status $output"
}
like "$(third node2)" "^1 .*another xlbd runs with pin_path $(lab_pins node1)" \
	"pins that are in use in another namespace are refused"
like "$(third node2 --cleanup)" "^1 .*another xlbd runs" "by --cleanup, too"
is "$(who 98 4) / $(who 99 4)" "4 backend2 / 2 backend1, 2 backend2" \
	"both serve on"

lab_kill "$ONE"
is "$(who 98 4)" "4 backend2" "the first killed: its programs serve on"
lab_stop "$TWO"
is "$LAB_STATUS" 0 "the second stopped"
like "$(third node2)" "^1 .*$(lab_pins node1).*namespace" \
	"pins of a killed one in another namespace are refused, and it is said"
like "$(third node2 --cleanup)" "^1 .*namespace" "by --cleanup, too"
is "$(who 98 4)" "4 backend2" "and their programs serve on"
xlbd_with node2 "$(text 99)"
TWO=$LAB_PID
is "$(who 99 4)" "2 backend1, 2 backend2" "the second, started again, serves"
is "$(who 98 4)" "4 backend2" "and the killed first, too"
xlbd_with node1 "$(text 98)"
ONE=$LAB_PID
is "$(who 98 4)" "2 backend1, 2 backend2" "which, started again, has its file"
lab_stop "$TWO"
is "$(who 98 4)" "2 backend1, 2 backend2" \
	"the second stopped: the first serves"
is "$(who 98 4 node1)" "2 backend1, 2 backend2" "clients on its node, too"
not_ok "the other's VIP answers nobody" lab_curl client -o /dev/null \
	--connect-timeout 1 http://10.0.4.99/healthz
lab_stop "$ONE"
is "$(ls -A "$LAB_PINS")" pass "nothing is left of either"
finish
