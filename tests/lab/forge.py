#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
forge.py VERSION VRID VIP WHAT [COUNT]
forge.py replay PCAP PRIORITY [COUNT]

Sends COUNT (1) advertisements of priority 255 that nobody must listen to,
from eth0, for the router VRID with the address VIP.  WHAT is what is wrong
with them, in xlbd's words for it (TABLE), or:

  random:SEED   bytes as they come; every other one begins well, and of those
                every other one has a good checksum
  to:ADDRESS    nothing is wrong, but they are sent to ADDRESS and its MAC,
                ADDRESS/MAC

A good one has v2's password "ab" and interval of 1 s, or v3's of 0.1 s.
`replay` sends the last advertisement of PRIORITY that is in PCAP, as it is.
Prints how many were sent.
"""

import fcntl
import random
import socket
import struct
import sys
import time

GROUP, GROUP_MAC = "224.0.0.18", bytes.fromhex("01005e000012")
PROTOCOL = 112
SIOCGIFADDR, SIOCGIFHWADDR = 0x8915, 0x8927
PASS, NONE = 1, 0


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


def trailer(seconds):
    """auth_hmac's, of key 1, with a tag of zeroes: docs/vrrp-hmac.md."""
    return b"\1\1\0\0" + struct.pack("!I", int(seconds)) + bytes(20)


class Forger:
    def __init__(self, version, vrid, vip):
        self.version, self.vrid = version, vrid
        self.vip = socket.inet_aton(vip)
        self.to, self.to_mac, self.ttl = GROUP, GROUP_MAC, 255
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            self.source = self.ask(s, SIOCGIFADDR)[20:24]
            self.mac = self.ask(s, SIOCGIFHWADDR)[18:24]

    @staticmethod
    def ask(s, request):
        return fcntl.ioctl(s, request, struct.pack("256s", b"eth0"))

    def pdu(self, version=None, kind=1, auth=PASS, secret=b"ab", interval=None,
            vrid=None, good=True):
        version = version or self.version
        head = struct.pack("!BBBB", version << 4 | kind, vrid or self.vrid,
                           255, 1)
        if version == 2:
            head += struct.pack("!BBH", auth, interval or 1, 0)
            pdu = head + self.vip + secret.ljust(8, b"\0")
        else:
            pdu = head + struct.pack("!HH", interval or 10, 0) + self.vip
        return self.summed(pdu, not good)

    @staticmethod
    def summed(pdu, error=0):
        pdu = pdu[:6] + b"\0\0" + pdu[8:]
        return pdu[:6] + struct.pack("!H", checksum(pdu) ^ error) + pdu[8:]

    def frame(self, pdu):
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0xc0, 20 + len(pdu), 0, 0,
                         self.ttl, PROTOCOL, 0, self.source,
                         socket.inet_aton(self.to))
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        return self.to_mac + self.mac + b"\x08\x00" + ip + pdu

    def address(self, where):
        self.to, mac = where.split("/")
        self.to_mac = bytes.fromhex(mac.replace(":", ""))

    def hop(self):
        self.ttl = 254
        return self.pdu()

    def random(self, dice):
        data = dice.randbytes(dice.randrange(120))
        if dice.randrange(2):
            return data
        data = bytes([self.version << 4 | 1, self.vrid]) + data[2:]
        return self.summed(data) if dice.randrange(2) else data


# Each in turn, for as many as are wanted.
TABLE = {
    "too_short": [lambda f: f.pdu()[:7], lambda f: f.pdu()[:-1],
                  lambda f: f.summed(f.pdu()[:3] + b"\xff" + f.pdu()[4:])],
    "too_long": [lambda f: f.pdu() + b"\0",
                 lambda f: f.summed(f.pdu() + bytes(400))],
    "not_vrrp": [lambda f: f.pdu(kind=2), lambda f: f.pdu(kind=0)],
    "bad_ttl": [Forger.hop],
    "bad_version": [lambda f: f.pdu(version=5 - f.version),
                    lambda f: f.summed(b"\x71" + f.pdu()[1:])],
    "bad_checksum": [lambda f: f.pdu(good=False)],
    "bad_auth_type": [lambda f: f.pdu(auth=NONE, secret=b"")],
    "bad_auth": [lambda f: f.pdu(secret=b"ba"), lambda f: f.pdu(secret=b""),
                 lambda f: f.pdu(secret=b"abc")],
    "bad_interval": [lambda f: f.pdu(interval=2)],
    "bad_vrid": [lambda f: f.pdu(vrid=f.vrid + 1)],
    "no_trailer": [Forger.pdu],
    "bad_trailer": [lambda f: f.pdu() + bytes(28),
                    lambda f: f.pdu() + trailer(time.time()),
                    lambda f: f.pdu() + b"\xff" * 28],
    "old_trailer": [lambda f: f.pdu() + trailer(0)],
}


def forged(what, forger, count):
    what, _, detail = what.partition(":")
    if what == "random":
        dice = random.Random(int(detail))
        makers = [lambda f: f.random(dice)]
    elif what == "to":
        forger.address(detail)
        makers = [Forger.pdu]
    else:
        makers = TABLE[what]
    for i in range(count):
        yield forger.frame(makers[i % len(makers)](forger))


def recorded(path, priority):
    with open(path, "rb") as f:
        data = f.read()
    at, last = 24, None
    while at + 16 <= len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if frame[12:14] == b"\x08\x00" and frame[23] == PROTOCOL and \
                frame[36] == priority:
            last = frame
    return last


def main():
    if sys.argv[1] == "replay":
        count = int(sys.argv[4]) if len(sys.argv) > 4 else 1
        frames = [recorded(sys.argv[2], int(sys.argv[3]))] * count
    else:
        version, vrid, vip, what, *count = sys.argv[1:]
        forger = Forger(int(version), int(vrid), vip)
        frames = forged(what, forger, int(count[0]) if count else 1)
    sent = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(("eth0", 0))
        for frame in frames:
            wire.send(frame)
            sent += 1
    print(sent)


main()
