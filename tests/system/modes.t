#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xdp_mode: native where the driver has it, generic otherwise or on request,
# and start-up says which and why; FNAT works in each.  Another XDP program
# on the interface is refused by its name.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2
head -c 3000000 /dev/urandom >"$(lab_www backend1)/data"
cp "$(lab_www backend1)/data" "$(lab_www backend2)/data"
SUM=$(sha256sum <"$(lab_www backend1)/data")
on() { lab_run node1 "$@"; }

conf() {
	echo "xlbd {
		xdp_mode $1
	}
	$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
	$(service 10.0.4.99 53 UDP rr FNAT 10.0.4.31:5353)"
}
said() { sed -n 's/^[^ ]* interface //p' "$(lab_log node1)" | tail -n 1; }
attached() { on bpftool -j net | jq -r '.[0].xdp[] | "\(.devname) \(.mode)"'; }
udp_echo backend1 10.0.4.31 5353
# serves WHAT: rr, many segments, and UDP
serves() {
	is "$(lab_who client http://10.0.4.99/healthz 4 | spread)" \
		"2 backend1, 2 backend2" "$1: FNAT"
	is "$(lab_curl client http://10.0.4.99/files/data | sha256sum)" "$SUM" \
		"$1: 3 MB arrive as they are"
	is "$(echo hello | lab_run client timeout 5 nc -u -W 1 10.0.4.99 53)" \
		"backend1 hello" "$1: UDP"
}
# mode CONFIGURED EXPECTED LOG
mode() {
	xlbd_with node1 "$(conf "$1")" || bail "no xlbd"
	like "$(said)" "$3" "$1: start-up says so"
	is "$(lab_json node1 '.interfaces[] | "\(.name) \(.mode)"' status)" \
		"eth0 $2" "$1: status, too"
	serves "$1"
}

for configured in auto native; do
	mode $configured native '^eth0: native XDP$'
	is "$(attached)" "eth0 driver" "$configured: it is so"
	lab_stop "$LAB_PID"
done
mode generic generic '^eth0: generic XDP'
is "$(attached)" "eth0 generic" "generic: it is so"
lab_stop "$LAB_PID"

# --- a driver without it: macvlan ------------------------------------------

on ip link add link eth0 name lan type macvlan mode bridge
on ip address del 10.0.4.20/24 dev eth0
on ip address add 10.0.4.20/24 dev lan
on ip link set lan up
mode_lan() {
	xlbd_with node1 "$(conf "$1")" || bail "no xlbd"
	is "$(lab_json node1 '.interfaces[] | "\(.name) \(.mode)"' status)" \
		"lan generic" "$1: generic"
	is "$(attached)" "lan generic" "$1: it is so"
}
mode_lan auto
like "$(said)" '^lan: generic XDP \(lan: no native XDP: .*driver' \
	"auto without native XDP: start-up says why"
serves "auto without native XDP"
lab_stop "$LAB_PID"

# Why a start with this config fails.
refused() {
	local output status=0
	conf "$1" >"$LAB_DIR/refused"
	lab_conf node1 "$LAB_DIR/refused" >"$LAB_DIR/refused.conf"
	output=$(lab_run node1 timeout 10 "$LAB_BUILD/xlbd" \
		-c "$LAB_DIR/refused.conf" 2>&1) || status=$?
	echo "$status ${output//$'\n'/ }"
}
nothing_left() {
	ok "$1: nothing is left" test ! -e "$(lab_pins node1)" \
		-a ! -e "$(lab_socket node1)"
	is "$(on ip -brief address show dev "$2" | grep -c 10.0.4.99)" 0 \
		"$1: no VIP"
}
like "$(refused native)" '^1 .*lan: no native XDP: .*driver' \
	"native without native XDP: refused, with the reason"
nothing_left "native refused" lan
on ip link del lan
on ip address add 10.0.4.20/24 dev eth0

# --- another program -------------------------------------------------------

on bpftool net attach xdpdrv pinned "$LAB_PINS/pass" dev eth0
ID=$(on bpftool -j net | jq '.[0].xdp[0].id')
NAME=$(bpftool -j prog show id "$ID" | jq -r .name)
for configured in auto native generic; do
	like "$(refused $configured)" \
		"^1 .*eth0 already has an XDP program, '$NAME' \\(id $ID\\)" \
		"$configured: another program is refused by name"
	is "$(attached)" "eth0 driver" "$configured: and left alone"
	nothing_left "$configured" eth0
done
on bpftool net detach xdpdrv dev eth0
mode auto native '^eth0: native XDP$'
finish
