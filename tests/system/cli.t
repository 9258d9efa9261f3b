#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xlbctl with a daemon: every command as text and as JSON of the documented
# shape, what is refused and how, and what each change does to traffic.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2
ends_start
ends listen backend1 10.0.4.31 7000 >/dev/null
xlbd_with node1 "
$(OF_BACKENDS='TCP_CHECK { }' service 10.0.4.99 80 TCP rr FNAT \
	10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.99 53 UDP rr FNAT 10.0.4.31:5353)" || bail "no xlbd"

S=10.0.4.99:80
B=10.0.4.33:8080
ctl() { lab_ctl node1 "$@"; }
# "STATUS STDERR"
run() {
	local output status=0
	output=$(ctl "$@" 2>&1 >/dev/null) || status=$?
	echo "$status $output"
}
# shape WHAT FILTER COMMAND...: FILTER is true of what --json prints
shape() {
	local what=$1 filter=$2 got
	shift 2
	got=$(ctl --json "$@")
	ok "--json $*: $what" jq -e "$filter" <<<"$got"
	is "$(wc -l <<<"$got")" 1 "--json $*: one line"
}
who() { lab_who client "http://$S/healthz" "$1" | spread; }
backend_is() {
	[[ $(lab_json node1 ".backends[] | select(\"\\(.address):\\(.port)\" ==
		\"$1\") | .state" backend list $S) == "$2" ]]
}

TIME='test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-])")'
NUMBERS='[.sessions, .packets, .bytes] | all(type == "number")'

# --- looking ---------------------------------------------------------------

is "$(lab_who client http://$S/healthz 4 | spread)" "2 backend1, 2 backend2" \
	"some traffic"
ok "a connection" ends open held client 10.0.4.99 70 40001
counted() { [[ $(lab_json node1 .sessions status) == 5 ]]; }
eventually 5 "the sessions are counted" counted
like "$(ctl status)" \
	"^xlbd [0-9.]+, .*backends +4/4 up.*sessions +5 of 262144" "status"
