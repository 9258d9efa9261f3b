#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
load.py ADDRESS:PORT [clients=1] [count=0] [deadline=15] [pause=0]

Clients ask the lab's nginx for /healthz, each request on a connection of its
own, `count` times in all or until SIGTERM.  Each pauses after an answer; a
request that has none after `deadline` seconds has failed.  Prints what became
of them as one JSON object:
  ok         answered in full
  backends   of those, by who answered
  errors     the others: refused, reset, timeout, closed (an early end)
  slowest    seconds
  first      the first few of the errors: client's port, what, after how long
"""

import json
import signal
import socket
import sys
import threading
import time

REQUEST = b"GET /healthz HTTP/1.0\r\nHost: lab\r\n\r\n"
ERRORS = (
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (TimeoutError, "timeout"),
)


class Load:
    def __init__(self, target, options):
        self.target = target
        self.left = int(options["count"]) or sys.maxsize
        self.deadline = options["deadline"]
        self.pause = options["pause"]
        self.lock = threading.Lock()
        self.result = {"ok": 0, "backends": {}, "errors": {}, "slowest": 0,
                       "first": []}

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def stop(self, *_):
        self.left = 0

    def count(self, name, seconds):
        with self.lock:
            r = self.result
            r["ok"] += 1
            r["backends"][name] = r["backends"].get(name, 0) + 1
            r["slowest"] = max(r["slowest"], seconds)

    def fail(self, what, port, seconds):
        with self.lock:
            errors = self.result["errors"]
            errors[what] = errors.get(what, 0) + 1
            if len(self.result["first"]) < 10:
                self.result["first"].append([port, what, seconds])

    def run(self):
        while self.take():
            self.request()
            time.sleep(self.pause)

    def request(self):
        started = time.monotonic()
        with socket.socket() as s:
            s.settimeout(self.deadline)
            port = 0
            try:
                s.connect(self.target)
                port = s.getsockname()[1]
                name = ask(s)
            except OSError as e:
                what = kind_of(e)
            else:
                what = None if name else "closed"
        seconds = round(time.monotonic() - started, 3)
        if what:
            self.fail(what, port, seconds)
        else:
            self.count(name, seconds)


def kind_of(error):
    for kind, what in ERRORS:
        if isinstance(error, kind):
            return what
    return str(error)


def ask(s):
    """Who answered; None if the answer is not whole."""
    s.sendall(REQUEST)
    answer = b""
    while chunk := s.recv(4096):
        answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    if " 200 " not in lines[0] or body != b'{"status":"ok"}\n':
        return None
    names = [l.split(": ")[1] for l in lines if l.startswith("X-Backend: ")]
    return names[0] if names else None


def main():
    address, port = sys.argv[1].split(":")
    options = {"clients": 1, "count": 0, "deadline": 15, "pause": 0}
    for said in sys.argv[2:]:
        name, value = said.split("=")
        options[name] = float(value)
    load = Load((address, int(port)), options)
    signal.signal(signal.SIGTERM, load.stop)
    threads = [threading.Thread(target=load.run)
               for _ in range(int(options["clients"]))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(json.dumps(load.result), flush=True)


main()
