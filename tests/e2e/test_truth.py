"""No stack that the program cannot have had: victims whose legal calls are known."""
import json
import os
import random
import subprocess
import threading

import pytest

from conftest import pick

KINDS = ("fib", "alternate", "generators", "made", "steady")


def enough(found, least=20):
    """Timing is the machine's; that most of what was tried was had is ours."""
    assert found["stacks"] >= least, found
    assert found["rejected"] <= 0.05 * (found["ticks"] + found["rejected"]), found
    assert found["unproved"] == 0, found


@pytest.mark.parametrize("kind", KINDS)
def test_one_thread(interpreter, truth, kind):
    enough(truth(interpreter, kind))


def test_threads_take_turns(interpreter, truth):
    found = truth(interpreter, "fib", threads=4)
    assert found["stacks"] >= 20, found
    assert found["unproved"] == 0, found


def test_waiting_threads_too(interpreter, truth):
    """Stacks of threads that wait for the GIL."""
    found = truth(interpreter, "generators", threads=3, idle=True)
    assert found["stacks"] >= 20, found
    assert found["unproved"] == 0, found


def test_interpreters_with_their_own_gil(interpreter, truth):
    if interpreter.version < (3, 12):
        pytest.skip("one GIL for all before 3.12")
    if interpreter.free_threaded:
        pytest.skip("no GIL")
    found = truth(interpreter, "interpreters", seconds=1.5)
    assert found["stacks"] >= 20 and found["unproved"] == 0, found


@pytest.mark.parametrize("mode", ("paused", "coscheduled"))
def test_at_high_rate(any_interpreter, truth, mode):
    assert truth(any_interpreter, "fib", rate=10000, mode=mode)["stacks"] >= 20


@pytest.fixture
def pushed_about():
    """A function that sends the threads of a process from CPU to CPU until the test ends."""
    over = threading.Event()
    pushers, moves = [], []

    def push(pid, cpus):
        while not over.wait(random.choice((0, 0.0001, 0.001))):
            for tid in os.listdir("/proc/%d/task" % pid):
                os.sched_setaffinity(int(tid), random.choice(cpus))
                moves.append(tid)

    def start(pid):
        cpus = sorted(os.sched_getaffinity(0))
        if len(cpus) < 2:
            pytest.skip("one CPU")
        pushers.append(threading.Thread(target=push, args=(pid, [{cpus[0]}, {cpus[-1]}, set(cpus)])))
        pushers[-1].start()

    yield start
    over.set()
    for pusher in pushers:
        pusher.join()
    assert len(moves) > 100 * len(pushers)


@pytest.mark.parametrize("threads", (1, 3))
def test_pushed_from_cpu_to_cpu(any_interpreter, legal, victim, pushed_about, threads):
    """Whoever migrates while it is read is found out."""
    v = victim(any_interpreter, "calls.py", "fib", threads)
    pushed_about(v.pid)
    found = legal(v, seconds=1.5, rate=5000)
    assert found["stacks"] >= 20 and found["unproved"] == 0, found


def test_without_rseq(legal, victim):
    """Counts prove where the kernel does not tell a thread its CPU."""
    interpreter = pick((3, 13)) or pick((3, 11))
    v = victim(interpreter, "calls.py", "fib", 1, env={"GLIBC_TUNABLES": "glibc.pthread.rseq=0"})
    enough(legal(v))


def test_one_read_is_enough(interpreter, truth):
    """What the last samples read is brought at once; starting up is part of the figure."""
    found = truth(interpreter, "fib", seconds=1.5)
    tried = found["ticks"] + 5 * found["rejected"]
    assert found["reads_per_tick"] * found["ticks"] < 1.3 * tried + 500, found


def test_every_function_has_its_share(truth):
    """The work of a function is not hidden by where it can be read."""
    interpreter = pick((3, 13)) or pick((3, 11))
    leaf = truth(interpreter, "fib")["leaf"]
    assert leaf["ident"] > 0 and leaf["add"] > leaf["ident"] and leaf["fib"] > leaf["add"], leaf


def test_free_mode_says_so(any_interpreter, truth_tool, victim, tmp_path):
    v = victim(any_interpreter, "calls.py", "steady")
    (tmp_path / "edges").write_text("\n".join(v.facts["edges"]) + "\n")
    done = subprocess.run([truth_tool, str(v.pid), "1", "200", "free", str(tmp_path / "edges")],
                          stdout=subprocess.PIPE, encoding="utf-8", check=True, timeout=60)
    found = json.loads(done.stdout)
    assert found["stacks"] > 0 and found["unproved"] == found["stacks"], found
