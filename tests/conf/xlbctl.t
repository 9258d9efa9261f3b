#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# xlbctl's command line where no daemon is needed: what is refused as usage,
# what it says without a daemon, and that help and man page tell the same.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1
. tests/lab/tap.sh

XLBCTL=${XLBD_BUILD:-build}/xlbctl
NOWHERE=$(mktemp -u)

# "STATUS OUTPUT" of a command line.
run() {
	local output status=0
	output=$("$XLBCTL" "$@" 2>&1) || status=$?
	printf '%s %s' $status "$output"
}

# usage REGEX WORD...: exit 2, and the first line says this.
usage() {
	local regex=$1 got
	shift
	got=$(run "$@")
	like "${got%%$'\n'*}" "^2 $regex" "usage: xlbctl $*"
}

usage 'usage: '
usage 'usage: ' backend
usage "unknown command 'halt'" halt
usage "unknown command 'backend halt'" backend halt
usage "unknown option '--fast'" --fast status
usage '-s needs a PATH' status -s
usage "status: what is 'now'" status now
usage 'service add needs a service' service add
usage "'10.0.4.99' is no service" service add 10.0.4.99
usage "'fast' is no kind" service add 10.0.4.99:80 kind fast
usage "'best' is no algo" service add 10.0.4.99:80 algo best
usage 'kind is said twice' service add 10.0.4.99:80 kind DR kind DR
usage 'backend add needs a backend' backend add 10.0.4.99:80
usage "'10.0.4.31' is no backend" backend add 10.0.4.99:80 10.0.4.31
usage "'65536' is no weight" backend add 10.0.4.99:80 10.0.4.31:80 weight 65536
usage 'weight needs a value' backend add 10.0.4.99:80 10.0.4.31:80 weight
usage 'check http needs a PATH' backend add 10.0.4.99:80 10.0.4.31:80 check http
usage "'http healthz' is no check" \
	backend add 10.0.4.99:80 10.0.4.31:80 check http healthz
usage 'backend set needs a weight' backend set 10.0.4.99:80 10.0.4.31:80
usage "'soon' is no time" backend drain 10.0.4.99:80 10.0.4.31:80 timeout soon
usage "'10.0.0.0/33' is no prefix" session list client 10.0.0.0/33
usage "'SYN' is no session state" session list state SYN
usage "session list: what is 'weight'" session list weight 1
usage 'vrrp show needs an instance' vrrp show
usage "vrrp show: what is 'now'" vrrp show VI_1 now
usage "vrrp show: what is '--cancel'" vrrp show --cancel VI_1
usage "vrrp list: what is 'VI_1'" vrrp list VI_1
usage "vrrp failover: what is 'VI_2'" vrrp failover VI_1 VI_2
usage 'cancel is said twice' vrrp failover --cancel VI_1 --cancel
usage 'vrrp maintenance needs a switch' vrrp maintenance
usage "'yes' is no switch" vrrp maintenance yes
usage "service list: what is '--prometheus'" service list --prometheus
usage '--json or --prometheus' --json stats --prometheus

is "$(run -s "$NOWHERE" status)" \
	"3 no xlbd at $NOWHERE (start it, or -s PATH)" 'no daemon'
is "$(run backend list "-s$NOWHERE" --json)" \
	"3 no xlbd at $NOWHERE (start it, or -s PATH)" 'options may come last'
is "$(run "--socket=$NOWHERE" \
	backend add '[2001:db8::1]:80/udp' 10.0.4.31:80 check http /x weight 0)" \
	"3 no xlbd at $NOWHERE (start it, or -s PATH)" 'every form is taken'
for flag in 'VI_1 --cancel' '--cancel VI_1' '--cancel' 'VI_1'; do
	# shellcheck disable=SC2086
	is "$(run -s "$NOWHERE" vrrp failover $flag)" \
		"3 no xlbd at $NOWHERE (start it, or -s PATH)" \
		"vrrp failover $flag is taken"
done
like "$(run -s "$(printf 'x%.0s' {1..200})" status)" '^2 .*at most 107 bytes' \
	'a path that no socket can have'
like "$(run --version)" '^0 xlbctl [0-9]' '--version'
like "$(run --help)" '^0 usage: ' '--help'
like "$(run backend add --help)" '^0 usage: .*backend add SERVICE BACKEND' \
	'COMMAND --help'

# Every command in --help is in the man page, and no other is.
commands() {
	"$XLBCTL" --help | sed -n 's/^  \([a-z]\+\( [a-z]\+\)\?\)   *.*/\1/p'
}
documented() {
	sed -n 's/^\.It Cm \([a-z]\+\( [a-z]\+\)\?\).*/\1/p' man/xlbctl.8 |
		grep -E '^(status|stats|(service|backend|session|vrrp) [a-z]+)$'
}
like "$(commands)" 'backend add' 'help lists the commands'
is "$(documented)" "$(commands)" 'the man page has the commands, in order'
finish
