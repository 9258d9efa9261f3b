#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Next hops follow links, routes, neighbours and MACs; VIPs and neighbour
# entries are taken back, after a crash as well; lost events are made up for.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh

lab_up client backend1 backend2 || bail "no lab"
mkfifo "$LAB_DIR/commands"

probe_start() {
	# shellcheck disable=SC2016
	lab_spawn client sh -c 'exec "$0" <"$1"' \
		"$LAB_BUILD/tests/lab/netlink_probe" "$LAB_DIR/commands"
	PROBE=$LAB_PID
	OUT=$LAB_LOG
	exec 7>"$LAB_DIR/commands"
}

probe_end() {
	exec 7>&-
	lab_wait 10 "the probe's end" lab_dead "$PROBE" || lab_kill "$PROBE"
	wait "$PROBE"
}

answers() { grep -c '^= ' "$OUT"; }
answered() { (($(answers) > $1)); }

# The answer to one command.
ask() {
	local before
	before=$(answers)
	echo "$*" >&7
	lab_wait 10 "an answer to $*" answered "$before" || return 1
	grep '^= ' "$OUT" | tail -n 1 | cut -c3-
}

# What was last told of an address matches a regular expression.
hop_is() { [[ $(grep "^hop $1 " "$OUT" | tail -n 1) =~ $2 ]]; }
told() { grep -c "^hop $1 " "$OUT"; }
on() { lab_run "$@"; }
mac_of() { on "$1" ip -j link show eth0 | jq -r '.[0].address'; }
neighbour() { on client ip -d neigh show "$1"; }
neighbour_is() { [[ $(neighbour "$1") =~ $2 ]]; }
no_trace() { ! on client ip -d neigh | grep -q 'proto 120'; }
address_is() { on client ip -d addr show dev eth0 | grep -q " $1[ /]"; }

# Entries that somebody else takes care of.
others_entries() {
	on client ip neigh add 10.0.4.40 dev eth0 lladdr 02:00:00:00:00:40 \
		nud permanent
	on client ip neigh add 10.0.4.41 dev eth0 managed
}

on client ip route add default via 10.0.4.31
on client ip route add 10.66.0.0/16 via 10.0.4.32
on client ip route add unreachable 10.65.0.0/16
others_entries
for host in client backend1 backend2; do
	on $host sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
done
on client ip addr add fd04::50/64 dev eth0 nodad
on backend1 ip addr add fd04::31/64 dev eth0 nodad
probe_start

# --- the cache -------------------------------------------------------------

is "$(ask link eth0)" "eth0 up mtu 1500 driver 'veth' $(mac_of client)" \
	"a link, with its driver"
like "$(ask link lo)" "^lo up .* loopback " "the loopback"
is "$(ask link eth9)" none "no such link"
is "$(ask has 10.0.4.50)" eth0 "an address of this node"
is "$(ask has 10.0.4.31)" no "an address of another"
is "$(ask subnet 10.0.4.99)" eth0 "the subnet that holds an address"
is "$(ask subnet fd04::99)" eth0 "the same for IPv6"
is "$(ask subnet 10.0.5.99)" none "no subnet holds it"

# --- next hops -------------------------------------------------------------

for address in 10.0.4.31 8.8.8.8 10.66.1.1 10.65.1.1 10.0.4.50 10.0.4.33 \
	10.0.4.40 10.0.4.41 fd04::31; do
	ask watch $address >/dev/null
done
B1="$(mac_of backend1) $(mac_of client)"
B2="$(mac_of backend2) $(mac_of client)"
eventually 5 "on link: the neighbour's MAC" \
	hop_is 10.0.4.31 "ready link 10.0.4.31 dev eth0 mtu 1500 $B1"
eventually 5 "by the default route: the router's" \
	hop_is 8.8.8.8 "ready via 10.0.4.31 dev eth0 mtu 1500 $B1"
eventually 5 "by another route: another router's" \
	hop_is 10.66.1.1 "ready via 10.0.4.32 dev eth0 mtu 1500 $B2"
eventually 5 "IPv6" hop_is fd04::31 "ready link fd04::31 dev eth0 mtu 1500 $B1"
eventually 5 "unreachable" hop_is 10.65.1.1 no-route
eventually 5 "local" hop_is 10.0.4.50 local
eventually 5 "nobody there: resolving" hop_is 10.0.4.33 resolving
eventually 5 "a permanent entry is taken as it is" \
	hop_is 10.0.4.40 "ready .* 02:00:00:00:00:40 "
like "$(neighbour 10.0.4.31)" "managed.* proto 120" "entries are managed"
not_ok "but not a permanent one" neighbour_is 10.0.4.40 "managed|proto"
not_ok "nor another's" neighbour_is 10.0.4.41 "proto"
like "$(ask resolve 10.66.9.9)" "10.66.9.9 ready via 10.0.4.32 dev eth0 .* $B2" \
	"one that is not watched, at once"

