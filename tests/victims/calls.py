"""Programs whose legal calls are known.  Usage: calls.py KIND [THREADS]; says its edges as JSON."""
import os
import sys
import threading
import time

import report


def ident(x):
    return x


def add(a, b):
    return ident(a) + ident(b)


def fib(n):
    if n < 2:
        return n
    return add(fib(n - 1), fib(n - 2))


def tower(n):
    if n:
        return tower(n - 1)
    return fib(10)


def run_fib():
    while True:
        tower(8)


def leaf():
    return 1


def hot_a():
    return leaf()


def hot_b():
    return leaf()


def run_alternate():
    while True:
        hot_a()
        hot_b()


def inner(n):
    for i in range(n):
        yield ident(i)


def outer(n):
    for i in inner(n):
        yield add(i, i)


def consume():
    total = 0
    for i in outer(5):
        total += i
    return total


def run_generators():
    while True:
        consume()


SOURCES = ["def made_%d(f, n):\n    return f(n)%s\ndef again_%d(f, n):\n    return made_%d(f, n)\n"
           % (k, " + 0" * k, k, k) for k in range(8)]


def call_made(space, k):
    return space["again_%d" % k](ident, k)


def run_made():
    """Functions that live for one call; their code objects' memory is used again at once."""
    k = 0
    while True:
        k = (k + 1) % len(SOURCES)
        space = {}
        exec(SOURCES[k], space)
        for _ in range(20):
            call_made(space, k)


def spin():
    x = 0
    while True:
        x += 1


def deep(n):
    if n:
        deep(n - 1)
    else:
        spin()


def run_steady():
    deep(17)


def in_another_interpreter():
    """fib under a GIL of its own (3.12+)."""
    script = "import sys\nsys.path.insert(0, %r)\nimport calls\ncalls.run_fib()\n" % os.path.dirname(
        os.path.abspath(__file__))
    if sys.version_info >= (3, 13):
        import _interpreters
        _interpreters.run_string(_interpreters.create(), script)
    else:
        import _xxsubinterpreters
        _xxsubinterpreters.run_string(_xxsubinterpreters.create(), script)


def run_interpreters():
    for _ in range(2):
        thread = threading.Thread(target=in_another_interpreter)
        thread.daemon = True
        thread.start()
    time.sleep(1)  # until they have imported this
    say("interpreters")
    run_fib()


KINDS = {
    "fib": (run_fib, ["run_fib tower", "tower tower", "tower fib", "fib fib", "fib add", "add ident"]),
    "alternate": (run_alternate, ["run_alternate hot_a", "run_alternate hot_b", "hot_a leaf", "hot_b leaf"]),
    "generators": (run_generators, ["run_generators consume", "consume outer", "outer inner", "outer add",
                                    "inner ident", "add ident"]),
    "made": (run_made, ["run_made call_made", "run_made <module>"]
             + ["call_made again_%d" % k for k in range(8)] + ["again_%d made_%d" % (k, k) for k in range(8)]
             + ["made_%d ident" % k for k in range(8)]),
    "steady": (run_steady, ["run_steady deep", "deep deep", "deep spin"]),
}
KINDS["interpreters"] = (run_interpreters, KINDS["fib"][1])
ROOTS = ["- <module>", "- _bootstrap", "- __bootstrap"]


def say(kind):
    report.say(edges=KINDS[kind][1] + ROOTS)


def main():
    run = KINDS[sys.argv[1]][0]
    for _ in range(int(sys.argv[2]) - 1 if len(sys.argv) > 2 else 0):
        thread = threading.Thread(target=run)
        thread.daemon = True
        thread.start()
    if run != run_interpreters:
        say(sys.argv[1])
    run()


if __name__ == "__main__":
    main()
