#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
tempt.py VIP PORT MAC...

Tempts nodes to act as owner of VIP, from eth0, until killed: every PERIOD
the question who has it, as a broadcast and to each MAC, and to each MAC, as
from a host with a stale ARP entry: a SYN for VIP:PORT of a new connection,
one of a connection that is known since long, one for a port without service,
and a ping.
"""

import fcntl
import itertools
import socket
import struct
import sys
import time

PERIOD = 0.004
KNOWN, FIRST, LAST = 10000, 20000, 60000
TCP, ICMP = 6, 1
NO_SERVICE = 7
SIOCGIFADDR, SIOCGIFHWADDR = 0x8915, 0x8927
BROADCAST = b"\xff" * 6


def interface(s, request):
    return fcntl.ioctl(s, request, struct.pack("256s", b"eth0"))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def question(to, mac, address, vip):
    return (to + mac + b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" +
            mac + address + bytes(6) + vip)


def ip(mac_header, address, vip, protocol, payload):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0,
                         0x4000, 64, protocol, 0, address, vip)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return mac_header + b"\x08\x00" + header + payload


def syn(mac_header, address, vip, *ports):
    tcp = struct.pack("!HHIIBBHHH", *ports, 1, 0, 0x50, 2, 64240, 0, 0)
    pseudo = address + vip + struct.pack("!HH", TCP, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    return ip(mac_header, address, vip, TCP, tcp)


def ping(mac_header, address, vip):
    echo = struct.pack("!BBHHH", 8, 0, 0, 77, 1)
    echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
    return ip(mac_header, address, vip, ICMP, echo)


def main():
    vip, port = socket.inet_aton(sys.argv[1]), int(sys.argv[2])
    macs = [bytes.fromhex(mac.replace(":", "")) for mac in sys.argv[3:]]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        address = interface(s, SIOCGIFADDR)[20:24]
        mac = interface(s, SIOCGIFHWADDR)[18:24]
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("eth0", 0))
    for new in itertools.cycle(range(FIRST, LAST)):
        wire.send(question(BROADCAST, mac, address, vip))
        for i, to in enumerate(macs):
            wire.send(question(to, mac, address, vip))
            for frame in (syn(to + mac, address, vip, new, port),
                          syn(to + mac, address, vip, KNOWN + i, port),
                          syn(to + mac, address, vip, new, NO_SERVICE),
                          ping(to + mac, address, vip)):
                wire.send(frame)
        time.sleep(PERIOD)


main()
