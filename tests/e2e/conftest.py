"""Real interpreters, real processes, the real binary."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
VICTIMS = TESTS / "victims"


def binary():
    path = os.environ.get("PST_BINARY")
    if not path:
        build = os.environ.get("PST_BUILD", str(ROOT / "build"))
        path = os.path.join(build, "pyspy-tui")
    return os.path.abspath(path)


def matrix():
    """Every interpreter there is; those that the project installed are marked `expected`."""
    done = subprocess.run([str(TESTS / "interpreters"), "list", "--json"], stdout=subprocess.PIPE,
                          check=True, universal_newlines=True)
    return json.loads(done.stdout)["interpreters"]


MATRIX = matrix()


class Interpreter:
    def __init__(self, facts):
        self.facts = facts
        self.name = facts["name"]
        self.argv = facts["argv"]
        self.root = facts["root"]
        numbers = facts["version"].split(".")[:2]
        self.version = (int(numbers[0]), int(numbers[1]))

    def __repr__(self):
        return self.name

    @property
    def free_threaded(self):
        return self.facts["free_threaded"]


def usable():
    return [Interpreter(m) for m in MATRIX if m["state"] == "ok" and m["bits"] == 64]


INTERPRETERS = usable()


def pick(version, **flags):
    """The first interpreter of this version with these flags, or None."""
    for i in INTERPRETERS:
        if i.version == version and i.root == "/" and all(
                i.facts[k] == v for k, v in flags.items()):
            return i
    return None


@pytest.fixture(params=INTERPRETERS, ids=repr)
def interpreter(request):
    return request.param


@pytest.fixture
def any_interpreter():
    """One ordinary interpreter, for tests that are not about versions."""
    for version in ((3, 11), (3, 12), (3, 13), (3, 10), (3, 9)):
        found = pick(version, debug=False)
        if found:
            return found
    return INTERPRETERS[0]


SPINNING = ("spin.py", "collect.py", "names.py", "shares.py")


def state_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0]


def settle(pid):
    """Waits until the main thread of PID has gone to sleep where it is going to stay."""
    deadline, quiet, before = time.monotonic() + 30, 0, None
    while quiet < 4:
        assert time.monotonic() < deadline
        with open("/proc/%d/schedstat" % pid) as f:
            now = f.read()
        quiet = quiet + 1 if now == before and state_of(pid) == "S" else 0
        before = now
        time.sleep(0.01)


def leave_report(pid, seconds=0.2):
    """Gives a victim that never sleeps the time to come out of the call that said it is ready."""
    used = cpu_seconds(pid)
    deadline = time.monotonic() + 30
    while cpu_seconds(pid) < used + seconds:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def looks_so_far(pid):
    """Of the program that samples: its thread, the first that it starts, sleeps between two looks, at least once."""
    threads = "/proc/%d/task" % pid
    try:
        with open(os.path.join(threads, os.listdir(threads)[1], "status")) as f:
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", f.read(), re.M).group(1))
    except (OSError, IndexError):
        return 0


def wait_looks(process, n):
    """Waits until the program that samples has looked N times more, or has ended."""
    since = looks_so_far(process.pid)
    wait_for(lambda: process.poll() is not None or looks_so_far(process.pid) >= since + n)


def cpu_seconds(pid):
    with open("/proc/%d/schedstat" % pid) as f:
        return int(f.read().split()[0]) / 1e9


class Victim:
    """A running victim; `facts` is the line of JSON that it said."""

    def __init__(self, interpreter, script, *args, prefix=(), env=None, facts=True, settled=False):
        self.interpreter = interpreter
        self.copied = None
        directory = self.place()
        command = [*prefix, *interpreter.argv, "-u", os.path.join(directory, script), *map(str, args)]
        full = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8", **(env or {}))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=full, cwd="/",
                                        stderr=subprocess.PIPE)
        self.pid = self.process.pid
        self.facts = self.read() if facts else None
        if settled:
            settle(self.pid)
        elif facts and script in SPINNING:
            leave_report(self.pid)

    def place(self):
        """The victims' directory as the interpreter sees it: copied when it has a root of its own."""
        if self.interpreter.root == "/":
            return str(VICTIMS)
        share = self.interpreter.facts["share"]
        self.copied = tempfile.mkdtemp(prefix="victim-", dir=share["host"])
        os.chmod(self.copied, 0o755)
        for source in VICTIMS.glob("*.py"):
            shutil.copy(str(source), self.copied)
        return os.path.join(share["inside"], os.path.basename(self.copied))

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("victim said nothing: " + self.process.stderr.read().decode())
        return json.loads(line.decode("utf-8"))

    def alive(self):
        return self.process.poll() is None

    def state(self):
        return state_of(self.pid)

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.copied:
            shutil.rmtree(self.copied)


