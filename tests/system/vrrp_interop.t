#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xlbd and a real keepalived: an election, a clean and a crash hand-over, over
# each transport.  Preemption, three nodes and FRR: make check-interop.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/tap.sh
. tests/interop/cases.sh

cases_run 5 "keepalived v2-multicast quick" "keepalived v2-unicast quick" \
	"keepalived v3-multicast quick" "keepalived v3-unicast quick" \
	"keepalived v3-ipv6 quick"
finish
