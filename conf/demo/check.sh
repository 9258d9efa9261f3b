#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh PIDFILE: succeeds while the process named there runs.  For
# vrrp_script; whoever starts the program writes the file.
set -u
if [ $# -ne 1 ]; then
	echo "usage: $0 PIDFILE" >&2
	exit 2
fi
[ -r "$1" ] && read -r pid <"$1" && [ -n "$pid" ] && [ -d "/proc/$pid" ]
