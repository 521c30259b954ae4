"""The target stands still, the system has no room, its rights change, or its number is given to another process."""
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import TESTS, binary, cpu_seconds, state_of, wait_for, wait_looks
from test_record import folded, function
from test_sampler_ends import record  # noqa: F401 (a fixture)
from test_top import terminal  # noqa: F401 (a fixture)

MODES = ("coscheduled", "paused", "free")
RATE = 100


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


# ---- stopped, frozen -----------------------------------------------------------------------


class Signals:
    said = "stopped by a signal"
    shown = "TARGET STOPPED"

    def __init__(self, pid):
        self.pid = pid

    def halt(self):
        os.kill(self.pid, signal.SIGSTOP)
        wait_for(lambda: state_of(self.pid) == "T")

    def go_on(self):
        os.kill(self.pid, signal.SIGCONT)

    close = go_on


class Cgroup:
    """A cgroup of ours with PID in it."""

    said = "frozen by its cgroup"
    shown = "TARGET FROZEN"
    mounts = file = on = off = state = frozen = None

    def __init__(self, pid):
        self.directory = None
        for mount in self.mounts:
            path = os.path.join(mount, "pyspy-tui-test-%d" % os.getpid())
            try:
                os.mkdir(path)
                self.directory = path
                with open(os.path.join(path, self.file)):
                    pass
                self.write("cgroup.procs", str(pid))
                return
            except OSError:
                self.close()
        pytest.skip("no cgroup with %s may be made here" % self.file)

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w") as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.directory, name)) as f:
            return f.read()

    def halt(self):
        self.write(self.file, self.on)
        wait_for(lambda: self.frozen in self.read(self.state).splitlines())

    def go_on(self):
        self.write(self.file, self.off)

    def close(self):
        """Its processes go back to the root."""
        if not self.directory:
            return
        try:
            with open(os.path.join(self.directory, "cgroup.procs")) as f:
                for pid in f.read().split():
                    with open(os.path.join(os.path.dirname(self.directory), "cgroup.procs"), "w") as root:
                        root.write(pid)
        except OSError:
            pass
        os.rmdir(self.directory)
        self.directory = None


class Freezer2(Cgroup):
    mounts, file, on, off = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"), "cgroup.freeze", "1", "0"
    state, frozen = "cgroup.events", "frozen 1"


class Freezer1(Cgroup):
    mounts, file, on, off = ("/sys/fs/cgroup/freezer",), "freezer.state", "FROZEN", "THAWED"
    state, frozen = "freezer.state", "FROZEN"


@pytest.fixture(params=(Signals, Freezer2, Freezer1), ids=("SIGSTOP", "cgroup-v2", "cgroup-v1"))
def stopper(request):
    """Makes what stops a process; which runs on with the test's end."""
    made = []

    def make(pid):
        made.append(request.param(pid))
        return made[-1]

    yield make
    for s in made:
        try:
            s.go_on()
            s.close()
        except ProcessLookupError:
            pass


@pytest.mark.parametrize("gil", ([], ["--gil"]), ids=("all", "gil"))
def test_time_without_running_is_not_counted(any_interpreter, victim, record, stopper, mode, gil):
    v = victim(any_interpreter, "spin.py")
    stop = stopper(v.pid)
    r = record(v.pid, mode, RATE, gil)
    used = cpu_seconds(v.pid)
    time.sleep(0.5)
    r.looks(20)
    stop.halt()
    time.sleep(1.2)
    stop.go_on()
    time.sleep(0.5)
    r.looks(20)
    r.end(signal.SIGINT)
    used = cpu_seconds(v.pid) - used
    # On a busy machine a thread that waits for a CPU counts as well: half of the time is the most.
    assert r.samples > 0 and r.samples <= RATE * (r.told["seconds"] - 1), (used, r.said)
    assert stop.said in r.said and "was stopped or frozen" in r.said
    # One that was held for a look needs a CPU to come to its stop again.
    assert 0.2 < r.told["halted_seconds"] < r.told["seconds"] - 0.5
    assert r.told["end"] == "signal" and v.state() in "RS"


def test_stopped_all_the_time(any_interpreter, victim, record, stopper, mode):
    v = victim(any_interpreter, "spin.py")
    stop = stopper(v.pid)
    stop.halt()
    used = cpu_seconds(v.pid)
    r = record(v.pid, mode, RATE)
    r.looks(50)
    r.end(signal.SIGINT)
    assert r.samples == 0 and stop.said in r.said, r.said
    assert "The profile is empty: all threads were idle" in r.said and r.told["pauses"] == 0
    assert cpu_seconds(v.pid) == used, "it was woken"


