# shellcheck shell=bash disable=SC2034,SC2086 # settings are lists of words
# SPDX-License-Identifier: GPL-2.0-only
#
# Virtual routers for tests, on top of lab.sh: the same one with xlbd,
# keepalived and FRR's vrrpd, who owns it, and what the wire has to say.
# Settings, by those who source this:
#
#   VIP        what is owned                      default: 10.0.4.99
#   VERSION    2 or 3                             3
#   ADVERT     advert_int in seconds              0.1
#   FAMILY     of adverts: 4 or 6                 4
#   AUTH       lines of vrrp_instance             none
#   PEERS      nodes of a unicast instance        none: multicast
#
#   vrrp_conf NODE PRIORITY [LINE...]   the instance as text: xlbd's language
#                                       and keepalived's; LINE: more of it
#   vrrp_start DAEMON NODE PRIORITY [nopreempt]   in VRRP_PID[NODE]
#   vrrp_stop NODE, vrrp_crash NODE     cleanly; SIGKILL and, of others than
#                                       xlbd, the VIP away at once
#   vrrp_owns NODE          by its daemon's own word, and by ip address
#   vrrp_reaches HOST NODE  pings the VIP, and has NODE's MAC for it
#   vrrp_json NODE FILTER   of xlbctl vrrp show: .state ...
#   vrrp_state NODE STATE   is it that?
#   vrrp_capture NODE...    begins to record what they send
#   vrrp_claims             ends it: claims.py's lines
#   vrrp_adverts NODE       how many it has sent, while recording

: "${VIP:=10.0.4.99}" "${VERSION:=3}" "${ADVERT:=0.1}" "${FAMILY:=4}"
: "${AUTH:=}" "${PEERS:=}"
VRRP_ID=51
declare -A VRRP_PID=() VRRP_DAEMON=() VRRP_CAPTURE=()

vrrp_unicast() {
	local peer
	echo "    unicast_src_ip $(lab_addr "$1")"
	echo "    unicast_peer {"
	for peer in $PEERS; do
		[[ $peer == "$1" ]] || echo "        $(lab_addr "$peer")"
	done
	echo "    }"
}

vrrp_conf() {
	local node=$1 priority=$2
	shift 2
	echo "vrrp_instance VI_1 {"
	printf '    %s\n' "interface eth0" "virtual_router_id $VRRP_ID" \
		"priority $priority" "version $VERSION" "advert_int $ADVERT" \
		"$AUTH" "$@"
	[[ ! $PEERS ]] || vrrp_unicast "$node"
	echo "    virtual_ipaddress {"
	[[ $FAMILY == 4 ]] && echo "        $VIP" ||
		printf '        %s\n' fe80::99 fd00:4::99
	echo "    }"
	echo "}"
}

# --- daemons ---------------------------------------------------------------

vrrp_start() {
	local daemon=$1 node=$2
	shift
	VRRP_DAEMON[$node]=$daemon
	"vrrp_start_$daemon" "$@"
}

vrrp_start_xlbd() {
	vrrp_conf "$@" >"$LAB_DIR/$1/vrrp.conf"
	lab_xlbd "$1" "$LAB_DIR/$1/vrrp.conf" || return 1
	VRRP_PID[$1]=$LAB_PID
}

vrrp_start_keepalived() {
	local dir=$LAB_DIR/$1
	vrrp_conf "$@" >"$dir/keepalived.conf"
	rm -f "$dir/keepalived.log" "$dir/keepalived.pid" "$dir/vrrp.pid"
	lab_spawn "$1" keepalived -n -l -D -P -f "$dir/keepalived.conf" \
		-p "$dir/keepalived.pid" -r "$dir/vrrp.pid"
	VRRP_PID[$1]=$LAB_PID
	lab_wait 10 "keepalived on $1" grep -q 'Entering BACKUP' "$LAB_LOG"
}

# FRR owns a VIP that somebody has put on a macvlan with the virtual router's
# MAC: as backup it keeps that interface down.
vrrp_frr_interface() {
	local mac
	mac=00:00:5e:00:01:$(printf %02x $VRRP_ID)
	! lab_run "$1" ip link show vrrp >/dev/null 2>&1 || return 0
	lab_run "$1" sysctl -q -w net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2 &&
		lab_run "$1" ip link add vrrp link eth0 address "$mac" \
			type macvlan mode bridge &&
		lab_run "$1" ip address add "$VIP/24" dev vrrp noprefixroute &&
		lab_run "$1" ip link set vrrp up
}

