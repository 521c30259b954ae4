"""Spins; executes another program when SIGUSR1 comes.  Usage: becomes.py [--thread] PROGRAM [ARGUMENT …]

--thread: a thread that is not the main one does it, whose id then vanishes.
"""
import os
import signal
import sys
import threading
import time

import report

wanted = threading.Event()


def before(n):
    if n:
        return before(n - 1)
    end = time.time() + 0.01
    while time.time() < end:
        pass


def become(argv):
    os.execv(argv[0], argv)


def wait(argv):
    while not wanted.is_set():
        time.sleep(0.005)
    become(argv)


def main():
    argv = sys.argv[1:]
    if argv[0] == "--thread":
        argv = argv[1:]
        thread = threading.Thread(target=wait, args=(argv,))
        thread.daemon = True
        thread.start()
        signal.signal(signal.SIGUSR1, lambda *_: wanted.set())
    else:
        signal.signal(signal.SIGUSR1, lambda *_: become(argv))
    report.say(ready=True)
    while True:
        before(5)


main()
