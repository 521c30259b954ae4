"""What the benchmarks share: interpreters, peers, victims, medians."""
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("PST_CACHE") or Path.home() / ".cache" / "pyspy-tui")
PEERS = CACHE / "peers"


def binary():
    path = os.environ.get("PST_BINARY") or str(Path(os.environ.get("PST_BUILD", ROOT / "build")) / "pyspy-tui")
    if not os.access(path, os.X_OK):
        sys.exit("build pyspy-tui first: %s is not there" % path)
    return path


def interpreters():
    out = subprocess.run([str(ROOT / "tests" / "interpreters"), "list", "--json"], check=True,
                         stdout=subprocess.PIPE).stdout
    return [m for m in json.loads(out)["interpreters"]
            if m["state"] == "ok" and m["bits"] == 64 and m["root"] == "/"]


def interpreter(version, root=None):
    """The first plain interpreter of this version, free-threaded when it ends in t (of the chroot ROOT, when given)."""
    out = subprocess.run([str(ROOT / "tests" / "interpreters"), "list", "--json"], check=True,
                         stdout=subprocess.PIPE).stdout
    for m in json.loads(out)["interpreters"]:
        name = m["version"].rsplit(".", 1)[0] + "t" * m["free_threaded"]
        if m["state"] == "ok" and m["bits"] == 64 and name == version and not m["debug"] \
                and (root is None or root in m["root"]):
            return m
    return None


def peer(package, command):
    """Path of COMMAND of a peer from PyPI, installed into a virtual environment of its own; None and why."""
    path = PEERS / package / "bin" / command
    if not path.exists():
        venv.create(PEERS / package, with_pip=True, clear=True)
        done = subprocess.run([str(PEERS / package / "bin" / "pip"), "install", "-q", package],
                              stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode or not path.exists():
            print("no %s here: %s" % (package, done.stderr.strip().splitlines()[-1:]), file=sys.stderr)
            return None
    return str(path)


def start(argv):
    """Starts a victim and waits for the line that says it is ready."""
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if not p.stdout.readline():
        sys.exit("the victim did not start: %s" % argv)
    return p


def timed(argv):
    """Wall seconds and standard error of one run."""
    begin = time.perf_counter()
    p = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - begin
    if p.returncode:
        sys.exit("%s failed: %s" % (argv, p.stderr.decode()))
    return seconds, p.stderr.decode()


def peak_memory(argv):
    """Peak resident memory in MB; by GNU time, since a child of ours inherits our own peak.  None without it."""
    if not os.access("/usr/bin/time", os.X_OK):
        return None
    p = subprocess.run(["/usr/bin/time", "-q", "-f", "peak %M", *argv], stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE, universal_newlines=True)
    return int(p.stderr.rsplit("peak ", 1)[1]) / 1024


def machine():
    return "%d CPUs, Linux %s, %s" % (os.cpu_count(), platform.release().split("-")[0], time.strftime("%Y-%m-%d"))


def median(values):
    return statistics.median(values)


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for r in rows:
        print("| " + " | ".join(str(c) for c in r) + " |")
