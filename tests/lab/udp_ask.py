#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
udp_ask.py ADDRESS PORT SPORT COUNT [SECONDS]

Asks a udp_echo.py server COUNT times from source port SPORT (0: any), one
after the other, and prints for each who answered, "refused" (an ICMP error
came) or "silence" (nothing within SECONDS, 1).
"""

import socket
import sys


def ask(s, data):
    try:
        s.send(data)
        name, _, echo = s.recv(65535).partition(b" ")
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silence"
    return name.decode() if echo == data else "something else"


def main():
    address, port, sport, count, *seconds = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", int(sport)))
        s.connect((address, int(port)))
        s.settimeout(float(seconds[0]) if seconds else 1)
        for i in range(int(count)):
            print(ask(s, b"datagram %d" % i), flush=True)


main()
