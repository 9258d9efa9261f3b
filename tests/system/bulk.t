#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 200 MB go through FNAT and through DR and arrive the same, up as well as
# down, while another client opens 2,000 connections.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

FNAT="FNAT 10.0.4.99:80"
DR="DR 10.0.4.100:8080"
SIZE=200000000

lab_up client node1 backend1 backend2 || bail "no lab"
lab_add_host client2 10.0.4.51
for host in backend1 backend2; do
	lab_nginx $host
	lab_set_dr $host 10.0.4.100
	mkdir -p "$(lab_www $host)"
done
head -c $SIZE /dev/urandom >"$(lab_www backend1)/bulk"
ln "$(lab_www backend1)/bulk" "$(lab_www backend2)/bulk"
SUM=$(sha256sum <"$(lab_www backend1)/bulk")

xlbd_with node1 "$(service 10.0.4.99 80 TCP rr FNAT \
		10.0.4.31:8080 10.0.4.32:8080
	service 10.0.4.99 7000 TCP rr FNAT 10.0.4.31:7000
	service 10.0.4.100 7000 TCP rr DR 10.0.4.31:7000
	service 10.0.4.100 8080 TCP rr DR 10.0.4.31:8080 10.0.4.32:8080)" ||
	bail "no xlbd"

opened() { lab_json node1 '[.services[].sessions_total] | add' service list; }
opened_more() { (($(opened) > $1)); }
listens() { lab_run backend1 ss -Hltn "sport = $1" | grep -q .; }

# The other client asks the same VIP, all the time that the bulk takes.
others_start() {
	tool_spawn client2 load.py "$1" clients=4 pause=0.002
	LOAD=$LAB_PID
	LOG=$LAB_LOG
	BEFORE=$(opened)
	lab_wait 10 "the first of the 2,000" opened_more "$BEFORE"
}

others_end() {
	local what=$1 result
	lab_wait 30 "2,000 connections" opened_more $((BEFORE + 2000))
	lab_stop "$LOAD"
	result=$(tail -n 1 "$LOG")
	ok "$what: $(field "$result" .ok) connections meanwhile" \
		eval '(($(field "$result" .ok) >= 2000))'
	is "$(field "$result" .errors)" "{}" "$what: all of them answered"
	diag "slowest: $(field "$result" .slowest) s"
}

for kind in "$FNAT" "$DR"; do
	vip=${kind#* }
	others_start "$vip"
	is "$(lab_curl client "http://$vip/files/bulk" | sha256sum)" "$SUM" \
		"$kind: 200 MB down, the same SHA-256"
	others_end "$kind, down"

	lab_spawn backend1 sh -c "nc -l -N 7000 | sha256sum"
	server=$LAB_PID sum=$LAB_LOG
	lab_wait 10 "nc listens" listens 7000
	others_start "$vip"
	lab_run client nc -N "${vip%:*}" 7000 <"$(lab_www backend1)/bulk"
	lab_wait 10 "all has arrived" lab_dead "$server"
	is "$(tail -n 1 "$sum")" "$SUM" "$kind: 200 MB up, the same SHA-256"
	others_end "$kind, up"
done
finish