@pytest.fixture
def victim():
    """A function that starts victims; they end with the test."""
    running = []

    def start(*args, **kwargs):
        v = Victim(*args, **kwargs)
        running.append(v)
        return v

    yield start
    for v in running:
        v.stop()


def run(*args, check=None, env=None, timeout=120, prefix=(), program=None):
    """Runs the binary, or a copy of it; CHECK is the exit status it must have."""
    full = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
    for name in ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        if name not in (env or {}):
            full.pop(name, None)
    done = subprocess.run([*prefix, program or binary(), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, env=full, timeout=timeout)
    done.out, done.err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    if check is not None:
        assert done.returncode == check, "exit %d\n%s\n%s" % (done.returncode, done.out, done.err)
    return done


@pytest.fixture(scope="session")
def truth_tool():
    """The test program of that name, built if need be."""
    build = os.environ.get("PST_BUILD", str(ROOT / "build"))
    name = "tests/unit/truth_tool"
    subprocess.run(["make", "-s", "-C", build, name], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(build, name)


@pytest.fixture
def legal(truth_tool, tmp_path):
    """Samples a running victim that has said which calls it makes; what was found, if all of it is possible."""

    def look(v, seconds=0.8, rate=1000, mode="coscheduled", idle=False):
        edges = tmp_path / "edges"
        edges.write_text("\n".join(v.facts["edges"]) + "\n")
        argv = [truth_tool, v.pid, seconds, rate, mode, edges] + ["idle"] * idle
        done = subprocess.run(list(map(str, argv)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              encoding="utf-8", timeout=120, env=dict(os.environ, TRUTH_VERBOSE="1"))
        assert done.returncode == 0, done.stderr
        assert v.alive()
        found = json.loads(done.stdout)
        assert found["impossible"] == 0, done.stderr
        found["cpu"] = cpu_seconds(v.pid)
        found["notes"] = done.stderr
        return found

    return look


@pytest.fixture
def truth(legal, victim):
    """Samples the victim calls.py; what was found."""

    def look(interpreter, kind, threads=1, **how):
        return legal(victim(interpreter, "calls.py", kind, threads), **how)

    return look


def dump_json(pid, *args, **kwargs):
    return json.loads(run("--dump", "--json", "--pid", pid, *args, check=0, **kwargs).out)


if sys.version_info < (3, 7):
    raise RuntimeError("the tests themselves need Python 3.7")


def pytest_collection_modifyitems(config, items):
    """
    Sanitizers look at the program, which is the same for every build of one version: one interpreter of some
    versions, each of which has another layout of frames, is enough for them.  Browsers have nothing to do with them,
    and what command lines mean is another thing too.
    """
    if not os.environ.get("PST_SANITIZED"):
        return
    chosen, seen = set(), set()
    for i in INTERPRETERS:
        key = (i.version, i.free_threaded)
        if key not in seen and i.version in ((2, 7), (3, 9), (3, 11), (3, 13), (3, 15)):
            chosen.add(i.name)
        seen.add(key)

    def stays(item):
        params = item.callspec.params if hasattr(item, "callspec") else {}
        used = [p for p in params.values() if isinstance(p, Interpreter)]
        return all(i.name in chosen for i in used) and not item.path.name.startswith(
            ("test_export_browser", "test_pyspy_cli"))

    config.hook.pytest_deselected(items=[i for i in items if not stays(i)])
    items[:] = [i for i in items if stays(i)]
