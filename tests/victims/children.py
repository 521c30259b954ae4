"""A parent with a Python child, a grandchild and a child that is not Python."""
import os
import subprocess
import sys
import time

from report import say


def grandchild_sleeps():
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    time.sleep(1000)


def child_waits(process):
    sys.stdout.write("%d\n" % process.pid)
    sys.stdout.flush()
    process.wait()


def parent_waits(process):
    process.wait()


role = sys.argv[1] if len(sys.argv) > 1 else "parent"
base = sys.argv[2:] or [sys.executable]
if role == "grandchild":
    grandchild_sleeps()
elif role == "child":
    p = subprocess.Popen(base + [sys.argv[0], "grandchild"], stdout=subprocess.PIPE)
    p.stdout.readline()
    child_waits(p)
else:
    p = subprocess.Popen([sys.executable, sys.argv[0], "child"], stdout=subprocess.PIPE)
    grandchild = int(p.stdout.readline())
    other = subprocess.Popen(["sleep", "1000"])
    say(child=p.pid, grandchild=grandchild, other=other.pid)
    try:
        parent_waits(p)
    finally:
        os.kill(other.pid, 9)
