"""Threads in every state that a dump tells apart."""
import os
import sys
import threading
import time

from report import say


def native_id():
    if hasattr(threading, "get_native_id"):
        return threading.get_native_id()
    import ctypes
    return ctypes.CDLL(None).syscall(186)  # gettid on x86-64


ids = {}
ready = threading.Semaphore(0)
lock = threading.Lock()
lock.acquire()
event = threading.Event()


def begin(name):
    ids[name] = {"tid": native_id(), "ident": threading.current_thread().ident}
    ready.release()


def spin(name):
    begin(name)
    while True:
        pass


def wait_lock(name):
    begin(name)
    lock.acquire()


def wait_event(name):
    begin(name)
    event.wait()


def sleep(name):
    begin(name)
    time.sleep(1000)


def read_pipe(name):
    r, w = os.pipe()
    begin(name)
    os.read(r, 1)


KINDS = {"spin": spin, "lock": wait_lock, "event": wait_event, "sleep": sleep, "pipe": read_pipe}

wanted = sys.argv[1:]
for number, kind in enumerate(wanted):
    name = "%s-%d" % (kind, number)
    t = threading.Thread(target=KINDS[kind], args=(name,), name=name)
    t.daemon = True
    t.start()
for kind in wanted:
    ready.acquire()
say(ids=ids, main=native_id(), pid=os.getpid())
time.sleep(1000)
