#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No trace: SIGTERM, SIGINT, and --cleanup after SIGKILL, leave the node as
# it was; what somebody else put there stays.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

# In directories that xlbd has to make, as it has to on a fresh machine.
lab_socket() { echo "$LAB_DIR/$1/run/xlbd/xlbd.sock"; }

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2

on() { lab_run node1 "$@"; }

# All that xlbd could leave where others see it.
snapshot() {
	local what
	for what in "ip -d address" "ip -d link show eth0" "ip rule" \
		"ip route show table all" "ip -d neigh show proto 120" \
		"tc qdisc" "tc filter show dev eth0 ingress" \
		"tc filter show dev eth0 egress" "bpftool net" \
		"sysctl --pattern ^net\.ipv[46]\. -a"; do
		echo "== $what"
		on $what 2>/dev/null # some sysctls cannot be read
	done
	echo "== files"
	find "$LAB_PINS" "$LAB_DIR/node1" ! -name '*.log' ! -name '*.conf' |
		sort
}

# Programs, maps and links that a process has or has pinned, and theirs.
kernel_objects() {
	local kind id programs
	sed -n 's/^\(prog\|map\|link\)_id:\t/\1 /p' "/proc/$1"/fdinfo/*
	programs=$(sed -n 's/^prog_id:\t//p' "/proc/$1"/fdinfo/*)
	for id in $programs; do
		bpftool -j prog show id "$id" | jq -r '.map_ids // [] | .[] |
			"map \(.)"'
	done
}

object_there() { bpftool "$1" show id "$2" >/dev/null 2>&1; }

objects_gone() {
	local kind id
	while read -r kind id; do
		! object_there "$kind" "$id" || return 1
	done <"$LAB_DIR/objects"
}

start() {
	xlbd_with node1 "$CONF" || bail "no xlbd"
	XLBD=$LAB_PID
	kernel_objects "$XLBD" | sort -u >"$LAB_DIR/objects"
	lab_who client http://10.0.4.99/healthz 4 >"$LAB_DIR/who"
	is "$(spread <"$LAB_DIR/who")" "2 backend1, 2 backend2" \
		"${1:-it serves}"
}

same_as_before() {
	local now
	now=$(diff <(echo "$BEFORE") <(snapshot))
	is "$now" "" "$1: the node is as it was"
	eventually 5 "$1: no program, map or link is left" objects_gone
}

CONF="xlbd {
}
$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 10.0.4.32:8080)
$(service 10.0.4.99 80 UDP rr FNAT 10.0.4.31:8080)
$(service 10.0.4.100 8080 TCP rr DR 10.0.4.32:8080)
$(service 10.0.4.101 80 TCP rr FNAT 127.0.0.1:8080)"
BEFORE=$(snapshot)

for signal in TERM INT; do
	start
	like "$(wc -l <"$LAB_DIR/objects") $(on ip -d neigh show proto 120)" \
		"^[1-9][0-9].*10\.0\.4\.3" "what to look for is known"
	lab_spawn client bash -c 'exec 3<>/dev/tcp/10.0.4.99/80; sleep 50'
	lab_wait 5 "an open connection" eval \
		'(($(sessions node1 state established) == 1))'
	lab_stop "$XLBD" $signal
	is $? 0 "SIG$signal: it ends"
	is "$LAB_STATUS" 0 "SIG$signal: exit status 0"
	same_as_before "SIG$signal"
done

# --- a crash ---------------------------------------------------------------

# Who made the socket's directories is not known any more after one.
mkdir -p "$(dirname "$(lab_socket node1)")"
BEFORE=$(snapshot)
start
requests_of_one() {
	lab_curl client -o /dev/null -w '%{num_connects} %header{x-backend}\n' \
		--rate 600/m 'http://10.0.4.99/healthz?[1-20]'
}
requests_of_one >"$LAB_DIR/one" 2>&1 &
ONE=$!
lab_wait 5 "an open connection in use" eval \
	'(($(sessions node1 state established) == 1))'
lab_kill "$XLBD"
is "$(lab_who client http://10.0.4.99/healthz 10 | spread)" \
	"5 backend1, 5 backend2" "SIGKILL: new connections are served as before"
not_ok "while no daemon lives" lab_ctl node1 status
wait $ONE
is "$(sed 's/backend[12]/backend/' "$LAB_DIR/one" | sort | uniq -c |
	awk '{ printf "%s*%s-%s ", $1, $2, $3 }')" "19*0-backend 1*1-backend " \
	"SIGKILL: 20 requests of one connection go on"

mv "$LAB_DIR/objects" "$LAB_DIR/objects.killed"
start "a start after SIGKILL: it serves"
not_ok "and does not take its own doing for somebody else's" \
	grep -q somebody "$(lab_log node1)"
mv "$LAB_DIR/objects" "$LAB_DIR/objects.now"
grep '^prog' "$LAB_DIR/objects.killed" >"$LAB_DIR/objects"
eventually 5 "the killed one's programs are replaced" objects_gone
mv "$LAB_DIR/objects.now" "$LAB_DIR/objects"
ok "its sessions are gone on with" grep -Eq "adopted ([0-9]+) of \\1 services" \
	"$(lab_log node1)"
kernel_objects "$XLBD" | sort -u >"$LAB_DIR/objects"
lab_kill "$XLBD"
ok "--cleanup after SIGKILL" lab_run node1 "$LAB_BUILD/xlbd" --cleanup \
	-c "$LAB_DIR/node1/lb.conf"
same_as_before "--cleanup"
ok "--cleanup where nothing is" lab_run node1 "$LAB_BUILD/xlbd" --cleanup \
	-c "$LAB_DIR/node1/lb.conf"
same_as_before "--cleanup again"

start
not_ok "--cleanup beside a daemon that runs is refused" lab_run node1 \
	"$LAB_BUILD/xlbd" --cleanup -c "$LAB_DIR/node1/lb.conf"
is "$(lab_who client http://10.0.4.99/healthz 4 | spread)" \
	"2 backend1, 2 backend2" "and it serves on"
lab_stop "$XLBD"

# --- settings, of an interface with virtual routers ------------------------

BEFORE=$(snapshot)
SERVICES=$CONF
CONF+="
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
    version 3
    advert_int 0.1
    virtual_ipaddress {
        10.0.4.99
    }
}"
announce() { on sysctl -n net.ipv4.conf.eth0.arp_announce; }
owns() { on ip address show dev eth0 | grep -q ' 10\.0\.4\.99/'; }
was=$(announce)
start_router() {
	lab_xlbd node1 <(echo "$CONF") || bail "no xlbd"
	XLBD=$LAB_PID
	eventually 5 "$1: it is master" owns
	is "$(announce)" 2 "$1: VIPs are no source of ARP questions"
}
start_router "a virtual router"
lab_stop "$XLBD"
same_as_before "a virtual router's end"
start_router "the one that is to die"
lab_kill "$XLBD"
start_router "the next one"
lab_stop "$XLBD"
is "$(announce)" "$was" "it puts back what the dead one has changed"
same_as_before "an end after a SIGKILL"
start_router "another one that is to die"
lab_kill "$XLBD"
lab_run node1 "$LAB_BUILD/xlbd" --cleanup -c "$LAB_DIR/node1/lb.conf"
same_as_before "--cleanup, with a virtual router"
CONF=$SERVICES

# --- what is somebody else's -----------------------------------------------

on ip address add 10.0.4.99/32 dev eth0
on ip neigh add 10.0.4.32 dev eth0 managed
on tc qdisc add dev eth0 clsact
for hook in ingress egress; do
	on tc filter add dev eth0 $hook pref 7 bpf bytecode '1,6 0 0 0,'
done
BEFORE=$(snapshot)
is "$(grep -c -e 10.0.4.99/32 -e 'qdisc clsact' -e 'filter.*handle' \
	<<<"$BEFORE")" 4 "others' things are there"
start "among others' things: it serves"
lab_stop "$XLBD"
same_as_before "VIP, clsact and filters of others"
start
lab_kill "$XLBD"
lab_run node1 "$LAB_BUILD/xlbd" --cleanup -c "$LAB_DIR/node1/lb.conf"
same_as_before "the same, by --cleanup"
finish
