"""ARGV[1] threads of a library, which never run Python, beside a main thread that does."""
import ctypes
import sys

from report import say


def work():
    while True:
        sum(range(1000))


library = ctypes.CDLL(None)
thread = ctypes.c_ulong()
for _ in range(int(sys.argv[1])):
    if library.pthread_create(ctypes.byref(thread), None, library.pause, None):
        raise SystemExit("no thread could be started")
say(ready=True)
work()
