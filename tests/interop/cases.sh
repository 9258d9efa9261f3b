# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs cases of tests/interop/case side by side, each in a lab of its own, and
# makes one TAP stream of theirs.  Source it after tap.sh.
#
#   cases_run LIMIT CASE...   CASE: the words for tests/interop/case; at most
#                             LIMIT at a time
#   cases_table               a line for each case: passed, or how many failed

declare -A CASES_FAILED=()
CASES_DIR=

cases_end() {
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$CASES_DIR"
}

cases_run() {
	local limit=$1 case i=0
	shift
	CASES_DIR=$(mktemp -d) || bail "no directory"
	trap cases_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for case; do
		((i++ < limit)) || wait -n
		# shellcheck disable=SC2086
		tests/interop/case $case >"$CASES_DIR/$case" 2>&1 &
	done
	wait
	for case; do
		cases_report "$case"
	done
}

# Of a stream that breaks off, what there is, and that.
cases_report() {
	local case=$1 line plan="" failed=0
	while IFS= read -r line; do
		case $line in
		"ok "*) tap_line ok "$case: ${line#*- }" ;;
		"not ok "*)
			tap_line "not ok" "$case: ${line#*- }"
			failed=$((failed + 1))
			;;
		1..*) plan=${line#1..} ;;
		*) diag "${line#\# }" ;;
		esac
	done <"$CASES_DIR/$case"
	[[ $plan ]] || {
		tap_line "not ok" "$case: runs to its end"
		failed=$((failed + 1))
	}
	CASES_FAILED[$case]=$failed
}

tap_line() {
	TAP_COUNT=$((TAP_COUNT + 1))
	[[ $1 == ok ]] || TAP_FAILED=$((TAP_FAILED + 1))
	echo "$1 $TAP_COUNT - $2"
}

cases_table() {
	local case result
	for case; do
		result=passed
		((CASES_FAILED[$case] == 0)) ||
			result="${CASES_FAILED[$case]} FAILED"
		diag "$(printf '%-36s %s' "$case" "$result")"
	done
}
