#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Health checks of real nginx: TCP_CHECK and HTTP_GET, their timeouts and
# retries, what takes a backend out and what brings it back, and that the log
# says each change once, with the reason.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
NGINX1=$LAB_PID
lab_nginx backend2
for n in 1 2; do
	echo fine >"$(lab_www backend$n)/ready"
	echo fine >"$(lab_www backend$n)/live"
done

tcp='TCP_CHECK {
	connect_timeout 400ms
	retry 2
	delay_before_retry 300ms
}'
http() {
	echo "HTTP_GET {
		url {
			path /files/$1
			status_code ${2:-200}
		}
		connect_timeout 400ms
		retry 2
		delay_before_retry 300ms
	}"
}
# vip PORT WORDS TO CHECKERS: a service of port TO of both backends
vip() {
	local port=$1 words=$2 to=$3 check=$4 n
	echo "virtual_server 10.0.4.99 $port {
		protocol TCP
		lb_algo rr
		lb_kind FNAT
		delay_loop 500ms
		$words"
	for n in 1 2; do
		echo "real_server 10.0.4.3$n $to {
			$check
		}"
	done
	echo "}"
}

CONF="
$(vip 80 '' 8080 "$tcp")
$(vip 81 '' 8080 "$(http ready)")
$(vip 82 '' 9090 "$(http ready) $(http live)")
$(vip 83 alpha 7070 "$tcp")
$(vip 84 '' 8080 "$(http nowhere 404)")"
echo "$CONF" >"$LAB_DIR/checks.conf"
lab_xlbd node1 "$LAB_DIR/checks.conf" || bail "no xlbd"

