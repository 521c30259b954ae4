# SPDX-License-Identifier: MIT
"""What all parts of tests/interpreters use."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

STAMP = ".pst-interpreters.json"

say_lock = threading.RLock()

children = set()
inherited = []  # the lock's descriptor: it stays locked until the last child ends


class Failure(Exception):
    """Something that the user is told in one sentence."""


class Unavailable(Failure):
    """Debian's archive does not have it: another try now would not help."""


def say(text):
    with say_lock:
        print(text, file=sys.stderr, flush=True)


def cache_dir():
    top = os.environ.get("PST_CACHE")
    if not top:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        top = os.path.join(base, "pyspy-tui")
    return os.path.join(os.path.abspath(top), "interpreters")


def read_json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_json(path, value):
    """Readers see the old file or the new one, never half of one."""
    part = "%s.%d" % (path, os.getpid())
    with open(part, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, sort_keys=True)
        file.write("\n")
    os.replace(part, path)


def run(argv, log, **kwargs):
    """Run a command with its output in the log; a Failure if it fails."""
    start = log_size(log)
    with open(log, "a", encoding="utf-8") as file:
        file.write("$ %s\n" % " ".join(argv))
        file.flush()
        try:
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=file,
                                     stderr=subprocess.STDOUT,
                                     start_new_session=True, pass_fds=inherited,
                                     **kwargs)
        except OSError as error:
            raise Failure("%s cannot be run: %s" % (argv[0], error.strerror)) from error
        children.add(child.pid)
        status = child.wait()
        children.discard(child.pid)
    if status:
        said = re.findall(r"^E: (.*)$", log_since(log, start), re.MULTILINE)
        raise Failure("%s%s ended with status %d (log: %s)" % (
            said[-1] + ": " if said else "", argv[0], status, log))


def log_size(log):
    return os.path.getsize(log) if os.path.exists(log) else 0


def log_since(log, start):
    with open(log, encoding="utf-8", errors="replace") as file:
        file.seek(start)
        return file.read()


def end_children(*_):
    """Signal handler: end what we run; the next install starts it afresh."""
    for pid in list(children):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    os._exit(130)


def mounts_below(path):
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            point = line.split()[4].encode().decode("unicode_escape")
            if point.startswith(path + "/"):
                found.append(point)
    return found


def remove_tree(path):
    """Remove a folder, but never through something mounted inside of it."""
    if not os.path.lexists(path):
        return
    for point in sorted(mounts_below(os.path.realpath(path)), reverse=True):
        subprocess.run(["umount", "-l", point], check=False)
    if mounts_below(os.path.realpath(path)):
        raise Failure("%s has something mounted in it: unmount that first" % path)
    shutil.rmtree(path)
