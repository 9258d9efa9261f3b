#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
adverts.py [--json | --over] RESULTS

Intervals between advertisements, from lines of "CONDITION STEAL NOTE" and
what tcpdump says.  From 100 ms up the 99th percentile of their deviations
must be within 20 %, at 10 ms none may be longer than 20 ms.  --over prints
the conditions that break a limit.  Exits 1 if there are any.
"""

import json
import re
import sys

LINE = re.compile(r"(\S+) (\d+) (\S*) +(\d+\.\d+) IP .*, vrid (\d+),")
ORDER = ["quiet", "checks", "reloads", "busy"]
INTERVALS = {10: 10.0, 100: 100.0}  # ms, by vrid


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def read(path):
    times, extra = {}, {}
    with open(path, encoding="ascii") as f:
        for line in f:
            m = LINE.match(line)
            if not m:
                sys.exit(f"adverts.py: what is {line!r}?")
            condition, steal, note, at, vrid = m.groups()
            extra[condition] = (int(steal), note.replace("_", " "))
            times.setdefault((condition, int(vrid)), []).append(float(at))
    return times, extra


def rows_of(path):
    times, extra = read(path)
    for (condition, vrid), stamps in times.items():
        interval = INTERVALS[vrid]
        gaps = [(b - a) * 1000 for a, b in zip(stamps, stamps[1:])]
        late = percentile([abs(g - interval) for g in gaps], 0.99)
        steal, note = extra[condition]
        ok = late <= interval / 5 if interval >= 100 else max(gaps) <= 20
        yield {"condition": condition, "advert_int": interval,
               "adverts": len(stamps), "shortest": min(gaps),
               "p1": percentile(gaps, 0.01), "median": percentile(gaps, 0.5),
               "p99": percentile(gaps, 0.99), "longest": max(gaps),
               "deviation_p99": late, "limit": 20, "ok": ok,
               "steal_ms": steal, "note": note}


def print_table(rows):
    print("ms between a master's advertisements\n"
          f"{'':8}{'advert_int':>10}{'number':>7}{'least':>8}{'1 %':>8}"
          f"{'50 %':>8}{'99 %':>8}{'most':>8}   limit{'':12}steal")
    for r in rows:
        sense = "99 % within" if r["advert_int"] >= 100 else "most"
        print(f"{r['condition']:8}{r['advert_int']:>10.0f}{r['adverts']:>7}"
              f"{r['shortest']:>8.2f}{r['p1']:>8.2f}{r['median']:>8.2f}"
              f"{r['p99']:>8.2f}{r['longest']:>8.2f}   "
              f"{sense if r['ok'] else 'OVER: ' + sense} {r['limit']}"
              f"{'':3}{r['steal_ms']} ms   {r['note']}")


def main():
    rows = sorted(rows_of(sys.argv[-1]),
                  key=lambda r: ORDER.index(r["condition"]))
    over = [r for r in rows if not r["ok"]]
    if sys.argv[1] == "--json":
        print(json.dumps(rows, indent=1))
    elif sys.argv[1] == "--over":
        print(*dict.fromkeys(r["condition"] for r in over))
    else:
        print_table(rows)
    sys.exit(bool(over))


main()
