#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A session table full of half-open connections: new ones are refused, counted,
# and said in the log, once; those that are there go on.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh
. tests/lab/traffic.sh

lab_up client node1 backend1 || bail "no lab"
ends_start
ends listen backend1 10.0.4.31 7000 >/dev/null
xlbd_with node1 "xlbd {
    max_sessions 50
}
$(service 10.0.4.99 70 TCP rr FNAT 10.0.4.31:7000)" || bail "no xlbd"

lines() { grep -c "$1" "$(lab_log node1)"; }
flood() { ends syn client 10.0.4.60 "$1" 10.0.4.99 70 100; }
refused() { [[ $(reason node1 table_full) -ge $1 ]]; }

is "$(ends open stays client 10.0.4.99 70 40001)" backend1 "a connection"
is "$(lines "refused")" 0 "nothing is refused, nothing said"
flood 10000 >/dev/null
eventually 5 "a flood of SYNs: what is too much is refused" refused 50
eventually 5 "and that is said" eval \
	'(($(lines "new sessions are refused: the session table is full") == 1))'
flood 20000 >/dev/null
eventually 5 "more are refused" refused 150
ok "a connection that was there goes on" ends send stays client
eventually 20 "the end is said as well" eval \
	'(($(lines "accepted again: .* refused because the session table") == 1))'
is "$(lines "new sessions are refused")" 1 "once each"
finish
