#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A backend that dies leaves the rotation at once and its sessions end; it
# returns when it answers.  Both is logged once.  inhibit_on_failure spares its
# sessions.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

VIP=10.0.4.99
CHECK='TCP_CHECK {
        }'
ELSEWHERE='TCP_CHECK {
            connect_port 9999
        }'

lab_up client node1 backend1 backend2 || bail "no lab"
ends_start
for host in backend1 backend2; do
	lab_nginx $host
	[[ $host == backend2 ]] || nginx=$LAB_PID
	for port in 7000 9999; do
		ends listen $host 0.0.0.0 $port >/dev/null || bail "no listener"
	done
done
xlbd_with node1 "
$(OF_BACKENDS=$CHECK service $VIP 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(OF_BACKENDS=$CHECK service $VIP 81 TCP rr FNAT 10.0.4.31:7000 10.0.4.32:7000)
$(OF_BACKENDS=$ELSEWHERE service $VIP 82 TCP rr FNAT \
	10.0.4.31:7000 10.0.4.32:7000)
$(OF_BACKENDS="$ELSEWHERE
	inhibit_on_failure" service $VIP 83 TCP rr FNAT \
	10.0.4.31:7000 10.0.4.32:7000)" || bail "no xlbd"

backend() {
	lab_json node1 ".backends[] | select(.address == \"$2\") | .$3" \
		backend list $VIP:"$1"
}
is_state() { [[ $(backend "$1" "$2" state) == "$3" ]]; }
said() { grep -c "backend $1 of $VIP:$2/tcp $3" "$(lab_log node1)"; }

# A connection to backend1, whichever comes next: NAME PORT SPORT
open_to_backend1() {
	[[ $(ends open "$1" client $VIP "$2" "$3") == backend1 ]] && return
	ends forget "$1" >/dev/null
	[[ $(ends open "$1" client $VIP "$2" "$3") == backend1 ]]
}

eventually 5 "both are checked" is_state 80 10.0.4.31 up
is "$(lab_who client http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 backend2" "both have their share"

# Its process is gone: connections are refused.
lab_kill $nginx
eventually 5 "killed: down" is_state 80 10.0.4.31 down
is "$(lab_who client http://$VIP/healthz 10 | spread)" "10 backend2" \
	"the other one takes all"
like "$(backend 80 10.0.4.31 reason)" 'refused.* \(1/1\)$' "the reason is shown"
failures() { backend 80 10.0.4.31 check_failures.tcp; }
fails_on() { (($(failures) > $1)); }
eventually 5 "it is checked again, and fails" fails_on $(($(failures) + 1))
is "$(said 10.0.4.31:8080 80 'down: .*refused.*(1/1)$')" 1 "logged once"
lab_nginx backend1
eventually 5 "started: up" is_state 80 10.0.4.31 up
is "$(lab_who client http://$VIP/healthz 10 | spread)" \
	"5 backend1, 5 backend2" "it has its share again"
is "$(said 10.0.4.31:8080 80 'up: ')" 1 "logged once"

# Its cable is pulled: nothing answers.
ok "a connection to it" open_to_backend1 idle 81 41001
lab_port backend1 down
eventually 10 "unplugged: down" is_state 81 10.0.4.31 down
ok "the client speaks" ends poke idle client
is "$(ends wait idle client)" reset "and is reset"
ends forget idle >/dev/null
is "$(ends open idle client $VIP 81 41001)" backend2 \
	"the same client's next SYN goes to the other one"
lab_port backend1 up
eventually 10 "plugged in: up" is_state 81 10.0.4.31 up
is "$(said 10.0.4.31:7000 81 'down: .*timed out.*(1/1)$')" 1 \
	"the timeout is logged once"
ok "it has connections again" open_to_backend1 again 81 41002

# Only its check fails.
eventually 10 "82 is up" is_state 82 10.0.4.31 up
eventually 10 "83 is up" is_state 83 10.0.4.31 up
ok "a connection to it" open_to_backend1 ends 82 41003
ok "one where failure is inhibited" open_to_backend1 stays 83 41004
ends deaf backend1 >/dev/null
ok "it listens on 7000 still" ends listen backend1 0.0.0.0 7000
eventually 5 "82: down" is_state 82 10.0.4.31 down
eventually 5 "83: down" is_state 83 10.0.4.31 down
ok "82: the client speaks" ends poke ends client
is "$(ends wait ends client)" reset "82: its sessions have ended"
ok "83: data from the client" ends send stays client
ok "83: data to the client" ends send stays server
for i in 1 2 3 4; do
	is "$(ends open new$i client $VIP 83)" backend2 \
		"83: new ones go to the other backend"
done
ok "it listens on 9999 again" ends listen backend1 0.0.0.0 9999
eventually 5 "83: up" is_state 83 10.0.4.31 up
ok "83: the old connection is still there" ends send stays client
ok "83: and new ones are welcome" open_to_backend1 newest 83 41005
finish
