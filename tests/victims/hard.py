"""Programs that change their stacks in every way there is; their legal calls are known.

Usage: hard.py KIND [THREADS]; says its edges as JSON.  Runs on 2.7 and on every 3.x.
"""
import gc
import signal
import sys
import threading
import time

import report

try:
    from _thread import start_new_thread
except ImportError:
    from thread import start_new_thread


def ident(x):
    return x


# Threads that are born and die.


def live(n):
    if n:
        return live(n - 1)
    return ident(n)


def bear():
    live(12)


def run_born():
    alive = []
    while True:
        for _ in range(4):
            start_new_thread(bear, ())
        alive = [t for t in alive if t.is_alive()]
        while len(alive) < 6:
            thread = threading.Thread(target=bear)
            thread.daemon = True
            thread.start()
            alive.append(thread)
        live(12)


# Frames at all stages of being set up.


def defaults(a, b=1, *more, **named):
    return ident(a)


class Made(object):
    def __init__(self, x):
        self.x = ident(x)

    @property
    def shown(self):
        return ident(self.x)

    def __getitem__(self, i):
        return ident(i)

    def __getattr__(self, name):
        return ident(name)

    def __call__(self, *more):
        return ident(more)

    def __add__(self, other):
        return ident(other)


def by_key(x):
    return ident(x)


def locals_many(n):
    a = b = c = d = e = f = g = h = i = j = k = n
    return ident((a, b, c, d, e, f, g, h, i, j, k))


def frames_once():
    made = Made(1)
    made.shown
    made[3]
    made.missing
    made(1, 2, *(3, 4))
    made + 1
    defaults(1, 2, 3, 4, x=1)
    defaults(*(1, 2, 3), **{"y": 2})
    locals_many(1)
    sorted((3, 1, 2), key=by_key)
    list(map(by_key, (1, 2)))


def run_frames():
    while True:
        frames_once()


# Recursion to and fro across the edge of a chunk of the data stack (16 KiB, 3.11+).


def at_edge(n):
    for _ in range(30):
        ident(n)
        locals_many(n)


def climb(n):
    if n:
        return climb(n - 1)
    return at_edge(n)


def run_chunks():
    while True:
        for n in range(20, 300):
            climb(n)


# The collector, and what it calls.


class Cycle(object):
    def __init__(self):
        self.me = self

    def __del__(self):
        ident(self)


def on_gc(phase, info):
    ident(phase)


def litter(n):
    for _ in range(20):
        Cycle()
    if n:
        litter(n - 1)
    else:
        gc.collect()


def run_collector():
    if hasattr(gc, "callbacks"):
        gc.callbacks.append(on_gc)
    gc.set_threshold(50, 2, 2)
    while True:
        litter(15)


# Exceptions that unwind deep stacks.


def thrower(n):
    raise ValueError(n)


def fall(n):
    if not n:
        thrower(n)
    try:
        fall(n - 1)
    finally:
        ident(n)


def catch(n):
    try:
        fall(n)
    except ValueError:
        ident(n)


def run_unwind():
    while True:
        catch(40)
        catch(3)


# Generators: made, resumed, thrown into, closed, left alone.


def counting(n):
    try:
        for i in range(n):
            yield ident(i)
    except KeyError:
        yield ident(-1)
    finally:
        ident(n)


def doubling(n):
    for i in counting(n):
        yield ident(i)


def chained(n):
    if n:
        for x in chained(n - 1):
            yield x
    else:
        yield ident(n)


def generators_once():
    for _ in doubling(4):
        pass
    g = counting(3)
    next(g)
    g.throw(KeyError())
    g.close()
    next(counting(2))
    for _ in chained(10):
        pass
    sum(ident(x) for x in range(3))


def run_generators():
    while True:
        generators_once()


# Very deep.


def deeper(n):
    if n:
        return deeper(n - 1)
    while True:
        live(3)


def run_deep():
    sys.setrecursionlimit(20000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=deeper, args=(10000,))
    thread.daemon = True
    thread.start()
    time.sleep(1000)


# Both directions at once: a signal comes at any moment.


def on_alarm(number, frame):
    ident(number)


def run_signals():
    signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    while True:
        frames_once()


LIVE = ["bear live", "run_born live", "live live", "live ident"]
FRAMES = ["run_frames frames_once", "run_signals frames_once"] + [
    "frames_once " + name for name in ("__init__ shown __getitem__ __getattr__ __call__ __add__ defaults locals_many "
                                       "by_key").split()] + [
    name + " ident" for name in ("__init__ shown __getitem__ __getattr__ __call__ __add__ defaults locals_many "
                                 "by_key").split()]
GENERATORS = ["run_generators generators_once", "generators_once doubling", "generators_once counting",
              "doubling counting", "generators_once chained", "chained chained", "generators_once <genexpr>",
              "<genexpr> ident", "counting ident", "doubling ident", "chained ident"]
MAKERS = ("litter", "__init__", "__del__", "on_gc", "run_collector", "ident")
KINDS = {
    "born": (run_born, LIVE + ["- bear", "run bear"]),
    "frames": (run_frames, FRAMES),
    "chunks": (run_chunks, ["run_chunks climb", "climb climb", "climb at_edge", "at_edge ident", "at_edge locals_many",
                            "locals_many ident"]),
    "collector": (run_collector, ["run_collector litter", "litter litter", "litter __init__", "on_gc ident",
                                  "__del__ ident"]
                  + ["%s %s" % (caller, callee) for caller in MAKERS for callee in ("on_gc", "__del__")]),
    "unwind": (run_unwind, ["run_unwind catch", "catch fall", "fall fall", "fall thrower", "fall ident",
                            "catch ident"]),
    "generators": (run_generators, GENERATORS),
    "deep": (run_deep, ["run deeper", "deeper deeper", "deeper live", "live live", "live ident"]),
    "signals": (run_signals, FRAMES + ["on_alarm ident"]),
}
ROOTS = ["- <module>", "- _bootstrap", "- __bootstrap"]


def main():
    run, edges = KINDS[sys.argv[1]]
    for _ in range(int(sys.argv[2]) - 1 if len(sys.argv) > 2 else 0):
        thread = threading.Thread(target=run)
        thread.daemon = True
        thread.start()
    report.say(edges=edges + ROOTS)
    run()


if __name__ == "__main__":
    main()
