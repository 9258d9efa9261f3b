# shellcheck shell=bash disable=SC2034 # LAB_PID and others are for callers
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab: a small network of namespaces with real servers and daemons, for
# the demo, the system tests and the benchmarks.  Source it, call lab_up.
# Every name starts with xlab-PID, so that labs run side by side; the end of
# the shell takes everything down again.
#
#     client        node1        node2       backend1     backend2
#    10.0.4.50    10.0.4.20    10.0.4.21    10.0.4.31    10.0.4.32    /24
#      eth0         eth0         eth0         eth0         eth0
#       |            |            |            |            |       veth pairs
#    p-client     p-node1*     p-node2*    p-backend1   p-backend2
#       +------------+-----+------+------------+------------+
#                      br0 in namespace "switch"
#
#    * XDP_PASS attached, tx checksumming off: what the wire behind a real
#      NIC does by itself.  Without the program, a node's native XDP_TX does
#      not arrive; with checksums left to the receiver, a rewrite makes them
#      wrong.  All other interfaces keep veth's default offloads.  GRO stays
#      off on bridge ports: it would build super-packets out of segments.
#    A flow's packets are received on one CPU everywhere, as a NIC's queues
#    have it.  veth alone leaves them to whichever CPU sends: out of order,
#    and a server before Linux 6.19 may reset a connection whose first data
#    is received while another CPU receives its ACK.
#
# The network
#   lab_up [HOST...]              those of the drawing, or some of them
#   lab_add_host NAME ADDRESS     one more host; lab_add_node: with * as above
#   lab_down                      idempotent; runs at exit, on INT and TERM
#   lab_addr HOST                 its address
#   lab_port HOST up|down         plugs or pulls its cable
#   lab_set_dr HOST VIP           VIP on lo, silent for ARP: a DR backend
#   lab_capture HOST FILE EXPR..  tcpdump where all its frames pass
# Processes
#   lab_run HOST COMMAND...       in its network (pins stay visible)
#   lab_spawn HOST COMMAND...     in the background: LAB_PID, LAB_LOG
#   lab_stop PID [SIGNAL]         ends it: LAB_STATUS; 1 if it took a KILL
#   lab_kill PID                  SIGKILL, its children first
#   lab_wait SECONDS WHAT COMMAND...   until it succeeds, or says WHAT failed
# Servers and daemons
#   lab_nginx HOST [ADDRESS]      8080 and 9090: /healthz, /files/ (lab_www)
#   lab_www HOST                  the directory behind /files/
#   lab_xlbd NODE CONF [ARG...]   build/xlbd -c; returns once it answers
#   lab_ctl NODE ARG...           xlbctl for that daemon
#   lab_json NODE FILTER ARG...   the same with --json, through jq -r
#   lab_log NODE                  the log file of its xlbd
#   lab_socket, lab_pins NODE     its control socket, its pins
# Requests
#   lab_curl HOST ARG...          curl, quiet, bounded, without any proxy
#   lab_who HOST URL [N]          X-Backend of N requests, or "failed", a line

LAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB_BUILD=${XLBD_BUILD:-$LAB_ROOT/build}
[[ $LAB_BUILD == /* ]] || LAB_BUILD=$LAB_ROOT/$LAB_BUILD
LAB_PASS=$LAB_BUILD/tests/lab/pass.bpf.o
LAB_NAME=xlab-$$
LAB_PINS=/sys/fs/bpf/$LAB_NAME
LAB_DIR=
LAB_PID=
LAB_LOG=
LAB_STATUS=
LAB_MOUNTED=
declare -A LAB_ADDRESS=()

lab_say() { echo "lab: $*" >&2; }

lab_fail() {
	lab_say "$*"
	return 1
}

# --- processes -------------------------------------------------------------

lab_run() {
	local host=$1
	shift
	nsenter --net="/run/netns/$LAB_NAME-$host" -- "$@"
}

# A pid and when it started: nothing that got the number later is meant.
lab_start_time() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	[[ $stat != Z* ]] || return 1
	cut -d' ' -f20 <<<"$stat"
}

lab_spawn() {
	local host=$1
	shift
	LAB_LOG=$LAB_DIR/$host/${1##*/}.log
	# Not lab_run: the pid is to be the command's, not a subshell's.
	nsenter --net="/run/netns/$LAB_NAME-$host" -- "$@" \
		>>"$LAB_LOG" 2>&1 </dev/null &
	LAB_PID=$!
	lab_start_time $LAB_PID >"$LAB_DIR/pids/$LAB_PID" || true
}