def test_one_that_sleeps(any_interpreter, victim, record, stopper, mode):
    """The freezer of cgroup v1 leaves it where it sleeps."""
    v = victim(any_interpreter, "shapes.py", settled=True)
    stop = stopper(v.pid)
    stop.halt()
    r = record(v.pid, mode, RATE, ["--idle"])
    r.looks(50)
    r.end(signal.SIGINT)
    assert stop.said in r.said and r.samples > 0, r.said


def test_the_screen_says_it(any_interpreter, victim, terminal, stopper):
    v = victim(any_interpreter, "spin.py")
    stop = stopper(v.pid)
    t = terminal("--pid", v.pid, columns=160)
    t.wait_for(r"outer.*spin\.py")
    stop.halt()
    t.wait_for(stop.shown)
    stop.go_on()
    t.wait_gone(stop.shown)
    t.key("q")
    assert t.end()[0] == 0


# ---- no room -------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a cgroup")
def test_no_more_threads(any_interpreter, victim, tmp_path):
    """A cgroup that is full: the thread that samples cannot be started."""
    directory = "/sys/fs/cgroup/pids/pyspy-tui-test-%d" % os.getpid()
    try:
        os.mkdir(directory)
        with open(directory + "/pids.max", "w") as f:
            f.write("1")
    except OSError as e:
        pytest.skip("no cgroup with a limit of pids may be made here: %s" % e)
    v = victim(any_interpreter, "spin.py")

    def enter():
        with open(directory + "/cgroup.procs", "w") as f:
            f.write("0")

    try:
        done = subprocess.run([binary(), "record", "-o", str(tmp_path / "profile.txt"), "-d", "0.3", "--pid", str(v.pid)],
                              stderr=subprocess.PIPE, preexec_fn=enter, env=dict(os.environ, LC_ALL="C.UTF-8"),
                              universal_newlines=True)
        assert done.returncode == 1 and "pids.max" in done.stderr, done.stderr
        assert v.alive() and not (tmp_path / "profile.txt").exists()
    finally:
        v.stop()
        os.rmdir(directory)


def test_no_more_processes_of_the_user(any_interpreter, victim, tmp_path):
    """RLIMIT_NPROC, which does not bind root."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become another user")
    import resource
    user = ["setpriv", "--reuid", "64999", "--regid", "64999", "--clear-groups"]
    if subprocess.run([*user, "test", "-x", os.path.dirname(binary())]).returncode:
        pytest.skip("the build folder cannot be reached by another user")
    v = victim(any_interpreter, "spin.py", prefix=user)
    done = subprocess.run([*user, binary(), "record", "-o", "/dev/null", "-d", "0.3", "--pid", str(v.pid)],
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (1, 1)), stderr=subprocess.PIPE,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), universal_newlines=True)
    assert done.returncode == 1 and "ulimit -u" in done.stderr, done.stderr
    assert v.alive()


# ---- rights --------------------------------------------------------------------------------


def test_rights_that_are_lost(any_interpreter, victim, mode):
    """A process that makes itself unreadable."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become another user")
    user = ["setpriv", "--reuid", "64999", "--regid", "64999", "--clear-groups"]
    if subprocess.run([*user, "test", "-x", os.path.dirname(binary())]).returncode:
        pytest.skip("the build folder cannot be reached by another user")
    v = victim(any_interpreter, "dumpable.py", prefix=user)
    r = subprocess.Popen([*user, binary(), "record", "--pid", str(v.pid), "-r", "200", "--sampling", mode, "-o", "-"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                         env=dict(os.environ, LC_ALL="C.UTF-8"))
    try:
        assert "Sampling process" in r.stderr.readline()
        wait_looks(r, 50)
        os.kill(v.pid, signal.SIGUSR1)
        profile, said = r.communicate(timeout=30)
        assert r.returncode == 1 and "protected itself" in said, said
        names = {function(label) for stack in folded(profile) for label in stack}
        assert "before" in names and "after" not in names, names
        assert v.alive()
    finally:
        r.kill()
        r.wait()


# ---- the number is another's ----------------------------------------------------------------


def test_the_number_is_given_away(any_interpreter, mode, tmp_path):
    """While the sampler does not look, the target dies and another process gets its number."""
    if os.geteuid() != 0:
        pytest.skip("needs root to choose the number of a process")
    done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", sys.executable,
                           str(TESTS / "e2e" / "same_number.py"), binary(), mode, str(tmp_path), *any_interpreter.argv],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, universal_newlines=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["status"] == 0 and "The process ended." in found["said"], found
    names = {function(label) for stack in folded((tmp_path / "profile.txt").read_text()) for label in stack}
    assert "outer" in names and not {"most", "rest"} & names, names
    assert found["stranger"] in "RS", found
