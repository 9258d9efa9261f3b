#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A daemon that was killed is followed by one with another file: what both
# have keeps its slots and connections, nothing new gets into them.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2
ends_start
ends listen backend1 10.0.4.31 7000 >/dev/null
ends listen backend2 10.0.4.32 7000 >/dev/null

who() { lab_who client "http://$1/healthz" "${2:-1}" | spread; }
on_node() { lab_run node1 ip address show dev eth0 | grep -c "inet $1/"; }
records() {
	bpftool -j map dump pinned "$(lab_pins node1)/$1" | jq length
}
# Is it kept from SNAT?
excluded() {
	bpftool -j map dump pinned "$(lab_pins node1)/snat_excluded" |
		jq -e "any(.[].formatted; .key == $(($1 / 64)) and
			(.value / pow(2; $(($1 % 64))) | floor % 2 == 1))" \
			>/dev/null
}
follow() {
	lab_kill "$XLBD"
	xlbd_with node1 "$1" || bail "no second xlbd"
	XLBD=$LAB_PID
}

API="$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)"
STAYS="$(service 10.0.4.98 70 TCP rr FNAT 10.0.4.31:7000 10.0.4.32:7000)"
xlbd_with node1 "$API
$STAYS" || bail "no xlbd"
XLBD=$LAB_PID
is "$(ends open one client 10.0.4.98 70 40001)" backend1 "a connection"
is "$(ends open two client 10.0.4.98 70 40002)" backend2 "another one"

# --- by hand, before the crash ---------------------------------------------

lab_ctl node1 service del 10.0.4.99:80 >/dev/null
is "$(records services) $(records ours4)" "1 1" \
	"a service deleted by hand leaves nothing in the maps"
not_ok "its port is a SNAT port again" excluded 80
ok "that of another is none" excluded 70
lab_ctl node1 service add 10.0.4.99:80 kind FNAT algo rr >/dev/null
ok "nor that one once it is added again" excluded 80
lab_ctl node1 backend add 10.0.4.99:80 10.0.4.31:8080 check none >/dev/null
is "$(who 10.0.4.99)" "1 backend1" "added again it is served"
follow "$API
$STAYS"
is "$(who 10.0.4.99)" "1 backend1" \
	"a VIP that was away for a while is adopted where it was last"
is "$(on_node 10.0.4.99) $(on_node 10.0.4.98)" "1 1" "VIPs are on the node"

# --- another file ----------------------------------------------------------

follow "$(service 10.0.4.97 80 TCP rr FNAT 10.0.4.32:9090 10.0.4.32:8080)
$STAYS
$API"
is "$(who 10.0.4.97 2)" "2 backend2" "new services, first in the file"
is "$(who 10.0.4.99)" "1 backend1" "those that were there before"
is "$(lab_json node1 '[.backends[] | "\(.service) \(.address)"] | length' \
	backend list)" 5 "all backends"
ok "a connection goes on" ends send one client
ok "and the other one" ends send two client

follow "$(service 10.0.4.98 70 TCP rr FNAT 10.0.4.32:7000)
$API"
ends poke one client >/dev/null
is "$(ends wait one client)" reset \
	"a connection whose backend is not in the file any more is reset"
ok "the other one goes on" ends send two client
is "$(on_node 10.0.4.97)" 0 "nor is a VIP that is not in the file"
is "$(records services) $(records ours4)" "2 2" "or anything else of it"
udp_echo node1 10.0.4.20 5353
LISTENER=$LAB_PID
eventually 5 "a program's port is no SNAT port" excluded 5353
lab_kill "$XLBD"
lab_kill "$LISTENER"
follow "$STAYS
$API"
ok "nor are services' after a crash" eval "excluded 70 && excluded 80"
not_ok "the port of a program that has ended meanwhile is" excluded 5353

follow "xlbd {
    max_sessions 1000
}
$STAYS"
is "$(ends open three client 10.0.4.98 70 40003)" backend1 \
	"with another max_sessions it starts afresh"
ends poke two client >/dev/null
is "$(ends wait two client)" reset "and knows no old connection"

# --- an interface that the next file does not name -------------------------

lab_run node1 ip link add other0 up type veth peer name other1
follow "xlbd {
    interface eth0 other0
}
$STAYS"
programs() {
	lab_run node1 ip -d link show other0 | grep -o prog/xdp
	lab_run node1 tc filter show dev other0 egress
	lab_run node1 tc qdisc show dev other0 | grep -o clsact
}
like "$(programs)" "xdp.*clsact" "programs on another interface"
follow "xlbd {
    interface eth0
}
$STAYS"
lab_stop "$XLBD"
is "$(programs)" "" "no daemon, no programs there, although not adopted"
finish
