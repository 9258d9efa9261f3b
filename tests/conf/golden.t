#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Good configs: NAME.in gives the messages in NAME.err (none: no file) and the
# effective config in NAME.ok, which parses back to itself.  The configs that
# are shipped are cases too.  `golden.t --update` rewrites what is expected:
# read the diff.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1
. tests/lab/tap.sh

XLBD=$(realpath "${XLBD:-${XLBD_BUILD:-build}/xlbd}")
[[ -x $XLBD ]] || bail "no $XLBD: make it first"
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
export GOLDEN_WORD=word

# Messages name the file as it was given: run where it is.  @DIR@ is that.
xlbd() {
	(cd "$DIR" && timeout 20 "$XLBD" "$@" -c "$FILE") \
		>"$TMP/raw" 2>"$TMP/err"
	local status=$?
	sed "s|$PWD/$DIR|@DIR@|g" "$TMP/raw" >"$TMP/out"
	return $status
}

file() { cat "$1" 2>/dev/null; }

# A first line "# args: ..." is for the command line.
golden() {
	local name=$1 args
	DIR=tests/conf/good FILE=$name.in
	read -r -a args < <(sed -n '1s/^# args: //p' "$DIR/$FILE")
	xlbd -t "${args[@]}"
	is $? 0 "$name: -t accepts it"
	if [[ $UPDATE ]]; then
		cp "$TMP/err" "$DIR/$name.err"
		[[ -s $TMP/err ]] || rm "$DIR/$name.err"
	fi
	is "$(file "$TMP/err")" "$(file "$DIR/$name.err")" "$name: messages"
	xlbd --dump-config "${args[@]}"
	[[ ! $UPDATE ]] || cp "$TMP/out" "$DIR/$name.ok"
	is "$(file "$TMP/out")" "$(file "$DIR/$name.ok")" \
		"$name: effective config"
	identity "$name"
}

# What was printed last, printed again, is the same.
identity() {
	cp "$TMP/raw" "$TMP/printed"
	DIR=$TMP FILE=printed
	xlbd --dump-config
	is "$? $(cat "$TMP/raw")" "0 $(cat "$TMP/printed")" \
		"$1: print-then-parse is the identity"
}

# Their interface may not be there where the tests run; all else is.  What is
# for several nodes is tried as each.
shipped() {
	local conf=$1 id
	for id in $(sed -n 's/^@\([a-z0-9]*\) .*/\1/p' "$conf" | sort -u |
		grep . || echo any); do
		DIR=$(dirname "$conf") FILE=$(basename "$conf")
		xlbd -t -i "$id"
		is "$? $(grep -v "interface 'eth0' is not" "$TMP/err")" "0 " \
			"$conf, $id: no message at all"
		xlbd --dump-config -i "$id"
		identity "$conf, $id"
	done
}

UPDATE=${1:+yes}
for case in tests/conf/good/*.in; do
	golden "$(basename "$case" .in)"
done
for conf in conf/*.conf conf/demo/*.conf; do
	shipped "$conf"
done
finish
