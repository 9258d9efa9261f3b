#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What comes and goes with a virtual router besides its plain addresses, as
# `ip` shows it: addresses with options, routes of both families.  What is
# static comes and does not go.  Then garp_extra_if and promote_secondaries.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/vrrp.sh
. tests/lab/tap.sh

lab_up node1 || bail "no lab"
LO=fd00:9::99

conf() {
	cat <<-END
		static_ipaddress {
		    10.7.0.1/24 dev eth0 label eth0:fix
		}
		static_routes {
		    10.70.0.0/16 via 10.7.0.9
		}
	END
	vrrp_conf node1 100 "$(vrrp_lines)"
}

vrrp_lines() {
	cat <<-END
		virtual_ipaddress_excluded {
		    10.0.4.98/24 dev eth0 label eth0:vip brd + noprefixroute
		    10.0.4.97/32 scope link
		    $LO/64 dev lo preferred_lft forever
		    10.0.5.99/24 dev eth1
		}
		garp_master_delay 0
		garp_master_repeat 1
		garp_extra_if all 1
		promote_secondaries
		virtual_routes {
		    10.8.0.0/16 via 10.0.4.1 src 10.0.4.98 metric 7 mtu 1400
		    10.9.0.0/16 gw 10.0.4.1 dev eth0 table 200
		    10.10.0.0/16 via inet6 fe80::1 dev eth0
		    fd00:8::/64 via fe80::1 dev eth0
		    blackhole fd00:9:9::/64
		    10.11.0.0/16 via 10.0.4.1
		}
	END
}

addresses() { lab_run node1 ip -o address show "$@"; }
routes() {
	lab_run node1 ip -4 -o route show "$@"
	lab_run node1 ip -6 -o route show "$@"
}
moving() { routes table all proto 120 | grep -v '^local'; }
has_routes() { [[ $(moving | wc -l) == "$1" ]]; }

start() {
	conf >"$LAB_DIR/node1/vrrp.conf"
	lab_xlbd node1 "$LAB_DIR/node1/vrrp.conf" || bail "no xlbd"
	VRRP_PID[node1]=$LAB_PID VRRP_DAEMON[node1]=xlbd
}

# A second interface, whose other end sees what is announced there.
heard() { lab_run node1 tcpdump -n -r "$LAB_DIR/$1.pcap" arp 2>/dev/null; }
announced() { (($(heard "$1" | grep -c "who-has $2") >= $3)); }
promotes() { lab_run node1 cat /proc/sys/net/ipv4/conf/$1/promote_secondaries; }

lab_run node1 ip link add eth1 type veth peer name wire
lab_run node1 ip link set eth1 up
lab_run node1 ip link set wire up
lab_run node1 sysctl -q -w net.ipv4.conf.{eth0,eth1}.promote_secondaries=0
lab_spawn node1 tcpdump -U -n -i wire -w "$LAB_DIR/wire.pcap" arp
EXTRA=$LAB_PID
lab_wait 5 "tcpdump on wire" grep -q '^tcpdump: listening' "$LAB_LOG"
lab_capture node1 "$LAB_DIR/eth0.pcap" arp
FIRST=$LAB_PID
OURS=$(addresses scope global)
lab_run node1 ip route add 10.11.0.0/16 via 10.0.4.2
start
eventually 5 "becomes master" vrrp_owns node1
eventually 5 "its routes are there" has_routes 5
like "$(addresses to 10.0.4.98)" \
	'10.0.4.98/24 brd 10.0.4.255 .*noprefixroute .*eth0:vip' \
	"label, brd and noprefixroute are the address's"
like "$(addresses to 10.0.4.97)" '10.0.4.97/32 scope link' "scope, too"
like "$(addresses to $LO)" 'preferred_lft forever' "and preferred_lft"
like "$(moving)" \
	'10.8.0.0/16 via 10.0.4.1 dev eth0 src 10.0.4.98 metric 7 mtu 1400' \
	"src, metric and mtu are the route's"
like "$(moving)" '10.9.0.0/16 via 10.0.4.1 dev eth0 table 200' "its table"
like "$(moving)" '10.10.0.0/16 via inet6 fe80::1 dev eth0' "an IPv6 router"
like "$(moving)" 'fd00:8::/64 via fe80::1 dev eth0' "an IPv6 route"
like "$(moving)" 'blackhole fd00:9:9::/64' "a route to nowhere"
is "$(lab_run node1 ip -o route show 10.11.0.0/16)" "10.11.0.0/16 via 10.0.4.2 dev eth0 " \
	"a route that was there already stays as it is"
like "$(addresses to 10.7.0.1)" 'eth0:fix' "the static address is there"

is "$(promotes eth0) $(promotes eth1)" "1 1" \
	"promote_secondaries is set where addresses are"
eventually 5 "announced again and again elsewhere" announced wire 10.0.5.99 3
lab_stop "$EXTRA" INT
lab_stop "$FIRST" INT
is "$(heard eth0 | grep -c "who-has $VIP ")" 1 \
	"... but once where adverts go, as garp_master_repeat has it"

lab_run node1 ip route del 10.8.0.0/16 metric 7
eventually 5 "a route removed by hand is put back" has_routes 5

lab_ctl node1 vrrp maintenance on >/dev/null
eventually 5 "it resigns" vrrp_state node1 FAULT
eventually 5 "its routes are gone" has_routes 0
lab_ctl node1 vrrp maintenance off >/dev/null
eventually 5 "and there again when it is master" has_routes 5

lab_kill "${VRRP_PID[node1]}"
ok "a daemon that died leaves its routes" has_routes 5
# What the daemon found is what it puts back.
lab_run node1 sysctl -q -w net.ipv4.conf.{eth0,eth1}.promote_secondaries=0
start
eventually 5 "who follows takes over" vrrp_owns node1
eventually 5 "and has them" has_routes 5
vrrp_stop node1
is "$LAB_STATUS $(routes table all proto 120)" "0 " \
	"after a stop none of them is left"
is "$(promotes eth0) $(promotes eth1)" "0 0" "promote_secondaries is put back"
STAYS="$OURS"$'\n'"$(addresses to 10.7.0.1)"
is "$(addresses scope global)" "$STAYS" "nor an address but the static one"
like "$(lab_run node1 ip -o route show 10.70.0.0/16)" '10.70.0.0/16 via 10.7.0.9 dev eth0' \
	"the static route stays"

start
eventually 5 "once more" has_routes 5
lab_kill "${VRRP_PID[node1]}"
ok "--cleanup" lab_run node1 "$LAB_BUILD/xlbd" --cleanup \
	-c "$LAB_DIR/node1/lb.conf"
is "$(routes table all proto 120)" "" "... leaves no route of ours"
is "$(addresses scope global)" "$STAYS" "... and no address"
like "$(lab_run node1 ip -o route show 10.11.0.0/16)" 'via 10.0.4.2' "another's route is still there"
finish
