#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
failover.py [--json | --over] RESULTS

What tests/bench/failover has found, one JSON object a line, as a table.
--over prints "INTERVAL HOW" of xlbd's medians that break their limits.
Exits 1 if there are any.  Milliseconds, from the last sign of life.
"""

import json
import statistics
import sys

PRIORITY = 100
GRACE = 10


def limit(row):
    """A backup waits for this long; what it may take beyond is GRACE."""
    interval, how = row["advert_int"], row["how"]
    skew = (256 - PRIORITY) / 256 * interval
    return (3 * interval if how == "crash" else 0) + skew + GRACE


def rows_of(trials):
    groups = {}
    for t in trials:
        key = (t["advert_int"], t["how"], t["daemon"])
        groups.setdefault(key, []).append(t)
    for (interval, how, daemon), group in groups.items():
        answered = [t["answered"] for t in group]
        row = {"daemon": daemon, "advert_int": interval, "how": how,
               "trials": len(group),
               "announced": statistics.median(t["announced"] for t in group),
               "median": statistics.median(answered),
               "worst": max(answered)}
        row["limit"] = round(limit(row), 3) if daemon == "xlbd" else None
        row["ok"] = row["limit"] is None or row["median"] <= row["limit"]
        yield row


def print_table(rows):
    print("ms from the owner's last sign of life to the first answer of the "
          "next one\n"
          f"{'':12}{'advert_int':>10}{'':8}{'trials':>7}{'announced':>11}"
          f"{'median':>10}{'worst':>10}   limit")
    for r in rows:
        verdict = ""
        if r["limit"] is not None:
            verdict = f"   {'<=' if r['ok'] else 'OVER'} {r['limit']:.1f}"
        print(f"{r['daemon']:12}{r['advert_int']:>10}  {r['how']:6}"
              f"{r['trials']:>7}{r['announced']:>11.2f}{r['median']:>10.2f}"
              f"{r['worst']:>10.2f}{verdict}")


def main():
    with open(sys.argv[-1], encoding="ascii") as f:
        rows = list(rows_of(json.loads(line) for line in f))
    rows.sort(key=lambda r: (r["advert_int"], r["how"]))
    over = [r for r in rows if not r["ok"]]
    if sys.argv[1] == "--json":
        print(json.dumps(rows, indent=1))
    elif sys.argv[1] == "--over":
        for r in over:
            print(r["advert_int"], r["how"])
    else:
        print_table(rows)
    sys.exit(bool(over))


main()
