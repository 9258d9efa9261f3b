#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xlbctl vrrp: two nodes say what they are and why, as text, as JSON and as
# metrics; failover and its end; maintenance, which outlives the daemon.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 node2 backend1 || bail "no lab"
lab_nginx backend1

# conf PRIORITY
conf() {
	echo "
global_defs {
    enable_script_security
    script_user root
}
vrrp_script chk {
    script \"/usr/bin/test ! -e $LAB_DIR/fails\"
    interval 1
    fall 1
    rise 1
    weight -60
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority $1
    version 3
    advert_int 0.2
    virtual_ipaddress {
        10.0.4.99/24
    }
    virtual_ipaddress_excluded {
        10.0.4.98/32
    }
    track_script {
        chk
    }
}
$(OF_BACKENDS='TCP_CHECK { }' \
	service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)"
}
start() {
	case $1 in
	node1) xlbd_with node1 "$(conf 100)" ;;
	node2) xlbd_with node2 "$(conf 50)" ;;
	esac
	PIDS[$1]=$LAB_PID
}
declare -A PIDS

# of NODE FILTER: of its one instance
of() { lab_json "$1" "$2" vrrp show VI_1; }
says() { [[ $(of "$1" "$2") == "$3" ]]; }
states() { [[ $(of node1 .state) == "$1" && $(of node2 .state) == "$2" ]]; }
metric() {
	lab_ctl "$1" stats --prometheus | awk -v name="$2" '$1 == name { print $2 }'
}
# "STATUS OUTPUT"
run() {
	local output status=0
	output=$(lab_ctl "$@" 2>&1) || status=$?
	echo "$status $output"
}
answered() { lab_curl client -f -o /dev/null http://10.0.4.99/healthz; }

# A sound advertisement from a host with any address, but a wrong TTL.
BAD_ADVERT='
import socket, struct, sys
pdu = struct.pack("!BBBBHH4s", 0x31, 51, 200, 1, 20, 0,
    socket.inet_aton("10.0.4.99"))
s = sum(struct.unpack("!6H", pdu))
s = ~((s & 0xffff) + (s >> 16)) & 0xffff
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 64)
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
    socket.inet_aton(sys.argv[1]))
raw.sendto(pdu[:6] + struct.pack("!H", s) + pdu[8:], ("224.0.0.18", 0))
'

# --- one node --------------------------------------------------------------

start node2 || bail "no xlbd on node2"
eventually 5 "alone: master" says node2 .state MASTER
like "$(run node2 vrrp failover)" '^1 vrrp VI_1: no peer was heard' \
	"failover without a peer: refused"
is "$(of node2 .failover)" false "and not done"
is "$(run node2 vrrp show VI_9)" "1 no vrrp_instance VI_9" \
	"an instance that there is not: refused"
is "$(run node2 vrrp failover VI_9)" "1 no vrrp_instance VI_9" \
	"for failover, too"

# --- two nodes: what they are ----------------------------------------------

start node1 || bail "no xlbd on node1"
eventually 5 "the higher priority becomes master" states MASTER BACKUP
why="peer 10.0.4.20 has priority 100, ours is 50"
eventually 5 "why the other is not" says node2 .why "backup: $why"
heard() { [[ $(of "$1" '.peers[0].received > 0') == true ]]; }
eventually 5 "the master has heard its peer" heard node1
eventually 5 "and the backup its master" heard node2
is "$(of node2 .cause)" "$why" "what made it so"
is "$(of node1 .cause)" "peer 10.0.4.21 has priority 50, ours is 100" \
	"and the master"
like "$(lab_ctl node2 vrrp list)" \
	"^INSTANCE +INTERFACE +VRID +STATE +PRIORITY +MASTER +SINCE +VIPS
VI_1 +eth0 +51 +BACKUP +50 +10\.0\.4\.20 +[0-9TZ:-]{20} +10\.0\.4\.99/24, 10\.0\.4\.98/32" \
	"vrrp list"
like "$(lab_ctl node2 vrrp show VI_1)" \
	"^VI_1 is BACKUP, for [0-9]+s