# Is it the process that lab_spawn started, and running?
lab_alive() {
	local started
	started=$(cat "$LAB_DIR/pids/$1" 2>/dev/null) || return 1
	[[ $started && $(lab_start_time "$1") == "$started" ]]
}

lab_dead() { ! lab_alive "$1"; }

lab_stop() {
	local pid=$1 signal=${2:-TERM} late=0
	! lab_alive "$pid" || kill -s "$signal" "$pid" 2>/dev/null || true
	lab_wait 10 "end of process $pid after SIG$signal" lab_dead "$pid" || {
		late=1
		lab_kill "$pid"
	}
	LAB_STATUS=0
	wait "$pid" 2>/dev/null || LAB_STATUS=$?
	rm -f "$LAB_DIR/pids/$pid"
	return $late
}

lab_kill() {
	local children
	lab_alive "$1" || return 0
	# Stopped first, so that it starts no more of them.
	kill -STOP "$1"
	children=$(cat "/proc/$1/task/$1/children" 2>/dev/null) || children=
	# shellcheck disable=SC2086
	kill -KILL $children "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	rm -f "$LAB_DIR/pids/$1"
}

lab_wait() {
	local seconds=$1 what=$2 end
	shift 2
	end=$((${EPOCHREALTIME/./} + seconds * 1000000))
	while ! "$@"; do
		((${EPOCHREALTIME/./} < end)) ||
			lab_fail "not within $seconds s: $what" || return 1
		sleep 0.05
	done
}

# --- the network -----------------------------------------------------------

# Namespaces inherit the host's IPv4 settings: the same ones everywhere.
lab_add_namespace() {
	mkdir -p "$LAB_DIR/$1"
	ip netns add "$LAB_NAME-$1" && lab_run "$1" sysctl -q -w \
		net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=2 \
		net.ipv4.conf.{all,default}.arp_ignore=0 \
		net.ipv4.conf.{all,default}.arp_announce=0 \
		net.ipv6.conf.{all,default}.accept_dad=0 &&
		lab_run "$1" ip link set lo up
}

lab_add_host() {
	local name=$1 address=$2
	LAB_ADDRESS[$name]=${address%/*}
	[[ $address == */* ]] || address+=/24
	lab_add_namespace "$name" &&
		ip link add eth0 netns "$LAB_NAME-$name" type veth \
			peer name "p-$name" netns "$LAB_NAME-switch" &&
		lab_run "$name" ip address add "$address" dev eth0 &&
		lab_run "$name" ip link set eth0 up &&
		lab_run switch ip link set "p-$name" master br0 up &&
		lab_keep_order "$name" eth0 && lab_keep_order switch "p-$name"
}

# Flows to CPUs by their hash (RPS), on the first 32 of them.
lab_keep_order() {
	local cpus
	cpus=$(nproc)
	((cpus < 32)) || cpus=32
	# The namespace's own /sys, which lab_run does not show.
	# shellcheck disable=SC2016
	ip netns exec "$LAB_NAME-$1" sh -c \
		'echo "$1" >"/sys/class/net/$0/queues/rx-0/rps_cpus"' \
		"$2" "$(printf %x $(((1 << cpus) - 1)))"
}

