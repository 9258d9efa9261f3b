#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 5,000 commands under load: drain, undrain and set fail no request; del
# fails none but those of the backend that it deletes.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

GENTLE=10.0.4.99:80 # backends are drained before anything else
ROUGH=10.0.4.99:81  # backend3 is deleted in the middle of its connections
ONE=10.0.4.31:8080
TWO=10.0.4.32:8080
THREE=10.0.4.33:8080

lab_up client node1 backend1 backend2 || bail "no lab"
lab_add_host backend3 10.0.4.33
for host in backend1 backend2 backend3; do lab_nginx $host; done
xlbd_with node1 "$(service 10.0.4.99 80 TCP wrr FNAT $ONE $TWO
	service 10.0.4.99 81 TCP wrr FNAT $ONE $TWO)" || bail "no xlbd"

change() {
	local args=
	(($# < 4)) || args=", \"$4\": ${5:-\"none\"}"
	printf '{"cmd": "backend %s", "args": {"service": "%s", "backend": "%s"%s}}\n' \
		"$1" "$2" "$3" "$args"
}

# 24 commands; at any time somebody takes GENTLE's connections.
cycle() {
	change add $ROUGH $THREE check
	change drain $GENTLE $ONE
	change set $GENTLE $TWO weight 3
	change set $ROUGH $THREE weight 2
	change undrain $GENTLE $ONE
	change drain $GENTLE $TWO
	change set $GENTLE $ONE weight 5
	change set $ROUGH $ONE weight 2
	change undrain $GENTLE $TWO
	change set $GENTLE $ONE weight 0
	change set $GENTLE $ONE weight 2
	change drain $ROUGH $THREE
	change undrain $ROUGH $THREE
	change set $GENTLE $TWO weight 0
	change set $GENTLE $TWO weight 1
	change drain $ROUGH $ONE
	change undrain $ROUGH $ONE
	change set $ROUGH $ONE weight 1
	change drain $GENTLE $ONE
	change undrain $GENTLE $ONE
	change drain $GENTLE $TWO
	change set $GENTLE $ONE weight 1
	change undrain $GENTLE $TWO
	change del $ROUGH $THREE
}

for i in {1..10}; do cycle; done >"$LAB_DIR/commands"

opened() { lab_json node1 '[.services[].sessions_total] | add' service list; }
opened_are() { (($(opened) >= $1)); }

# Requests that have reached a host's nginx.
reached() { grep -c ' "GET /healthz HTTP/1.0"$' "$LAB_DIR/$1/access.log"; }

# Of GENTLE's third backend, what is not over.
open_of_three() {
	local state sum=0
	for state in syn established fin; do
		((sum += $(sessions node1 service $GENTLE backend $THREE \
			state $state)))
	done
	echo $sum
}
three_is_used() {
	(($(lab_json node1 '.backends[2].sessions_total' \
		backend list $GENTLE) > 0))
}
three_is_free() { (($(open_of_three) == 0)); }
ctl() { lab_ctl node1 backend "$@" >/dev/null || WRONG=$((WRONG + 1)); }

# Ten commands by xlbctl: a backend comes and goes without losing anybody.
by_hand() {
	ctl add $GENTLE $THREE weight 3 check none
	lab_wait 10 "a connection of backend3" three_is_used || return 1
	ctl set $GENTLE $ONE weight 2
	ctl set $GENTLE $TWO weight 2
	ctl drain $GENTLE $THREE
	ctl undrain $GENTLE $THREE
	ctl set $GENTLE $THREE weight 1
	ctl drain $GENTLE $THREE
	lab_wait 10 "the end of backend3's connections" three_is_free ||
		return 1
	ctl del $GENTLE $THREE
	ctl set $GENTLE $ONE weight 1
	ctl set $GENTLE $TWO weight 1
}

tool_spawn client load.py $GENTLE clients=3 pause=0.004
gentle=$LAB_PID
tool_spawn client load.py $ROUGH clients=3 pause=0.004 deadline=3
rough=$LAB_PID log=$LAB_LOG
WRONG=0
status=0
for i in {1..20}; do
	lab_wait 10 "another 100 requests" opened_are $(($(opened) + 100)) &&
		tool node1 control.py "$(lab_socket node1)" 600 \
			<"$LAB_DIR/commands" >>"$LAB_DIR/answers" &&
		by_hand || { status=1; break; }
done
tap_result $status "20 rounds of 240 commands on one connection and 10 of xlbctl"
lab_stop $gentle
lab_stop $rough

is "$(grep -c '^{"ok": *true' "$LAB_DIR/answers")" 4800 "each was done"
is "$WRONG" 0 "by xlbctl, too"
like "$(wc -l <"$log")" 2 "both clients have ended"
gentle=$(head -n 1 "$log")
rough=$(tail -n 1 "$log")
diag "gentle: $gentle"
diag "rough: $rough"
is "$(field "$gentle" .errors)" "{}" "drain, undrain, set: no request failed"
like "$(field "$gentle" .backends.backend3)" '^[1-9]' "backend3 had some"
like "$(field "$rough" .backends.backend3)" '^[1-9]' "of the rough ones, too"
is "$(field "$rough" '.errors | keys - ["reset", "timeout"] | length')" 0 \
	"what is deleted ends: it is not refused"
answered() { field "$1" '.backends | .backend1 + .backend2'; }
is $(($(answered "$gentle") + $(answered "$rough"))) \
	$(($(reached backend1) + $(reached backend2))) \
	"no request failed that had reached a backend that stayed"
is "$(lab_json node1 '[.backends[].state] | join(" ")' backend list)" \
	"unchecked unchecked unchecked unchecked" "and all is as it was"
finish
