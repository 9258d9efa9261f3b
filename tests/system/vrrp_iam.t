#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IAM deployment: two nodes that are the backends, too, with listeners on
# 127.0.0.1 only.  A daemon stops, a tracked program stops and comes back,
# both daemons start at once: the VIPs go where they should, the scripts say
# so, and requests are shared by whoever runs.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh
. tests/lab/iam.sh

API=10.0.4.99
AUTHZ=10.0.4.100
ASKING= # the end of the client that asks all the time

lab_up client node1 node2 || bail "no lab"
for node in node1 node2; do
	lab_nginx $node 127.0.0.1
done
iam_set_up iam.conf node1 node2

has_vips() {
	[[ $(lab_run "$1" ip -4 -brief address show dev eth0 |
		grep -oE '10\.0\.4\.(99|100)/24' | paste -sd' ') == \
	"10.0.4.99/24 10.0.4.100/24" ]]
}
has_no_vip() {
	! lab_run "$1" ip -4 address show dev eth0 |
		grep -qE '10\.0\.4\.(99|100)/'
}
owns() { eventually 8 "$3: $1 owns the VIPs" owns_now "$@"; }
owns_now() { iam_is "$1" MASTER && has_vips "$1" && has_no_vip "$2"; }

# Ten at once to each service, from everywhere.
shared() {
	local host vip from
	for node in node1 node2; do
		eventually 5 "$1: all backends of $node are up" all_up $node
	done
	for host in client node1 node2; do
		from=$(lab_addr $host)
		for vip in $API $AUTHZ; do
			is "$(iam_ask $host $vip)" \
				"5 node1 for $from, 5 node2 for $from" \
				"$1: $host to $vip: five and five"
		done
	done
}

down_at() {
	[[ $(lab_json "$2" '[.backends[] | select(.state == "down")
		| .address] | join(" ")' backend list) == "$1 $1" ]]
}
# The same where only one daemon runs: by NODE, which sees OTHER's down.
by_one() {
	local host vip from
	eventually 5 "$3: $2's are out of service" \
		down_at "$(lab_addr "$2")" "$1"
	for host in client node1 node2; do
		from=$(lab_addr $host)
		for vip in $API $AUTHZ; do
			is "$(iam_ask $host $vip)" "10 $1 for $from" \
				"$3: $host to $vip: all by $1"
		done
	done
}

# A client that asks all the time.  A move costs it no more than a lost SYN,
# and the connection that is open just then.
ask_on() {
	ASKING=$LAB_DIR/asked.$RANDOM
	iam_ask_until "$ASKING" client $API >"$ASKING.log" &
	ASKER=$!
	lab_wait 5 "the first request" test -s "$ASKING.log"
}
asked() {
	local n failed
	sleep 0.5 # some more requests, after the move
	touch "$ASKING"
	wait $ASKER
	n=$(wc -l <"$ASKING.log")
	failed=$(grep -c failed "$ASKING.log")
	ok "$1: of $n requests meanwhile $failed failed" test "$failed" -le 1
	is "$(awk '$2 != "failed" && $3 - $1 > 4' "$ASKING.log")" "" \
		"$1: none of the others took longer than 4 s"
}

at="at first"
iam_start node1 && iam_start node2 || bail "no xlbd"
owns node1 node2 "$at"
shared "$at"

at="xlbd stopped on the master"
ask_on
ok "$at: it ends" iam_stop node1
owns node2 node1 "$at"
asked "$at"
by_one node2 node1 "$at"
is "$(iam_notified node1)" "backup master stop" "$at: notify_stop there"
is "$(iam_notified node2)" "backup master" "$at: notify_master here"

at="started again"
iam_start node1 || bail "no xlbd"
eventually 5 "$at: it is backup" iam_is node1 BACKUP
shared "$at"
owns node2 node1 "$at"

at="tracked program stopped"
ask_on
iam_untrack node2
eventually 8 "$at: its node is in fault" iam_is node2 FAULT
owns node1 node2 "$at"
asked "$at"
shared "$at"
is "$(iam_notified node2)" "backup master fault" "$at: notify_fault there"
is "$(iam_notified node1)" "backup master stop backup master" \
	"$at: notify_master here"

at="tracked program back"
iam_track node2
eventually 8 "$at: its node is backup" iam_is node2 BACKUP
shared "$at"
owns node1 node2 "$at"
is "$(iam_notified node2)" "backup master fault backup" "$at: notify_backup"

at="both stopped and started at once"
kill "${IAM_XLBD[node1]}" "${IAM_XLBD[node2]}"
ok "$at: node1's ends" iam_stop node1
ok "$at: node2's ends" iam_stop node2
iam_launch node1
iam_launch node2
owns node1 node2 "$at"
shared "$at"

at="xlbd stopped on the backup"
ok "$at: it ends" iam_stop node2
by_one node1 node2 "$at"
owns node1 node2 "$at"
is "$(iam_notified node1)" \
	"backup master stop backup master stop backup master" \
	"in the end: node1's notify log"
is "$(iam_notified node2)" "backup master fault backup stop backup stop" \
	"in the end: node2's notify log"
is "$(cat "$LAB_DIR"/node[12]/notify.node[12].log | grep -vE \
	'^\[[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}\] notify_[a-z]+$')" "" \
	"their lines are of the form [time] notify_master"
# 127.0.0.1: lab_nginx, when it started.
for node in node1 node2; do
	is "$(cut -d: -f1 "$LAB_DIR/$node/access.log" | sort -u |
		paste -sd' ')" "10.0.4.20 10.0.4.21 10.0.4.50 127.0.0.1" \
		"$node's backends have logged their clients' addresses"
done
finish
