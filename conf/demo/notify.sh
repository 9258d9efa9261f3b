#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# notify.sh WHAT LOG: adds the line "[2025-01-31 12:00:00] WHAT" to a log file.
# For notify_master and the like; WHAT is the keyword that ran it.
set -u
if [ $# -lt 2 ]; then
	echo "usage: $0 WHAT LOG" >&2
	exit 2
fi
echo "[$(date '+%Y-%m-%d %H:%M:%S')] $1" >>"$2"
