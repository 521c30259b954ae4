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
    """Wall seconds, peak KiB of memory and standard error of one run."""
    begin = time.perf_counter()
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    err = p.stderr.read()
    _, status, usage = os.wait4(p.pid, 0)
    seconds = time.perf_counter() - begin
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        sys.exit("%s failed: %s" % (argv, err.decode()))
    return seconds, usage.ru_maxrss, err.decode()


def machine():
    return "%d CPUs, Linux %s, %s" % (os.cpu_count(), platform.release().split("-")[0], time.strftime("%Y-%m-%d"))


def median(values):
    return statistics.median(values)


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for r in rows:
        print("| " + " | ".join(str(c) for c in r) + " |")