shape "numbers are numbers, times are times" \
	"(.version | type == \"string\") and (.since | $TIME) and
	.services == 3 and .backends == 4 and .backends_up == 4 and
	(.sessions | type == \"number\") and .max_sessions == 262144 and
	.interfaces == [{name: \"eth0\", mode: \"native\"}]" status

like "$(ctl service list)" \
	"^SERVICE +KIND +ALGO .*10\.0\.4\.99:80/tcp +FNAT +rr .*/udp +FNAT" \
	"service list"
shape "each service" ".services | length == 3 and all((.service |
	test(\"^10.0.4.99:[0-9]+/(tcp|udp)$\")) and .kind == \"FNAT\" and
	.algo == \"rr\" and .owned and ($NUMBERS))" service list

like "$(ctl backend list)" \
	"^SERVICE +BACKEND +KIND +WEIGHT +STATE .*4\.32:8080 +FNAT +1 +up" \
	"backend list"
shape "each backend" ".backends | length == 4 and all(
	([.service, .address, .kind, .state, .since, .reason] |
		all(type == \"string\")) and ([.port, .weight, .sessions,
	.packets, .bytes] | all(type == \"number\")) and (.since | $TIME) and
	(.state | test(\"^(up|unchecked)$\")))" backend list
shape "one service's" '.backends | map("\(.address):\(.port)") ==
	["10.0.4.31:8080", "10.0.4.32:8080"]' backend list $S
like "$(run backend list 10.0.4.99:99)" '^1 .*10\.0\.4\.99:99' \
	"of a service that there is not: refused"
is "$(run backend list 10.0.4.99:99 | wc -l)" 1 "in one line"

like "$(ctl session list state established)" \
	"^CLIENT +SERVICE +BACKEND .*10\.0\.4\.50:40001 +10\.0\.4\.99:70/tcp" \
	"session list"
HELD='{client: "10.0.4.50:40001", service: "10.0.4.99:70/tcp",
	backend: "10.0.4.31:7000", kind: "FNAT", state: "established"}'
for filter in "service 10.0.4.99:70" "backend 10.0.4.31:7000" \
	"state established" "client 10.0.4.50/32 state established" \
	"service 10.0.4.99:70/tcp backend 10.0.4.31:7000 older 0"; do
	# shellcheck disable=SC2086
	shape "the one" ".sessions | length == 1 and
		(.[0] | contains($HELD)) and (.[0].age | type == \"number\") and
		(.[0].snat | startswith(\"10.0.4.99:\"))" session list $filter
	# shellcheck disable=SC2086
	is "$(lab_json node1 .sessions session count $filter)" 1 \
		"session count $filter"
done
for filter in "service 10.0.4.99:53/udp" "backend 10.0.4.31:7001" "state udp" \
	"client 10.0.5.0/24" "service 10.0.4.99:70 older 1h"; do
	# shellcheck disable=SC2086
	is "$(lab_json node1 .sessions session count $filter)" 0 \
		"session count $filter"
done
like "$(ctl session count)" "^[0-9]+" "session count"
like "$(ctl session list state syn)" "no sessions" "an empty list says so"

like "$(ctl stats)" \
	"REASON +ACTION .*forward +send +[0-9]+.*client to backend" "stats"
shape "reasons, services and backends" '(.reasons | length > 20 and
	all(.packets | type == "number")) and
	(.reasons[] | select(.name == "forward") | .packets > 20) and
	(.services | length == 3) and (.backends | length == 4)' stats
like "$(ctl stats --prometheus | grep ^xlbd_backend_up)" \
	'^xlbd_backend_up\{.*\} 1' "stats --prometheus"

# --- changing --------------------------------------------------------------

lab_add_host backend3 10.0.4.33 && lab_nginx backend3
like "$(ctl backend add $S $B weight 2)" \
	"^backend $B of $S/tcp .*this node only" "backend add says what it did"
like "$(run backend add $S $B)" "^1 .*$B" "again: refused"
eventually 5 "it has the service's check, and is up" backend_is $B up
is "$(who 9)" "3 backend1, 3 backend2, 3 backend3" "and is asked"
shape "says so as well" '(.message | type == "string") and
	.scope == "this node only"' backend set $S $B weight 0
is "$(who 4)" "2 backend1, 2 backend2" "weight 0: not asked"
ctl backend set $S $B weight 1 >/dev/null
is "$(lab_json node1 ".backends[2].weight" backend list $S)" 1 "a weight"
like "$(ctl backend drain $S $B)" "$B of $S/tcp" "backend drain"
ok "drained" backend_is $B drain
is "$(who 4)" "2 backend1, 2 backend2" "not asked"
like "$(ctl backend undrain $S $B)" "$B of $S/tcp" "backend undrain"
ok "up again" backend_is $B up
is "$(who 3)" "1 backend1, 1 backend2, 1 backend3" "and asked"
like "$(ctl backend del $S $B)" "$B of $S/tcp" "backend del"
is "$(who 4)" "2 backend1, 2 backend2" "not asked"
for command in del drain undrain "set"; do
	value=
	[[ $command != "set" ]] || value="weight 1"
	# shellcheck disable=SC2086
	like "$(run backend $command $S $B $value)" "^1 .*$B" \
		"backend $command of what there is not: refused"
done

ctl backend add $S $B check none >/dev/null
ok "check none" backend_is $B unchecked
ctl backend del $S $B >/dev/null
ctl backend add $S $B check http /nowhere >/dev/null
eventually 10 "check http PATH" backend_is $B down
ctl backend del $S $B >/dev/null

like "$(ctl service add 10.0.4.98:8080 kind DR algo rr)" \
	"10\.0\.4\.98:8080/tcp .*this node only" "service add"
like "$(run service add 10.0.4.98:8080/tcp)" "^1 .*10\.0\.4\.98:8080" \
	"again: refused"
lab_set_dr backend2 10.0.4.98
ctl backend add 10.0.4.98:8080 10.0.4.32:8080 >/dev/null
served() { [[ $(lab_who client http://10.0.4.98:8080/healthz) == "$1" ]]; }
eventually 5 "it is served" served backend2
is "$(lab_json node1 '.backends[0].kind' backend list 10.0.4.98:8080)" DR \
	"by its kind"
like "$(ctl --json service del 10.0.4.98:8080)" '10\.0\.4\.98:8080' \
	"service del"
not_ok "its VIP is gone" eval \
	'lab_run node1 ip address show dev eth0 | grep -q 10.0.4.98'
like "$(run service del 10.0.4.98:8080)" "^1 .*10\.0\.4\.98:8080" \
	"again: refused"
ctl service add 10.0.4.97:80 >/dev/null
is "$(lab_json node1 '.services[] | select(.service == "10.0.4.97:80/tcp")
	| "\(.kind) \(.algo)"' service list)" "FNAT wrr" "FNAT and wrr if unsaid"
like "$(run service add 10.77.0.1:80)" "^1 .*10\.77\.0\.1" \
	"an address that belongs nowhere: refused"

# --- ending sessions -------------------------------------------------------

is "$(lab_json node1 . session flush state syn | jq .ended)" 0 \
	"session flush: none matches"
ok "the connection goes on" ends send held client
shape "how many" '.ended == 1' session flush service 10.0.4.99:70
ends poke held client >/dev/null
is "$(ends wait held client)" reset "and is ended"
is "$(state node1 40001)" none "and not listed"

ends open drains client 10.0.4.99 70 40002 >/dev/null
ctl backend drain 10.0.4.99:70 10.0.4.31:7000 timeout 500ms >/dev/null
ok "a drained backend's connection goes on" ends send drains client
gone() { [[ $(state node1 40002) == none ]]; }
eventually 5 "until the timeout" gone
ends poke drains client >/dev/null
is "$(ends wait drains client)" reset "then it is ended"

finish
