"""May be read until SIGUSR1 comes (Linux)."""
import ctypes
import signal

from report import say

PR_SET_DUMPABLE = 4
readable = True


def on_signal(number, frame):
    global readable
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    readable = False


def before():
    while readable:
        pass


def after():
    while True:
        pass


ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
signal.signal(signal.SIGUSR1, on_signal)
say(ready=True)
before()
after()
