"""The pause of the target is short, told, and ends even when the profiler dies in it."""
import os
import re
import signal
import subprocess
import time

import pytest

from conftest import binary, dump_json, run, wait_for


def test_pause_is_told(any_interpreter, victim):
    v = victim(any_interpreter, "shapes.py", settled=True)
    err = run("--dump", "-v", "--pid", v.pid, check=0).err
    assert re.search(r"paused for \d+\.\d+ ms", err), err
    assert "paused" not in run("--dump", "-v", "--nonblocking", "--pid", v.pid, check=0).err


def test_how_it_was_found_is_told(interpreter, victim):
    v = victim(interpreter, "shapes.py", settled=True)
    err = run("--dump", "-v", "--pid", v.pid, check=0).err
    assert re.search(r"version %d\.%d\S* from: \S" % interpreter.version, err), err
    assert re.search(r"found by: \S", err), err


def traced(pid):
    """Whether a thread of PID is held by a tracer now."""
    for tid in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, tid)) as f:
            if int(re.search(r"TracerPid:\s+(\d+)", f.read()).group(1)):
                return True
    return False


def test_killed_while_it_pauses(any_interpreter, victim):
    """SIGKILL at the moment the target is held: the target runs on."""
    v = victim(any_interpreter, "threads.py", *["spin"] * 2, *["sleep"] * 30, settled=True)
    caught = 0
    deadline = time.monotonic() + 60
    while caught < 5 and time.monotonic() < deadline:
        dump = subprocess.Popen([binary(), "--dump", "-l", "--pid", str(v.pid)], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        while dump.poll() is None:
            if traced(v.pid):
                dump.send_signal(signal.SIGKILL)
                caught += dump.wait() == -signal.SIGKILL
                break
        dump.wait()
    assert caught >= 5
    assert not traced(v.pid)
    before = cpu_ticks(v.pid)
    wait_for(lambda: cpu_ticks(v.pid) > before)
    assert len(dump_json(v.pid)) == 33


def cpu_ticks(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize("sig", [signal.SIGUSR1, signal.SIGALRM])
def test_signals_reach_the_target(any_interpreter, victim, sig):
    """Signals that arrive while the target is paused again and again are not lost."""
    v = victim(any_interpreter, "signals.py", settled=True)
    sent = 0
    for _ in range(15):
        dump = subprocess.Popen([binary(), "--dump", "--pid", str(v.pid)], stdout=subprocess.DEVNULL)
        os.kill(v.pid, sig)
        sent += 1
        assert v.read() == {"got": int(sig), "count": sent}
        dump.wait()
    assert v.alive()
