# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Traffic for the system tests, on top of lab.sh: programs of tests/lab that
# are clients or servers on a host of the lab, and what a node says of it.
#
#   service ADDRESS PORT PROTOCOL ALGO KIND BACKEND:PORT[*WEIGHT]...
#                             a virtual_server, for a config; $OF_BACKENDS is
#                             what else its backends have: no checks but those
#   xlbd_with NODE CONF [ARG...]    lab_xlbd with a config as text; returns
#                             when all its backends are up
#   tool HOST PROGRAM ARG...  a program of tests/lab, on a host
#   tool_spawn HOST PROGRAM ARG...  the same in the background: LAB_PID
#   requests HOST URL         200 by 20 curls at a time, a connection each:
#                             who answered, a line each
#   spread                    of such lines: "100 backend1, 100 backend2"
#   udp_echo HOST ADDRESS PORT      udp_echo.py, listening
#   ends_start                ends.py, for:
#   ends COMMAND...           a command to it; prints the answer, or fails
#   field JSON FILTER         jq -r of a text
#   states NODE [FILTER...]   "PORT STATE" of sessions, by the client's port
#   state NODE PORT           of one session; "none"
#   sessions NODE [FILTER...] how many there are
#   reason NODE NAME          packets that left for that reason

service() {
	local address=$1 port=$2 protocol=$3 algo=$4 kind=$5 backend weight
	shift 5
	echo "virtual_server $address $port {"
	echo "    protocol $protocol"
	echo "    lb_algo $algo"
	echo "    lb_kind $kind"
	echo "    delay_loop 1"
	echo "    connect_timeout 1"
	echo "    retry 0"
	for backend; do
		weight=1
		[[ $backend != *\** ]] || weight=${backend#*\*}
		backend=${backend%\**}
		echo "    real_server ${backend%:*} ${backend#*:} {"
		echo "        weight $weight"
		echo "        ${OF_BACKENDS:-}"
		echo "    }"
	done
	echo "}"
}

all_up() {
	[[ $(lab_json "$1" '.backends == .backends_up' status) == true ]]
}

xlbd_with() {
	local node=$1 conf=$LAB_DIR/$1/test.conf
	echo "$2" >"$conf"
	shift 2
	lab_xlbd "$node" "$conf" "$@" &&
		lab_wait 10 "all backends of $node up" all_up "$node"
}

tool() {
	local host=$1 program=$2
	shift 2
	lab_run "$host" "$LAB_ROOT/tests/lab/$program" "$@"
}

tool_spawn() {
	local host=$1 program=$2
	shift 2
	lab_spawn "$host" "$LAB_ROOT/tests/lab/$program" "$@"
}

requests() {
	local i
	for ((i = 0; i < 20; i++)); do
		lab_curl "$1" -H 'Connection: close' -o /dev/null \
			-w '%header{x-backend}\n' "$2?[1-10]" &
	done
	wait
}

spread() { sort | uniq -c | awk '{ printf "%s%s %s", s, $1, $2; s = ", " }'; }

udp_echo() {
	tool_spawn "$1" udp_echo.py "$@"
	lab_wait 10 "UDP echo on $1" grep -q "^echo at $2 $3$" "$LAB_LOG"
}

# Descriptors of a coprocess are closed in subshells; copies of them are not.
ends_start() {
	coproc ENDS { exec "$LAB_ROOT/tests/lab/ends.py" "$LAB_NAME"; }
	exec 8>&"${ENDS[1]}" 9<&"${ENDS[0]}"
	eval "exec ${ENDS[1]}>&- ${ENDS[0]}<&-"
}

ends() {
	local answer
	echo "$*" >&8
	read -r -t 30 answer <&9 || {
		echo "no answer to: $*"
		return 1
	}
	echo "${answer#* }"
	[[ $answer == ok* ]]
}

field() { jq -r "$2" <<<"$1"; }

states() {
	lab_json "$1" '.sessions | map([(.client | split(":")[1]), .state])
		| sort | .[] | join(" ")' session list "${@:2}"
}

state() {
	lab_json "$1" '.sessions | map(select(.client | endswith(":'"$2"'")))
		| .[0].state // "none"' session list
}

sessions() { lab_json "$1" .sessions session count "${@:2}"; }

reason() {
	lab_json "$1" ".reasons[] | select(.name == \"$2\") | .packets" stats
}
