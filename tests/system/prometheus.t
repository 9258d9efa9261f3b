#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Counters: promtool accepts what `xlbctl stats --prometheus` and the metrics
# endpoint say, bpftool prints the pinned maps with their fields' names, and
# all of them agree with what was sent.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 backend2 || bail "no lab"
lab_nginx backend1
lab_nginx backend2
lab_set_dr backend2 10.0.4.98
udp_echo backend1 10.0.4.31 5353
ends_start
ends listen backend1 10.0.4.31 7000 >/dev/null

xlbd_with node1 "xlbd {
	metrics 10.0.4.20:9100
}
$(OF_BACKENDS='TCP_CHECK { }' service 10.0.4.99 80 TCP rr FNAT \
	10.0.4.31:8080 10.0.4.32:8080 10.0.4.32:1)
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)
$(service 10.0.4.99 53 UDP rr FNAT 10.0.4.31:5353)
$(service 10.0.4.98 8080 TCP rr DR 10.0.4.32:8080)"
lab_ctl node1 status >/dev/null || bail "no xlbd"
down() {
	[[ $(lab_json node1 '.backends[] | select(.port == 1) | .state' \
		backend list) == down ]]
}
eventually 10 "a backend that is down" down

# --- traffic whose frames are known ----------------------------------------

# Frames at the client: all that is sent to and comes from the VIPs.
lab_capture client "$LAB_DIR/all.pcap" 'net 10.0.4.96/29 and not arp'
CAPTURE=$LAB_PID
is "$(lab_who client http://10.0.4.99/healthz 10 | spread)" \
	"5 backend1, 5 backend2" "requests by FNAT"
is "$(lab_who client http://10.0.4.98:8080/healthz 4 | spread)" "4 backend2" \
	"requests by DR"
for size in 1 100 1000; do
	head -c $size /dev/zero | tr '\0' x |
		lab_run client timeout 5 nc -u -w 1 -W 1 10.0.4.99 53 >/dev/null
done
ok "an open connection" ends open held client 10.0.4.99 70 40001
# "PACKETS BYTES" of the capture, as tcpdump has them
captured() {
	tcpdump -e -nr "$LAB_DIR/all.pcap" "$1" 2>/dev/null |
		sed -n 's/.*, length \([0-9]*\): 10\..*/\1/p' |
		awk '{ n++; b += $1 } END { print n + 0, b + 0 }'
}
value() { lab_ctl node1 stats --prometheus | sed -n "s|^xlbd_$1 ||p"; }
traffic() {
	local labels="service=\"$1\",protocol=\"$2\",direction=\"$3\""
	value "service_packets_total{$labels}"
	value "service_bytes_total{$labels}"
}
agrees() {
	[[ $(traffic "$1" "$2" "$3" | paste -sd' ') == $(captured "$4") ]]
}
for proto in tcp udp; do
	port=80
	[[ $proto == tcp ]] || port=53
	eventually 5 "what clients sent ($proto)" \
		agrees 10.0.4.99:$port $proto in "dst 10.0.4.99 and dst port $port"
	eventually 5 "what they got ($proto)" agrees 10.0.4.99:$port $proto \
		out "src 10.0.4.99 and src port $port"
done
eventually 5 "what clients sent (DR)" agrees 10.0.4.98:8080 tcp in \
	"dst 10.0.4.98"
is "$(traffic 10.0.4.98:8080 tcp out | paste -sd' ')" "0 0" \
	"DR: nothing comes back this way"
lab_stop "$CAPTURE"
is "$(traffic 10.0.4.99:53 udp in | paste -sd' ')" "3 1227" \
	"three datagrams of 1, 100 and 1000 bytes, with their headers"

# --- the text --------------------------------------------------------------

METRICS=$(lab_ctl node1 stats --prometheus)
ok "promtool accepts it" promtool check metrics <<<"$METRICS"
ok "it would not accept anything" eval \
	'! echo "xlbd_sessions one" | promtool check metrics'
