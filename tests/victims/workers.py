"""A parent with children of all kinds; worker N runs call_N, which calls spin_N, and nobody else does."""
import multiprocessing
import os
import subprocess
import sys
import time

from report import say

SOURCE = """
def spin_{n}(until):
    x = 0
    while time.time() < until:
        x += 1
    return x

def call_{n}(until):
    return spin_{n}(until)
"""


def run(n, seconds):
    space = {"time": time}
    exec(compile(SOURCE.format(n=n), "worker_%d.py" % n, "exec"), space)
    space["call_%d" % n](time.time() + seconds)


def job(n):
    run(n, 0.5)
    return os.getpid()


def fork(n, seconds):
    pid = os.fork()
    if not pid:
        run(n, seconds)
        os._exit(0)
    return pid


def wait_for_end():
    time.sleep(1000)


def pool(method, processes, jobs, per_child):
    context = multiprocessing.get_context(method)
    with context.Pool(processes, maxtasksperchild=per_child or None) as p:
        print(p.map(job, range(jobs), chunksize=1))


def nested():
    """Worker 0 forks 1, which forks 2."""
    reading, writing = os.pipe()
    n = 0
    while n < 2 and not os.fork():
        n += 1
        os.write(writing, b"%d\n" % os.getpid())
    if not n:
        told = b""
        while told.count(b"\n") < 2:
            told += os.read(reading, 100)
        say(children=[int(pid) for pid in told.split()])
    run(n, 1000)


def zombie():
    pid = os.fork()
    if not pid:
        os._exit(0)
    while open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z":
        time.sleep(0.01)
    say(zombie=pid)
    run(0, 1000)


def executes(other):
    """A child that becomes another interpreter."""
    pid = os.fork()
    if not pid:
        run(0, 1)
        os.execv(other[0], other + [os.path.abspath(__file__), "run", "1"])
    say(child=pid)
    wait_for_end()


def other():
    p = subprocess.Popen(["sleep", "1000"])
    say(other=p.pid)
    run(0, 1000)


def orphans():
    """The parent ends, its worker goes on."""
    say(pid=os.getpid(), child=fork(0, 3))
    run(1, 1)


def many(count, seconds):
    say(workers=[fork(n, seconds) for n in range(count)])
    wait_for_end()


if __name__ == "__main__":
    kind, args = sys.argv[1], sys.argv[2:]
    if kind == "pool":
        pool(args[0], int(args[1]), int(args[2]), int(args[3]))
    elif kind == "executes":
        executes(args)
    elif kind == "run":
        run(int(args[0]), 1000)
    elif kind == "many":
        many(int(args[0]), float(args[1]))
    else:
        globals()[kind]()
