#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Odd IPv4: fragmented datagrams and packets with IP options pass, both ways;
# a TTL that runs out here ends here, and is counted as that.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

FNAT=10.0.4.99
DR=10.0.4.100

lab_up client node1 backend1 backend2 || bail "no lab"
for host in backend1 backend2; do
	lab_set_dr $host $DR
	lab_nginx $host
	udp_echo $host "$(lab_addr $host)" 5300
	udp_echo $host $DR 5300
done
xlbd_with node1 "$(service $FNAT 5300 UDP rr FNAT 10.0.4.31:5300 10.0.4.32:5300
	service $FNAT 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080
	service $DR 5300 UDP rr DR 10.0.4.31:5300 10.0.4.32:5300
	service $DR 8080 TCP rr DR 10.0.4.31:8080 10.0.4.32:8080)" ||
	bail "no xlbd"

# SERVICE SIZE: 20 sockets, 5 datagrams each, all answered, by each half of
# them.  Without sessions: a port that comes again would keep its backend.
echoed() {
	local got
	lab_ctl node1 session flush >/dev/null
	got=$(tool client udp_load.py "$1" 20 5 "$2")
	is "$(field "$got" '"\(.received), \(.mixed), \(.sockets.backend1)"')" \
		"100, 0, 10" "$1: datagrams of $2 bytes are echoed"
}

# An echo has its server's name before it: 1472 is what just fits the way out.
for vip in $FNAT $DR; do
	for size in 1463 1472 1480 4000 9000 60000; do
		echoed $vip:5300 $size
	done
done
is "$(reason node1 fragment)" 0 "no fragment came before its first one"

# No-operations, and a route to be recorded.
lab_run client /usr/bin/python3 - $FNAT $DR >"$LAB_DIR/options" <<-'END'
	import socket
	import sys

	NOPS = b"\x01" * 8
	RECORD_ROUTE = bytes([7, 39, 4]) + bytes(36) + b"\x01"
	for vip in sys.argv[1:]:
	    for options in NOPS, RECORD_ROUTE:
	        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
	            s.settimeout(5)
	            s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, options)
	            s.sendto(b"with options", (vip, 5300))
	            print(vip, len(options), s.recv(100).split(b" ", 1)[1].decode())
	        with socket.socket() as s:
	            s.settimeout(5)
	            s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, options)
	            s.connect((vip, 80 if vip == sys.argv[1] else 8080))
	            s.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
	            answer = b""
	            while chunk := s.recv(4096):
	                answer += chunk
	            print(vip, len(options), answer.split(b"\r\n\r\n")[1].decode())
END
for vip in $FNAT $DR; do
	for length in 8 40; do
		ok "$vip: UDP with $length bytes of options" \
			grep -qx "$vip $length with options" "$LAB_DIR/options"
		ok "$vip: TCP with $length bytes of options" \
			grep -qx "$vip $length {\"status\":\"ok\"}" "$LAB_DIR/options"
	done
done

# As traceroute does: TTL 1 is not for us to pass on, TTL 2 is.
ttl() {
	lab_run client /usr/bin/python3 - "$1" "$2" <<-'END'
		import socket
		import sys

		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		    s.settimeout(1)
		    s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(sys.argv[2]))
		    s.sendto(b"x", (sys.argv[1], 5300))
		    s.recv(100)
	END
}
expired() { reason node1 ttl_expired; }
for vip in $FNAT $DR; do
	before=$(expired)
	sessions=$(sessions node1)
	not_ok "$vip: TTL 1 gets no answer" ttl $vip 1
	is "$(expired)" $((before + 1)) "$vip: counted as ttl_expired"
	is "$(sessions node1)" "$sessions" "$vip: and no session"
	ok "$vip: TTL 2 is answered" ttl $vip 2
	is "$(expired)" $((before + 1)) "$vip: and not counted"
done
finish
