#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ends.py LAB-NAME

Holds both ends of TCP connections through a balancer, each in its own
namespace of the lab.  Reads commands from standard input and answers each
with a line, "ok ..." or "error ...".  END is client or server, HOST a host of
the lab.

  listen HOST ADDRESS PORT        a server there
  deaf HOST                       no more of those
  open NAME HOST ADDRESS PORT [SPORT [SOURCE]]
                                  connects; says which HOST has accepted
  send NAME END                   some bytes, which have to arrive
  poke NAME END                   some bytes, which need not
  fin NAME END                    no more from this end; the other sees that
  rst NAME END                    aborts; the other sees that
  wait NAME END                   until it ends: "closed", or the error
  close NAME END                  closes
  peer NAME END                   "ADDRESS PORT" as getpeername() has it
  forget NAME                     closes both
  syn HOST SOURCE SPORT ADDRESS PORT [COUNT]
                                  lone SYNs, as from another machine there, of
                                  COUNT ports from SPORT on
"""

import ctypes
import os
import select
import socket
import struct
import sys

DEADLINE = 8
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """with Namespace(lab, host): sockets made inside are that host's."""

    def __init__(self, lab, host):
        self.path = f"/run/netns/{lab}-{host}"

    def __enter__(self):
        self.before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        with open(self.path) as there:
            enter(there.fileno())

    def __exit__(self, *_):
        enter(self.before)
        os.close(self.before)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Ends:
    def __init__(self, lab):
        self.lab = lab
        self.listeners = {}
        self.connections = {}

    def end(self, name, which):
        return self.connections[name][which]

    @staticmethod
    def other(which):
        return {"client": "server", "server": "client"}[which]

    def listen(self, host, address, port):
        with Namespace(self.lab, host):
            s = socket.create_server((address, int(port)), backlog=128)
        self.listeners[s] = host

    def deaf(self, host):
        for s in [s for s, where in self.listeners.items() if where == host]:
            del self.listeners[s]
            s.close()

    def open(self, name, host, address, port, sport="0", source=""):
        with Namespace(self.lab, host):
            client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.settimeout(DEADLINE)
        if source or int(sport):
            client.bind((source, int(sport)))
        client.connect((address, int(port)))
        hello = f"hello {name}\n".encode()
        client.sendall(hello)
        server, where = self.accept(hello)
        self.connections[name] = {"client": client, "server": server}
        return where

    def accept(self, hello):
        """Whoever says hello: others are checks of the balancer."""
        while ready := select.select(list(self.listeners), [], [], DEADLINE)[0]:
            s, _ = ready[0].accept()
            s.settimeout(DEADLINE)
            try:
                if receive(s, len(hello)) == hello:
                    return s, self.listeners[ready[0]]
            except OSError:
                pass
            s.close()
        raise TimeoutError("nobody has accepted")

    def send(self, name, which):
        data = f"from {which}\n".encode() * 1000
        self.end(name, which).sendall(data)
        if receive(self.end(name, self.other(which)), len(data)) != data:
            raise OSError("something else has arrived")

    def poke(self, name, which):
        self.end(name, which).sendall(b"poke\n")

    def fin(self, name, which):
        self.end(name, which).shutdown(socket.SHUT_WR)
        return self.wait(name, self.other(which))

    def rst(self, name, which):
        s = self.end(name, which)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        s.close()
        return self.wait(name, self.other(which))

    def wait(self, name, which):
        try:
            data = self.end(name, which).recv(4096)
        except ConnectionResetError:
            return "reset"
        if data:
            raise OSError("data instead of an end")
        return "closed"

    def close(self, name, which):
        self.end(name, which).close()

    def peer(self, name, which):
        address, port = self.end(name, which).getpeername()
        return f"{address} {port}"

    def forget(self, name):
        for s in self.connections.pop(name).values():
            s.close()

    def syn(self, host, source, sport, address, port, count="1"):
        from scapy.layers.inet import IP, TCP
        from scapy.layers.l2 import Ether

        with Namespace(self.lab, host):
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
                s.bind(("eth0", 0))
                ether = Ether(src=s.getsockname()[4], dst=neighbour(address))
                for i in range(int(count)):
                    s.send(bytes(ether / IP(src=source, dst=address) /
                                 TCP(sport=int(sport) + i, dport=int(port),
                                     flags="S", seq=1000)))


def receive(s, length):
    data = b""
    while len(data) < length and (chunk := s.recv(length - len(data))):
        data += chunk
    return data


def neighbour(address):
    with open("/proc/thread-self/net/arp") as table:
        for line in table:
            fields = line.split()
            if fields[0] == address:
                return fields[3]
    raise OSError(f"no neighbour {address}: talk to it first")


def main():
    ends = Ends(sys.argv[1])
    for line in sys.stdin:
        verb, *args = line.split()
        try:
            print("ok", getattr(ends, verb)(*args) or "", flush=True)
        except Exception as e:  # the test's to judge
            print("error", type(e).__name__, e, flush=True)


main()
