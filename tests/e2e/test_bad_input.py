"""One clear sentence on stderr, the right exit status, the target untouched and running."""
import os
import signal
import subprocess
import time

import pytest

from conftest import VICTIMS, binary, cpu_seconds, run, wait_for


def refused(done, status, *words):
    assert done.returncode == status, done.err
    assert done.out == ""
    lines = done.err.strip().splitlines()
    assert lines and lines[0].startswith("pyspy-tui: "), done.err
    assert len(lines) <= 4, done.err
    for word in words:
        assert word in done.err, done.err


def free_pid():
    p = subprocess.Popen(["true"])
    p.wait()
    return p.pid


def test_no_such_process():
    pid = free_pid()
    refused(run("--dump", "--pid", pid), 1, str(pid))


def test_not_python():
    p = subprocess.Popen(["sleep", "1000"])
    try:
        refused(run("--dump", "--pid", p.pid), 1, str(p.pid), "Python", "sleep")
        assert p.poll() is None
    finally:
        p.kill()
        p.wait()


def test_zombie():
    p = subprocess.Popen(["true"])
    deadline = time.monotonic() + 10
    while open("/proc/%d/stat" % p.pid).read().rsplit(")", 1)[1].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        refused(run("--dump", "--pid", p.pid), 1, "zombie")
    finally:
        p.wait()


@pytest.mark.parametrize("args, words", [
    (["--dump"], ["--pid"]),
    ([], ["--pid"]),
    (["--pid", "abc"], ["--pid", "abc"]),
    (["--pid", "-1"], ["--pid"]),
    (["--nonsense"], ["--nonsense"]),
    (["--rate", "0", "--pid", "1"], ["--rate"]),
    (["--rate", "nan", "--pid", "1"], ["--rate"]),
    (["--dump", "--rate", "5", "--pid", "1"], ["--rate"]),
    (["--sampling", "nonsense", "--pid", "1"], ["--sampling", "coscheduled", "paused", "free"]),
    (["--fallback", "coscheduled", "--pid", "1"], ["--fallback", "paused", "free"]),
    (["--dump", "--sampling", "free", "--pid", "1"], ["--sampling"]),
    (["--locals", "--pid", "1"], ["--locals"]),
    (["--dump", "--pid", "1", "--", "sleep"], ["--pid"]),
    (["--dump", "--", "python3"], ["--pid"]),
    (["--pid"], ["--pid"]),
])
def test_usage(args, words):
    refused(run(*args), 2, *words)


def test_no_permission(any_interpreter, victim):
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    v = victim(any_interpreter, "shapes.py", settled=True)
    prefix = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if subprocess.run([*prefix, "test", "-x", os.path.dirname(binary())]).returncode:
        pytest.skip("the build folder cannot be reached by another user")
    refused(run("--dump", "--pid", v.pid, prefix=prefix), 1, str(v.pid), "sudo")
    assert v.alive()


def test_no_capability(any_interpreter, victim):
    """Root without CAP_SYS_PTRACE against another user's process, as in a container."""
    if os.geteuid() != 0:
        pytest.skip("needs root to drop a capability")
    prefix = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if subprocess.run([*prefix, "test", "-r", str(VICTIMS / "spin.py")]).returncode:
        pytest.skip("the victims cannot be reached by another user")
    v = victim(any_interpreter, "spin.py", prefix=prefix)
    done = run("--dump", "--pid", v.pid, prefix=["setpriv", "--bounding-set", "-sys_ptrace",
                                                 "--inh-caps", "-sys_ptrace"])
    refused(done, 1, str(v.pid), "SYS_PTRACE")
    assert v.alive()


def test_exits_in_between(any_interpreter, victim):
    """Dumps of a process that dies at any moment: a dump or a sentence, never a crash."""
    for delay in (0, 0.002, 0.005, 0.01, 0.02):
        v = victim(any_interpreter, "shapes.py", settled=True)
        dump = subprocess.Popen([binary(), "--dump", "--pid", str(v.pid)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(delay)
        v.process.send_signal(signal.SIGKILL)
        err = dump.communicate(timeout=30)[1].decode()
        assert dump.returncode in (0, 1), err
        if dump.returncode == 1:
            assert str(v.pid) in err


def test_traced_by_another(any_interpreter, victim):
    if subprocess.run(["which", "strace"], stdout=subprocess.DEVNULL).returncode:
        pytest.skip("no strace")
    v = victim(any_interpreter, "shapes.py", settled=True)
    tracer = subprocess.Popen(["strace", "-o", "/dev/null", "-p", str(v.pid)], stderr=subprocess.PIPE)
    try:
        tracer.stderr.readline()
        refused(run("--dump", "--pid", v.pid), 1, str(tracer.pid), "trac")
        assert run("--dump", "--nonblocking", "--pid", v.pid).returncode == 0
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate()
    assert v.alive()


def test_stopped_target_stays_stopped(any_interpreter, victim):
    v = victim(any_interpreter, "shapes.py", settled=True)
    os.kill(v.pid, signal.SIGSTOP)
    wait_for(lambda: v.state() == "T")
    run("--dump", "--pid", v.pid, check=0)
    used = -1

    def stands():  # One that was held needs a CPU to come to its stop again.
        nonlocal used
        before, used = used, cpu_seconds(v.pid)
        time.sleep(0.05)
        return v.state() == "T" and used == before

    wait_for(stands)
    os.kill(v.pid, signal.SIGCONT)
    wait_for(lambda: v.state() in "SR")
