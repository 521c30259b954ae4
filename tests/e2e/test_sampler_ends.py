"""The target dies, becomes another program, or loses its Python while it is sampled: what was recorded is kept, and why
it ended is said."""
import json
import os
import signal
import subprocess
import time

import pytest

from conftest import TESTS, VICTIMS, pick, state_of, wait_for
from test_record import Recording, folded, function
from test_top import terminal  # noqa: F401 (a fixture)

MODES = ("coscheduled", "paused", "free")
ENOUGH = 5  # samples


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture
def record(tmp_path):
    """Starts a recording; end() returns what it found."""

    class Run:
        def __init__(self, pid, mode="coscheduled", rate=500, args=()):
            self.out, self.stats = tmp_path / "profile.txt", tmp_path / "stats"
            self.recording = Recording("--pid", pid, "-r", rate, "--sampling", mode, "-o", self.out, "--stats",
                                       self.stats, *args)

        def looks(self, n):
            self.recording.looks(n)

        def end(self, sig=None, status=0):
            self.status = self.recording.end(sig)
            self.said = self.recording.err
            assert self.status == status, self.said
            self.told = json.loads(self.stats.read_text())
            self.stacks = folded(self.out.read_text())
            return self

        def functions(self):
            return {function(label) for stack in self.stacks for label in stack}

        @property
        def samples(self):
            return sum(self.stacks.values())

    return Run


def other_version(than):
    for version in ((3, 12), (3, 13), (3, 9), (3, 8), (2, 7)):
        found = pick(version, debug=False)
        if found and version != than.version:
            return found
    pytest.skip("only one version of Python on this machine")


# ---- it ends -------------------------------------------------------------------------------


@pytest.mark.parametrize("sig", (signal.SIGKILL, signal.SIGSEGV), ids=("SIGKILL", "SIGSEGV"))
def test_killed(any_interpreter, victim, record, mode, sig):
    v = victim(any_interpreter, "spin.py")
    r = record(v.pid, mode)
    r.looks(100)
    v.process.send_signal(sig)
    v.process.wait()
    r.end()
    assert "The process ended." in r.said and r.told["end"] == "exited"
    # Beside the running program what moves too fast is cut off.
    assert r.samples >= ENOUGH and ("<module>" if mode == "free" else "leaf") in r.functions()


def test_not_reaped(any_interpreter, victim, record, mode):
    """It stays there as a zombie: nobody has fetched its exit status."""
    v = victim(any_interpreter, "spin.py")
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGKILL)
    wait_for(lambda: state_of(v.pid) == "Z")
    r.end()
    assert state_of(v.pid) == "Z"
    assert "The process ended." in r.said and r.told["end"] == "exited" and r.samples >= ENOUGH


def test_killed_while_stopped(any_interpreter, victim, record, mode):
    v = victim(any_interpreter, "spin.py")
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGSTOP)
    time.sleep(0.2)
    os.kill(v.pid, signal.SIGKILL)
    v.process.wait()
    r.end()
    assert r.told["end"] == "exited" and r.samples >= ENOUGH


def test_main_thread_ends_first(any_interpreter, victim, record, mode):
    """The leader of the process becomes a zombie; its other threads run on, and are sampled."""
    code = ("import ctypes, threading, time\n"
            "def leaf():\n    return 1\n"
            "def on():\n    while True: leaf()\n"
            "threading.Thread(target=on, daemon=True).start()\n"
            "print('{}', flush=True)\n"
            "time.sleep(0.7)\n"
            "ctypes.CDLL(None).pthread_exit(None)\n")
    p = subprocess.Popen([*any_interpreter.argv, "-c", code], stdout=subprocess.PIPE)
    try:
        p.stdout.readline()
        r = record(p.pid, mode)
        wait_for(lambda: state_of(p.pid) == "Z")
        r.looks(100)
        p.kill()
        p.wait()
        r.end()
        assert r.told["end"] == "exited" and "on" in r.functions()
    finally:
        p.kill()
        p.communicate()


# ---- it becomes another program ------------------------------------------------------------


@pytest.mark.parametrize("thread", (False, True), ids=("main", "thread"))
def test_executes_another_script(any_interpreter, victim, record, mode, thread):
    v = victim(any_interpreter, "becomes.py", *["--thread"] * thread, *any_interpreter.argv,
               os.path.join(str(VICTIMS), "spin.py"))
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGUSR1)
    v.read()
    time.sleep(2.5)  # it asks once a second whether it is another one
    r.looks(200)
    r.end(signal.SIGINT)
    assert "executed another program" in r.said and "spin.py" in r.said, r.said
    assert {"before", "outer"} <= r.functions(), r.stacks
    assert r.told["end"] == "signal" and "spin.py" in r.told["command"]


@pytest.mark.parametrize("thread", (False, True), ids=("main", "thread"))
def test_executes_another_python(any_interpreter, victim, record, mode, thread):
    other = other_version(any_interpreter)
    v = victim(any_interpreter, "becomes.py", *["--thread"] * thread, *other.argv, os.path.join(str(VICTIMS), "spin.py"))
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGUSR1)
    v.read()
    time.sleep(2.5)  # it asks once a second whether it is another one
    r.looks(200)
    r.end(signal.SIGINT)
    assert "Python %d.%d" % other.version in r.said
    assert {"before", "outer"} <= r.functions()
    assert r.told["python"].startswith("%d.%d" % other.version)


