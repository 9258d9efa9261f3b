#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The whole matrix: xlbd with keepalived and with FRR's vrrpd, over everything
# that they have in common.  Of v3-ipv6 it is checked who is master, and that
# keepalived has the addresses: xlbd takes part in IPv6 elections but adds no
# IPv6 VIPs, its data path being IPv4 only.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/tap.sh
. tests/interop/cases.sh

CASES=(
	"keepalived v2-multicast"
	"keepalived v2-unicast"
	"keepalived v3-multicast"
	"keepalived v3-unicast"
	"keepalived v3-ipv6"
	"frr v2-multicast"
	"frr v3-multicast"
	"keepalived v2-multicast three"
	"keepalived v3-multicast three"
	"keepalived v3-unicast three"
	"frr v3-multicast three"
)

cases_run 4 "${CASES[@]}"
cases_table "${CASES[@]}"
finish
