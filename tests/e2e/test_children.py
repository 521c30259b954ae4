"""record -s: children of all kinds are found while they come and go, and their stacks never mix."""
import os
import re
import shlex
import signal
import subprocess
import time

import pytest

from test_top import terminal  # noqa: F401 (a fixture)

from conftest import VICTIMS, binary, pick, run, state_of, wait_for, wait_looks

WORKERS = str(VICTIMS / "workers.py")


class Profile:
    """Samples by worker, by process and worker; each stack was looked over."""

    def __init__(self, text):
        self.workers, self.processes, self.lines = {}, {}, text.splitlines()
        for line in self.lines:
            stack, n = line.rsplit(" ", 1)
            calls, spins = re.findall(r"\bcall_(\d+)\b", stack), re.findall(r"\bspin_(\d+)\b", stack)
            assert len(calls) <= 1 and len(spins) <= 1 and (not spins or calls == spins), line
            process = re.match(r'process (\d+):"', stack)
            for worker in calls:
                self.workers[int(worker)] = self.workers.get(int(worker), 0) + int(n)
                if process:
                    key = int(process.group(1)), int(worker)
                    self.processes[key] = self.processes.get(key, 0) + int(n)


def record(tmp_path, *args, check=0, timeout=120):
    out = tmp_path / "profile"
    done = run("record", "-s", "-f", "raw", "-o", out, *args, check=check, timeout=timeout)
    return Profile(out.read_text()), done.err


def launched(interpreter, *args):
    return ["--", *interpreter.argv, WORKERS, *map(str, args)]


