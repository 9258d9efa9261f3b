#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `xlbd -t` and --dump-config exit with, apart from what golden.t and
# malformed.t show: files that cannot be read, --strict, -i, the form of lines.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1
. tests/lab/tap.sh

XLBD=$(realpath "${XLBD:-${XLBD_BUILD:-build}/xlbd}")
[[ -x $XLBD ]] || bail "no $XLBD: make it first"
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
cd "$TMP" || exit 1

# "EXIT-CODE MESSAGES" of xlbd with these arguments.
run() {
	timeout 20 "$XLBD" "$@" >out 2>err
	echo "$?$(sed 's/^/ /' err)"
}

cat >good <<'EOF'
virtual_server 10.0.0.1 80 {
	protocol TCP
	lb_algo rr
	lb_kind DR
	real_server 10.0.0.2 80 {
	}
}
EOF
sed 's/lb_algo rr/lb_algo wlc/' good >warns
sed 's/lb_algo rr/lb_algo\n/' good >wrong
{
	cat good
	echo 'vrrp_script s {'
	echo '	script /bin/true'
	echo '}'
} >script
{
	cat script
	echo 'frob'
} >both
echo '@here xlbd { pin_path /here }' >conditional
mkdir directory

is "$(run -t -c good)" "0" "a good file"
like "$(run -t -c missing)" '^4 .*missing.*No such file' "no file"
like "$(run -t -c directory)" '^4 .*directory.*Is a directory' "a directory"
like "$(run --dump-config -c missing)" '^4 ' "--dump-config of no file"
is "$(run -t -c warns)" \
	"0 warns:3:10: warning: lb_algo wlc is not there yet: it runs as wrr" \
	"a warning alone is no failure"
like "$(run -t --strict -c warns)" '^5 warns:3:10: warning: ' \
	"with --strict it is"
is "$(run -t -c wrong)" "5 wrong:3:2: error: lb_algo: a value is missing" \
	"an error"
is "$(run --dump-config -c wrong) $(cat out)" \
	"5 wrong:3:2: error: lb_algo: a value is missing " \
	"--dump-config prints no config that is wrong"
like "$(run -t -c script)" '^0 script:9:2: warning: scripts without' \
	"script security is a warning"
like "$(run -t --strict -c script)" '^6 ' "with --strict alone it is 6"
like "$(run -t --strict -c both)" '^5 ' "other findings weigh more"
run --dump-config -i here -c conditional >/dev/null
like "$(cat out)" 'pin_path /here' "-i chooses lines"
run --dump-config -i there -c conditional >/dev/null
like "$(cat out)" 'pin_path /sys/fs/bpf/xlbd' "another -i does not"
like "$(run -t -c "$TMP/warns")" "^0 $TMP/warns:3:10: " \
	"messages name the file as it was given"
finish
