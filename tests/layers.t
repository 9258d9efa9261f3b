#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# HOUSE.md's laws, held by reading #include lines and the objects' symbols:
# core is pure, one foreign library has one door, an edge knows neither its
# siblings nor the engine.  XLBD_BUILD says where the objects are.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/..}" || exit 1
. tests/lab/tap.sh

OBJECTS=${XLBD_BUILD:-build}/user

# user/xlbd/: what stands above the edges, and what every edge may use.
ENGINE='xlbd options preflight engine slots reload'
BASE='loop stream script transfer log json digest'

# What core may ask of libc: memory, text, arithmetic.  Nothing that opens,
# reads, writes, waits, or knows the time.
LIBC='mem(cpy|move|set|cmp|chr|mem|rchr) (re|c|m)alloc reallocarray free
	str.* v?(snprintf|asprintf) sscanf bsearch qsort inet_(pton|ntop)
	(iso|to)[a-z]+ l?l?abs (l?l?round|ceil|floor|log|pow|fmod)
	__(ctype_(b|tolower|toupper)_loc|errno_location|assert_fail)
	__(stack_chk_fail|isoc[0-9]+_[a-z]+) _GLOBAL_OFFSET_TABLE_
	__(asan|ubsan)_.* __[a-z]+_chk'

# "FILE HEADER" for each #include of the files.
includes() {
	awk '/^[ \t]*#[ \t]*include/ { gsub(/[<>"]/, "", $NF)
		print FILENAME, $NF }' "$@"
}

# The objects of today's sources: what was renamed may have left others.
today() {
	local source
	for source in user/$1/*.c; do
		source=${source#user/}
		echo "$OBJECTS/${source%.c}.o"
	done
}

# "OBJECT SYMBOL", of all objects.
# shellcheck disable=SC2046 # a name a word
NEEDED=$(nm -A -u $(today '*') | awk '{ sub(/:$/, "", $1)
	print $1, $NF }')
# shellcheck disable=SC2046
OFFERED=$(nm -A -g --defined-only $(today '*') |
	awk '{ sub(/:.*/, "", $1); print $1, $NF }')

