# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demo's last part: the IAM deployment, two nodes that share two VIPs and
# are the backends, too.  Sourced by demo, whose words it uses; iam_demo.

IAM_ASKING=

# Who answered ten requests at once, a cell each; all are to be as EXPECTED.
iam_table() { # EXPECTED
	local host vip row answers
	typed 'client, node1, node2' \
		'for i in {1..10}; do curl http://VIP/healthz & done'
	printf '   %-8s %-24s %-24s %s\n' asked 10.0.4.99 10.0.4.100 \
		'the backends saw'
	for host in client node1 node2; do
		row=
		for vip in 10.0.4.99 10.0.4.100; do
			answers=$(iam_ask $host $vip)
			row+=$(printf '%-25s' \
				"$(sed 's/ for [0-9.]*//g' <<<"$answers")")
			[[ $answers == "${1//HOST/$(lab_addr $host)}" ]] ||
				wrong "$host to $vip: $answers"
		done
		printf '   %-8s %s%s\n' $host "$row" \
			"$(grep -o '[0-9.]*$' <<<"$answers")"
	done
}

iam_five_and_five() {
	local node
	for node in node1 node2; do
		lab_wait 5 "all backends up at $node" iam_all_up $node ||
			wrong "not all backends of $node are up"
	done
	iam_table '5 node1 for HOST, 5 node2 for HOST'
}

iam_all_up() {
	[[ $(lab_json "$1" '.backends == .backends_up' status) == true ]]
}

iam_wait() { # NODE STATE
	lab_wait 8 "$1 is $2" iam_is "$1" "$2" || wrong "$1 is not $2"
}

iam_hears() {
	[[ $(lab_json "$1" .master vrrp show IAM) == "$2" ]]
}

# A client that asks all the time, and what it noticed.
iam_ask_on() {
	IAM_ASKING=$LAB_DIR/iam-asked.$STEP
	iam_ask_until "$IAM_ASKING" client 10.0.4.99 >"$IAM_ASKING.log" &
	ASKER=$!
	typed client 'while true; do curl http://10.0.4.99/healthz; done &'
	lab_wait 5 'the first request' test -s "$IAM_ASKING.log" ||
		wrong 'no requests'
}

iam_noticed() { # AT MOST THAT MANY FAILED
	sleep 0.5 # some more requests, after the fact
	touch "$IAM_ASKING"
	wait "$ASKER"
	say "the client: $(awk '
		$2 == "failed" { failed++; next }
		$3 - $1 > slowest { slowest = $3 - $1 }
		END { printf "%d requests, %d failed, the slowest took %.2f s",
			NR, failed, slowest }' "$IAM_ASKING.log")"
	expect "at most $1 may fail" test \
		"$(grep -c failed "$IAM_ASKING.log")" -le "$1"
}

iam_log() { # NODE EXPECTED
	typed "$1" "cat notify.$1.log"
	indent <"$LAB_DIR/$1/notify.$1.log"
	expect "$1: $2" test "$(iam_notified "$1")" = "$2"
}

iam_begin() {
	local node
	step 'VRRP: two nodes share two VIPs, and are the backends, too'
	say 'Both listen on 127.0.0.1 only, on other ports than the services.'
	typed 'node1, node2' 'cat iam.conf'
	sed -n '/^vrrp_instance/,/^}/p' conf/demo/iam.conf | indent
	say '    ... and so on: conf/demo/iam.conf'
	iam_set_up iam.conf node1 node2 || give_up 'no files of conf/demo'
	for node in node1 node2; do
		lab_nginx $node 127.0.0.1 || give_up "no nginx on $node"
	done
	for node in node1 node2; do
		typed $node "xlbd -c iam.conf -i $node &"
		iam_start $node || give_up "xlbd did not start on $node"
	done
	iam_wait node1 MASTER
	lab_wait 5 'node2 hears node1' iam_hears node2 10.0.4.20 ||
		wrong 'node2 does not hear node1'
	ctl node1 vrrp list
	ctl node2 vrrp show IAM
	iam_five_and_five
}

iam_stop_master() {
	step 'xlbd is stopped on the master: the VIPs move'
	iam_ask_on
	typed node1 "kill ${IAM_XLBD[node1]}"
	expect 'it ends by itself' iam_stop node1
	iam_wait node2 MASTER
	lab_wait 5 'the backends of node1 down' iam_backends_up node2 2 ||
		wrong 'backends of node1 are not down'
	iam_noticed 1 # the one that was open just then
	tail -n 5 "$(lab_log node2)" | indent
	iam_table '10 node2 for HOST'
	iam_log node1 'backup master stop'
	iam_log node2 'backup master'
	say 'Started again, it has the higher priority, but: nopreempt.'
	typed node1 'xlbd -c iam.conf -i node1 &'
	iam_start node1 || give_up 'xlbd did not start again'
	iam_wait node1 BACKUP
	iam_five_and_five
	expect 'the VIPs stay' iam_is node2 MASTER
}

iam_backends_up() {
	[[ $(lab_json "$1" .backends_up status) == "$2" ]]
}

iam_fault() {
	step 'What node2 tracks ends, and comes back'
	typed node2 "kill ${IAM_TRACKED[node2]} # the program in iam.conf"
	iam_untrack node2
	iam_wait node2 FAULT
	iam_wait node1 MASTER
	ctl node2 vrrp list
	typed node2 'iam &'
	iam_track node2
	iam_wait node2 BACKUP
	iam_five_and_five
	expect 'the VIPs stay' iam_is node1 MASTER
	iam_log node2 'backup master fault backup'
}

iam_crash() {
	step 'xlbd is killed on the master, and started again: nothing moves'
	iam_ask_on
	typed node1 "kill -KILL ${IAM_XLBD[node1]}; xlbd -c iam.conf -i node1 &"
	lab_kill "${IAM_XLBD[node1]}"
	iam_start node1 || give_up 'xlbd did not start again'
	iam_wait node1 MASTER
	iam_noticed 0
	grep adopted "$(lab_log node1)" | indent
	expect 'node2 has stayed backup' test \
		"$(iam_notified node2)" = 'backup master fault backup'
	for node in node1 node2; do
		iam_stop $node || wrong "xlbd on $node had to be killed"
	done
}

iam_demo() {
	iam_begin
	iam_stop_master
	iam_fault
	iam_crash
}
