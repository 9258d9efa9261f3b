#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The control socket: what is malformed gets an error, and neither that nor
# clients that are slow, silent or many end the daemon or keep others waiting.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"
lab_nginx backend1
xlbd_with node1 "$(service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080)" ||
	bail "no xlbd"
XLBD=$LAB_PID
SOCKET=$(lab_socket node1)

is "$(stat -c '%F %a' "$SOCKET")" "socket 660" "the socket's mode"

# What comes back for what is on standard input; both ends then close.
ask() { timeout 10 nc -N -U "$SOCKET"; }
say() { printf '%b' "$1" | ask; }
# Another client's command is answered, and soon.
serves() {
	local start=${EPOCHREALTIME/./} took
	ok "$1: others are answered" lab_ctl node1 status
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	ok "$1: at once ($took ms)" test $took -lt 1000
}
# refused WHAT TEXT REGEX: one error, in the documented form
refused() {
	local got
	got=$(say "$2" | head -c 2000)
	like "$(jq -r 'select(.ok == false) | .error' <<<"$got" 2>&1)" "$3" "$1"
	is "$(jq -c keys <<<"$got")" '["error","ok"]' "$1: a line, no more"
}

like "$(say '{"cmd":"status"}\n')" '^\{"ok": ?true, ?"data": ?\{.*\}\}$' \
	"a request is answered"
is "$(say '{"cmd":"status"}\n{"cmd":"service list","args":{}}\n' |
	jq -c .ok | paste -sd' ')" "true true" "two requests, two answers"
is "$(say '{"cmd":"status"}' | jq .ok)" true "without a newline, at its end"

# --- malformed -------------------------------------------------------------

refused "not JSON" 'status\n' '^not JSON: '
refused "cut off" '{"cmd":"status"\n' '^not JSON: '
refused "an empty line" '\n' '^not JSON: '
refused "two values" '{"cmd":"status"} {}\n' '^not JSON: '
refused "no object" '["status"]\n' 'object'
refused "no command" '{}\n' '"cmd"'
refused "a command that is a number" '{"cmd":1}\n' '^cmd: want a string'
refused "an unknown one" '{"cmd":"halt"}\n' "^unknown command 'halt'"
refused "an unknown member" '{"cmd":"status","now":1}\n' "not 'now'"
refused "arguments that are a list" '{"cmd":"status","args":[]}\n' \
	'^args: want an object'
refused "an argument too many" '{"cmd":"status","args":{"weight":1}}\n' \
	"^status takes no argument 'weight'"
refused "one that is missing" '{"cmd":"service del","args":{}}\n' \
	'^service del needs a service'
refused "an endpoint that is a number" \
	'{"cmd":"service del","args":{"service":80}}\n' '^service: want a string'
for weight in '"1"' 1.5 null true '[]' -1 65536 1e400 99999999999999999999; do
	refused "a weight of $weight" '{"cmd":"backend set","args":'`
		`'{"service":"10.0.4.99:80","backend":"10.0.4.31:8080",'`
		`'"weight":'"$weight"'}}\n' '(weight|JSON)'
done
refused "NUL in a string" '{"cmd":"status\\u0000x"}\n' '.'
refused "a NUL byte" '{"cmd":"status\0"}\n' '^not JSON: '
refused "no UTF-8" '{"cmd":"\xff\xfe"}\n' '^not JSON: '
refused "a member twice" '{"cmd":"status","cmd":"stats"}\n' '^not JSON: '

deep=$(printf '[%.0s' {1..20000})
refused "brackets, 20,000 deep" '{"cmd":'"$deep"'\n' '^not JSON: '
deep=$(printf '{"args":%.0s' {1..5000})
refused "objects, 5,000 deep" "$deep"'\n' '.'

long() { head -c "$1" /dev/zero | tr '\0' x; }
like "$({ printf '{"cmd":"'; long $((65536 - 10)); printf '"}'; } | ask |
	jq -r .error)" '^unknown command' "64 KiB are taken"
like "$({ long 65537; echo; } | ask | jq -r .error)" \
	'^request too long: at most 64 KiB' "one more is too long"
like "$(long 10000000 | ask | jq -r .error)" '^request too long' \
	"10 MB without an end: refused"
is "$({ long 70000; echo; echo '{"cmd":"status"}'; } | ask | wc -l)" 1 \
	"and the client is closed"
for n in {1..20}; do
	head -c 20000 /dev/urandom | ask >"$LAB_DIR/answer.$n" || true
done
is "$(cat "$LAB_DIR"/answer.* | jq -c '.ok' | sort -u)" false \
	"random bytes get errors, all of them JSON"
serves "after all that"

# --- slow ------------------------------------------------------------------

slowly() {
	local text=$1 i
	for ((i = 0; i < ${#text}; i++)); do
		printf %s "${text:i:1}"
		sleep 0.02
	done
	echo
}
slowly '{"cmd":"status","args":{}}' | ask >"$LAB_DIR/slow" &
SLOW=$!
serves "while one writes byte by byte"
wait $SLOW
is "$(jq .ok "$LAB_DIR/slow")" true "who writes byte by byte is answered"

lab_spawn client "$LAB_ROOT/tests/lab/hang.py" "$SOCKET" 1 '{"cmd":"sta'
HALF=$LAB_PID
lab_wait 5 "half a request" grep -q holding "$LAB_LOG"
connections() { grep -c -F "$SOCKET" /proc/net/unix; }
let_go() { (($(connections) <= 1)); }
serves "while one is silent in the middle"
eventually 8 "who is silent for 5 s is let go" let_go
lab_kill $HALF

lab_spawn client "$LAB_ROOT/tests/lab/hang.py" "$SOCKET" 100
MANY=$LAB_PID
lab_wait 5 "100 idle clients" grep -q 'holding 100' "$LAB_LOG"
serves "beside 100 idle clients"
ok "64 of them are held" test "$(connections)" -le 65
lab_kill $MANY

# Somebody who asks for 100 lists of many backends, and reads none.
for n in {1..200}; do
	echo '{"cmd":"backend add","args":{"service":"10.0.4.99:80",'`
		`'"backend":"10.0.4.31:'$((10000 + n))'","check":"none"}}'
done | ask >/dev/null
is "$(lab_json node1 '.backends | length' backend list)" 201 "a long list"
lab_spawn client "$LAB_ROOT/tests/lab/hang.py" "$SOCKET" 50 \
	"$(for n in {1..100}; do echo '{"cmd":"backend list"}'; done)"
DEAF=$LAB_PID
lab_wait 5 "50 deaf clients" grep -q 'holding 50' "$LAB_LOG"
serves "beside 50 that do not read"
is "$(lab_who client http://10.0.4.99/healthz 1)" backend1 "traffic flows"
lab_kill $DEAF

is "$(lab_json node1 .version status | head -c 2)" "$(lab_ctl node1 --version |
	cut -d' ' -f2 | head -c 2)" "it answers as before"
ok "it is the same daemon" lab_alive "$XLBD"
ok "that has not grown" test "$(awk '/VmRSS/ { print $2 }' \
	/proc/"$XLBD"/status)" -lt 100000
lab_stop "$XLBD"
is "$LAB_STATUS" 0 "and ends as ever"
finish