# --- changes ---------------------------------------------------------------

on backend2 ip addr add 10.0.4.33/24 dev eth0
eventually 15 "who comes late is found (the kernel asks on)" \
	hop_is 10.0.4.33 "ready link .* $B2"

on backend1 ip link set eth0 down
on backend1 ip link set eth0 address 02:00:00:00:31:31
on backend1 ip link set eth0 up
B1="02:00:00:00:31:31 $(mac_of client)"
changed() {
	on backend1 ping -q -c 1 -W 1 10.0.4.50 >/dev/null
	hop_is 10.0.4.31 "$B1"
}
eventually 10 "a new MAC" changed
eventually 5 "for all that go by it" hop_is 8.8.8.8 "$B1"

before=$(told 8.8.8.8)
on client ip route replace default via 10.0.4.32
eventually 5 "a new default route" hop_is 8.8.8.8 "ready via 10.0.4.32 .* $B2"
is $(($(told 8.8.8.8) - before)) 1 "told once"
before=$(told 8.8.8.8)
on client ip route add 8.8.0.0/16 via 10.0.4.31
eventually 5 "a longer prefix" hop_is 8.8.8.8 "ready via 10.0.4.31 .* $B1"
on client ip route del 8.8.0.0/16
eventually 5 "and back" hop_is 8.8.8.8 "ready via 10.0.4.32 .* $B2"
is $(($(told 8.8.8.8) - before)) 2 "told twice"
on client ip route del default
eventually 5 "no route any more" hop_is 8.8.8.8 no-route
on client ip route add default via 10.0.4.31
eventually 5 "a route again" hop_is 8.8.8.8 "ready via 10.0.4.31 .* $B1"
on client ip rule add to 8.8.8.8 unreachable
eventually 5 "a rule" hop_is 8.8.8.8 no-route
on client ip rule del to 8.8.8.8 unreachable
eventually 5 "the rule gone" hop_is 8.8.8.8 "ready via 10.0.4.31 .* $B1"

lab_port client down
eventually 5 "cable pulled: the link" grep -q '^link eth0 down' "$OUT"
eventually 5 "and what went by it" hop_is 10.0.4.31 resolving
lab_port client up
eventually 10 "plugged in again" hop_is 10.0.4.31 "ready .* $B1"
eventually 10 "routers, too" hop_is 10.66.1.1 "ready via 10.0.4.32 .* $B2"

on client ip link set eth0 down
on client ip link set eth0 address 02:00:00:00:50:50
eventually 5 "interface down" grep -q '^link eth0 down .* 02:00:00:00:50:50' "$OUT"
eventually 5 "its routes went with it, though the kernel does not say so" \
	hop_is 10.66.1.1 no-route
on client ip link set eth0 up
on client ip route add 10.66.0.0/16 via 10.0.4.32
B1="02:00:00:00:31:31 02:00:00:00:50:50"
B2="$(mac_of backend2) 02:00:00:00:50:50"
eventually 10 "up: with our own new MAC" \
	hop_is 10.66.1.1 "ready via 10.0.4.32 .* $B2"

on client ip neigh flush dev eth0
on client ip neigh del 10.0.4.31 dev eth0 2>/dev/null
eventually 10 "a deleted neighbour entry is put back" \
	neighbour_is 10.0.4.31 "lladdr ${B1% *} .*managed.* proto 120"
on client ip neigh replace 10.0.4.31 dev eth0 lladdr ${B1% *} nud reachable
eventually 10 "so is the flag" \
	neighbour_is 10.0.4.31 "lladdr ${B1% *} .*managed.* proto 120"
on client ip addr add 10.0.4.33/32 dev eth0
eventually 5 "an address becomes our own" hop_is 10.0.4.33 local
eventually 5 "and is told" grep -q '^address 10.0.4.33 dev eth0$' "$OUT"
on client ip addr del 10.0.4.33/32 dev eth0
eventually 10 "and another's again" hop_is 10.0.4.33 "ready link"

# --- unwatching ------------------------------------------------------------

ask watch 10.0.4.33 >/dev/null
ask unwatch 10.0.4.33 >/dev/null
ok "watched twice, unwatched once: kept" neighbour_is 10.0.4.33 managed
ask unwatch 10.0.4.33 >/dev/null
is "$(neighbour 10.0.4.33)" "" "unwatched twice: no entry is left"

ask unwatch 10.0.4.40 >/dev/null
ask unwatch 10.0.4.41 >/dev/null
others_entries # the interface took them along when it went down
ask watch 10.0.4.40 >/dev/null
ask watch 10.0.4.41 >/dev/null

# --- VIPs ------------------------------------------------------------------

