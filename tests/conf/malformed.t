#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every config in malformed.cases is refused with exit code 5, and says where
# and why, in exactly the words written there.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1
. tests/lab/tap.sh

XLBD=$(realpath "${XLBD:-${XLBD_BUILD:-build}/xlbd}")
[[ -x $XLBD ]] || bail "no $XLBD: make it first"
CASES=$(realpath tests/conf/malformed.cases)
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
cd "$TMP" || exit 1

# One NAME.conf and one NAME.err for each case.
awk '/^=== / { name = $2; out = name ".conf"; print name > "names"; next }
	/^---$/ { close(out); out = name ".err"; next }
	out { print > out }' "$CASES"
perl -pi -e 's/\\x([0-9a-f]{2})/chr hex $1/ge' ./*.conf

while read -r name; do
	timeout 20 "$XLBD" -t -c "$name.conf" >out 2>err
	status=$?
	is "$status $(sed "s/^$name\.conf://" err out)" "5 $(cat "$name.err")" \
		"$name"
done <names

is "$(grep -c . names)" "$(sort -u names | grep -c .)" "all names differ"
is "$(grep -L ': error: ' ./*.err)" "" "every case has an error"
((TAP_COUNT > 102))
tap_result $? "more than a hundred cases"
finish
