#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SIGHUP: services, backends, weights and checks become those of the file,
# and what did not change feels nothing; a file with an error changes nothing.
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

FIRST="
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000 10.0.4.32:7000)
$(service 10.0.4.98 81 TCP rr FNAT 10.0.4.32:8080)"
xlbd_with node1 "$FIRST" || bail "no xlbd"
XLBD=$LAB_PID

who() { lab_who client "http://$1/healthz" "$2" | spread; }
reloads() {
	grep -c -e 'reload: [0-9]* services' -e 'reload refused' \
		"$(lab_log node1)"
}
more_reloads() { (($(reloads) > $1)); }
# Puts a text into the daemon's file, and waits until it has been read.
reload() {
	local before
	before=$(reloads)
	echo "$1" >"$LAB_DIR/node1/test.conf"
	lab_conf node1 "$LAB_DIR/node1/test.conf" >"$LAB_DIR/node1/lb.conf"
	kill -HUP "$XLBD"
	lab_wait 5 "end of the reload" more_reloads "$before"
}
said() { grep -e reload -e lb.conf: "$(lab_log node1)" | tail -n "${1:-1}"; }
services() {
	lab_json node1 '[.services[].service] | sort | join(" ")' service list
}
backends() {
	lab_json node1 '[.backends[] | "\(.address)*\(.weight)-\(.state)"] |
		join(" ")' backend list "$1"
}
backends_are() { [[ $(backends "$1") == "$2" ]]; }
has_address() { lab_run node1 ip address show dev eth0 | grep -q "inet $1/"; }
# Of what an operator sees, all that a refused reload could have changed.
everything() {
	lab_json node1 '[.backends[] | {service, address, port, kind, weight,
		state, since, check_failures}]' backend list
	services
	lab_run node1 ip -brief address
	ls -l "$(lab_pins node1)"
}

is "$(ends open stays client 10.0.4.99 70 40001)" backend1 "a connection"
is "$(ends open goes client 10.0.4.99 70 40002)" backend2 "another one"

# --- what changes ----------------------------------------------------------

reload "
$(service 10.0.4.99 80 TCP wrr FNAT '10.0.4.31:8080*2' 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 90 TCP rr FNAT 10.0.4.32:9090)"
like "$(said)" "reload: 1 services .* added, 2 deleted, 2 changed" \
	"the log says what changed"
is "$(services)" "10.0.4.97:90/tcp 10.0.4.99:70/tcp 10.0.4.99:80/tcp" \
	"the services"
eventually 5 "a new service is up" backends_are 10.0.4.97:90 \
	"10.0.4.32*1-unchecked"
is "$(who 10.0.4.97:90 2)" "2 backend2" "and served"
ok "its VIP is there" has_address 10.0.4.97
not_ok "a deleted service's VIP is not" has_address 10.0.4.98
is "$(backends 10.0.4.99:80)" "10.0.4.31*2-unchecked 10.0.4.32*1-unchecked" \
	"a weight is the file's"
is "$(who 10.0.4.99:80 9)" "6 backend1, 3 backend2" "and so is the algo"
is "$(backends 10.0.4.99:70)" "10.0.4.31*1-unchecked" "a backend is gone"
ok "a connection whose backend stays goes on" ends send stays client
ends poke goes client >/dev/null
is "$(ends wait goes client)" reset "one whose backend goes is reset"
is "$(state node1 40001) $(state node1 40002)" "established none" \
	"the sessions say so, too"

# --- a file that cannot be used --------------------------------------------

before=$(everything)
pid=$(lab_json node1 .since status)
reload "
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)
virtual_server 10.0.4.96 80 {
    protocol TCP
    real_server 10.0.4.31 {
        wieght 3
    }
}"
like "$(said 3)" "lb\.conf:[0-9]+:[0-9]+: .*wieght.*did you mean 'weight'" \
	"an error: the log has its position and reason"
