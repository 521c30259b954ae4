"""Programs whose every legal call stands in this file: victims.py KIND THREADS COUNTERS.

Each thread counts its units of work in the file COUNTERS (8 bytes each), so that a slowdown can be measured
from outside.  bench/legal.py reads this source and knows from it which line may call what.  Runs on Python 2.7 too.
"""
import mmap
import struct
import sys
import threading

# ---- fast changing: ten calls, then fib with helpers, 12 to 28 deep


def ident(x):
    return x


def add(a, b):
    return ident(a) + ident(b)


def fib(n):
    if n < 2:
        return n
    return add(fib(n - 1), fib(n - 2))


def t9(n):
    return fib(n)


def t8(n):
    return t9(n)


def t7(n):
    return t8(n)


def t6(n):
    return t7(n)


def t5(n):
    return t6(n)


def t4(n):
    return t5(n)


def t3(n):
    return t4(n)


def t2(n):
    return t3(n)


def t1(n):
    return t2(n)


def t0(n):
    return t1(n)


def run_fib(unit):
    while True:
        t0(10)
        unit()


# ---- steady: twenty deep or as asked, the leaf spins


def spin(unit):
    x = 0
    while True:
        for _ in range(1000):
            x += 1
        unit()


def deep(n, unit):
    if n:
        deep(n - 1, unit)
    spin(unit)


def run_steady(unit):
    deep(17, unit)


# ---- two callers of one leaf


def leaf():
    return 1


def hot_a():
    return leaf()


def hot_b():
    return leaf()


def run_alternate(unit):
    while True:
        for _ in range(100):
            hot_a()
            hot_b()
        unit()


# ---- generators


def inner(n):
    for i in range(n):
        yield ident(i)


def outer(n):
    for i in inner(n):
        yield add(i, i)


def consume():
    total = 0
    for i in outer(50):
        total += i
    return total


def run_generators(unit):
    while True:
        consume()
        unit()


# ---- functions that live for one call; the memory of their code objects is used again at once

SOURCES = ["def made_%d(f, n):\n    return f(n)%s\ndef again_%d(f, n):\n    return made_%d(f, n)\n"
           % (k, " + 0" * k, k, k) for k in range(8)]


def call_made(space, k):
    return space["again_%d" % k](ident, k)


def run_made(unit):
    k = 0
    while True:
        k = (k + 1) % len(SOURCES)
        space = {}
        exec(SOURCES[k], space)
        for _ in range(20):
            call_made(space, k)
        unit()


# ---- start


def counter(counts, i):
    n = [0]

    def unit():
        n[0] += 1
        struct.pack_into("<Q", counts, 8 * i, n[0])
    return unit


def start(kind, threads, path):
    run = globals()["run_" + kind]
    with open(path, "r+b") as f:
        counts = mmap.mmap(f.fileno(), 8 * threads)
    for i in range(1, threads):
        thread = threading.Thread(target=run, args=(counter(counts, i),))
        thread.daemon = True
        thread.start()
    return run, counter(counts, 0)


if __name__ == "__main__":
    RUN, UNIT = start(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    print("ready")
    sys.stdout.flush()
    RUN(UNIT)
