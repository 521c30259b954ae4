# SPDX-License-Identifier: MIT
"""A small world to look at with pyspy-tui: threads that compute, wait for a socket, fight for a
lock, recurse, feed a generator and run an event loop.  Any Python from 3.6 on; needs nothing else.

It runs until it is killed or its parent is gone.  --seconds N ends it after N seconds."""

import argparse
import asyncio
import hashlib
import json
import math
import os
import random
import socket
import sys
import threading
import time


# ---- computing ----------------------------------------------------------------------------

def is_prime(n):
    for divisor in range(2, int(math.sqrt(n)) + 1):
        if n % divisor == 0:
            return False
    return n > 1


def count_primes(low, high):
    return sum(1 for n in range(low, high) if is_prime(n))


def mandelbrot_row(y, width):
    row = []
    for x in range(width):
        c = complex(3.0 * x / width - 2.0, y)
        z, steps = 0j, 0
        while abs(z) <= 2.0 and steps < 60:
            z = z * z + c
            steps += 1
        row.append(steps)
    return row


def compute():
    start = 10000
    while True:
        count_primes(start, start + 2000)
        for line in range(8):
            mandelbrot_row(line / 4.0 - 1.0, 120)
        start = start + 2000 if start < 200000 else 10000


# ---- recursion ----------------------------------------------------------------------------

def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def count_leaves(tree):
    if not isinstance(tree, list):
        return 1
    return sum(count_leaves(branch) for branch in tree)


def grow(depth):
    return [grow(depth - 1), grow(depth - 1)] if depth else random.random()


def recurse():
    while True:
        fibonacci(20)
        count_leaves(grow(11))
        time.sleep(0.02)


# ---- a generator that feeds a parser ------------------------------------------------------

def read_orders():
    number = 0
    while True:
        number += 1
        yield json.dumps({"order": number, "café": "naïve", "items": list(range(number % 50))})


def with_checksum(lines):
    for line in lines:
        yield line, hashlib.sha256(line.encode()).hexdigest()


def process_orders():
    seen = 0
    for line, digest in with_checksum(read_orders()):
        order = json.loads(line)
        seen += len(order["items"]) + len(digest)
        if order["order"] % 400 == 0:
            time.sleep(0.03)


# ---- one lock that everybody wants --------------------------------------------------------

class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.balance = 0

    def transfer(self, amount):
        with self.lock:
            self.balance += amount
            self.write_journal(amount)

    def write_journal(self, amount):
        text = ""
        for i in range(2000):
            text = str(amount + i)
        time.sleep(0.002)
        return text


def move_money(account):
    while True:
        account.transfer(random.randint(-100, 100))


# ---- a server and its client --------------------------------------------------------------

def serve(connection):
    while True:
        request = connection.recv(4096)
        if not request:
            return
        connection.sendall(hashlib.md5(request).digest())


def ask(connection):
    while True:
        connection.sendall(os.urandom(512))
        connection.recv(64)
        time.sleep(0.1)


# ---- an event loop ------------------------------------------------------------------------

async def fetch_page(number):
    await asyncio.sleep(0.01 * (number % 5 + 1))
    return parse_page("<li>item</li>" * 200)


def parse_page(text):
    return [part for part in text.split("<li>") if part.endswith("</li>")]


async def crawl():
    while True:
        await asyncio.gather(*[fetch_page(number) for number in range(10)])


def run_event_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(crawl())


# ---- the whole ----------------------------------------------------------------------------

def allow_watchers():
    """Lets any process of the same user watch this one where Yama would refuse (Linux)."""
    try:
        import ctypes
        pr_set_ptracer, anybody = 0x59616d61, ctypes.c_ulong(-1)
        ctypes.CDLL(None).prctl(pr_set_ptracer, anybody, 0, 0, 0)
    except Exception as why:  # without ctypes or prctl: then the watcher needs its own rights
        print("no prctl: %s" % why)


def start(name, function, *args):
    threading.Thread(target=function, args=args, name=name, daemon=True).start()


def start_threads():
    account = Account()
    here, there = socket.socketpair()
    start("compute", compute)
    start("recursion", recurse)
    start("orders", process_orders)
    start("teller-1", move_money, account)
    start("teller-2", move_money, account)
    start("server", serve, here)
    start("client", ask, there)
    start("event-loop", run_event_loop)


def wait_for_the_end(seconds):
    parent = os.getppid()
    end = time.time() + seconds if seconds else None
    while os.getppid() == parent and (end is None or time.time() < end):
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description="something to watch")
    parser.add_argument("--seconds", type=float, help="end after this time")
    options = parser.parse_args()
    allow_watchers()
    start_threads()
    print("ready %d" % os.getpid())
    sys.stdout.flush()
    wait_for_the_end(options.seconds)
    os._exit(0)  # threads still run: nothing to tidy up


if __name__ == "__main__":
    main()