SERVICE='service="10.0.4.99:80",protocol="tcp"'
is "$(value "service_sessions{service=\"10.0.4.99:70\",protocol=\"tcp\"}")" 1 \
	"sessions of a service"
is "$(value "backend_packets_total{$SERVICE,backend=\"10.0.4.31:8080\",`
	`direction=\"in\"}")" "$(value "backend_packets_total{$SERVICE,`
	`backend=\"10.0.4.32:8080\",direction=\"in\"}")" \
	"two backends with as many packets"
is "$(value "backend_up{$SERVICE,backend=\"10.0.4.31:8080\"}") $(value \
	"backend_up{$SERVICE,backend=\"10.0.4.32:1\"}")" "1 0" \
	"backends up and down"
ok "failed checks" test "$(value "backend_check_failures_total{$SERVICE,`
	`backend=\"10.0.4.32:1\",check=\"tcp\"}")" -ge 1
like "$(value 'build_info{version="[^"]*"}')" '^1$' "xlbd_build_info"
is "$(value sessions_max)" 262144 "xlbd_sessions_max"
is "$(value 'packets_total{reason="forward",action="send"}')" \
	"$(lab_json node1 '[.services[].packets_in] | add' stats)" \
	"the reason 'forward' is the sum of what clients sent"
forward=$(value 'packets_total{reason="forward",action="send"}')

# --- the endpoint ----------------------------------------------------------

# Asked on the node itself: nothing of that passes the interface.
fetch() { lab_curl node1 "$@" http://10.0.4.20:9100/metrics; }
same() { [[ $(fetch) == $(lab_ctl node1 stats --prometheus) ]]; }
eventually 5 "the endpoint says the same" same
ok "promtool accepts that" eval 'fetch | promtool check metrics'
like "$(fetch -o /dev/null -w '%{http_code} %{content_type}')" \
	'^200 text/plain; ?version=0\.0\.4' "as Prometheus wants it"
is "$(lab_curl client -o /dev/null -w '%{http_code}' \
	http://10.0.4.20:9100/metrics)" 200 "for another host"
is "$(lab_curl node1 -o /dev/null -w '%{http_code}' \
	http://10.0.4.20:9100/other)" 404 "and nothing else"

# --- the maps --------------------------------------------------------------

dump() { bpftool -j map dump pinned "$(lab_pins node1)/$1"; }
# What an entry of a dump has as names, with those of its value's members
names() {
	dump "$1" | jq -r '.[0].formatted | (.key | objects | keys[]),
		((.value // .values[0].value) | keys[])'
}
is "$(names services)" "address
pad
port
protocol
flags
local_backend
slot
vip" "services"
like "$(names backends)" "address.*kind.*mac.*port.*snat_address" "backends"
like "$(names sessions4)" "daddr.*saddr.*backend.*l4_delta.*state|seen" \
	"sessions4"
is "$(names owner)" "address
lease_until" "owner"
is "$(names service_stats)" "bytes_in
bytes_out
packets_in
packets_out
sessions" "service_stats"
is "$(names backend_stats)" "$(names service_stats)" "backend_stats"
is "$(names reasons | sort)" "$(lab_json node1 '.reasons[].name' stats |
	sort)" "reasons: a member each"
is "$(dump reasons | jq '[.[0].formatted.values[].value.forward.packets] |
	add')" "$forward" "whose sum over the CPUs is what xlbctl says"
is "$(dump service_stats | jq '[.[].formatted.values[].value.packets_in] |
	add')" "$forward" "service_stats agrees"
is "$(dump backend_stats | jq '[.[].formatted.values[].value.packets_in] |
	add')" "$forward" "backend_stats agrees"
like "$(bpftool map dump pinned "$(lab_pins node1)/owner" | head -n 20)" \
	'"lease_until": ?[0-9]' "without -j as well"
finish