# "STATE: REASON" of backend $2 (1, 2) of 10.0.4.99:$1
backend() {
	lab_json node1 ".backends[] | select(.address == \"10.0.4.3$2\") |
		\"\\(.state): \\(.reason)\"" backend list "10.0.4.99:$1"
}
backend_is() { [[ $(backend "$1" "$2") =~ ^$3 ]]; }
who() { lab_who client "http://10.0.4.99:$1/healthz" "$2" | spread; }
# Lines of the log about backend $2 of 10.0.4.99:$1, without their time
said() {
	sed -n "s/^[^ ]* \(warning: \)\?backend 10\.0\.4\.3$2:[0-9]* of \
10\.0\.4\.99:$1\/tcp //p" "$(lab_log node1)"
}
rename() { mv "$(lab_www backend1)/$1" "$(lab_www backend1)/$2"; }
everything_passes() {
	[[ $(lab_json node1 '[.backends[] | select(.port != 7070)
		| .state + ": " + .reason] | unique | join(", ")' \
		backend list) == "up: checks pass" ]]
}

# --- at the start ----------------------------------------------------------

eventually 5 "all that answer are up" everything_passes
is "$(who 80 4) $(who 81 4)" \
	"2 backend1, 2 backend2 2 backend1, 2 backend2" "and asked"
eventually 5 "alpha: down, as nothing listens" \
	backend_is 83 1 "down: .*refused"
is "$(said 83 1 | grep -c ' *up')" 0 "alpha: never up before"
is "$(said 80 1 | grep -c down)" 0 "without alpha: never down before"
is "$(backend 84 1 | cut -d: -f1)" up "status_code 404, and it is one: up"

# --- HTTP ------------------------------------------------------------------

probes() { grep -c "GET /files/ready" "$LAB_DIR/backend1/access.log"; }
probed() { (($(probes) > $1)); }
rename ready away
eventually 8 "404: down" backend_is 81 1 "down: "
like "$(backend 81 1)" "404.*\(3/3\)$" "with the reason, and how often"
is "$(said 81 1 | grep ^down)" "down: HTTP 404 (3/3)" "logged once"
eventually 8 "of two checkers one fails: down" backend_is 82 1 "down: .*404"
is "$(who 81 4) $(who 82 4)" "4 backend2 4 backend2" "and not asked"
is "$(who 80 4)" "2 backend1, 2 backend2" "TCP_CHECK sees nothing of it"
is "$(lab_json node1 '.backends[] | select(.address == "10.0.4.31")
	| .check_failures.http >= 3' backend list 10.0.4.99:81)" true \
	"the failures are counted"
rename away ready
eventually 5 "200 again: up" backend_is 81 1 "up: "
eventually 5 "both checkers pass: up" backend_is 82 1 "up: "
is "$(who 81 4) $(who 82 4)" \
	"2 backend1, 2 backend2 2 backend1, 2 backend2" "and asked"
is "$(said 81 1 | grep -c ^up)" 1 "logged once"

chmod 0 "$(lab_www backend1)/live"
eventually 8 "the second checker fails: down" backend_is 82 1 "down: .*403"
lab_wait 5 "more probes of the first" probed $(($(probes) + 4))
is "$(backend 82 1)" "down: HTTP 403 (3/3)" "the first does not bring it back"
is "$(backend 81 1 | cut -d: -f1)" up "the other service's is up"
chmod 644 "$(lab_www backend1)/live"
eventually 5 "passes: up" backend_is 82 1 "up: "

# --- one bad answer is not the end -----------------------------------------

failures() {
	lab_json node1 '.backends[] | select(.address == "10.0.4.31")
		| .check_failures.http' backend list 10.0.4.99:81
}
failed() { (($(failures) > $1)); }
lines=$(said 81 1 | wc -l)
before=$(failures)
rename ready away
lab_wait 3 "a failed probe" failed "$before"
rename away ready
now=$(probes)
lab_wait 3 "more probes" probed $((now + 6))
is "$(said 81 1 | wc -l)" "$lines" "one failure, then passes: nothing changes"

# --- the pace: connection attempts, as the backend sees them ---------------

attempts() { tcpdump -tt -nr "$LAB_DIR/syn.pcap" 2>/dev/null | cut -d' ' -f1; }
gaps() { # between attempts, in units of 100 ms
	attempts | awk 'NR > 1 { printf "%d ", ($1 - last) * 10 + 0.5 }
		{ last = $1 }'
}
lab_spawn backend1 nc -l -k 10.0.4.31 7070
LISTENER=$LAB_PID
eventually 5 "alpha: up once it answers" backend_is 83 1 "up: "
lab_capture backend1 "$LAB_DIR/syn.pcap" \
	'dst port 7070 and tcp[tcpflags] == tcp-syn'
attempted() { (($(attempts | wc -l) >= $1)); }
lab_wait 5 "four probes" attempted 4
lab_stop "$LISTENER"
eventually 5 "the listener gone: down" backend_is 83 1 \
	"down: .*refused.*\(3/3\)"
lab_wait 5 "more probes" attempted $(($(attempts | wc -l) + 3))
like "$(gaps)" "^([456] )+[0-6] [34] [34] ([0-6] )?([456] )+$" \
	"every delay_loop; when it fails, twice more after delay_before_retry"

# --- silence ---------------------------------------------------------------

# Checks come from the node's address: what it is sent goes nowhere.
lab_run backend1 ip route add blackhole 10.0.4.20
eventually 8 "no answer to SYNs: TCP_CHECK down" backend_is 80 1 "down: "
like "$(backend 80 1)" "time.*\(3/3\)$" "with the reason"
eventually 8 "HTTP_GET, too" backend_is 81 1 "down: .*time.*\(3/3\)$"
lab_run backend1 ip route del blackhole 10.0.4.20
eventually 8 "answers again: up" backend_is 80 1 "up: "
eventually 8 "HTTP_GET, too" backend_is 81 1 "up: "

lab_kill "$NGINX1"
eventually 8 "a killed server: down" backend_is 80 1 "down: .*refused"
eventually 8 "for HTTP_GET, too" backend_is 81 1 "down: .*refused"
lab_spawn backend1 nc -l -k 10.0.4.31 8080
eventually 8 "accepts: up for TCP_CHECK" backend_is 80 1 "up: "
is "$(backend 81 1 | cut -d: -f1)" down "but no HTTP: down for HTTP_GET"
finish