why +backup: $why
last change +$why
interface +eth0, from 10\.0\.4\.21, VRID 51, version 3, every 200ms
priority +50
master +10\.0\.4\.20, priority 100
adverts +[0-9]+ sent, 0 of them to resign
became +master 1, backup 2, fault 0
.*VIP +OWNED +ADVERTISED
10\.0\.4\.99/24 +no +yes
10\.0\.4\.98/32 +no +no
.*PEER +RECEIVED +HEARD +REJECTED
10\.0\.4\.20 +[0-9]+ +[0-9]+s +-
.*TRACKED +NAME +STATE +WEIGHT +NOW
script +chk +up +-60 +script chk succeeds" "vrrp show"
like "$(lab_ctl node1 vrrp show VI_1)" "lease left +[0-9]+ms" \
	"a master has a lease"

TIME='test("^[0-9-]{10}T[0-9:]{8}(Z|[+-])")'
ok "--json: a list of instances" jq -e ".instances | length == 1 and
	all((.instance == \"VI_1\") and (.since | $TIME) and
	([.vrid, .priority, .base_priority, .master_priority, .sent,
	.advert_int] | all(type == \"number\")))" \
	<<<"$(lab_ctl node1 --json vrrp list)"
ok "--json: one, with all its parts" jq -e '
	.state == "MASTER" and .master == "10.0.4.20" and
	.lease_left > 0 and .lease_left < 0.6 and
	(.vips | map("\(.vip) \(.advertised) \(.owned)")) ==
		["10.0.4.99/24 true true", "10.0.4.98/32 false true"] and
	.peers[0].peer == "10.0.4.21" and .peers[0].received > 0 and
	.tracks[0].state == "up" and .tracks[0].weight == -60' \
	<<<"$(lab_ctl node1 --json vrrp show VI_1)"
like "$(lab_ctl node1 status)" "vrrp +master of 1 of 1" "status has it"
is "$(lab_json node2 '"\(.instances) \(.masters) \(.maintenance)"' status)" \
	"1 0 false" "in JSON, too"
is "$(metric node1 'xlbd_vrrp_state{instance="VI_1"}')" 2 "metrics: master"
is "$(metric node2 'xlbd_vrrp_state{instance="VI_1"}')" 1 "metrics: backup"
is "$(metric node2 'xlbd_vrrp_transitions_total{instance="VI_1",to="backup"}')" \
	2 "metrics: transitions"
ok "metrics: received" test "$(metric node2 \
	'xlbd_vrrp_adverts_received_total{instance="VI_1",peer="10.0.4.20"}')" \
	-gt 0

# --- what is not listened to -----------------------------------------------

rejected() { says node2 '.peers[] | select(.peer == "10.0.4.50") |
	"\(.received) \(.rejected)"' '0 {"bad_ttl":1}'; }
ok "a bad advert is sent" lab_run client python3 -c "$BAD_ADVERT" 10.0.4.50
eventually 5 "it is counted, by its reason" rejected
like "$(lab_ctl node2 vrrp show VI_1)" "10\.0\.4\.50 +0 +- +bad_ttl 1" \
	"and shown"
is "$(metric node2 'xlbd_vrrp_adverts_rejected_total{instance="VI_1",peer="10.0.4.50",reason="bad_ttl"}')" \
	1 "in metrics, too"
ok "and changes nothing" states MASTER BACKUP

# --- what is tracked -------------------------------------------------------

touch "$LAB_DIR/fails"
# on both: 40, and no less than 1
eventually 5 "a script fails: its weight" says node1 \
	'"\(.priority) \(.base_priority) \(.tracks[0].state)"' "40 100 down"
like "$(lab_ctl node1 vrrp show VI_1)" \
	"priority +40 \(configured: 100\).*script +chk +down +-60 +script chk fails" \
	"is shown"
rm "$LAB_DIR/fails"
eventually 5 "the script succeeds" says node1 .priority 100
eventually 5 "and all is as it was" states MASTER BACKUP

# --- failover --------------------------------------------------------------

like "$(run node1 vrrp failover VI_1)" "^0 vrrp VI_1 told to resign" "failover"
eventually 5 "the other takes over" states BACKUP MASTER
eventually 5 "why it stays so" says node1 .why "backup: peer 10.0.4.21 has \
priority 50, ours is 100: told to fail over, until that peer is lost"
is "$(of node1 .cause)" "told to fail over" "what made it so"
like "$(lab_ctl node1 vrrp show VI_1)" "failover +in force" "is shown"
ok "the VIP answers" answered
like "$(run node1 vrrp failover --cancel VI_1)" "^0 vrrp VI_1 told to take" \
	"--cancel"
eventually 5 "the higher priority is master again" states MASTER BACKUP
is "$(of node1 .failover)" false "nothing is in force"
like "$(run node1 vrrp failover)" "^0 all virtual routers" "failover of all"
eventually 5 "the other takes over" states BACKUP MASTER
lab_stop "${PIDS[node2]}" || diag "node2 did not stop"
eventually 5 "its peer lost, it is master again" says node1 .state MASTER
eventually 5 "and no longer told" says node1 .failover false
start node2 || bail "no xlbd on node2"
ok "which lasts" states MASTER BACKUP

# --- maintenance -----------------------------------------------------------

like "$(run node1 vrrp maintenance on)" "^0 maintenance on" "maintenance on"
eventually 5 "FAULT, and the other takes over" states FAULT MASTER
is "$(of node1 .why)" "fault: maintenance is on" "why"
is "$(of node1 .cause)" "maintenance is on" "what made it so"
ok "one log line says so" test "$(grep -c \
	'VI_1: FAULT (was MASTER): maintenance is on$' "$(lab_log node1)")" = 1
like "$(lab_ctl node1 status)" "maintenance +on" "status has it"
is "$(metric node1 xlbd_maintenance)" 1 "metrics have it"
is "$(metric node1 'xlbd_vrrp_state{instance="VI_1"}')" 3 "and the state"
ok "the VIP answers" answered

kill -HUP "${PIDS[node1]}"
eventually 5 "a reload" grep -q ' reload: ' "$(lab_log node1)"
touch "$LAB_DIR/fails"
eventually 5 "what it tracks is still watched" says node1 .priority 40
rm "$LAB_DIR/fails"
is "$(of node1 .state)" FAULT "and after the reload it is FAULT still"
lab_stop "${PIDS[node1]}" || diag "node1 did not stop"
start node1 || bail "no xlbd on node1"
eventually 5 "started again: FAULT" says node1 .state FAULT
is "$(of node1 .why)" "fault: maintenance is on" "and why"
is "$(of node1 .transitions.master)" 0 "it never was master"
ok "a log line says so" grep -q 'maintenance is on since before the start' \
	"$(lab_log node1)"
like "$(run node1 vrrp failover)" "^1 .*in FAULT" \
	"failover has nothing to hand over: refused"
ok "the other is" states FAULT MASTER

like "$(run node1 vrrp maintenance off)" "^0 maintenance off" "maintenance off"
eventually 5 "it takes part again" states MASTER BACKUP
is "$(lab_json node1 .maintenance status)" false "status"
lab_stop "${PIDS[node1]}" || diag "node1 did not stop"
start node1 || bail "no xlbd on node1"
eventually 5 "off outlives the daemon as well" states MASTER BACKUP

# --- none ------------------------------------------------------------------

lab_stop "${PIDS[node1]}" || diag "node1 did not stop"
xlbd_with node1 "" || bail "no xlbd without a vrrp_instance"
is "$(lab_ctl node1 vrrp list)" "no virtual routers" "an empty list says so"
is "$(lab_ctl node1 --json vrrp list)" '{"instances":[]}' "in JSON, too"
like "$(run node1 vrrp failover)" "^1 no vrrp_instance here" \
	"no failover without any"
like "$(run node1 vrrp maintenance on)" "^1 no vrrp_instance runs here" \
	"and no maintenance"
touch "$(lab_socket node1).maintenance"
lab_stop "$LAB_PID" || diag "node1 did not stop"
ok "xlbd --cleanup" lab_run node1 "$LAB_BUILD/xlbd" --cleanup \
	-c "$LAB_DIR/node1/lb.conf"
not_ok "forgets maintenance" test -e "$(lab_socket node1).maintenance"

finish
