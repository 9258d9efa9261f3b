#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xlbd's command line: what each option does, what a start is refused for and
# with which exit status, and that a second daemon does not disturb the first.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"
lab_nginx backend1
XLBD=$LAB_BUILD/xlbd
cd "$LAB_DIR" || exit 1
service 10.0.4.99 80 TCP rr FNAT 10.0.4.31:8080 >service
lab_conf node1 service >lb.conf

# "STATUS OUTPUT": xlbd as root on node1, without a daemon that would run on
run() {
	local output status=0
	output=$(lab_run node1 timeout -k 5 10 "$XLBD" "$@" 2>&1) || status=$?
	echo "$status $output"
}
nobody() {
	local output status=0
	output=$(lab_run node1 setpriv --reuid=65534 --regid=65534 \
		--clear-groups timeout 10 "$XLBD" "$@" 2>&1) || status=$?
	echo "$status $output"
}
# What a start that was refused must not leave, or take from another.
left() {
	lab_run node1 ip -oneline -4 address show dev eth0 | wc -l
	lab_run node1 bpftool -j net | jq -c '.[0].xdp'
	lab_run node1 tc qdisc show dev eth0 | grep -c clsact
	[[ ! -e $(lab_pins node1) ]] || echo pins
	[[ ! -e $(lab_socket node1) ]] || echo socket
}
CLEAN=$(left)

# --- without a daemon ------------------------------------------------------

like "$(run -V)" '^0 xlbd [0-9]+\.[0-9]+' "-V"
like "$(run --version)" '^0 xlbd [0-9]+\.[0-9]+' "--version"
like "$(run --help)" '^0 usage: xlbd .*-c.*--cleanup' "--help"
like "$(run --frobnicate)" '^2 .*frobnicate' "an unknown option"
like "$(run -c)" '^2 ' "-c without a file"
like "$(run lb.conf)" "^2 .*'lb.conf'" "a word too many"
like "$(run --strict -c lb.conf)" '^2 ' "--strict without -t"
like "$(run -S nonsense -t -c lb.conf)" '^2 .*nonsense' "no such facility"
like "$(run -c missing.conf)" '^4 .*missing\.conf.*No such file' "no file"
echo 'xlbd { control }' >wrong.conf
like "$(run -c wrong.conf)" '^5 wrong\.conf:1:8: error: ' "an error in the file"
is "$(run -t -c lb.conf)" "0 " "-t"
is "$(nobody -t -c lb.conf)" "0 " "-t needs no root"
like "$(nobody --dump-config -c lb.conf)" '^0 .*10\.0\.4\.99 80' \
	"--dump-config needs none either"
like "$(nobody -c lb.conf)" '^4 xlbd: .*root' "a start does"
like "$(nobody --cleanup -c lb.conf)" '^4 xlbd: .*root' "--cleanup does"
is "$(left)" "$CLEAN" "none of them left anything"

run --dump-config -c lb.conf | sed '1s/^0 //' >dumped.conf
is "$(run --dump-config -c dumped.conf)" "0 $(cat dumped.conf)" \
	"--dump-config of what it printed is the same"
like "$(run --preflight -c lb.conf)" \
	'^0 ok .*interface eth0.*backend 10\.0\.4' "--preflight: it can"

{
	cat service
	echo 'vrrp_instance VI {
		interface eth0
		virtual_router_id 51
		priority 100
		virtual_ipaddress {
			10.0.4.98
		}
	}'
} >vrrp
lab_conf node1 vrrp >vrrp.conf
like "$(run -t -c vrrp.conf)" '^0 ' "-t takes a vrrp_instance"

# --- what keepalived's options do ------------------------------------------

lab_xlbd node1 service -n -l -D -d -P -C
FIRST=$LAB_PID
is "$(lab_who client http://10.0.4.99/healthz)" backend1 \
	"-n -l -D -d -P -C are taken"
lab_stop "$FIRST"
is "$LAB_STATUS" 0 "and ends as told"
lab_spawn node1 "$XLBD" -f lb.conf --log-file "$LAB_DIR/log"
lab_wait 10 "xlbd answers" lab_xlbd_settled node1 "$LAB_PID"
ok "-f is -c" lab_ctl node1 status
like "$(cat log)" "xlbd [0-9.]+ started, pid $LAB_PID" "--log-file"
lab_stop "$LAB_PID"
is "$(left)" "$CLEAN" "nothing is left"

# --- a second one ----------------------------------------------------------

lab_xlbd node1 service
FIRST=$LAB_PID
before=$(left)
like "$(run -c lb.conf)" "^1 .*$(lab_socket node1).*another xlbd" \
	"the same file again: refused"
sed "s|control .*|control $LAB_DIR/other.sock|" lb.conf >other.conf
like "$(run -c other.conf)" "^1 .*another xlbd.*$(lab_pins node1)" \
	"with a socket of its own: the pins are taken"
sed "s|pin_path .*|pin_path $(lab_pins node1)-other|" other.conf >third.conf
like "$(run -c third.conf)" "^1 .*another xlbd" \
	"with pins of its own: not in the same namespace"
is "$(run --cleanup -c lb.conf | cut -c1)" 1 "--cleanup is refused"
is "$(run --cleanup -c third.conf | cut -c1)" 1 "with another file, too"
is "$(left)" "$before" "the first has lost nothing"
not_ok "and did not have to put anything back" \
	grep -q 'put back' "$(lab_log node1)"
is "$(lab_who client http://10.0.4.99/healthz 2 | spread)" "2 backend1" \
	"it serves on"
ok "nothing of the others is left" \
	test ! -e "$LAB_DIR/other.sock" -a ! -e "$(lab_pins node1)-other"
lab_stop "$FIRST"
is "$LAB_STATUS" 0 "and ends as told"
is "$(left)" "$CLEAN" "nothing is left"

# --- starts that fail half way ---------------------------------------------

# refused WHAT SED REGEX: with a file that sed has changed
refused() {
	sed "$2" lb.conf >refused.conf
	like "$(run -c refused.conf)" "$3" "$1: refused"
	is "$(left)" "$CLEAN" "$1: nothing is left"
}
refused "a metrics address that is not here" \
	"s/^xlbd {/& metrics 10.9.9.9:9100/" '^1 .*metrics 10\.9\.9\.9:9100: '
refused "pins that are not on a bpffs" \
	"s|pin_path .*|pin_path $LAB_DIR/pins|" '^1 .*bpffs'
refused "a VIP that belongs nowhere" "s/10.0.4.99/10.9.9.9/" \
	'^1 .*refused\.conf:[0-9]+: .*10\.9\.9\.9'
refused "a socket where a file is" \
	"s|control .*|control $LAB_DIR/service|" "^1 .*$LAB_DIR/service"
is "$(head -c 14 service)" virtual_server "and the file is left alone"
finish
