#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What comes and goes with a virtual router besides its plain addresses, as
# `ip` shows it: options of addresses.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/vrrp.sh
. tests/lab/tap.sh

lab_up node1 || bail "no lab"
LO=fd00:9::99

vrrp_lines() {
	cat <<-END
		virtual_ipaddress_excluded {
		    10.0.4.98/24 dev eth0 label eth0:vip brd + noprefixroute
		    10.0.4.97/32 scope link
		    $LO/64 dev lo preferred_lft forever
		}
	END
}

addresses() { lab_run node1 ip -o address show "$@"; }
has() { lab_run node1 ip -o "$@" | grep -q .; }
has_not() { ! has "$@"; }

OURS=$(addresses scope global)
vrrp_start xlbd node1 100 "$(vrrp_lines)" || bail "no xlbd"
eventually 5 "becomes master" vrrp_owns node1
eventually 5 "the last of its addresses is there" has address show to $LO
like "$(addresses to 10.0.4.98)" \
	'10.0.4.98/24 brd 10.0.4.255 .*noprefixroute .*eth0:vip' \
	"label, brd and noprefixroute are the address's"
like "$(addresses to 10.0.4.97)" '10.0.4.97/32 scope link' "scope, too"
like "$(addresses to $LO)" 'preferred_lft forever' "and preferred_lft"

vrrp_stop node1
is "$LAB_STATUS $(addresses scope global)" "0 $OURS" "after a stop none is left"
finish
