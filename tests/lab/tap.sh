# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP for tests written in bash.  Source it after lab.sh; end the test with
# `finish`, which prints the plan: a test that dies on the way has none, and
# fails.  A failed check prints the end of every daemon's log, once.
#
#   ok WHAT COMMAND...        it succeeds           not_ok WHAT COMMAND...
#   is GOT EXPECTED WHAT      equal as text         like GOT REGEX WHAT
#   eventually SECONDS WHAT COMMAND...              ok, with a deadline
#   diag TEXT...              a comment             bail TEXT...
#   finish                    plan and exit status

TAP_COUNT=0
TAP_FAILED=0

diag() {
	local text=$*
	echo "# ${text//$'\n'/$'\n# '}"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

tap_result() {
	local status=$1 what=$2
	TAP_COUNT=$((TAP_COUNT + 1))
	if ((status == 0)); then
		echo "ok $TAP_COUNT - $what"
		return 0
	fi
	echo "not ok $TAP_COUNT - $what"
	TAP_FAILED=$((TAP_FAILED + 1))
	((TAP_FAILED > 1)) || tap_logs
	return 0
}

tap_logs() {
	local log
	for log in "${LAB_DIR:-/nonexistent}"/*/*.log; do
		[[ ! -s $log || $log == */access.log ]] ||
			diag "$log:
$(tail -n 30 "$log")"
	done
}

ok() {
	local what=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	tap_result $status "$what"
	((status == 0)) || diag "exit $status of: $*
$output"
}

not_ok() {
	local what=$1 output status=0
	shift
	output=$("$@" 2>&1) && status=1
	tap_result $status "$what"
	((status == 0)) || diag "succeeded, and should not have: $*
$output"
}

is() {
	local status=0
	[[ $1 == "$2" ]] || status=1
	tap_result $status "$3"
	((status == 0)) || diag "     got: $1
expected: $2"
}

like() {
	local status=0
	[[ $1 =~ $2 ]] || status=1
	tap_result $status "$3"
	((status == 0)) || diag "     got: $1
   regex: $2"
}

eventually() {
	local seconds=$1 what=$2
	shift 2
	ok "$what" lab_wait "$seconds" "$what" "$@"
}

finish() {
	echo "1..$TAP_COUNT"
	((TAP_COUNT > 0 && TAP_FAILED == 0))
	exit
}
