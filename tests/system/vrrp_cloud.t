#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IAM deployment for a network that drops packets whose source is not the
# sender's own address: backends apart, FNAT through the master.  VIPs move,
# and nobody ever sends what such a network would drop.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/iam.sh

API=10.0.4.99
AUTHZ=10.0.4.100
CAPTURES=()

lab_up || bail "no lab"
lab_nginx backend1
lab_nginx backend2
iam_set_up cloud.conf node1 node2

# What HOST sends from another address than its own and OTHERS.
watch() {
	local host=$1 expression
	expression="ip and not src $(lab_addr "$1")"
	shift
	for other; do expression+=" and not src $other"; done
	lab_capture "$host" "$LAB_DIR/$host/foreign.pcap" -Q in \
		--immediate-mode "$expression" || bail "no capture"
	CAPTURES+=("$LAB_PID")
}
foreign() { tcpdump -n -r "$LAB_DIR/$1/foreign.pcap" 2>/dev/null; }

# Backends know the VIP as their client, or the node, if it is one itself.
shared() {
	local host vip from
	for node in node1 node2; do
		! lab_alive "${IAM_XLBD[$node]}" ||
			eventually 5 "$1: all backends of $node are up" \
				all_up $node
	done
	for host in client node1 node2; do
		for vip in $API $AUTHZ; do
			from=$vip
			[[ $host == client ]] ||
				! lab_alive "${IAM_XLBD[$host]}" ||
				from=$(lab_addr $host)
			is "$(iam_ask $host $vip)" \
				"5 backend1 for $from, 5 backend2 for $from" \
				"$1: $host to $vip: five and five"
		done
	done
}
owns() { eventually 8 "$2: $1 is master" iam_is "$1" MASTER; }

watch backend1
watch backend2
watch client
watch node1 $API $AUTHZ
watch node2 # as long as it is backup
iam_start node1 && iam_start node2 || bail "no xlbd"
owns node1 "at first"
shared "at first"
lab_stop "${CAPTURES[4]}" INT
is "$(foreign node2)" "" "the backup sends as itself only"
watch node2 $API $AUTHZ

at="xlbd stopped on the master"
ok "$at: it ends" iam_stop node1
owns node2 "$at"
shared "$at"

at="started again, and node2's tracked program stopped"
iam_start node1 || bail "no xlbd"
eventually 5 "$at: it is backup" iam_is node1 BACKUP
iam_untrack node2
eventually 8 "$at: node2 is in fault" iam_is node2 FAULT
owns node1 "$at"
shared "$at"

at="tracked program back"
iam_track node2
eventually 8 "$at: its node is backup" iam_is node2 BACKUP
ok "$at: node1 is master" iam_is node1 MASTER
shared "$at"
is "$(iam_notified node1)" "backup master stop backup master" \
	"node1's notify log"
is "$(iam_notified node2)" "backup master fault backup" "node2's notify log"

for pid in "${CAPTURES[@]}"; do lab_stop "$pid" INT; done
for host in client node1 node2 backend1 backend2; do
	is "$(foreign $host)" "" "what $host sends a cloud lets pass"
done
finish
