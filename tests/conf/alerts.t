#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# conf/alerts.yml: promtool takes the rules, each fires when it is due and is
# tested, and no rule is about a metric that xlbd does not have.
set -u
cd "${XLBD_ROOT:-$(dirname "$0")/../..}" || exit 1
. tests/lab/tap.sh

RULES=conf/alerts.yml
TESTS=tests/conf/alerts.yml

metrics() { grep -o '"xlbd_[a-z_]*"' user/xlbd/control_metrics.c | tr -d '"'; }
used() { grep -v '^ *#' $RULES | grep -o 'xlbd_[a-z_]*' | sort -u; }
alerts() { sed -n 's/.*- alert: //p' $RULES; }
# Tested means: one case in which it fires.
fired() {
	awk '/alertname:/ { gsub(/[{,]/, " "); name = $0
			sub(/.*alertname: */, "", name); sub(/ .*/, "", name) }
		/exp_labels:/ { print name }' $TESTS
}
missing() { grep -vxF -f <("$1") <("$2"); }

ok 'there are rules' test -n "$(alerts)"
ok 'promtool check rules' promtool check rules $RULES
ok 'promtool test rules' promtool test rules $TESTS
is "$(missing fired alerts)" '' 'every alert is tested'
is "$(missing metrics used)" '' 'every metric in the rules is one of xlbd'
finish
