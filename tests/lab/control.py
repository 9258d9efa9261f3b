#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
control.py SOCKET RATE

Sends the commands on standard input, a JSON object a line, over one
connection, RATE of them a second, each after the answer to the one before.
Prints the answers.
"""

import socket
import sys
import time


def main():
    path, rate = sys.argv[1], int(sys.argv[2])
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(path)
        answers = s.makefile("r")
        due = time.monotonic()
        for line in sys.stdin:
            s.sendall(line.encode())
            print(answers.readline(), end="")
            due += 1 / rate
            time.sleep(max(0, due - time.monotonic()))


main()