# Attached with bpftool: ip would leave directories of its own in the bpffs.
lab_add_node() {
	lab_add_host "$@" &&
		lab_run switch ethtool -K "p-$1" tx off >/dev/null &&
		lab_run switch bpftool net attach xdpdrv \
			pinned "$LAB_PINS/pass" dev "p-$1"
}

lab_up() {
	local host
	((EUID == 0)) || lab_fail "needs root" || return 1
	[[ -e $LAB_PASS ]] || lab_fail "no $LAB_PASS: make lab" || return 1
	(($#)) || set -- client node1 node2 backend1 backend2
	trap lab_down EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	lab_sweep
	LAB_DIR=$(mktemp -d "/tmp/$LAB_NAME.XXXXXX")
	chmod 755 "$LAB_DIR" # nginx's workers are not root
	mkdir "$LAB_DIR/pids"
	lab_mount_bpffs && mkdir "$LAB_PINS" &&
		bpftool prog load "$LAB_PASS" "$LAB_PINS/pass" || return 1
	lab_add_namespace switch &&
		lab_run switch ip link add br0 up type bridge \
			stp_state 0 mcast_snooping 0 || return 1
	for host; do
		case $host in
		client) lab_add_host client 10.0.4.50 ;;
		node1) lab_add_node node1 10.0.4.20 ;;
		node2) lab_add_node node2 10.0.4.21 ;;
		backend1) lab_add_host backend1 10.0.4.31 ;;
		backend2) lab_add_host backend2 10.0.4.32 ;;
		*) lab_fail "lab_up: no host $host in the drawing" ;;
		esac || return 1
	done
}

lab_mount_bpffs() {
	! findmnt -t bpf /sys/fs/bpf >/dev/null || return 0
	mount -t bpf bpf /sys/fs/bpf && LAB_MOUNTED=1
}

lab_down() {
	local file
	[[ $LAB_DIR ]] || return 0
	trap '' INT TERM
	for file in "$LAB_DIR"/pids/*; do
		! lab_alive "${file##*/}" || kill "${file##*/}" || true
	done 2>/dev/null
	for file in "$LAB_DIR"/pids/*; do
		[[ ! -e $file ]] || lab_stop "${file##*/}" || true
	done
	lab_remove "$LAB_NAME"
	# Unless somebody else has pinned something there meanwhile.
	[[ ! $LAB_MOUNTED ||
		$(find /sys/fs/bpf -mindepth 1 ! -name '*.debug') ]] ||
		umount /sys/fs/bpf || true
	LAB_DIR=
	LAB_MOUNTED=
	LAB_ADDRESS=()
	trap - INT TERM EXIT
}

# Everything that is named after a lab; in its namespaces only its children
# can be left.
lab_remove() {
	local netns pids
	for netns in /run/netns/"$1"-*; do
		[[ -e $netns ]] || continue
		pids=$(ip netns pids "${netns##*/}") || pids=
		# shellcheck disable=SC2086
		[[ ! $pids ]] || kill -KILL $pids 2>/dev/null || true
		ip netns delete "${netns##*/}" || true
	done
	rm -rf "/sys/fs/bpf/$1" /tmp/"$1".??????
}

