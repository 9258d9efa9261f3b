#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rr is exact: one after the other and in parallel, by FNAT and by DR, every
# backend gets the same number of connections.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up || bail "no lab"
lab_nginx backend1
lab_nginx backend2
lab_set_dr backend1 10.0.4.100
lab_set_dr backend2 10.0.4.100

# What rr does not look at: weights.
xlbd_with node1 "$(service 10.0.4.99 80 TCP rr FNAT \
		10.0.4.31:8080*2 10.0.4.32:8080
	service 10.0.4.100 8080 TCP rr DR 10.0.4.31:8080 10.0.4.32:8080)" ||
	bail "no xlbd"

counted() {
	lab_json node1 "[.backends[] | select(.service == \"$1/tcp\")
		| .sessions_total] | join(\" \")" backend list
}

for vip in 10.0.4.99:80 10.0.4.100:8080; do
	is "$(lab_who client "http://$vip/healthz" 10)" \
		"$(printf 'backend1\nbackend2\n%.0s' 1 2 3 4 5)" \
		"$vip: ten requests in turn"
	is "$(requests client "http://$vip/healthz" | spread)" \
		"100 backend1, 100 backend2" "$vip: 200 in parallel, 100 each"
	is "$(counted $vip)" "105 105" "$vip: xlbctl counts the same"
done
finish
