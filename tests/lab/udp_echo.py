#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
udp_echo.py NAME ADDRESS PORT

Sends every datagram back, with "NAME " before it.
"""

import socket
import sys


def main():
    name, address, port = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        s.bind((address, int(port)))
        print("echo at", address, port, flush=True)
        while True:
            data, client = s.recvfrom(65535)
            s.sendto(name.encode() + b" " + data, client)


main()
