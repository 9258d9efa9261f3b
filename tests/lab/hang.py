#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
hang.py SOCKET COUNT [TEXT]

Connects COUNT times to a Unix socket, sends TEXT on each, never reads, and
holds on to them until it is killed.
"""

import socket
import sys
import time


def main():
    path, count, *text = sys.argv[1:]
    held = []
    for _ in range(int(count)):
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        for t in text:
            s.sendall(t.encode())
        held.append(s)
    print("holding", len(held), flush=True)
    time.sleep(60)


main()
