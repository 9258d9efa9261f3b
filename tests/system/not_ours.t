#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Traffic that is not a service's is the same with and without xlbd: to the
# node, to other ports of the VIP, through the node and from it; pings,
# fragments, IPv6, other protocols, tagged and broken frames.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"
lab_add_host inner 10.0.9.2 || bail "no host"
lab_nginx backend1
lab_nginx node1
lab_nginx client
on() { lab_run "$@"; }
mac_of() { on "$1" ip -j link show eth0 | jq -r '.[0].address'; }

head -c 2000000 /dev/urandom >"$(lab_www node1)/data"
# The VIP is the node's anyway, so that both have the same addresses.
on node1 ip address add 10.0.4.99/32 dev eth0
for address in 10.0.4.20 10.0.4.99; do
	udp_echo node1 $address 5353
done
# A router for others, too
on node1 ip address add 10.0.9.1/24 dev eth0
on node1 sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 \
	net.ipv4.conf.{all,eth0}.send_redirects=0
on client ip route add 10.0.9.0/24 via 10.0.4.20
on inner ip route add default via 10.0.9.1
lab_nginx inner
for host in client node1; do
	on $host sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0
done
on client ip address add fd04::50/64 dev eth0 nodad
on node1 ip address add fd04::20/64 dev eth0 nodad
ends_start
ends listen node1 10.0.4.20 7000 >/dev/null

ping_of() {
	on "$1" ping -q -c 2 -i 0.01 -W 1 "${@:2}" 2>&1 | grep -o '.*received'
}
get() { # HOST URL: status, length, sum
	lab_curl "$1" -g -w ' %{http_code}' "$2" 2>&1 |
		LC_ALL=C sed 's/after [0-9]* ms//' | sha256sum
}
refused() { lab_curl client -o /dev/null "$1" 2>&1 | sed 's/after [0-9]*//'; }
# In a form that does not depend on times, ports or sequence numbers
everything() {
	local address size
	for address in 10.0.4.20 10.0.4.99; do
		echo "== $address"
		get client http://$address:8080/healthz
		get client http://$address:9090/files/data
		refused http://$address:81/
		for size in 56 1472 1473 4000 20000; do
			ping_of client -s $size $address
		done
		ping_of client -M "do" -s 1472 $address
		ping_of client -R $address
		tool client udp_ask.py $address 5353 0 3
		tool client udp_ask.py $address 5354 0 2
		field "$(tool client udp_load.py $address:5353 5 3 5000)" \
			.received
	done
	echo "== IPv6"
	get client 'http://[fd04::20]:8080/healthz'
	ping_of client fd04::20
	ping_of client -s 4000 fd04::20
	echo "== through the node"
	get client http://10.0.9.2:8080/healthz
	ping_of client -s 4000 10.0.9.2
	on client ping -q -c 1 -W 1 -t 1 10.0.9.2 | grep -o '.*received'
	echo "== from the node"
	get node1 http://10.0.4.50:8080/healthz
	get node1 http://10.0.4.31:8080/healthz
	ping_of node1 -s 4000 10.0.4.50
	ping_of node1 -I 10.0.4.99 10.0.4.50
}

NODE=$(mac_of node1)
# What the node's own stack gets to see of odd frames, byte by byte
odd_frames() {
	local file=$LAB_DIR/odd.$1 sent
	lab_spawn node1 tcpdump -U -n -i eth0 -w "$file" \
		ether src 02:00:00:00:0d:0d
	lab_wait 5 "tcpdump" grep -q "^tcpdump: listening" "$LAB_LOG"
	sent=$(tool client odd_frames.py "$NODE" 10.0.4.20 10.0.4.99)
	lab_wait 5 "$sent odd frames" enough "$file" "$sent"
	lab_stop "$LAB_PID"
	rm "$LAB_LOG"
	tcpdump -t -xx -nr "$file" 2>/dev/null | grep 0x
}
enough() { (($(tcpdump -nr "$1" 2>/dev/null | wc -l) >= $2)); }
# same WHAT GOT EXPECTED: of long texts, only the difference is told
same() { is "$(diff <(echo "$3") <(echo "$2"))" "" "$1"; }

is "$(ends open before client 10.0.4.20 7000)" node1 "a connection to the node"
WITHOUT=$(everything)
is "$(grep -c '2 received' <<<"$WITHOUT") $(grep -c '^15$' <<<"$WITHOUT")" \
	"19 2" "pings and large datagrams work without xlbd"
WITHOUT_ODD=$(odd_frames without)
ok "odd frames are seen without xlbd" test "$(wc -l <<<"$WITHOUT_ODD")" -gt 100

for mode in native generic; do
	xlbd_with node1 "xlbd {
		xdp_mode $mode
	}
	$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)
	$(service 10.0.4.99 53 UDP rr FNAT 10.0.4.31:5353)" || bail "no xlbd"
	is "$(lab_who client http://10.0.4.99/healthz)" backend1 "$mode: it serves"
	same "$mode: the same with xlbd" "$(everything)" "$WITHOUT"
	same "$mode: odd frames, too" "$(odd_frames $mode)" "$WITHOUT_ODD"
	ok "$mode: the connection from before goes on" ends send before client
	ok "$mode: in both directions" ends send before server
	lab_stop "$LAB_PID"
done
ok "after it: goes on" ends send before client
same "after it: the same" "$(everything)" "$WITHOUT"
finish
