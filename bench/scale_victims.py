"""Programs that have much of something: scale_victims.py KIND NUMBER.

idle        NUMBER Python threads, one runs, the others wait
turns       NUMBER Python threads, all of them run when it is their turn
native      one Python thread runs, NUMBER threads of the system sleep beside it
asleep      NUMBER Python threads, all of them wait
depth       one Python thread runs at a depth of NUMBER
depth-calls the same, but it calls and returns there all the time
"""
import sys
import threading

try:
    import _thread
except ImportError:
    import thread as _thread


def spin():
    x = 0
    while True:
        x += 1


def leaf(x):
    return x + 1


def call():
    x = 0
    while True:
        x = leaf(x)


def wait(lock):
    lock.acquire()


def run_idle(n, ready):
    lock = _thread.allocate_lock()
    lock.acquire()
    for _ in range(n - 1):
        _thread.start_new_thread(wait, (lock,))
    ready()
    spin()


def run_asleep(n, ready):
    lock = _thread.allocate_lock()
    lock.acquire()
    for _ in range(n - 1):
        _thread.start_new_thread(wait, (lock,))
    ready()
    wait(lock)


def begin(gate):
    gate.acquire()
    gate.release()
    spin()


def run_turns(n, ready):
    gate = _thread.allocate_lock()
    gate.acquire()
    for _ in range(n - 1):
        _thread.start_new_thread(begin, (gate,))
    gate.release()
    ready()
    spin()


def run_native(n, ready):
    import ctypes
    libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
    for _ in range(n):
        if libc.pthread_create(ctypes.byref(thread), None, libc.pause, None):
            sys.exit("no more threads")
    ready()
    spin()


def deep(n, what, ready):
    if n:
        deep(n - 1, what, ready)
    ready()
    what()


def run_depth(n, ready, what=spin):
    sys.setrecursionlimit(n + 100)
    threading.stack_size(1 << 30 if n > 1000 else 1 << 26)
    thread = threading.Thread(target=deep, args=(max(0, n - 5), what, ready))
    thread.start()
    thread.join()


def run_depth_calls(n, ready):
    run_depth(n, ready, call)


def say_ready():
    print("ready")
    sys.stdout.flush()


if __name__ == "__main__":
    threading.stack_size(256 * 1024)
    globals()["run_" + sys.argv[1].replace("-", "_")](int(sys.argv[2]), say_ready)