vrrp_start_frr() {
	local node=$1 priority=$2 dir=$LAB_DIR/$1 ms
	ms=$(awk "BEGIN { print $ADVERT * 1000 }")
	vrrp_frr_interface "$node" || return 1
	echo "hostname $node" >"$dir/zebra.conf"
	printf '%s\n' 'interface eth0' " vrrp $VRRP_ID version $VERSION" \
		" vrrp $VRRP_ID priority $priority" \
		" vrrp $VRRP_ID advertisement-interval $ms" \
		"${3:+ no vrrp $VRRP_ID preempt}" \
		" vrrp $VRRP_ID ip $VIP" >"$dir/vrrpd.conf"
	chown -R frr:frr "$dir"
	[[ -S $dir/zserv ]] || vrrp_frr_daemon "$node" zebra
	lab_wait 10 "zebra on $node" test -S "$dir/zserv" || return 1
	vrrp_frr_daemon "$node" vrrpd --log-level debug
	VRRP_PID[$node]=$LAB_PID
}

vrrp_frr_daemon() {
	local node=$1 daemon=$2 dir=$LAB_DIR/$1
	rm -f "$dir/$daemon.vty"
	shift 2
	lab_spawn "$node" /usr/lib/frr/$daemon -u frr -g frr -P 0 \
		-f "$dir/$daemon.conf" -z "$dir/zserv" -i "$dir/$daemon.pid" \
		--vty_socket "$dir" --log stdout "$@"
}

vrrp_stop() { lab_stop "${VRRP_PID[$1]}"; }

# keepalived and FRR leave a VIP behind that still answers; a host without
# power does not.  What xlbd leaves must not answer.
vrrp_crash() {
	lab_kill "${VRRP_PID[$1]}"
	case ${VRRP_DAEMON[$1]} in
	keepalived) lab_run "$1" ip address flush dev eth0 to "$VIP" ;;
	frr) lab_run "$1" ip link delete vrrp ;;
	esac
}

# --- who owns it -----------------------------------------------------------

vrrp_json() { lab_json "$1" "$2" vrrp show VI_1; }
vrrp_state() { [[ $(vrrp_json "$1" .state 2>/dev/null) == "$2" ]]; }

vrrp_has_address() {
	[[ $(lab_run "$1" ip -o address show dev eth0 to "$VIP") ]]
}

vrrp_owns() { "vrrp_owns_${VRRP_DAEMON[$1]}" "$1"; }

vrrp_owns_xlbd() {
	vrrp_state "$1" MASTER || return 1
	[[ $FAMILY == 6 ]] || vrrp_has_address "$1"
}

vrrp_owns_keepalived() {
	[[ $FAMILY == 4 ]] || {
		[[ $(lab_run "$1" ip -o address show to fd00:4::99) ]]
		return
	}
	vrrp_has_address "$1"
}

vrrp_owns_frr() {
	lab_run "$1" ip -j link show vrrp |
		jq -e '.[0].operstate == "UP"' >/dev/null
}

vrrp_mac() {
	local dev=eth0
	[[ ${VRRP_DAEMON[$1]} != frr ]] || dev=vrrp
	lab_run "$1" ip -j link show $dev | jq -r '.[0].address'
}

vrrp_reaches() {
	lab_run "$1" ping -q -c 1 -W 1 "$VIP" >/dev/null &&
		[[ $(lab_run "$1" ip -j neigh show to "$VIP" |
			jq -r '.[0].lladdr') == "$(vrrp_mac "$2")" ]]
}

# --- what the wire says ----------------------------------------------------

# The buffer holds whole frames of the longest kind: cut them short.
vrrp_capture() {
	local node
	for node; do
		lab_capture "$node" "$LAB_DIR/$node/claims.pcap" -Q in -s 256 \
			-B 16384 --immediate-mode || return 1
		VRRP_CAPTURE[$node]=$LAB_PID
	done
}

# What was not captured proves nothing.
vrrp_claims() {
	local node files=()
	for node in "${!VRRP_CAPTURE[@]}"; do
		lab_stop "${VRRP_CAPTURE[$node]}" INT
		files+=("$node=$LAB_DIR/$node/claims.pcap")
	done
	VRRP_CAPTURE=()
	! grep '^[1-9].* dropped by kernel' "$LAB_DIR/switch/tcpdump.log" >&2 &&
		"$LAB_ROOT/tests/lab/claims.py" "$VIP" "${files[@]}"
}

vrrp_adverts() {
	tcpdump -n -r "$LAB_DIR/$1/claims.pcap" \
		'proto 112 or ip6 proto 112' 2>/dev/null | wc -l
}
