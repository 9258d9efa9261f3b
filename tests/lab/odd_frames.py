#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
odd_frames.py MAC ADDRESS...

Sends, from eth0 and from source MAC 02:00:00:00:0d:0d, frames to MAC that a
balancer has no business with: of other protocols, tagged, cut short, fragments
without a first one, for each ADDRESS.  Prints how many.
"""

import socket
import sys

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

SOURCE = "02:00:00:00:0d:0d"
CLIENT = "10.0.4.50"


def frames(mac, address):
    eth = Ether(src=SOURCE, dst=mac)
    ip = IP(src=CLIENT, dst=address, id=7)
    syn = TCP(sport=1234, dport=4321, flags="S")
    for proto in (2, 47, 50, 89, 112, 132, 254):
        yield eth / IP(src=CLIENT, dst=address, proto=proto) / Raw(b"x" * 40)
    yield eth / Dot1Q(vlan=7) / ip / syn
    yield eth / Dot1Q(vlan=7) / Dot1Q(vlan=8) / ip / syn
    yield eth / IP(src=CLIENT, dst=address, frag=100, proto=17) / Raw(b"x" * 64)
    yield eth / IP(src=CLIENT, dst=address, proto=6) / Raw(b"x" * 8)
    yield eth / ip / syn
    yield eth / ip / UDP(sport=1234, dport=4321) / Raw(b"hello")
    yield eth / ip / ICMP(type=13, ts_ori=1, ts_rx=2, ts_tx=3)


def others(mac):
    eth = Ether(src=SOURCE, dst=mac)
    yield Ether(src=SOURCE, dst=mac, type=0x88cc) / Raw(b"x" * 50)
    yield Ether(src=SOURCE, dst=mac, type=0x8847) / Raw(b"x" * 50)
    yield Ether(src=SOURCE, dst=mac, type=40) / Raw(b"x" * 46)
    yield eth / IPv6(src="fe80::d:d", dst="fe80::1") / UDP(sport=1, dport=2)
    yield Ether(src=SOURCE, dst="ff:ff:ff:ff:ff:ff") / ARP(
        hwsrc=SOURCE, psrc="10.0.4.77", pdst="10.0.4.78")
    yield Ether(src=SOURCE, dst="01:00:5e:00:00:05") / IP(
        src=CLIENT, dst="224.0.0.5", proto=89) / Raw(b"x" * 40)
    yield Ether(src=SOURCE, dst="ff:ff:ff:ff:ff:ff") / IP(
        src=CLIENT, dst="10.0.4.255") / UDP(sport=1234, dport=80)


def main():
    mac, *addresses = sys.argv[1:]
    sent = [*others(mac), *(f for a in addresses for f in frames(mac, a))]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("eth0", 0))
        for frame in sent:
            s.send(bytes(frame))
    print(len(sent))


main()
