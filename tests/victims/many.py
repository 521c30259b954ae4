"""many.py NUMBER: so many threads wait; now and then one of them runs, one is born, one ends."""
import sys
import threading
import time

try:
    import _thread
except ImportError:
    import thread as _thread


def burn(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass


def woken():
    burn(0.1)


def wait(lock):
    while True:
        lock.acquire()
        woken()


def born():
    burn(0.1)


def main(number):
    threading.stack_size(256 * 1024)
    locks = [_thread.allocate_lock() for _ in range(number)]
    for lock in locks:
        lock.acquire()
        _thread.start_new_thread(wait, (lock,))
    print("ready")
    sys.stdout.flush()
    turn = 0
    while True:
        turn += 1
        burn(0.1)
        locks[turn * 7 % number].release()
        time.sleep(0.15)
        _thread.start_new_thread(born, ())
        time.sleep(0.15)


main(int(sys.argv[1]))