like "$(said)" "reload refused" "and that the file is refused"
is "$(everything)" "$before" "nothing has changed"
is "$(lab_json node1 .since status)" "$pid" "it is the same daemon"
ok "connections go on" ends send stays client
is "$(who 10.0.4.99:80 9)" "6 backend1, 3 backend2" "and requests are served"

rm "$LAB_DIR/node1/lb.conf"
lines=$(reloads)
kill -HUP "$XLBD"
eventually 5 "no file: refused" more_reloads "$lines"
like "$(said)" "reload refused: .*lb\.conf: No such file" "and the log says so"
is "$(everything)" "$before" "nothing has changed"

# --- runtime changes end with a reload -------------------------------------

lab_ctl node1 backend add 10.0.4.99:80 10.0.4.31:9090 >/dev/null
lab_ctl node1 backend set 10.0.4.99:80 10.0.4.31:8080 weight 7 >/dev/null
lab_ctl node1 backend drain 10.0.4.99:70 10.0.4.31:7000 >/dev/null
lab_ctl node1 service add 10.0.4.96:80 >/dev/null
reload "
$(service 10.0.4.99 80 TCP wrr FNAT '10.0.4.31:8080*2' 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 90 TCP rr FNAT 10.0.4.32:9090)"
is "$(backends 10.0.4.99:80)" "10.0.4.31*2-unchecked 10.0.4.32*1-unchecked" \
	"an added backend and a set weight: the file's again"
is "$(backends 10.0.4.99:70)" "10.0.4.31*1-unchecked" "a drain: ended"
is "$(services)" "10.0.4.97:90/tcp 10.0.4.99:70/tcp 10.0.4.99:80/tcp" \
	"an added service: gone"
ok "connections go on" ends send stays client

# --- checks and kinds ------------------------------------------------------

lab_set_dr backend2 10.0.4.97
reload "
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080 |
	sed -e 's|lb_algo|delay_loop 200ms\n&|' \
		-e 's|weight 1|HTTP_GET { url { path /none } }|')
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 9090 TCP rr DR 10.0.4.32:9090)"
eventually 5 "checks are the file's" backends_are 10.0.4.99:80 \
	"10.0.4.31*1-down 10.0.4.32*1-down"
is "$(who 10.0.4.97:9090 2)" "2 backend2" "another port and kind"
lab_run backend2 ip address del 10.0.4.97/32 dev lo
reload "
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 9090 TCP rr FNAT 10.0.4.32:9090)"
eventually 5 "no checks any more: back" backends_are 10.0.4.99:80 \
	"10.0.4.31*1-unchecked 10.0.4.32*1-unchecked"
is "$(who 10.0.4.99:80 4)" "2 backend1, 2 backend2" "and asked"
is "$(lab_json node1 '.backends[0].kind' backend list 10.0.4.97:9090)" FNAT \
	"the kind is the file's"
is "$(who 10.0.4.97:9090 2)" "2 backend2" "and served so"

lines=$(wc -l <"$(lab_log node1)")
reload "
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 9090 TCP rr FNAT 10.0.4.32:9090)"
is $(($(wc -l <"$(lab_log node1)") - lines)) 1 "the same again: a line, and"
like "$(said)" "0 services and 0 backends added, 0 deleted, 0 changed" \
	"nothing changed"
ok "connections go on" ends send stays client

SERVICES="
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 9090 TCP rr FNAT 10.0.4.32:9090)"
reload "xlbd {
    max_sessions 1000
}
$SERVICES"
like "$(said 2)" "warning: .* not services .*'max_sessions'.* next start" \
	"what only a start can change is said"
reload "$SERVICES"
not_ok "once" grep -q "not services" <<<"$(said 1)"

replies() {
	bpftool -j map dump pinned "$(lab_pins node1)/endpoints" | jq length
}
is "$(replies)" 4 "each FNAT backend's replies are known"
reload "
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.97 9090 TCP rr DR 10.0.4.32:9090)"
is "$(replies)" 3 "those of one that is DR now no longer"
lab_stop "$XLBD"
is "$LAB_STATUS" 0 "it ends as ever"
not_ok "no VIP is left" has_address '10.0.4.9[0-9]'
finish
