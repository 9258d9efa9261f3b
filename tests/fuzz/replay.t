#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every fuzzer goes through its corpus without a finding: what fuzzing found
# once stays fixed.  XLBD_BUILD says where the replay programs are.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1

BUILD=${XLBD_BUILD:-build}
shopt -s nullglob
sources=(tests/fuzz/fuzz_*.c)

echo "1..${#sources[@]}"
number=0 failed=0
for source in "${sources[@]}"; do
	name=$(basename "$source" .c)
	number=$((number + 1))
	if out=$(timeout 300 "$BUILD/tests/fuzz/$name-replay" \
		"tests/fuzz/corpus/$name" 2>&1); then
		echo "ok $number - $name: $(tail -n 1 <<<"$out" | sed 's/^# //')"
	else
		echo "not ok $number - $name"
		tail -n 40 <<<"$out" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