# The module of user/xlbd/check_tcp.c or build/user/xlbd/check_tcp.o.
module() {
	local name=${1##*/}
	name=${name%.*}
	echo "${name%%_*}"
}

is_edge() { [[ " $ENGINE $BASE " != *" $1 "* ]]; }

# --- the laws: each function prints what breaks it -------------------------

include_stands_alone() {
	includes include/*.h | awk '$2 !~ /^xlbd_(maps|reasons)[.]h$/ { print }'
}

core_includes() {
	includes user/core/*.[ch] | awk '
		$2 ~ /^core\// || $2 ~ /^xlbd_(maps|reasons)\.h$/ { next }
		$2 ~ /^(arpa\/inet|netinet\/in|linux\/types)\.h$/ { next }
		$2 ~ /^(std(arg|bool|def|int|io|lib|align))\.h$/ { next }
		$2 ~ /^(assert|ctype|errno|inttypes|limits)\.h$/ { next }
		$2 ~ /^(math|string)\.h$/ { next }
		$2 == "sys/un.h" { next } # how long a path may be
		{ print }'
}

core_symbols() {
	local allowed
	allowed=$(tr -s ' \t\n' '|' <<<"$LIBC")
	awk -v allowed="^(${allowed%|})$" '
		$1 !~ /\/core\// { next }
		FNR == NR { core[$2]; next }
		!($2 in core) && $2 !~ allowed { print }
		' <(echo "$OFFERED") <(echo "$NEEDED")
}

core_state() {
	# shellcheck disable=SC2046
	size -A $(today core) | awk '
		/:$/ || /^[^ ]+ +:/ { file = $1 }
		/^\.(data|bss|tdata|tbss)/ && !/^\.data\.rel\.ro/ && $2 > 0 {
			print file, $1 }'
}

bpf_includes() {
	includes bpf/*.[ch] | awk '$2 ~ /^(user|core|xlbd|xlbctl)\// { print }'
}

# door HEADER-REGEX FILE-REGEX: nobody but FILE includes such headers.
door() {
	includes user/*/*.[ch] | awk -v header="$1" -v file="$2" '
		$2 ~ header && $1 !~ "^user/xlbd/" file "[.][ch]$" { print }'
}

# door_symbols LIBRARY FILE-REGEX: nor calls what the library exports.
door_symbols() {
	local library
	library=$(gcc -print-file-name="$1.so")
	awk -v door="/xlbd/$2[.]o$" '
		FNR == NR { sub(/@.*/, "", $NF); library[$NF]; next }
		$1 !~ door && $2 in library { print }
		' <(nm -D --defined-only "$library") <(echo "$NEEDED")
}

edge_includes() {
	local file header from to
	while read -r file header; do
		[[ $header == xlbd/* ]] || continue
		from=$(module "$file") to=$(module "$header")
		! is_edge "$from" || [[ $from == "$to" ]] ||
			[[ " $BASE " == *" $to "* ]] || echo "$file $header"
	done < <(includes user/xlbd/*.[ch])
}

base_includes() {
	local file header
	while read -r file header; do
		[[ $header == xlbd/* ]] || continue
		is_edge "$(module "$file")" || [[ " $ENGINE " == \
			*" $(module "$file") "* ]] ||
			[[ " $BASE " == *" $(module "$header") "* ]] ||
			echo "$file $header"
	done < <(includes user/xlbd/*.[ch])
}

# What an edge's objects need is never another edge's or the engine's.
edge_symbols() {
	awk -v engine=" $ENGINE " -v base=" $BASE " '
		function module(object) {
			sub(/.*\//, "", object)
			sub(/[_.].*/, "", object)
			return object
		}
		$1 !~ /\/xlbd\// { next }
		{ from = module($1); padded = " " from " " }
		FNR == NR {
			if (!index(base, padded))
				home[$2] = from
			next
		}
		!index(base engine, padded) && $2 in home && home[$2] != from {
			print $1, "needs", $2, "of", home[$2]
		}' <(echo "$OFFERED") <(echo "$NEEDED")
}

xlbctl_includes() {
	includes user/xlbctl/*.[ch] | awk '
		$2 ~ /^xlbd\// && $2 != "xlbd/json.h" { print }'
}

tools_speak_core_only() {
	includes user/core/*.[ch] user/xlbctl/*.[ch] |
		awk '$2 ~ /^(bpf|netlink|event2|curl|openssl)\// { print }'
}

nothing() {
	local broken
	broken=$("$@")
	[[ ! $broken ]] || {
		echo "$broken"
		return 1
	}
}

ok 'there are objects to look at' \
	test -e "$OBJECTS/core/addr.o" -a -e "$OBJECTS/xlbd/loop.o"
ok 'include/ includes nothing but itself' nothing include_stands_alone
ok 'bpf/ includes nothing of user/' nothing bpf_includes
ok 'core includes core, include/ and plain libc' nothing core_includes
ok 'core calls core and plain libc' nothing core_symbols
ok 'core has no writable state' nothing core_state
ok 'an edge includes neither siblings nor the engine' nothing edge_includes
ok 'an edge calls neither siblings nor the engine' nothing edge_symbols
ok 'what every edge may use includes nothing above' nothing base_includes
ok 'xlbctl includes nothing of the daemon but json.h' nothing xlbctl_includes

# library, its headers, its door
while read -r library header file; do
	ok "$library: only $file includes it" nothing door "$header" "$file"
	ok "$library: only $file calls it" \
		nothing door_symbols "$library" "$file"
done <<'END'
libbpf ^(bpf/|xlbd.skel) dataplane[a-z_]*
libnl-3 ^netlink/ netlink[a-z_]*
libnl-route-3 ^netlink/route/ netlink[a-z_]*
libjansson ^jansson json
libcurl ^curl/ transfer[a-z_]*
libevent ^event (loop|stream|metrics)[a-z_]*
libcrypto ^openssl/ (tls|digest)[a-z_]*
END
finish
