#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Clients on a node are served by that node's daemon: the cgroup hook leaves
# other namespaces' clients alone, and two daemons with the same VIP each have
# their own.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

VIP=10.0.4.99
URL=http://$VIP:8080/healthz

lab_up client node1 node2 backend1 backend2 || bail "no lab"
lab_add_host stranger 10.0.4.60 # who has a service of its own there
lab_set_dr stranger $VIP
for host in backend1 backend2 stranger; do lab_nginx $host; done

is "$(lab_who stranger $URL)" stranger "before: its own"
xlbd_with node1 "$(service $VIP 8080 TCP rr FNAT 10.0.4.31:8080)" ||
	bail "no xlbd"
is "$(lab_who stranger $URL 4 | spread)" "4 stranger" \
	"a client elsewhere with a service of its own keeps it"
is "$(lab_who node1 $URL 4 | spread)" "4 backend1" "a client on the node"
is "$(lab_who client $URL 4 | spread)" "4 backend1" "the client"
is "$(lab_json node1 '.services[0].sessions_total' service list)" 8 \
	"the stranger's connections are not counted"

# The same VIP at node2, off the network, so that it is nobody else's.
lab_port node2 down
xlbd=$LAB_PID
conf="$(service $VIP 8080 TCP rr FNAT 10.0.4.21:8080)"
lab_nginx node2
xlbd_with node2 "$conf" || bail "no second xlbd"
is "$(lab_who node1 $URL 4 | spread)" "4 backend1" "node1's client: node1's"
is "$(lab_who node2 $URL 4 | spread)" "4 node2" "node2's client: node2's"
is "$(lab_who stranger $URL 4 | spread)" "4 stranger" "the stranger: its own"
is "$(lab_json node1 '.services[0].sessions_total' service list)" 12 \
	"node1 counts its own"
is "$(lab_json node2 '.services[0].sessions_total' service list)" 4 \
	"node2 counts its own"

# What getpeername() says; and after the daemon's end nothing is left of it.
ends_start
ends listen backend1 10.0.4.31 9000 >/dev/null || bail "no listener"
ok "a service" lab_ctl node1 service add $VIP:90 kind FNAT
ok "a backend" lab_ctl node1 backend add $VIP:90 10.0.4.31:9000 check none
eventually 5 "it is up" all_up node1
is "$(ends open c node1 $VIP 90)" backend1 "a connection from the node"
is "$(ends peer c client)" "$VIP 90" "getpeername() says the VIP"
is "$(ends peer c server | cut -d' ' -f1)" 10.0.4.20 "its server sees the node"
ok "the first daemon ends" lab_stop "$xlbd"
ok "the connection goes on" ends send c client
ok "both ways" ends send c server
not_ok "a new one finds nobody" lab_run node1 nc -z -w 2 $VIP 8080
is "$(lab_who node2 $URL 4 | spread)" "4 node2" "node2's client: as before"
is "$(lab_who stranger $URL 4 | spread)" "4 stranger" "the stranger: as ever"
finish