def kill(*pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.fixture
def family(any_interpreter, victim):
    """A function that starts a victim; its children end with it."""
    found = []

    def start(kind, *args, children=(), **how):
        v = victim(how.pop("interpreter", any_interpreter), "workers.py", kind, *args, **how)
        for name in children:
            value = v.facts[name]
            found.extend(value if isinstance(value, list) else [value])
        return v

    yield start
    kill(*found)


def pythons():
    return [i for i in (pick(v, debug=False) for v in ((3, 8), (3, 12), (3, 13))) if i]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("python", pythons(), ids=repr)
def test_a_pool(python, method, tmp_path):
    profile, said = record(tmp_path, *launched(python, "pool", method, 3, 6, 0))
    assert set(profile.workers) == set(range(6))
    assert "exited with status 0" in said and "not Python" not in said


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_recycled_workers(any_interpreter, method, tmp_path):
    """A process for each task, of half a second."""
    profile, said = record(tmp_path, *launched(any_interpreter, "pool", method, 2, 8, 1))
    assert set(profile.workers) == set(range(8))
    assert "exited with status 0" in said


def test_children_of_children(family, tmp_path):
    v = family("nested", children=["children"])
    profile, _ = record(tmp_path, "-d", 2, "--pid", v.pid)
    assert set(profile.workers) == {0, 1, 2}


def test_another_version_is_executed(family, tmp_path):
    other = next((i for i in pythons() if i.version == (3, 8)), None)
    if not other:
        pytest.skip("no Python 3.8")
    v = family("executes", *other.argv, children=["child"])
    profile, _ = record(tmp_path, "-d", 3, "--pid", v.pid)
    assert profile.workers[0] and profile.workers[1]
    assert set(profile.processes) == {(v.facts["child"], 0), (v.facts["child"], 1)}


def test_what_is_not_python_is_named_and_left_alone(family, tmp_path):
    v = family("other", children=["other"])
    profile, said = record(tmp_path, "-d", 1.5, "--pid", v.pid)
    assert profile.workers == {0: profile.workers[0]}
    assert said.count("Process %d (sleep) is not Python: it is left alone." % v.facts["other"]) == 1
    assert state_of(v.facts["other"]) == "S"


def test_a_zombie(family, tmp_path):
    v = family("zombie")
    profile, said = record(tmp_path, "-d", 1, "--pid", v.pid)
    assert set(profile.workers) == {0} and str(v.facts["zombie"]) not in said
    assert state_of(v.facts["zombie"]) == "Z"


def test_twenty_workers(family, tmp_path):
    v = family("many", 20, 1000, children=["workers"])
    profile, _ = record(tmp_path, "-d", 3, "--pid", v.pid)
    assert set(profile.workers) == set(range(20))
    assert set(profile.processes) == {(pid, n) for n, pid in enumerate(v.facts["workers"])}


def test_a_recording_keeps_processes_apart(family, tmp_path):
    v = family("many", 4, 1000, children=["workers"])
    kept, again = tmp_path / "kept.pyspy", tmp_path / "again.txt"
    profile, _ = record(tmp_path, "-d", 1.5, "--pid", v.pid, "-f", "pyspy", "-o", kept)
    assert len(profile.processes) == 4
    run("replay", kept, "-f", "raw", "-o", again, check=0)
    assert again.read_text().splitlines() == profile.lines


def test_workers_are_killed_meanwhile(family, tmp_path):
    v = family("many", 12, 1000, children=["workers"])
    out = tmp_path / "profile"
    p = subprocess.Popen([binary(), "record", "-s", "-f", "raw", "-o", str(out), "--pid", str(v.pid)],
                         stderr=subprocess.PIPE, encoding="utf-8")
    for pid in v.facts["workers"]:
        wait_looks(p, 3)
        kill(pid)
    wait_looks(p, 5)
    p.send_signal(signal.SIGINT)
    said = p.communicate(timeout=60)[1]
    assert p.returncode == 0, said
    assert set(Profile(out.read_text()).workers) >= set(range(6, 12))


def test_the_parent_ends_first(family, tmp_path):
    """What it started is looked at to its end."""
    v = family("orphans", children=["child"])
    out = tmp_path / "profile"
    p = subprocess.Popen([binary(), "record", "-s", "-f", "raw", "-o", str(out), "--pid", str(v.pid)],
                         stderr=subprocess.PIPE, encoding="utf-8")
    v.process.wait()
    time.sleep(0.5)
    assert p.poll() is None
    assert p.wait(timeout=60) == 0
    said = p.communicate()[1]
    profile = Profile(out.read_text())
    assert set(profile.workers) == {0, 1} and profile.workers[0] > 1.3 * profile.workers[1], said


def test_a_shell_that_starts_workers(any_interpreter, tmp_path):
    """What was asked for is no Python itself."""
    command = " ".join(map(shlex.quote, [*any_interpreter.argv, WORKERS, "pool", "fork", "2", "4", "0"]))
    profile, said = record(tmp_path, "--", "sh", "-c", command + "; exit 3")
    assert set(profile.workers) == set(range(4))
    assert "exited with status 3" in said


def test_without_the_option(family, tmp_path):
    v = family("many", 3, 1000, children=["workers"])
    out = tmp_path / "profile"
    run("record", "-i", "-f", "raw", "-o", out, "-d", 1, "--pid", v.pid, check=0)
    assert "call_" not in out.read_text() and "wait_for_end" in out.read_text()


def test_no_such_process(tmp_path):
    done = run("record", "-s", "-f", "raw", "-o", tmp_path / "profile", "--pid", 2 ** 22 - 1, check=1)
    assert str(2 ** 22 - 1) in done.err


def test_nothing_is_python(tmp_path):
    p = subprocess.Popen(["sleep", "1000"])
    try:
        done = run("record", "-s", "-f", "raw", "-o", tmp_path / "profile", "--pid", p.pid, check=1)
    finally:
        p.kill()
        p.wait()
    assert "Python" in done.err and str(p.pid) in done.err


def test_the_screen_shows_each_process(family, terminal):  # noqa: F811
    v = family("many", 3, 1000, children=["workers"])
    t = terminal("top", "-s", "--pid", v.pid, "-r", "100")
    for n in range(3):
        t.wait_for(r"spin_%d.*worker_%d\.py" % (n, n))
    t.key("2")
    for pid in [v.pid, *v.facts["workers"]]:
        t.wait_for(r"\b%d\b" % pid)
    t.key("j")
    t.key("\r")  # the stack of one of them, with its values
    t.wait_for(r"spin_\d.*worker_\d\.py:")
    t.wait_for(r"until = \d+")
    t.key("q")
    assert t.end() == (0, None)
    t.restored()
