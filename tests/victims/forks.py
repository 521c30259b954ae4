"""Forks all the time, from one thread or from several, and goes on; the children make a few calls and exit.

Usage: forks.py [THREADS]; says its edges as JSON.
"""
import os
import sys
import threading
import warnings

import report


def ident(x):
    return x


def child(n):
    if n:
        return child(n - 1)
    os._exit(ident(0))


def work(n):
    if n:
        return work(n - 1)
    for _ in range(2000):
        ident(n)


def fork_once():
    pid = os.fork()
    if not pid:
        child(5)
    work(8)
    os.waitpid(pid, 0)


def forever():
    while True:
        fork_once()


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # fork() beside threads, 3.12+
    report.say(edges=["forever fork_once", "fork_once work", "work work", "work ident", "fork_once child", "child child",
                      "child ident", "- <module>", "- _bootstrap", "- __bootstrap"])
    for _ in range(int(sys.argv[1]) - 1 if len(sys.argv) > 1 else 0):
        thread = threading.Thread(target=forever)
        thread.daemon = True
        thread.start()
    forever()
