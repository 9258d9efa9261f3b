# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IAM deployment (conf/demo) in the lab, on top of lab.sh and traffic.sh:
# its daemons, the program they track, who answers, the notify scripts' logs.
#
#   iam_set_up CONF NODE...   CONF of conf/demo for NODEs, as named in
#                             it; begins what they track
#   iam_start NODE            its xlbd; returns once it answers
#   iam_launch NODE           the same, at once
#   iam_stop NODE             xlbd, as systemd would; 1 if it took a KILL
#   iam_track NODE, iam_untrack NODE   begins, ends the tracked program
#   iam_is NODE STATE         is it MASTER, BACKUP, FAULT?
#   iam_notified NODE         the notify log, times left out, in one line
#   iam_ask HOST VIP          ten requests at once: "5 node1, 5 node2", of
#                             lines "BACKEND CLIENT" as the backends saw it
#   iam_ask_until FILE HOST VIP   one request after another, until FILE is
#                             there: "SENT ANSWERED BACKEND" each

declare -A IAM_XLBD=() IAM_TRACKED=()

iam_set_up() {
	local conf=$1 node
	shift
	for node; do
		cp "$LAB_ROOT"/conf/demo/{check.sh,notify.sh,"$conf"} \
			"$LAB_DIR/$node/" || return 1
		lab_conf "$node" "$LAB_DIR/$node/$conf" \
			>"$LAB_DIR/$node/lb.conf"
		iam_track "$node"
	done
}

iam_track() {
	lab_spawn "$1" sleep infinity
	IAM_TRACKED[$1]=$LAB_PID
	echo "$LAB_PID" >"$LAB_DIR/$1/iam.$1.pid"
}

iam_untrack() { lab_stop "${IAM_TRACKED[$1]}"; }

iam_launch() {
	lab_spawn "$1" "$LAB_BUILD/xlbd" -c "$LAB_DIR/$1/lb.conf" -i "$1"
	IAM_XLBD[$1]=$LAB_PID
}

iam_start() {
	iam_launch "$1"
	lab_wait 10 "xlbd on $1 answers" lab_ctl "$1" status >/dev/null 2>&1
}

iam_stop() { lab_stop "${IAM_XLBD[$1]}"; }

iam_is() { [[ $(lab_json "$1" .state vrrp show IAM 2>/dev/null) == "$2" ]]; }

iam_notified() {
	sed -n 's/^\[[-0-9]* [:0-9]*\] notify_//p' \
		"$LAB_DIR/$1/notify.$1.log" | paste -sd' '
}

iam_ask() {
	local i
	for ((i = 0; i < 10; i++)); do
		lab_curl "$1" -o /dev/null "http://$2/healthz" \
			-w '%header{x-backend} %header{x-client}\n' &
	done | sort | uniq -c | awk '
		{ printf "%s%s %s for %s", sep, $1, $2, $3; sep = ", " }'
}

iam_ask_until() {
	local sent
	until [[ -e $1 || ! -e $LAB_DIR ]]; do
		sent=$EPOCHREALTIME
		echo "$sent $(lab_who "$2" "http://$3/healthz")" \
			"$EPOCHREALTIME"
		sleep 0.02
	done
}
