#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Next hops: a backend's new MAC address, a deleted neighbour entry, a router
# in between and another one instead, a cable pulled and plugged in again:
# traffic follows, and what cannot be reached is not asked.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2
on() { lab_run "$@"; }

# The kernel's own times, which are half a minute and more, made short.
on node1 sysctl -q -w net.ipv4.neigh.eth0.base_reachable_time_ms=1000 \
	net.ipv4.neigh.eth0.delay_first_probe_time=1 \
	net.ipv4.neigh.eth0.retrans_time_ms=200 \
	net.ipv4.neigh.eth0.interval_probe_time_ms=1000

# 10.0.9.31 behind router1 and, by another way, behind router2
for n in 1 2; do
	lab_add_host router$n 10.0.4.$n
	on router$n sysctl -q -w net.ipv4.ip_forward=1
done
lab_add_host far 10.0.9.31/32
for n in 1 2; do
	on router$n ip link add inner type veth peer outer$n \
		netns "$LAB_NAME-far"
	on router$n ip address add 10.0.9.$n/32 dev inner
	on router$n ip link set inner up
	on router$n ip route add 10.0.9.31 dev inner
	on far ip link set outer$n up
	on far ip route add 10.0.9.$n dev outer$n
done
on far sysctl -q -w net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.outer{1,2}.rp_filter=0
lab_nginx far
on node1 ip route add 10.0.9.0/24 via 10.0.4.1
on far ip route add 10.0.4.0/24 via 10.0.9.1 dev outer1 onlink
on far ip link set eth0 down

xlbd_with node1 "
	$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)
	$(service 10.0.4.99 81 TCP rr FNAT 10.0.9.31:8080)
	$(service 10.0.4.99 82 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)" ||
	bail "no xlbd"

who() { lab_who client "http://10.0.4.99:$1/healthz" "${2:-1}" | spread; }
answers() { [[ $(who "$1") == "1 $2" ]]; }

# "STATE REASON" of backend $2 of 10.0.4.99:$1
backend() {
	lab_json node1 ".backends[] | select(.address == \"$2\") |
		\"\\(.state) \\(.reason)\"" backend list "10.0.4.99:$1"
}
backend_is() { [[ $(backend "$1" "$2") =~ ^$3 ]]; }

is "$(who 80 3)" "3 backend1" "on link"
is "$(who 81 3)" "3 far" "behind a router"

# --- a new MAC address -----------------------------------------------------

on backend1 ip link set eth0 down
on backend1 ip link set eth0 address 02:00:00:00:31:31
on backend1 ip link set eth0 up
# What a replaced machine does when it comes up.
on backend1 ping -q -c 1 -W 1 10.0.4.20 >/dev/null
eventually 5 "a new MAC address, and it has spoken: answers" answers 80 backend1
on backend1 ip link set eth0 down
on backend1 ip link set eth0 address 02:00:00:00:31:32
on backend1 ip link set eth0 up
eventually 15 "a new MAC address, and it keeps silent: answers" \
	answers 80 backend1
is "$(who 80 10)" "10 backend1" "and goes on answering"

# --- the neighbour table ---------------------------------------------------

neighbour() { on node1 ip neigh show 10.0.4.31 dev eth0; }
on node1 ip neigh del 10.0.4.31 dev eth0
is "$(who 80 10)" "10 backend1" "its neighbour entry deleted: answers"
on node1 ip neigh flush dev eth0 2>/dev/null # they come back at once
is "$(who 80 10)" "10 backend1" "all neighbour entries flushed: answers"
resolved() { [[ $(neighbour) == *lladdr* ]]; }
eventually 5 "the entry is back" resolved

# --- routers ---------------------------------------------------------------

forwarded() {
	on "$1" ip -j -s link show inner | jq '.[0].stats64.tx.packets'
}
before=$(forwarded router2)
on far ip route replace 10.0.4.0/24 via 10.0.9.2 dev outer2 onlink
on node1 ip route replace 10.0.9.0/24 via 10.0.4.2
by_router2() { answers 81 far && (($(forwarded router2) >= before + 4)); }
eventually 5 "another router: traffic goes there" by_router2
before=$(forwarded router1)
is "$(who 81 10)" "10 far" "behind another router"
is "$(forwarded router1)" "$before" "and not by the old one"

on node1 ip route del 10.0.9.0/24
eventually 5 "no route: down, with the reason" \
	backend_is 81 10.0.9.31 "down no route"
before=$(reason node1 no_backend)
not_ok "nobody to answer" lab_curl client -f http://10.0.4.99:81/healthz
ok "refused at once, not left to time out" \
	test "$(reason node1 no_backend)" -gt "$before"
on node1 ip route add 10.0.9.0/24 via 10.0.4.2
eventually 5 "a route again: up" backend_is 81 10.0.9.31 unchecked
eventually 5 "and answers" answers 81 far

# --- cables ----------------------------------------------------------------

is "$(who 82 10)" "5 backend1, 5 backend2" "two backends"
lab_port backend1 down
eventually 15 "a cable pulled: its backend is down" \
	backend_is 82 10.0.4.31 "down next hop does not answer ARP"
is "$(who 82 10)" "10 backend2" "and is not asked"
lab_port backend1 up
eventually 20 "plugged in again: up" backend_is 82 10.0.4.31 unchecked
is "$(who 82 10)" "5 backend1, 5 backend2" "and asked"

lab_port node1 down
lab_port node1 up
eventually 20 "the node's own cable pulled and plugged in: answers" \
	answers 80 backend1
eventually 20 "behind the router, too" answers 81 far
finish
