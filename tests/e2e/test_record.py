"""record: what it writes, when it ends, and what it says of itself."""
import ctypes
import errno
import json
import os
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time

import pytest

from conftest import binary, run, state_of, wait_for, wait_looks

KEYS = {"version", "program", "pid", "command", "python", "sampling", "format", "output", "gil", "idle", "jitter", "end",
        "program_exit", "seconds", "rate_asked", "rate_achieved", "rate_aimed_at", "max_overhead_percent", "looks",
        "processes", "samples", "stacks", "late", "rejected", "dropped", "errors", "proved", "unproved", "cut", "fallback", "otherwise", "gaps", "gap_seconds", "halted_seconds",
        "calls", "calls_per_look", "reads", "reads_per_look", "sampler_cpu_seconds", "sampler_cpu_percent",
        "sampler_cpu_us_per_look", "cpu_seconds", "cpu_percent", "overhead_percent", "memory_bytes", "memory_peak_bytes",
        "pauses", "held_seconds", "threads_stopped", "pause_p50_us", "pause_p99_us", "pause_max_us", "notes"}
KINDS = {"memory", "proc", "ptrace", "wait", "sleep", "cpu", "other"}


def folded(text):
    """Stacks (tuples of labels, root first) and their samples; every line must be one."""
    stacks = {}
    for line in text.splitlines():
        stack, count = re.fullmatch(r"(.+) (\d+)", line).groups()
        key = tuple(stack.split(";"))
        assert key not in stacks and int(count) > 0
        stacks[key] = int(count)
    return stacks


def function(label):
    return label.split(" (")[0]


def share(stacks, name):
    """Samples with the function anywhere on the stack, as a part of all."""
    return sum(n for s, n in stacks.items() if name in map(function, s)) / sum(stacks.values())


