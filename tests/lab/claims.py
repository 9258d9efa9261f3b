#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
claims.py VIP NODE=PCAP...

Who acted as owner of VIP, and when: a line for each tenure, which lasts until
another node claims the VIP.  Two owners at an instant are more lines than
there were hand-overs.

    NODE FIRST LAST RESIGNED ADVERTS ARP FRAMES

Times are seconds since 1970, RESIGNED - without an advertisement of priority
0.  A PCAP has what came from that node alone.  Claims are advertisements, of
IPv4 or IPv6; ARP that names VIP as its sender; and IPv4 frames from VIP, or
to VIP: a node that sends these forwards for it.  None is the last
advertisement of who yields to a higher priority, by which the other learns
that there are caches to correct.
"""

import heapq
import socket
import struct
import sys

ADVERT, ARP, FRAME = "advert", "arp", "frame"
VRRP, AH, AH_SIZE = 112, 51, 24
PARTING = 20000  # microseconds


def packets(path):
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1":
        sys.exit(f"{path}: not what tcpdump writes")
    at = 24
    while at + 16 <= len(data):
        s, us, length = struct.unpack_from("<III", data, at)
        yield s * 1000000 + us, data[at + 16:at + 16 + length]
        at += 16 + length


def advert(payload):
    if len(payload) < 8 or payload[0] & 0x0f != 1:
        return None
    return ADVERT, payload[2]


def ip4(packet, vip):
    size = (packet[0] & 0x0f) * 4
    if packet[9] == VRRP:
        return advert(packet[size:])
    if packet[9] == AH:
        return advert(packet[size + AH_SIZE:])
    return (FRAME, None) if vip in (packet[12:16], packet[16:20]) else None


def claim(frame, vip):
    kind = frame[12:14]
    if kind == b"\x08\x00" and len(frame) >= 34:
        return ip4(frame[14:], vip)
    if kind == b"\x86\xdd" and len(frame) >= 54 and frame[20] == VRRP:
        return advert(frame[54:])
    if kind == b"\x08\x06" and frame[28:32] == vip:
        return ARP, None
    return None


def events(node, path, vip):
    for us, frame in packets(path):
        what = claim(frame, vip)
        if what:
            yield us, node, *what


class Tenure:
    def __init__(self, node, us):
        self.node, self.first, self.last, self.resigned = node, us, us, None
        self.priority = 0
        self.count = {ADVERT: 0, ARP: 0, FRAME: 0}

    def add(self, us, what, priority):
        if priority == 0:
            self.resigned = us
            return
        self.last = us
        self.count[what] += 1
        self.priority = priority or self.priority

    def is_parting(self, us, priority):
        """The word of the owner before, who has heard of this one."""
        return priority and priority < self.priority and \
            us - self.first < PARTING

    def __str__(self):
        def time(us):
            return "-" if us is None else f"{us // 1000000}.{us % 1000000:06}"
        return " ".join([self.node, time(self.first), time(self.last),
                         time(self.resigned), *map(str, self.count.values())])


def tenures(merged):
    owner = None
    for us, node, what, priority in merged:
        if not owner or owner.node != node:
            if priority == 0 or owner and owner.is_parting(us, priority):
                continue
            if owner:
                yield owner
            owner = Tenure(node, us)
        owner.add(us, what, priority)
    if owner:
        yield owner


def main():
    vip = socket.inet_aton(sys.argv[1])
    files = [arg.split("=", 1) for arg in sys.argv[2:]]
    for tenure in tenures(heapq.merge(
            *(events(node, path, vip) for node, path in files))):
        print(tenure)


main()
