#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# wrr is exact: connections in parallel are shared by weight, 0 means none,
# and a weight changed while it runs counts from the next connection on.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

S=10.0.4.99:80
URL=http://$S/healthz

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2

# 3:1 as 150:50, which only its reduced form keeps in small cycles.
xlbd_with node1 "$(service 10.0.4.99 80 TCP wrr FNAT \
	10.0.4.31:8080*150 10.0.4.32:8080*50)" || bail "no xlbd"

weigh() { lab_ctl node1 backend set $S "$1" weight "$2"; }

# Places in each cycle of 4: a a b a, from wherever the counter stands.
is "$(lab_who client $URL 4 | spread)" "3 backend1, 1 backend2" \
	"3:1 in any four requests"
is "$(requests client $URL | spread)" "150 backend1, 50 backend2" \
	"3:1 of 200 in parallel"

ok "weight 0" weigh 10.0.4.31:8080 0
is "$(requests client $URL | spread)" "200 backend2" "weight 0 gets none"
ok "weight 1 to one" weigh 10.0.4.31:8080 1
ok "and to the other" weigh 10.0.4.32:8080 1
is "$(requests client $URL | spread)" "100 backend1, 100 backend2" \
	"1:1 of 200"

opened() { lab_json node1 '.services[0].sessions_total' service list; }
opened_are() { (($(opened) >= $1)); }

tool_spawn client load.py $S clients=4
load=$LAB_PID log=$LAB_LOG
for weight in 9 4 0 7 1 3; do
	eventually 10 "200 connections more" opened_are $(($(opened) + 200))
	ok "weight $weight under load" weigh 10.0.4.32:8080 $weight
done
lab_stop $load
is "$(field "$(cat "$log")" '.errors | length')" 0 "no request failed"
is "$(requests client $URL | spread)" "50 backend1, 150 backend2" \
	"1:3 of 200 afterwards"

not_ok "a backend that is not there cannot be weighed" \
	weigh 10.0.4.33:8080 1
not_ok "a weight too large is refused" weigh 10.0.4.31:8080 65536
finish
