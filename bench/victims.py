"""Programs whose every legal call stands in this file: victims.py KIND THREADS COUNTERS [DEPTH [NATIVES]].

Each thread counts its units of work in the file COUNTERS (8 bytes each), so that a slowdown can be measured
from outside.  bench/legal.py reads this source and knows from it which line may call what.  Runs on Python 2.7 too.
What needs a newer one is in victims_async.py.
"""
import mmap
import struct
import sys
import threading
import time
import weakref
import zlib

try:
    import _thread
except ImportError:
    import thread as _thread

DEPTH = 20  # of the programs that have one
clock = getattr(time, "perf_counter", time.time)

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


# ---- steady: twenty deep or as asked, the leaf spins; or it calls and returns


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
    deep(DEPTH - 4, unit)


def sink(n, unit):
    if n:
        sink(n - 1, unit)
    while True:
        for _ in range(100):
            add(1, 2)
        unit()


def run_calls(unit):
    sink(DEPTH - 5, unit)


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


# ---- threads that live for a moment


def short(done):
    for _ in range(300):
        hot_a()
    done.release()


def run_births(unit):
    done = _thread.allocate_lock()
    done.acquire()
    while True:
        for _ in range(3):
            _thread.start_new_thread(short, (done,))
            done.acquire()
        unit()


# ---- the GIL is given away all the time


def give():
    time.sleep(0)


def run_contention(unit):
    while True:
        for _ in range(20):
            hot_a()
            give()
        unit()


# ---- most of the time is spent in C, with the GIL and without

DATA = b"0123456789" * 5000
NUMBERS = [(7919 * i) % 3001 for i in range(3001)]
FEW = NUMBERS[:600]


def pack():
    return zlib.crc32(DATA)


def sort():
    return sorted(NUMBERS)


def run_c(unit):
    while True:
        pack()
        sort()
        unit()


# ---- garbage: the collector calls back, from wherever it happens to run


class Cycle(object):
    pass


FALLEN = set()


def fallen(ref):
    FALLEN.discard(ref)


def make_cycle():
    c = Cycle()
    c.me = c
    FALLEN.add(weakref.ref(c, fallen))


def run_collect(unit):
    while True:
        for _ in range(100):
            make_cycle()
        unit()


# ---- known shares: three that are alike are called 1 : 3 : 6 times, four are timed


def tiny_1(x):
    return x


def tiny_3(x):
    return x


def tiny_6(x):
    return x


def tiny():
    for _ in range(400):
        tiny_6(1)
        tiny_3(1)
        tiny_6(1)
        tiny_6(1)
        tiny_1(1)
        tiny_3(1)
        tiny_6(1)
        tiny_6(1)
        tiny_3(1)
        tiny_6(1)


def brief():
    x = 0
    for _ in range(300):
        x += 1


def lengthy():
    x = 0
    for _ in range(2000):
        x += 1


def in_c():
    sorted(FEW)


def run_shares(unit):
    times = [0.0] * 4
    while True:
        a = clock()
        tiny()
        b = clock()
        brief()
        c = clock()
        lengthy()
        d = clock()
        in_c()
        e = clock()
        times[0] += b - a
        times[1] += c - b
        times[2] += d - c
        times[3] += e - d
        unit(times)


# ---- start


def counter(counts, i):
    n = [0]

    def unit(times=()):
        n[0] += 1
        struct.pack_into("<Q", counts, 8 * i, n[0])
        for k, seconds in enumerate(times):  # behind the counters of all threads
            struct.pack_into("<Q", counts, len(counts) - 8 * len(times) + 8 * k, int(seconds * 1e9))
    return unit


def start_natives(n):
    import ctypes
    libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
    for _ in range(n):
        if libc.pthread_create(ctypes.byref(thread), None, libc.pause, None):
            sys.exit("no more threads")


def find(kind):
    if kind == "coroutines":
        import victims_async
        return victims_async.run_coroutines
    return globals()["run_" + kind]


def start(kind, threads, path):
    run = find(kind)
    with open(path, "r+b") as f:
        counts = mmap.mmap(f.fileno(), 0)
    for i in range(1, threads):
        thread = threading.Thread(target=run, args=(counter(counts, i),))
        thread.daemon = True
        thread.start()
    return run, counter(counts, 0)


if __name__ == "__main__":
    DEPTH = int((sys.argv[4:] or [DEPTH])[0])
    sys.setrecursionlimit(DEPTH + 1000)
    start_natives(int((sys.argv[5:] or [0])[0]))
    RUN, UNIT = start(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    print("ready")
    sys.stdout.flush()
    RUN(UNIT)
