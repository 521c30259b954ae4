"""record: what it writes, when it ends, and what it says of itself."""
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time

import pytest

from conftest import binary, run

KEYS = {"version", "program", "pid", "command", "python", "sampling", "format", "output", "gil", "idle", "end",
        "program_exit", "seconds", "rate_asked", "rate_achieved", "looks", "samples", "stacks", "late", "rejected",
        "dropped", "errors", "proved", "unproved", "reads", "reads_per_look", "sampler_cpu_seconds", "sampler_cpu_percent",
        "sampler_cpu_us_per_look", "cpu_seconds", "cpu_percent", "pause_p50_us", "pause_p99_us", "pause_max_us",
        "notes"}


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


class Recording:
    """record in the background."""

    def __init__(self, *args):
        self.process = subprocess.Popen([binary(), "record", *map(str, args)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=dict(os.environ, LC_ALL="C.UTF-8"))
        first = self.process.stderr.readline().decode()
        assert "Sampling process" in first, first + self.process.stderr.read().decode()

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
    out = tmp_path / "profile"
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
    out = tmp_path / "profile"
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
    assert 1.5 <= told["seconds"] < 1.7 and 1.5 <= wall < 4
    assert told["end"] == "duration"


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_and_write(busy, tmp_path, sig):
    out = tmp_path / "profile"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out, "--stats", tmp_path / "stats")
    time.sleep(0.7)
    assert not out.exists()
    assert r.end(sig) == 0
    assert folded(out.read_text())
    assert json.loads((tmp_path / "stats").read_text())["end"] == "signal"
    assert busy.alive() and busy.state() in "RS"


def test_a_repeated_sigterm_loses_nothing(busy, tmp_path):
    out = tmp_path / "profile"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out)
    time.sleep(0.5)
    for _ in range(20):
        r.process.send_signal(signal.SIGTERM)
    assert r.end() == 0
    assert folded(out.read_text())


def test_end_of_the_target(busy, tmp_path):
    out, stats = tmp_path / "profile", tmp_path / "stats"
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out, "--stats", stats)
    time.sleep(0.7)
    busy.process.kill()
    assert r.end() == 0
    assert "The process ended." in r.err
    assert folded(out.read_text())
    assert json.loads(stats.read_text())["end"] == "exited"


def test_program_that_it_starts(any_interpreter, tmp_path):
    out, stats = tmp_path / "profile", tmp_path / "stats"
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
    done = run("record", "-d", 0.5, "-o", tmp_path / "profile", "--", *any_interpreter.argv, "-c", code, check=0)
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
    done = run("record", "--pid", busy.pid, "-d", 20, "-o", tmp_path / "none" / "profile", check=1)
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
    out = tmp_path / "profile"
    out.write_text("old")
    out.chmod(0o640)
    before = out.stat().st_ino
    r = Recording("--pid", busy.pid, "-r", 200, "-o", out)
    time.sleep(0.5)
    assert out.read_text() == "old" and os.listdir(str(tmp_path)) == ["profile"]
    assert r.end(signal.SIGINT) == 0
    assert folded(out.read_text())
    assert out.stat().st_ino != before and stat.S_IMODE(out.stat().st_mode) == 0o640
    assert os.listdir(str(tmp_path)) == ["profile"]


def test_a_symlink_is_not_followed(busy, tmp_path):
    other = tmp_path / "other"
    other.write_text("precious")
    (tmp_path / "profile").symlink_to(other)
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", tmp_path / "profile", check=0)
    assert other.read_text() == "precious" and not (tmp_path / "profile").is_symlink()


def test_figures(busy, tmp_path):
    out, stats = tmp_path / "profile", tmp_path / "stats"
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
    assert "%d samples of %d stacks" % (told["samples"], told["stacks"]) in done.err


def test_as_fast_as_it_goes(busy, tmp_path):
    stats = tmp_path / "stats"
    run("record", "--pid", busy.pid, "-r", "max", "--nonblocking", "-d", 1, "-o", tmp_path / "profile", "--stats",
        stats, check=0)
    told = json.loads(stats.read_text())
    assert told["rate_asked"] is None and told["late"] == 0
    assert told["looks"] + told["rejected"] > 1500 and told["pause_max_us"] == 0
    assert busy.alive()


def test_idle_and_gil(any_interpreter, victim, tmp_path):
    v = victim(any_interpreter, "threads.py", "spin", "lock", settled=True)
    out = tmp_path / "profile"

    def functions(*args):
        run("record", "--pid", v.pid, "-r", 200, "-d", 1, "-o", out, *args, check=0)
        return {function(label) for stack in folded(out.read_text()) for label in stack}
    active = functions()
    assert "spin" in active and "wait_lock" not in active
    assert {"spin", "wait_lock"} <= functions("-i")
    assert "spin" in functions("-g")


def test_nothing_to_be_seen(any_interpreter, victim, tmp_path):
    v = victim(any_interpreter, "threads.py", "lock", settled=True)
    out = tmp_path / "profile"
    done = run("record", "--pid", v.pid, "-d", 0.5, "-o", out, check=0)
    assert out.read_text() == "" and "all threads were idle" in done.err and "--idle" in done.err
    done = run("record", "--pid", v.pid, "-d", 0.5, "-g", "-o", out, check=0)
    assert out.read_text() == "" and "--gil" in done.err
    run("record", "--pid", v.pid, "-d", 0.5, "-i", "-o", out, check=0)
    assert folded(out.read_text())


def test_full_filenames(busy, tmp_path):
    out = tmp_path / "profile"
    run("record", "--pid", busy.pid, "-d", 0.5, "--full-filenames", "-o", out, check=0)
    assert all("(/" in label for stack in folded(out.read_text()) for label in stack)


@pytest.mark.parametrize("args, said", [
    ([], "Give --output FILE"),
    (["-o", "x", "-f", "nonsense"], "no format 'nonsense'"),
    (["-o", "x", "-r", "0"], "--rate takes"),
    (["-o", "x", "-r", "20000"], "--rate takes"),
    (["-o", "x", "--json"], "--json does not go with record"),
])
def test_usage(args, said):
    assert said in run("record", "--pid", 1, *args, check=2).err


def test_max_is_for_record():
    assert "--rate max goes with record" in run("--pid", 1, "-r", "max", check=2).err


def test_no_such_process(tmp_path):
    out = tmp_path / "profile"
    done = run("record", "--pid", 2 ** 22 + 1, "-o", out, check=1)
    assert "Traceback" not in done.err and not out.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="job control of Linux")
def test_ctrl_z_leaves_the_target_alone(busy, tmp_path):
    r = Recording("--pid", busy.pid, "-r", 1000, "-o", tmp_path / "profile")
    time.sleep(0.3)
    r.process.send_signal(signal.SIGTSTP)
    deadline = time.monotonic() + 10
    while open("/proc/%d/stat" % r.process.pid).read().rsplit(")", 1)[1].split()[0] != "T":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert busy.state() in "RS"
    r.process.send_signal(signal.SIGCONT)
    assert r.end(signal.SIGINT) == 0
    assert folded((tmp_path / "profile").read_text())
