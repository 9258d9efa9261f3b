#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Interfaces that are not there at start, or go and come again under another
# index: programs and VIPs are on them as soon as they are.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"

plug() {
	lab_run node1 ip link add up0 type veth \
		peer name up1 netns "$LAB_NAME-client"
	lab_run client ip address add 10.0.7.50/24 dev up1
	lab_run client ip link set up1 up
	lab_run node1 ip address add 10.0.7.20/24 dev up0
	lab_run node1 ip link set up0 up
}
unplug() { lab_run node1 ip link del up0; }
on_up0() { lab_run node1 ip -br address show dev up0 | grep -q "$1/"; }
programs() {
	lab_run node1 ip -d link show up0 | grep -q prog/xdp &&
		lab_run node1 tc filter show dev up0 egress | grep -q bpf
}
answers() { lab_run client ping -q -c 1 -W 1 "$1" >/dev/null; }
nowhere() {
	[[ $(lab_json node1 ".services[] | select(.service == \"$1\") |
		.owned" service list) == false ]]
}

comes() {
	plug
	eventually 5 "$2: the VIP is there" on_up0 "$1"
	ok "$2: so are the programs" programs
	eventually 5 "$2: it answers" answers "$1"
}

xlbd_with node1 "
vrrp_instance I {
    state BACKUP
    interface up0
    virtual_router_id 51
    version 3
    advert_int 0.1
    virtual_ipaddress {
        10.0.7.99/24
    }
}
$(service 10.0.7.99 80 TCP rr FNAT 10.0.4.31:8080)" || bail "no xlbd"
XLBD=$LAB_PID
comes 10.0.7.99 "a vrrp_instance's interface is there at last"
unplug
eventually 5 "it goes: so does the VIP" nowhere 10.0.7.99:80/tcp
comes 10.0.7.99 "it comes again"
lab_stop "$XLBD"
not_ok "a clean stop takes the VIP away" on_up0 10.0.7.99

xlbd_with node1 "$(service 10.0.7.98 80 TCP rr FNAT 10.0.4.31:8080)" ||
	bail "no xlbd"
XLBD=$LAB_PID
ok "a VIP without a vrrp_instance" on_up0 10.0.7.98
unplug
eventually 5 "its interface goes: nobody's" nowhere 10.0.7.98:80/tcp
comes 10.0.7.98 "its subnet comes again"
finish