def forbid(calls, sys):
    """In a child before exec: these calls (numbers of x86-64) fail with SYS, as by the filters of containers."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = [struct.pack("HBBI", 0x20, 0, 0, 0)]  # the number
    for nr in calls:
        code.append(struct.pack("HBBI", 0x15, 0, 1, nr))
        code.append(struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | sys))
    code.append(struct.pack("HBBI", 0x06, 0, 0, 0x7fff0000))
    filters = ctypes.create_string_buffer(b"".join(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code), ctypes.addressof(filters)))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
        os.write(2, b"no seccomp")
        os._exit(1)


class Recording:
    """record in the background."""

    def __init__(self, *args):
        self.process = subprocess.Popen([binary(), "record", *map(str, args)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=dict(os.environ, LC_ALL="C.UTF-8"))
        first = self.process.stderr.readline().decode()
        assert "Sampling process" in first, first + self.process.stderr.read().decode()

    def looks(self, n):
        wait_looks(self.process, n)

    def end(self, sig=None, timeout=30):
        if sig:
            self.process.send_signal(sig)
        out, err = self.process.communicate(timeout=timeout)
        self.out, self.err = out.decode(), err.decode()
        return self.process.returncode


@pytest.fixture
def busy(any_interpreter, victim):
    return victim(any_interpreter, "shares.py")


def test_shares_of_each_interpreter(interpreter, victim, tmp_path):
    v = victim(interpreter, "shares.py")
    out = tmp_path / "profile.txt"
    run("record", "--pid", v.pid, "-r", 400, "-d", 2, "-o", out, check=0)
    stacks = folded(out.read_text())
    seen = sum(stacks.values())
    assert seen > 20
    most, rest = share(stacks, "most"), share(stacks, "rest")
    off = 0.03 + 4 * (0.75 * 0.25 / seen) ** 0.5
    assert abs(most - 0.75) < off and abs(rest - 0.25) < off, stacks
    for stack in stacks:
        names = [function(label) for label in stack]
        assert names in (["<module>"], ["<module>", "most"], ["<module>", "rest"], ["<module>", "most", "spin"],
                         ["<module>", "rest", "spin"]), stack
        assert all(re.fullmatch(r".+ \(shares\.py:\d+\)", label) for label in stack), stack


def test_lines_are_in_order_and_stable(busy, tmp_path):
    out = tmp_path / "profile.txt"
    run("record", "--pid", busy.pid, "-r", 500, "-d", 1, "-o", out, check=0)
    stacks = list(folded(out.read_text()))

    def key(stack):
        return [re.fullmatch(r"(.*) \((.*):(\d+)\)", label).groups() for label in stack]
    assert stacks == sorted(stacks, key=lambda s: [(n, f, int(l)) for n, f, l in key(s)])


def test_duration_is_time(busy, tmp_path):
    stats = tmp_path / "stats"
    begin = time.monotonic()
    run("record", "--pid", busy.pid, "-r", 100, "-d", 1.5, "-o", os.devnull, "--stats", stats, check=0)
    wall = time.monotonic() - begin
    told = json.loads(stats.read_text())
    assert 1.5 <= told["seconds"] < 2.5 and 1.5 <= wall < 10
    assert told["end"] == "duration"


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_and_write(busy, tmp_path, sig):
    out = tmp_path / "profile.txt"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out, "--stats", tmp_path / "stats")
    r.looks(50)
    assert not out.exists()
    assert r.end(sig) == 0
    assert folded(out.read_text())
    assert json.loads((tmp_path / "stats").read_text())["end"] == "signal"
    assert busy.alive() and busy.state() in "RS"


def test_a_repeated_sigterm_loses_nothing(busy, tmp_path):
    out = tmp_path / "profile.txt"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out)
    r.looks(50)
    for _ in range(20):
        r.process.send_signal(signal.SIGTERM)
    assert r.end() == 0
    assert folded(out.read_text())


def test_end_of_the_target(busy, tmp_path):
    out, stats = tmp_path / "profile.txt", tmp_path / "stats"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out, "--stats", stats)
    r.looks(50)
    busy.process.kill()
    assert r.end() == 0
    assert "The process ended." in r.err
    assert folded(out.read_text())
    assert json.loads(stats.read_text())["end"] == "exited"


def test_program_that_it_starts(any_interpreter, tmp_path):
    out, stats = tmp_path / "profile.txt", tmp_path / "stats"
    code = "import time\nprint('said', flush=True)\nend = time.time() + 1\nwhile time.time() < end: pass\nraise SystemExit(3)"
    done = run("record", "-r", 200, "-o", out, "--stats", stats, "--", *any_interpreter.argv, "-c", code, check=0)
    assert done.out == "said\n"
    assert "exited with status 3" in done.err
    assert folded(out.read_text())
    told = json.loads(stats.read_text())
    assert told["end"] == "exited" and told["program_exit"] == {"status": 3}


def test_program_runs_on(any_interpreter, tmp_path):
    code = ("import os, time\nprint(os.getpid(), flush=True)\nos.close(1); os.close(2)\n"
            "while True: time.sleep(0.001)")
    done = run("record", "-d", 0.5, "-o", tmp_path / "profile.txt", "--", *any_interpreter.argv, "-c", code, check=0)
    pid = int(done.out)
    try:
        assert "(process %d) runs on" % pid in done.err
        os.kill(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_standard_output_holds_the_profile_alone(any_interpreter, busy):
    done = run("record", "--pid", busy.pid, "-r", 200, "-d", 0.5, "-o", "-", check=0)
    assert folded(done.out)
    code = "import time\nprint('noise', flush=True)\nend = time.time() + 1\nwhile time.time() < end: pass"
    done = run("record", "-r", 200, "-o", "-", "--", *any_interpreter.argv, "-c", code, check=0)
    assert folded(done.out) and "noise" not in done.out
    path = re.search(r"Its output is in (\S+)\.", done.err).group(1)
    with open(path) as f:
        assert f.read() == "noise\n"
    os.unlink(path)


def test_closed_standard_output_is_a_failure(busy):
    with open("/dev/full", "w") as full:
        p = subprocess.run([binary(), "record", "--pid", str(busy.pid), "-d", "0.3", "-o", "-"], stdout=full,
                           stderr=subprocess.PIPE, universal_newlines=True)
    assert p.returncode == 1 and "cannot be written" in p.stderr


def test_unwritable_output(busy, tmp_path):
    begin = time.monotonic()
    done = run("record", "--pid", busy.pid, "-d", 20, "-o", tmp_path / "none" / "profile.txt", check=1)
    assert "cannot be written: No such file" in done.err and "Sampling" not in done.err
    assert "cannot be written" in run("record", "--pid", busy.pid, "-o", tmp_path, check=1).err
    assert "cannot be written" in run("record", "--pid", busy.pid, "-o", os.devnull, "--stats", tmp_path, check=1).err
    assert time.monotonic() - begin < 10
    assert os.listdir(str(tmp_path)) == []


def test_disk_full(busy):
    done = run("record", "--pid", busy.pid, "-d", 0.3, "-o", "/dev/full", check=1)
    assert "/dev/full cannot be written: No space left on device" in done.err


def test_devices_stay_devices(busy):
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", os.devnull, check=0)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_the_file_is_replaced_whole(busy, tmp_path):
    out = tmp_path / "profile.txt"
    out.write_text("old")
    out.chmod(0o640)
    before = out.stat().st_ino
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out)
    r.looks(50)
    assert out.read_text() == "old" and os.listdir(str(tmp_path)) == ["profile.txt"]
    assert r.end(signal.SIGINT) == 0
    assert folded(out.read_text())
    assert out.stat().st_ino != before and stat.S_IMODE(out.stat().st_mode) == 0o640
    assert os.listdir(str(tmp_path)) == ["profile.txt"]


def test_a_symlink_is_not_followed(busy, tmp_path):
    other = tmp_path / "other"
    other.write_text("precious")
    (tmp_path / "profile.txt").symlink_to(other)
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", tmp_path / "profile.txt", check=0)
    assert other.read_text() == "precious" and not (tmp_path / "profile.txt").is_symlink()


def test_figures(busy, tmp_path):
    out, stats = tmp_path / "profile.txt", tmp_path / "stats"
    done = run("record", "--pid", busy.pid, "-r", 200, "-d", 2, "-o", out, "--stats", stats, check=0)
    told = json.loads(stats.read_text())
    assert set(told) == KEYS
    documented = re.findall(r"`(\w+)`", "\n".join(
        line.split("|")[1] for line in open(os.path.join(os.path.dirname(__file__), "..", "..", "docs",
                                                         "STATS-JSON.md")) if line.startswith("| `")))
    assert set(documented) == KEYS
    stacks = folded(out.read_text())
    assert told["version"] == 1 and told["pid"] == busy.pid and "shares.py" in told["command"]
    assert told["samples"] == sum(stacks.values()) and told["stacks"] == len(stacks)
    assert told["rate_asked"] == 200 and told["errors"] == 0 and told["dropped"] == 0
    assert told["rate_achieved"] == pytest.approx(told["looks"] / told["seconds"])
    assert told["looks"] + told["late"] + told["rejected"] >= 200 * 2 * 0.95
    assert told["samples"] <= told["looks"]
    assert told["reads"] >= told["looks"] and told["reads_per_look"] > 0
    assert 0 < told["sampler_cpu_seconds"] <= told["cpu_seconds"] * 1.2
    assert told["pause_p50_us"] <= told["pause_p99_us"] <= told["pause_max_us"]
    assert told["cut"] == told["unproved"] == 0 and (told["gaps"] == 0) == (told["gap_seconds"] == 0)
    assert told["rate_aimed_at"] == 200 and told["max_overhead_percent"] is None and told["jitter"] is False
    assert told["overhead_percent"] == pytest.approx(told["cpu_percent"] + 100 * told["held_seconds"] / told["seconds"])
    assert 1 << 20 < told["memory_bytes"] <= told["memory_peak_bytes"] < 1 << 30
    assert set(told["calls"]) == KINDS
    looks = told["looks"] + told["rejected"]
    assert told["calls_per_look"] == pytest.approx(sum(told["calls"].values()) / looks)
    assert told["calls"]["memory"] >= told["reads"] and told["calls"]["sleep"] >= looks
    assert "System calls of the sampler: %.1f a look" % told["calls_per_look"] in done.err
    assert "%d samples of %d stacks" % (told["samples"], told["stacks"]) in done.err


def test_as_fast_as_it_goes(busy, tmp_path):
    stats = tmp_path / "stats"
    run("record", "--pid", busy.pid, "-r", "max", "--nonblocking", "-d", 1, "-o", tmp_path / "profile.txt", "--stats",
        stats, check=0)
    told = json.loads(stats.read_text())
    assert told["rate_asked"] is None and told["late"] == 0
    assert told["looks"] + told["rejected"] > 1500 and told["pause_max_us"] == 0
    assert busy.alive()


def recorded(tmp_path, *args):
    """The figures of a recording, and what it said."""
    stats = tmp_path / "stats"
    done = run("record", *args, "-o", os.devnull, "--stats", stats, check=0)
    return json.loads(stats.read_text()), done.err


def traced():
    """The environment for a run under strace: the search for leaks wants to trace too."""
    return dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")


def test_the_reader_is_not_woken_for_each_look(busy, tmp_path):
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("no strace")
    trace = tmp_path / "trace"
    done = subprocess.run([strace, "-f", "-e", "trace=write,poll", "-o", str(trace), binary(), "record", "--pid",
                           str(busy.pid), "-r", "500", "-d", "2", "-o", os.devnull], env=traced(), stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    lines = trace.read_text().splitlines()
    signals = [line for line in lines if re.search(r'write\(\d+, "\\1(\\0){7}", 8', line)]
    # The main thread is the oldest; the others' calls may come first.
    main = min((line.split()[0] for line in lines), key=int)
    naps = [line for line in lines if line.split()[0] == main and " poll(" in line]
    assert len(signals) <= 10 and 1 <= len(naps) <= 20, (signals, naps)


@pytest.mark.skipif("PST_SANITIZED" in os.environ, reason="sanitizers make system calls of their own")
@pytest.mark.parametrize("mode", ["coscheduled", "paused", "free"])
def test_system_calls_are_all_counted(busy, tmp_path, mode):
    """Against strace, which sees each."""
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("no strace")
    trace, stats = tmp_path / "trace", tmp_path / "stats"
    done = subprocess.run([strace, "-f", "-o", str(trace), binary(), "record", "--pid", str(busy.pid), "-r", "100", "-d", "2",
                           "--sampling", mode, "-o", os.devnull, "--stats", str(stats)], env=traced(),
                          stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    told = json.loads(stats.read_text())
    calls = {}
    for line in trace.read_text().splitlines():
        pid, name = re.match(r"(\d+) +(\w+|\W)", line).groups()
        if "resumed>" not in line and name.isidentifier():
            calls.setdefault(pid, []).append((name, line))
    threads = [c for c in calls.values() if any("process_vm_readv" == name for name, _ in c)]
    assert len(threads) == 1
    # What comes before the first look is the attaching.
    names = [name for name, _ in threads[0]]
    first = names.index("clock_gettime")
    seen = {}
    timers = set(re.findall(r"timerfd_settime\((\d+),", "\n".join(line for _, line in threads[0])))
    for name, line in threads[0][first:]:
        kind = {"process_vm_readv": "memory", "ptrace": "ptrace", "waitid": "wait", "sched_yield": "wait",
                "futex": "sleep", "clock_nanosleep": "sleep", "timerfd_settime": "sleep", "sched_setaffinity": "cpu",
                "sched_getscheduler": "cpu", "getrusage": "cpu",
                "clock_gettime": "other", "poll": "other", "write": "other"}.get(name)
        if name == "read" and re.search(r"read\((\d+)", line).group(1) in timers:
            kind = "sleep"
        if not kind and name in ("openat", "read", "close", "pread64", "readlinkat", "newfstatat", "fcntl", "getdents64",
                                 "openat2", "faccessat", "faccessat2"):
            kind = "proc"
        if kind:
            seen[kind] = seen.get(kind, 0) + 1
        else:
            assert name in ("mmap", "munmap", "mprotect", "brk", "madvise", "exit", "sysinfo", "rt_sigprocmask"), name
    naps = seen.get("wait", 0) + seen.get("sleep", 0)  # naps of a pause and sleeps look alike
    assert naps == pytest.approx(told["calls"]["wait"] + told["calls"]["sleep"], abs=20, rel=0.05)
    for kind in ("memory", "proc", "ptrace", "cpu", "other"):
        assert seen.get(kind, 0) == pytest.approx(told["calls"][kind], abs=20, rel=0.03), (kind, seen, told["calls"])


def test_jitter(busy, tmp_path):
    told, _ = recorded(tmp_path, "--pid", busy.pid, "-r", 100, "-d", 2, "--jitter")
    assert told["jitter"] is True
    assert 150 <= told["looks"] + told["late"] + told["rejected"] <= 230


def test_slow_and_fast_rates(busy, tmp_path):
    told, _ = recorded(tmp_path, "--pid", busy.pid, "-r", 0.5, "-d", 1)
    assert told["rate_asked"] == 0.5 and told["looks"] + told["rejected"] + told["late"] == 1
    told, _ = recorded(tmp_path, "--pid", busy.pid, "-r", 100000, "-d", 1)
    assert told["rate_asked"] == 100000
    # What cannot be had is late: all deadlines are accounted for.
    all_ticks = told["looks"] + told["late"] + told["rejected"] + told["gaps"]
    assert 90000 <= all_ticks <= 150000 * told["seconds"] and told["late"] > 50000


@pytest.mark.parametrize("mode", ["coscheduled", "paused"])
def test_overhead_is_bounded(busy, tmp_path, mode):
    told, err = recorded(tmp_path, "--pid", busy.pid, "-r", 10000, "-d", 4, "--max-overhead", 1, "--sampling", mode)
    assert told["max_overhead_percent"] == 1 and told["rate_asked"] == 10000
    assert told["rate_aimed_at"] < 5000 and told["rate_achieved"] < 5000
    # Pauses are as long as a busy machine makes them, before the rate can follow.
    assert 0 < told["overhead_percent"] < (3 if mode == "coscheduled" else 50)
    assert "to stay under 1 %, the rate was" in err
    told, err = recorded(tmp_path, "--pid", busy.pid, "-r", "max", "-d", 2, "--max-overhead", 2)
    assert told["rate_asked"] is None and told["rate_aimed_at"] < 20000


def test_a_wide_bound_changes_nothing(busy, tmp_path):
    told, _ = recorded(tmp_path, "--pid", busy.pid, "-r", 150, "-d", 2, "--max-overhead", 100)
    assert told["rate_aimed_at"] == 150


def test_only_threads_that_run_python_are_stopped(any_interpreter, victim, tmp_path):
    """160 threads of a library cost nothing: one thread is stopped for a look, by three calls."""
    v = victim(any_interpreter, "native.py", 160)
    assert len(os.listdir("/proc/%d/task" % v.pid)) >= 161
    told, err = recorded(tmp_path, "--pid", v.pid, "-r", 50, "-d", 2, "--blocking")
    assert told["sampling"] == "paused" and told["pauses"] >= 20
    # The first look cannot know yet which ones run Python.
    assert told["threads_stopped"] < told["pauses"] + 2 * 162
    assert told["calls"]["ptrace"] < 3 * told["pauses"] + 6 * 162 + 40
    assert 0 < told["pause_p50_us"] <= told["pause_p99_us"] <= told["pause_max_us"]
    assert re.search(r"The target was held for p50 \S+, p99 \S+, max \S+ a look; \d+\.\d\d of its threads", err)


def test_stopped_itself(busy, tmp_path):
    """What it slept through is neither late nor made up for, nor does one sample stand for it."""
    out, stats = tmp_path / "profile.txt", tmp_path / "stats"
    r = Recording("--pid", busy.pid, "-r", 500, "-o", out, "--stats", stats)
    r.looks(100)
    r.process.send_signal(signal.SIGSTOP)
    time.sleep(3)
    assert busy.state() in "RS"
    r.process.send_signal(signal.SIGCONT)
    r.looks(100)
    assert r.end(signal.SIGINT) == 0
    told = json.loads(stats.read_text())
    assert told["gaps"] >= 1 and 2.5 < told["gap_seconds"] < 6
    assert told["looks"] + told["late"] + told["rejected"] < 500 * (told["seconds"] - 2)
    assert sum(folded(out.read_text()).values()) <= told["looks"]
    assert "stood still" in r.err


@pytest.mark.parametrize("sys", [errno.EPERM, errno.ENOSYS])
def test_without_process_vm_readv(busy, tmp_path, sys):
    out, stats = tmp_path / "profile.txt", tmp_path / "stats"
    done = subprocess.run([binary(), "record", "--pid", str(busy.pid), "-r", "200", "-d", "1", "-o", str(out), "--stats",
                           str(stats)], stderr=subprocess.PIPE, universal_newlines=True,
                          preexec_fn=lambda: forbid([310], sys), env=dict(os.environ, LC_ALL="C.UTF-8"))
    if "no seccomp" in done.stderr:
        pytest.skip("no seccomp filters here")
    assert done.returncode == 0, done.stderr
    told = json.loads(stats.read_text())
    assert "Memory is read through /proc/PID/mem" in done.stderr
    assert any("/proc/PID/mem" in note for note in told["notes"])
    assert told["looks"] > 20 and told["unproved"] == 0
    assert {"most", "rest"} & {function(label) for stack in folded(out.read_text()) for label in stack}
    # One call for each range.
    assert told["calls"]["memory"] > told["reads"]


def test_idle_and_gil(any_interpreter, victim, tmp_path):
    v = victim(any_interpreter, "threads.py", "spin", "lock", settled=True)
    out = tmp_path / "profile.txt"

    def functions(*args):
        run("record", "--pid", v.pid, "-r", 200, "-d", 1, "-o", out, *args, check=0)
        return {function(label) for stack in folded(out.read_text()) for label in stack}
    active = functions()
    assert "spin" in active and "wait_lock" not in active
    assert {"spin", "wait_lock"} <= functions("-i")
    assert "spin" in functions("-g")


def test_nothing_to_be_seen(any_interpreter, victim, tmp_path):
    v = victim(any_interpreter, "threads.py", "lock", settled=True)
    out = tmp_path / "profile.txt"
    done = run("record", "--pid", v.pid, "-d", 0.5, "-o", out, check=0)
    assert out.read_text() == "" and "all threads were idle" in done.err and "--idle" in done.err
    done = run("record", "--pid", v.pid, "-d", 0.5, "-g", "-o", out, check=0)
    assert out.read_text() == "" and "--gil" in done.err
    run("record", "--pid", v.pid, "-d", 0.5, "-i", "-o", out, check=0)
    assert folded(out.read_text())


def test_full_filenames(busy, tmp_path):
    out = tmp_path / "profile.txt"
    run("record", "--pid", busy.pid, "-d", 0.5, "--full-filenames", "-o", out, check=0)
    assert all("(/" in label for stack in folded(out.read_text()) for label in stack)


@pytest.mark.parametrize("args, said", [
    (["-o", "x", "-f", "nonsense"], "no format 'nonsense'"),
    (["-o", "x", "-r", "0"], "--rate takes"),
    (["-o", "x", "-r", "200000"], "--rate takes"),
    (["-o", "x", "-r", "0.01"], "--rate takes"),
    (["-o", "x", "--max-overhead", "0"], "--max-overhead takes"),
    (["-o", "x", "--max-overhead", "101"], "--max-overhead takes"),
    (["-o", "x", "--json"], "--json does not go with record"),
])
def test_usage(args, said):
    assert said in run("record", "--pid", 1, *args, check=2).err


def test_no_such_process(tmp_path):
    out = tmp_path / "profile.txt"
    done = run("record", "--pid", 2 ** 22 + 1, "-o", out, check=1)
    assert "Traceback" not in done.err and not out.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="job control of Linux")
def test_ctrl_z_leaves_the_target_alone(busy, tmp_path):
    r = Recording("--pid", busy.pid, "-r", 1000, "-o", tmp_path / "profile.txt")
    r.looks(50)
    r.process.send_signal(signal.SIGTSTP)
    wait_for(lambda: state_of(r.process.pid) == "T")
    assert busy.state() in "RS"
    r.process.send_signal(signal.SIGCONT)
    assert r.end(signal.SIGINT) == 0
    assert folded((tmp_path / "profile.txt").read_text())