is "$(ask add 10.0.4.99/32 eth0)" Success "a VIP is added"
ok "as /32, global" address_is "10.0.4.99/32 scope global"
is "$(ask add 10.0.4.99/32 eth0)" Success "again: it is ours"
eventually 5 "it is told" grep -q '^address 10.0.4.99 dev eth0$' "$OUT"
is "$(ask has 10.0.4.99)" eth0 "it is an address of this node"
is "$(ask add fd04::99/128 eth0)" Success "an IPv6 VIP"
like "$(on client ip addr show to fd04::99)" "nodad" "without DAD"
on client ip addr add 10.0.4.98/32 dev eth0
is "$(ask add 10.0.4.98/32 eth0)" "Success existed" "one that was there"
on client ip addr add 10.0.4.97/24 dev eth0
is "$(ask add 10.0.4.97/32 eth0)" Success "there with another prefix"
is "$(ask del 10.0.4.97/32 eth0)" Success "removed"
ok "the other prefix stays" address_is 10.0.4.97/24
is "$(ask del 10.0.4.97/32 eth0)" Success "removed again: no error"
is "$(ask add 10.0.4.96/32 eth9)" "No such device" "no such interface"

lab_capture client "$LAB_DIR/announce.pcap" \
	"arp src 10.0.4.99 or (icmp6 and src fd04::99)"
capture=$LAB_PID
is "$(ask announce 10.0.4.99 eth0 5)" Success "announced"
is "$(ask announce fd04::99 eth0 3)" Success "IPv6"
on client sysctl -qw net.ipv6.conf.eth0.forwarding=1
ask announce fd04::99 eth0 1 >/dev/null
frames() { tcpdump -n -e -v -r "$LAB_DIR/announce.pcap" 2>/dev/null; }
frames_are() { (($(frames | grep -c "$2") == $1)); }
eventually 5 "five ARP requests on the wire" frames_are 5 \
	"ethertype ARP.*Request who-has 10.0.4.99 (ff:ff:ff:ff:ff:ff) tell 10.0.4.99"
eventually 5 "four advertisements, checksums right" \
	frames_are 4 "icmp6 sum ok.*neighbor advertisement"
eventually 5 "three of a host" frames_are 3 "Flags \[override\]"
eventually 5 "one of a router" frames_are 1 "Flags \[router, override\]"
lab_stop "$capture"

# --- a crash ---------------------------------------------------------------

lab_kill "$PROBE"
exec 7>&-
ok "killed: the VIP stays" address_is 10.0.4.99/32
ok "so do neighbour entries" neighbour_is 10.0.4.31 "managed.* proto 120"
probe_start
is "$(ask add 10.0.4.99/32 eth0)" Success "it is known as ours"
is "$(ask cleanup)" Success "cleaned up"
not_ok "no VIP" address_is 10.0.4.99
not_ok "no IPv6 VIP" address_is fd04::99
ok "no neighbour entry" no_trace
ok "what others made stays" address_is 10.0.4.98/32
ok "another's managed entry, too" neighbour_is 10.0.4.41 managed

# --- many, and lost events -------------------------------------------------

ask watch 10.0.4.31 >/dev/null
ask watch 10.0.4.32 >/dev/null
eventually 5 "a router" hop_is 10.0.4.31 "ready .* $B1"
eventually 5 "and another" hop_is 10.0.4.32 "ready .* $B2"
ask quiet >/dev/null
BEFORE=$(ask told)
told_more() { (($(ask told) == BEFORE + $1)); }
ask watch-many 10.200.0.0 10000 >/dev/null
eventually 10 "ten thousand get their first answers" told_more 10000
on client ip route add 10.200.0.0/16 via 10.0.4.32
eventually 10 "and one more each after a change" told_more 20000

kill -STOP "$PROBE"
for ((i = 0; i < 60000; i++)); do
	echo "route add blackhole 10.$((100 + i / 50000)).$((i / 250 % 200)).$((i % 250)) "
done >"$LAB_DIR/batch"
on client ip -batch "$LAB_DIR/batch"
on client ip route del 10.200.0.0/16
on client ip addr add 10.0.4.95/32 dev eth0
on client ip addr del 10.0.4.98/32 dev eth0
kill -CONT "$PROBE"
eventually 10 "events were lost" grep -q 'events were lost' "$OUT"
is "$(ask has 10.0.4.95)" eth0 "an address that came meanwhile"
is "$(ask has 10.0.4.98)" no "one that went"
eventually 5 "both are told" \
	grep -q '^address 10.0.4.98 dev eth0 gone$' "$OUT"
eventually 10 "a route that went is made up for" told_more 30000

probe_end
is $? 0 "the end"
ok "leaves no neighbour entry of ours" no_trace
ok "a permanent one as it was" neighbour_is 10.0.4.40 PERMANENT
finish