# What labs left that were themselves killed with SIGKILL.
lab_sweep() {
	local left
	for left in /run/netns/xlab-*-switch; do
		left=${left##*/}
		left=${left%-switch}
		[[ $left == xlab-\* || -e /proc/${left#xlab-} ]] ||
			lab_remove "$left"
	done
}

lab_addr() { echo "${LAB_ADDRESS[$1]}"; }
lab_port() { lab_run switch ip link set "p-$1" "$2"; }

lab_set_dr() {
	lab_run "$1" sysctl -q -w net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2 &&
		lab_run "$1" ip address add "$2/32" dev lo
}

# XDP takes packets before tcpdump sees them: listen on the bridge port.
lab_capture() {
	local host=$1 file=$2
	shift 2
	lab_spawn switch tcpdump -U -n -i "p-$host" -w "$file" "$@"
	lab_wait 5 "tcpdump on p-$host" grep -q '^tcpdump: listening' "$LAB_LOG"
}

# --- servers and daemons ---------------------------------------------------

lab_www() { echo "$LAB_DIR/$1/www"; }

lab_nginx() {
	local host=$1 at=${2:+$2:} dir=$LAB_DIR/$1
	mkdir -p "$dir/www"
	cat >"$dir/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		pid $dir/nginx.pid;
		error_log $dir/error.log;
		events { worker_connections 16384; }
		http {
		  log_format lab '\$remote_addr:\$remote_port '
		    '\$server_addr:\$server_port \$status "\$request"';
		  access_log $dir/access.log lab;
		  client_body_temp_path $dir/body;
		  proxy_temp_path $dir/proxy;
		  fastcgi_temp_path $dir/fastcgi;
		  uwsgi_temp_path $dir/uwsgi;
		  scgi_temp_path $dir/scgi;
		  add_header X-Backend $host always;
		  add_header X-Client \$remote_addr always;
		  server {
		    listen ${at}8080;
		    listen ${at}9090;
		    default_type application/json;
		    location = /healthz { return 200 '{"status":"ok"}\n'; }
		    location /files/ { alias $dir/www/; }
		  }
		}
	END
	lab_spawn "$host" nginx -e "$dir/error.log" -p "$dir" \
		-c "$dir/nginx.conf"
	lab_wait 10 "nginx on $host answers" lab_curl "$host" -o /dev/null \
		http://127.0.0.1:9090/healthz 2>/dev/null ||
		lab_fail "$(cat "$LAB_LOG" "$dir/error.log")"
}

lab_socket() { echo "$LAB_DIR/$1/xlbd.sock"; }
lab_pins() { echo "$LAB_PINS/$1"; }
lab_log() { echo "$LAB_DIR/$1/xlbd.log"; }

# CONF with this node's socket and pins as the first lines of its xlbd block.
lab_conf() {
	awk -v own="control $(lab_socket "$1")\n    pin_path $(lab_pins "$1")" '
		{ text = text $0 "\n" }
		/^xlbd[ \t]*{[ \t]*$/ { text = text "    " own "\n"; there = 1 }
		END {
			if (!there)
				printf "xlbd {\n    %s\n}\n\n", own
			printf "%s", text
		}' "$2"
}

lab_xlbd() {
	local node=$1 conf=$LAB_DIR/$1/lb.conf
	lab_conf "$node" "$2" >"$conf" || return 1
	shift 2
	lab_spawn "$node" "$LAB_BUILD/xlbd" -c "$conf" "$@"
	lab_wait 10 "xlbd on $node answers" lab_xlbd_settled "$node" "$LAB_PID"
	lab_ctl "$node" status >/dev/null 2>&1 ||
		lab_fail "xlbd on $node: $(cat "$LAB_LOG")"
}

# Ends the wait early when the daemon has died.
lab_xlbd_settled() {
	lab_ctl "$1" status >/dev/null 2>&1 || lab_dead "$2"
}

lab_ctl() {
	local node=$1
	shift
	"$LAB_BUILD/xlbctl" -s "$(lab_socket "$node")" "$@"
}

lab_json() {
	local node=$1 filter=$2
	shift 2
	lab_ctl "$node" --json "$@" | jq -r "$filter"
}

# --- requests --------------------------------------------------------------

lab_curl() {
	local host=$1
	shift
	lab_run "$host" curl -q -sS --noproxy '*' --connect-timeout 3 \
		--max-time 60 "$@"
}

lab_who() {
	local i who
	for ((i = 0; i < ${3:-1}; i++)); do
		who=$(lab_curl "$1" -f -o /dev/null -w '%header{x-backend}' \
			"$2" 2>/dev/null) || who=
		echo "${who:-failed}"
	done
}
