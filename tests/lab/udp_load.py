#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
udp_load.py ADDRESS:PORT SOCKETS DATAGRAMS [SIZE]

Sends DATAGRAMS of SIZE bytes from each of SOCKETS to a service of udp_echo.py
servers, paced: at most WINDOW of them are on the way, or one, if there have to
be fragments: two servers behind one address may choose the same ID for theirs
(RFC 4963).  After IDLE seconds without an answer those on the way are lost.
Prints one JSON object:
  sent, received    datagrams; an answer counts once and only if it is whole
  sockets           by the server that answered all of a socket's datagrams
  mixed             sockets that heard of more than one server
"""

import json
import select
import socket
import sys

WINDOW = 64
WHOLE = 1400
IDLE = 2


class Load:
    def __init__(self, target, sockets, datagrams, size):
        self.target = target
        self.size = size
        self.window = WINDOW if size <= WHOLE else 1
        self.poll = select.epoll()
        self.sockets = {}
        self.expected = set()
        self.names = {}
        self.sent = self.received = 0
        for _ in range(sockets):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.connect(target)
            s.setblocking(False)
            self.sockets[s.fileno()] = s
            self.poll.register(s, select.EPOLLIN)
        # Every socket once, then every socket again.
        self.plan = ((fd, i) for i in range(datagrams) for fd in self.sockets)

    def send(self):
        fd, i = next(self.plan, (None, None))
        if fd is None:
            return False
        data = f"{fd} {i} ".encode().ljust(self.size, b".")
        self.expected.add(data)
        self.sockets[fd].send(data)
        self.sent += 1
        return True

    def receive(self, fd):
        name, _, data = self.sockets[fd].recv(65535).partition(b" ")
        if data not in self.expected or int(data.split()[0]) != fd:
            return
        self.expected.remove(data)
        self.received += 1
        self.names.setdefault(fd, set()).add(name.decode())

    def fill(self):
        """Is there anything to wait for?"""
        while len(self.expected) < self.window and self.send():
            pass
        return bool(self.expected)

    def run(self):
        while self.fill():
            events = self.poll.poll(IDLE)
            for fd, _ in events:
                self.receive(fd)
            if not events:  # what was on the way is lost
                self.expected.clear()

    def result(self):
        sockets = {}
        mixed = 0
        for names in self.names.values():
            if len(names) > 1:
                mixed += 1
                continue
            name = min(names)
            sockets[name] = sockets.get(name, 0) + 1
        return {"sent": self.sent, "received": self.received,
                "sockets": sockets, "mixed": mixed}


def main():
    address, port = sys.argv[1].split(":")
    sockets, datagrams = int(sys.argv[2]), int(sys.argv[3])
    size = int(sys.argv[4]) if len(sys.argv) > 4 else 32
    load = Load((address, int(port)), sockets, datagrams, size)
    load.run()
    print(json.dumps(load.result()), flush=True)


main()
