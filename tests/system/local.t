#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Backends on the node: a listener on 127.0.0.1 only and one on the node's
# address serve clients of the VIP and see their addresses; beside a remote
# backend, for clients on the node, and after a restart, too.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

VIP=10.0.4.99

lab_up client node1 backend1 || bail "no lab"
ends_start
lab_nginx node1
nginx=$LAB_PID
lab_nginx backend1
for at in "127.0.0.1 7001" "10.0.4.20 7002" "0.0.0.0 7003"; do
	ends listen node1 $at >/dev/null || bail "no listener at $at"
done
xlbd_with node1 "$(service $VIP 81 TCP rr FNAT 10.0.4.20:7001)
$(service $VIP 82 TCP rr FNAT 10.0.4.20:7002)
$(service $VIP 83 TCP rr DR 10.0.4.20:7003)
$(service $VIP 84 TCP rr FNAT 127.0.0.1:7001)
$(OF_BACKENDS='TCP_CHECK {
	}' service $VIP 80 TCP rr FNAT 10.0.4.20:8080 10.0.4.31:8080)" ||
	bail "no xlbd"

# From the client and from the node itself.
for what in "81 on 127.0.0.1 only" "82 on the node's address" \
	"83 on all, by DR" "84 configured as 127.0.0.1"; do
	port=${what%% *}
	is "$(ends open c"$port" client $VIP "$port" "420$port")" node1 \
		"$what: the client connects"
	is "$(ends peer c"$port" client)" "$VIP $port" \
		"$what: the client sees the VIP"
	is "$(ends peer c"$port" server)" "10.0.4.50 420$port" \
		"$what: the server sees the client"
	ok "$what: data there" ends send c"$port" client
	ok "$what: data back" ends send c"$port" server
	is "$(state node1 "420$port")" established "$what: a session"

	is "$(ends open n"$port" node1 $VIP "$port")" node1 \
		"$what: a client on the node connects"
	is "$(ends peer n"$port" client)" "$VIP $port" \
		"$what: it sees the VIP"
	[[ $port == 84 ]] && from=127.0.0.1 || from=10.0.4.20
	is "$(ends peer n"$port" server | cut -d' ' -f1)" $from \
		"$what: the server sees the node"
	ok "$what: data there" ends send n"$port" client
	ok "$what: data back" ends send n"$port" server
done
is "$(ends open chosen node1 $VIP 81 0 127.0.0.2)" node1 \
	"a client on the node that chooses its address connects"
is "$(ends peer chosen server | cut -d' ' -f1)" 127.0.0.2 "and keeps it"
is "$(lab_json node1 '[.backends[].kind] | unique | join(" ")' \
	backend list $VIP:81)" local "xlbctl says that they are local"

# With a remote one, in turn.
eventually 5 "all are up" all_up node1
is "$(lab_who client http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 node1" "five and five from the client"
is "$(lab_who node1 http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 node1" "five and five from the node"
is "$(requests client http://$VIP/healthz | spread)" \
	"100 backend1, 100 node1" "200 in parallel"
seen() { lab_curl client -o /dev/null -w '%header{x-backend} %header{x-client}\n' \
	"http://$VIP/healthz?[1-2]" -H 'Connection: close'; }
is "$(seen | sort)" "backend1 $VIP
node1 10.0.4.50" "the local one sees the client, the remote one the VIP"

# The listener goes and comes.
is_state() {
	[[ $(lab_json node1 ".backends[] |
		select(.address == \"10.0.4.20\") | .state" \
		backend list $VIP:80) == "$1" ]]
}
lab_kill "$nginx"
eventually 5 "killed: down" is_state down
is "$(lab_who client http://$VIP/healthz 4 | spread)" "4 backend1" \
	"the remote one takes all"
is "$(lab_who node1 http://$VIP/healthz 4 | spread)" "4 backend1" \
	"from the node, too"
lab_nginx node1
eventually 5 "started: up" is_state up
is "$(lab_who client http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 node1" "five and five again"
is "$(lab_who node1 http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 node1" "from the node, too"

# Without a check nobody notices; what comes meanwhile is refused.
ends deaf node1 >/dev/null
not_ok "no listener: refused" lab_run client nc -z -w 2 $VIP 81
ok "a listener" ends listen node1 127.0.0.1 7001
is "$(ends open again client $VIP 81)" node1 "it is found at once"
ok "connections of before go on" ends send c81 client
ok "and those of the node" ends send n81 server
finish
