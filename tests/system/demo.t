#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demo ends well and in time, is not well when a step is not, and leaves
# nothing, also when it is interrupted.
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/lab.sh
. tests/lab/tap.sh

OUT=$(mktemp -d /tmp/demo.XXXXXX)
trap 'rm -rf "$OUT"' EXIT
MARK=demo-test-$$

# In a session of its own, as from a terminal: a shell's background jobs do
# not get SIGINT.
demo() { # BUILD
	env --default-signal=INT XLBD_MARK="$MARK" XLBD_BUILD="$1" \
		setsid tests/lab/demo >"$OUT/log" 2>&1 </dev/null &
	DEMO=$!
}
# Processes of the demo, by what they have inherited
processes() {
	local file
	for file in /proc/[0-9]*/environ; do
		! grep -qs "XLBD_MARK=$MARK" "$file" || echo "$file"
	done
}
no_processes() { [[ ! $(processes) ]]; }
# Namespaces, pins and files of labs whose shell is gone
orphans() {
	local path name
	for path in /run/netns/xlab-* /sys/fs/bpf/xlab-* /tmp/xlab-*; do
		name=${path##*/xlab-}
		[[ ! -e $path || -e /proc/${name%%[!0-9]*} ]] || echo "$path"
	done
}
ORPHANS=$(orphans)
nothing_left() {
	eventually 5 "$1: no process is left" no_processes
	is "$(comm -13 <(echo "$ORPHANS") <(orphans))" "" \
		"$1: no namespace, pin or file is left"
}
end_of() {
	lab_wait "$1" "the demo's end" eval '! kill -0 $DEMO 2>/dev/null' ||
		kill -KILL -- -$DEMO
	STATUS=0
	wait $DEMO || STATUS=$?
}

demo "$LAB_BUILD"
end_of 60
is $STATUS 0 "the demo: exit status 0"
like "$(cat "$OUT/log")" 'demo: all as it should be, in [0-9]+ s' \
	"and it says so"
is "$(grep -c 'answered: backend1=5 backend2=5' "$OUT/log")" 5 \
	"five and five, each time"
is "$(grep -cE '^ +(client|node.)( +5 node1, 5 node2){2} ' "$OUT/log")" 9 \
	"of the two nodes' backends, too"
((STATUS == 0)) || diag "$(tail -n 40 "$OUT/log")"
nothing_left "the demo"

# A daemon that does not do as it is told: draining is left out.
mkdir -p "$OUT/build"
ln -s "$LAB_BUILD/xlbd" "$LAB_BUILD/tests" "$OUT/build/"
cat >"$OUT/build/xlbctl" <<-END
	#!/bin/bash
	[[ "\$*" != *"backend drain"* ]] || exec echo drained
	exec $LAB_BUILD/xlbctl "\$@"
END
chmod +x "$OUT/build/xlbctl"
demo "$OUT/build"
end_of 60
is $STATUS 1 "a step goes wrong: exit status 1"
like "$(cat "$OUT/log")" 'NOT AS IT SHOULD BE: expected backend1=5 backend2=5' \
	"and it says which"
nothing_left "a step goes wrong"

for step in '1\. A network' '4\. A backend dies' '7\. DR on node2' \
	'10\. xlbd is stopped on the master'; do
	demo "$LAB_BUILD"
	lab_wait 30 "step $step" grep -q "$step" "$OUT/log"
	kill -INT -- -$DEMO
	end_of 15
	ok "interrupted at $step: it ends, and not well" test $STATUS -ne 0
	nothing_left "interrupted at $step"
done
finish