def test_executes_itself(any_interpreter, victim, record, mode):
    """The same interpreter, the same script, the same words: only the address space is another one."""
    script = os.path.join(str(VICTIMS), "becomes.py")
    argv = [*any_interpreter.argv, "-u", script, "/bin/true"]
    v = victim(any_interpreter, "becomes.py", *argv)
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGUSR1)
    v.read()
    time.sleep(2.5)  # it asks once a second whether it is another one
    r.looks(200)
    r.end(signal.SIGINT)
    assert r.told["end"] == "signal" and "executed another program" in r.said
    assert "before" in r.functions()


def test_executes_what_is_no_python(any_interpreter, victim, record, mode):
    v = victim(any_interpreter, "becomes.py", "/bin/sleep", "1000")
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGUSR1)
    r.end(status=1)
    assert "Process %d" % v.pid in r.said and "sleep" in r.said, r.said
    assert r.told["end"] == "error" and r.samples >= ENOUGH and "before" in r.functions()
    assert v.alive()


def test_executes_what_ends_at_once(any_interpreter, victim, record, mode):
    v = victim(any_interpreter, "becomes.py", "/bin/true")
    r = record(v.pid, mode)
    r.looks(100)
    os.kill(v.pid, signal.SIGUSR1)
    v.process.wait()
    r.end()
    assert "The process ended." in r.said and r.told["end"] == "exited" and r.samples >= ENOUGH


def test_the_screen_goes_on(any_interpreter, victim, terminal):
    other = other_version(any_interpreter)
    v = victim(any_interpreter, "becomes.py", *other.argv, os.path.join(str(VICTIMS), "spin.py"))
    t = terminal("--pid", v.pid, columns=160)
    t.wait_for(r"before.*becomes\.py")
    os.kill(v.pid, signal.SIGUSR1)
    t.wait_for(r"outer.*spin\.py")
    t.wait_for(r"Python %d\.%d" % other.version)
    t.key("q")
    assert t.end()[0] == 0
    t.restored()


def test_the_screen_keeps_what_was_seen(any_interpreter, victim, terminal):
    v = victim(any_interpreter, "becomes.py", "/bin/sleep", "1000")
    t = terminal("--pid", v.pid, columns=160)
    t.wait_for(r"before.*becomes\.py")
    os.kill(v.pid, signal.SIGUSR1)
    t.wait_for(r"sampling of process %d failed" % v.pid)
    assert "before" in t.text() and v.alive()
    t.key("q")
    t.end()
    t.restored()


# ---- it loses its Python -------------------------------------------------------------------


@pytest.fixture(scope="module")
def reinit(tmp_path_factory):
    program = tmp_path_factory.mktemp("reinit") / "reinit"
    subprocess.run(["gcc", "-O1", str(TESTS / "e2e" / "reinit.c"), "-o", str(program), "-ldl"], check=True)
    return str(program)


def libpython(interpreter):
    code = "import sysconfig, os; v = sysconfig.get_config_vars(); print(os.path.join(v['LIBDIR'], v['LDLIBRARY']))"
    path = subprocess.check_output([*interpreter.argv, "-c", code], universal_newlines=True).strip()
    return path if ".so" in path and os.path.exists(path) else None


REINIT = [i for i in (pick(version, debug=False) for version in ((3, 8), (3, 9), (3, 10), (3, 11), (3, 12), (3, 13)))
          if i]
WORK = ("import time\n"
        "def leaf(): return 1\n"
        "def work():\n    end = time.time() + %s\n    while time.time() < end: leaf()\n"
        "print('{}', flush=True)\nwork()\n")


@pytest.mark.parametrize("interpreter", REINIT, ids=repr)
def test_finalised_and_started_again(interpreter, reinit, record):
    """An embedding program that ends its interpreter and starts another one, again and again."""
    library = libpython(interpreter)
    if not library:
        pytest.skip("no shared libpython")
    p = subprocess.Popen([reinit, library, "1000", WORK % 0.02], stdout=subprocess.PIPE)
    try:
        p.stdout.readline()
        r = record(p.pid)
        time.sleep(2)
        r.looks(200)
        assert p.poll() is None
        r.end(signal.SIGINT)
        assert r.samples >= ENOUGH and "work" in r.functions(), r.said
        for stack in r.stacks:
            names = [function(label) for label in stack]
            assert names[-1] == "leaf" and names[-2] == "work" or names[-1] != "leaf", stack
    finally:
        p.kill()
        p.communicate()


@pytest.mark.parametrize("interpreter", REINIT, ids=repr)
def test_libpython_is_unmapped(interpreter, reinit, record):
    library = libpython(interpreter)
    if not library:
        pytest.skip("no shared libpython")
    p = subprocess.Popen([reinit, library, "1", WORK % 2], stdout=subprocess.PIPE)
    try:
        p.stdout.readline()
        r = record(p.pid)
        said = json.loads(p.stdout.readline())
        if said["mapped"]:
            r.end(signal.SIGINT)
            pytest.skip("this libpython stays mapped after dlclose()")
        r.end(status=1)
        assert "Process %d" % p.pid in r.said and r.told["end"] == "error", r.said
        assert r.samples >= ENOUGH and "work" in r.functions()
        assert p.poll() is None
    finally:
        p.kill()
        p.communicate()
