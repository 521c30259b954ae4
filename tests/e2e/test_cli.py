"""The command line: commands and their names, messages and where they go, filters, ends, outputs."""
import json
import os
import re
import signal
import stat
import subprocess
import time

import pexpect
import pyte
import pytest

from conftest import binary, dump_json, run

PROGRAM = """
import sys, threading, time
def spin(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass
def worker():
    spin(float(sys.argv[1]))
def elsewhere():
    spin(float(sys.argv[1]))
if "threads" in sys.argv:
    for n in range(2):
        threading.Thread(target=worker, name="worker-%d" % n, daemon=True).start()
    elsewhere()
else:
    worker()
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def program(any_interpreter, tmp_path):
    """How to start a program that runs for some seconds and exits with some status."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)

    def argv(seconds, status=0, *more):
        return ["--", *any_interpreter.argv, str(path), str(seconds), str(status), *more]
    return argv


@pytest.fixture
def busy(any_interpreter, victim):
    return victim(any_interpreter, "shares.py")


def stacks(text):
    return {line.rsplit(" ", 1)[0]: int(line.rsplit(" ", 1)[1]) for line in text.splitlines()}


def launched(err):
    return int(re.search(r"process (\d+)", err).group(1))


def is_running(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


# ---- commands


@pytest.mark.parametrize("word, command", [
    ("record", "record"), ("rec", "record"), ("r", "record"), ("top", "top"), ("t", "top"), ("dump", "dump"),
    ("du", "dump"), ("c", "completions"), ("h", "help")])
def test_commands_may_be_shortened(word, command):
    first = run(word, "--help", check=0).out.splitlines()[0]
    if command == "help":
        assert first.startswith("Usage: pyspy-tui [OPTION]")
    else:
        assert first.startswith("Usage: pyspy-tui %s " % command)


def test_help_of_a_command():
    assert run("help", "du", check=0).out == run("dump", "--help", check=0).out
    assert "--locals" in run("dump", "--help", check=0).out
    assert "--locals" not in run("record", "-h", check=0).out
    done = run("help", "nonsense", check=2)
    assert done.out == "" and "nonsense" in done.err


def test_help_fits_a_terminal():
    for command in ([], ["record"], ["top"], ["dump"]):
        lines = run(*command, "--help", check=0).out.splitlines()
        assert max(map(len, lines)) < 90, max(lines, key=len)
        assert len([x for x in lines if len(x) > 79]) <= 2


def test_under_the_name_of_py_spy(tmp_path):
    link = tmp_path / "py-spy"
    link.symlink_to(binary())
    other = tmp_path / "something"
    other.symlink_to(binary())
    assert run("--help", program=str(link), check=0).out.startswith("Usage: py-spy ")
    assert re.fullmatch(r"py-spy \(pyspy-tui [\d.]+\)\n", run("--version", program=str(link), check=0).out)
    err = run("dump", program=str(link), check=2).err
    assert err.startswith("py-spy: ") and "Try 'py-spy --help'." in err
    assert run("dump", program=str(other), check=2).err.startswith("pyspy-tui: ")


# ---- what goes where


def test_standard_output_carries_the_profile_alone(busy):
    done = run("record", "-d", 0.5, "-r", 200, "-o", "-", "-f", "raw", "--pid", busy.pid, check=0)
    assert stacks(done.out) and "Sampling" in done.err and "\r" not in done.err


def test_quiet(busy, tmp_path):
    out = tmp_path / "x.svg"
    done = run("record", "-q", "-d", 0.5, "-o", out, "--pid", busy.pid, check=0)
    assert done.out == "" and done.err == "" and out.stat().st_size
    # what is wrong is said all the same
    done = run("record", "-q", "-d", 0.3, "--include", "no_such_function", "-o", out, "--pid", busy.pid, check=0)
    assert len(done.err.splitlines()) == 1 and "--include" in done.err
    assert "no-such-dir" in run("record", "-q", "-o", "/no-such-dir/x", "--pid", busy.pid, check=1).err


def test_progress_on_a_terminal(busy, tmp_path):
    def screen(*more):
        child = pexpect.spawn(binary(), ["record", "-d", "1.5", "-o", str(tmp_path / "x.svg"), *more, "--pid",
                                         str(busy.pid)], encoding="utf-8", env=dict(os.environ, LC_ALL="C.UTF-8"),
                              dimensions=(24, 80), timeout=30)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        return child.before
    text = screen()
    shown = re.findall(r"\r\[([#-]{20})\] ([\d.]+) of 1.5 s, (\d+) samples, (\d+)/s, (\d+) errors", text)
    assert len(shown) >= 3, text
    times, samples = [float(s[1]) for s in shown], [int(s[2]) for s in shown]
    assert times == sorted(times) and samples == sorted(samples) and samples[-1] > 50
    assert shown[-1][0].count("#") > shown[0][0].count("#")
    assert "of 1.5 s" not in screen("--quiet") and "of 1.5 s" not in screen("--hideprogress")


# ---- the program that is started


@pytest.mark.parametrize("status", [0, 3])
def test_exit_status_of_the_program(program, tmp_path, status):
    out = tmp_path / "p.txt"
    run("record", "--exit-status", "-r", 200, "-o", out, *program(0.7, status), check=status)
    assert any("worker" in s for s in stacks(out.read_text()))
    run("record", "-o", out, *program(0.3, status), check=0)


def test_exit_status_of_a_program_that_a_signal_ended(any_interpreter, tmp_path):
    code = "import os, time; time.sleep(0.5); os.kill(os.getpid(), 15)"
    run("record", "--exit-status", "-i", "-o", tmp_path / "p.txt", "--", *any_interpreter.argv, "-c", code, check=143)


def test_a_program_runs_on_unless_it_is_to_be_killed(program, tmp_path):
    said = tmp_path / "said"
    # It has our output, so that to wait for the end of a pipe would be to wait for its end.
    with open(said, "w") as f:
        subprocess.run([binary(), *map(str, ["record", "-d", 0.3, "-o", tmp_path / "p.txt", *program(60)])],
                       stdin=subprocess.DEVNULL, stdout=f, stderr=f, check=True, timeout=30,
                       env=dict(os.environ, LC_ALL="C.UTF-8"))
    pid = launched(said.read_text())
    try:
        assert is_running(pid) and "runs on" in said.read_text()
    finally:
        os.kill(pid, signal.SIGKILL)
    done = run("record", "--kill", "-d", 0.3, "-o", tmp_path / "p.txt", *program(60), check=0)
    assert not is_running(launched(done.err)) and "signal 15" in done.err


def test_kill_does_not_take_no_for_an_answer(any_interpreter, tmp_path):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN)\nwhile 1: time.sleep(0.01)"
    done = run("record", "--kill", "--exit-status", "-d", 1, "-i", "-o", tmp_path / "p.txt", "--", *any_interpreter.argv,
               "-c", code, check=0)
    assert not is_running(launched(done.err)) and "signal 9" in done.err


@pytest.mark.parametrize("option", ["--kill", "--exit-status", "--capture"])
def test_what_is_about_a_program_needs_one(busy, tmp_path, option):
    assert option in run("record", option, "-o", tmp_path / "x", "--pid", busy.pid, check=2).err


def test_capture(any_interpreter, tmp_path):
    done = run("record", "--capture", "-o", tmp_path / "p.txt", "--", *any_interpreter.argv, "-c",
               "import time; print('said'); time.sleep(0.5)", check=0)
    path = re.search(r"Its output is in (\S+)\.\n", done.err).group(1)
    assert done.out == "" and open(path).read() == "said\n"
    os.unlink(path)


# ---- what is counted


def test_threads_matching(program):
    # a name is known a second after the thread's start at the latest
    done = run("record", "-q", "-t", "-r", 200, "-d", 6, "-o", "-", "-f", "raw", "--threads-matching", "^worker-1$", "--kill",
               *program(20, 0, "threads"), check=0)
    seen = stacks(done.out)
    assert seen and all('worker-1' in s.split(";")[0] for s in seen), seen


def test_include_and_exclude(program):
    def seen(*options):
        done = run("record", "-q", "-F", "-r", 300, "-d", 1.5, "-o", "-", "-f", "raw", *options, "--kill",
                   *program(20, 0, "threads"), check=0)
        return stacks(done.out)
    only = seen("--include", "elsew.ere")
    assert only and all("elsewhere" in s for s in only)
    rest = seen("--exclude", "elsewhere")
    assert rest and all("elsewhere" not in s for s in rest) and any("worker" in s for s in rest)
    both = seen("--include", "^worker$", "--include", "elsewhere")
    assert any("elsewhere" in s for s in both) and any("worker" in s for s in both)
    assert not any("worker" in s for s in seen("--include", "spin", "--exclude", "^worker$"))
    by_file = seen("--exclude", r"threading\.py")
    assert by_file and not any("threading.py" in s for s in by_file)


def test_case_matters_with_a_capital_letter(busy):
    one = ("record", "-q", "-d", 0.5, "-r", 200, "-o", "-", "-f", "raw", "--pid", busy.pid, "--include")
    assert run(*one, "MOST", check=0).out == ""
    assert "most" in run(*one, "(?i)MOST", check=0).out and "most" in run(*one, "m[o]st", check=0).out


@pytest.mark.parametrize("option", ["--include", "--exclude", "--threads-matching"])
def test_a_bad_expression(busy, option):
    done = run("record", "-o", "-", option, "a(b", "--pid", busy.pid, check=2)
    assert done.out == "" and option in done.err and "parenthesis" in done.err


def test_what_is_left_out_still_took_its_time(busy, tmp_path):
    """Shares of the rest are as they were: 3/4 of the time is in most()."""
    def ticks(*more):
        stats = tmp_path / "stats"
        run("record", "-q", "-r", 200, "-d", 1.5, *more, "-o", tmp_path / "x.txt", "--stats", stats, "--pid", busy.pid,
            check=0)
        return json.loads(stats.read_text())
    told = ticks("--include", "^most$")
    assert 0.6 < told["samples"] / told["looks"] < 0.9, told
    assert told["errors"] == 0


def test_nolineno(busy):
    seen = stacks(run("record", "-q", "--nolineno", "-r", 300, "-d", 1, "-o", "-", "-f", "raw", "--pid", busy.pid,
                      check=0).out)
    assert seen and all(re.fullmatch(r"(\S+ \(shares\.py\);?)+", s) for s in seen), seen
    assert any(s.endswith("most (shares.py);spin (shares.py)") for s in seen)


def test_filters_of_the_screen(busy):
    def functions(*more):
        """Names that the screen shows within some seconds."""
        child = pexpect.spawn(binary(), [*more, "--pid", str(busy.pid)], encoding="utf-8", timeout=30,
                              env=dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color"), dimensions=(30, 120))
        screen = pyte.Screen(120, 30)
        stream, end, seen = pyte.Stream(screen), time.monotonic() + 4, ""
        while time.monotonic() < end or "most" not in seen:
            assert time.monotonic() < end + 30, seen
            try:
                stream.feed(child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                pass
            seen += "\n".join(screen.display)
        child.send("q")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        return set(re.findall(r"\b(most|rest|spin)\b", seen))
    assert functions() == {"most", "rest", "spin"}
    assert functions("--exclude", "^rest$") == {"most", "spin"}


def test_exit_status_from_the_screen(program):
    child = pexpect.spawn(binary(), ["--exit-status", *program(1.5, 6)], encoding="utf-8", timeout=30,
                          env=dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color"), dimensions=(30, 120))
    child.expect("exited with status 6")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6


# ---- outputs


def test_names_of_files_that_were_not_named(busy, program, tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    done = subprocess.run([binary(), "record", "-d", "0.3", "-f", "flamegraph", "-f", "SpeedScope", "--pid", str(busy.pid)],
                          cwd=str(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stderr
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"
    names = sorted(os.listdir(folder))
    assert len(names) == 2
    assert re.fullmatch(r"%d-%s\.speedscope\.json" % (busy.pid, stamp), names[0])
    assert re.fullmatch(r"%d-%s\.svg" % (busy.pid, stamp), names[1])
    assert all("Wrote %s (" % n in done.stderr for n in names)
    assert (folder / names[1]).read_text().startswith("<?xml") and json.loads((folder / names[0]).read_text())
    done = subprocess.run([binary(), "record", "-q", *program(0.3)], cwd=str(folder), stderr=subprocess.PIPE)
    new = set(os.listdir(folder)) - set(names)
    assert done.returncode == 0 and len(new) == 1 and new.pop().startswith(os.path.basename(program(1)[1]) + "-")


def test_an_output_that_exists_is_replaced_whole(busy, tmp_path):
    out = tmp_path / "x.txt"
    out.write_text("old")
    os.chmod(out, 0o640)
    run("record", "-q", "-d", 0.5, "-o", out, "--pid", busy.pid, check=0)
    assert "most" in out.read_text() and stat.S_IMODE(out.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_link_is_replaced_not_followed(busy, tmp_path):
    """Somebody laid a link where root will write: what it leads to is left alone."""
    victim = tmp_path / "precious"
    victim.write_text("precious")
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chmod(shared, 0o1777)
    link = shared / "x.txt"
    link.symlink_to(victim)
    run("record", "-q", "-d", 0.3, "-o", link, "--pid", busy.pid)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("args, words", [
    (["-f", "nonsense"], ["nonsense", "speedscope", "svg", "raw", "chrometrace"]),
    (["-o", "x.svg", "-f", "nonsense"], ["nonsense", "speedscope"]),
    (["-o", "x", "-f", "raw", "-f", "svg"], ["--format", "--output"]),
    (["-o", "x", "-o", "x"], ["x", "twice"]),
    (["-o", "-", "-o", "-"], ["standard output"]),
    (["-o", "x", "-F", "--nolineno"], ["--function", "--nolineno"]),
    (["-o", "x", "--blocking", "--nonblocking"], ["--blocking", "--nonblocking"]),
    (["-o", "x", "-q", "-v"], ["--quiet", "--verbose"]),
    (["-o", "x", "--locals"], ["--locals", "record"]),
    (["-o", "x", "--rate", "0"], ["--rate"]),
    (["-o", "x", "--duration", "soon"], ["--duration", "soon"]),
    (["-o", "x", "--format"], ["--format"]),
])
def test_wrong_usage(tmp_path, args, words):
    done = subprocess.run([binary(), "record", "--pid", str(os.getpid()), *args], cwd=str(tmp_path), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=30)
    assert done.returncode == 2 and done.stdout == "", done.stderr
    lines = done.stderr.splitlines()
    assert lines[0].startswith("pyspy-tui: ") and lines[-1] == "Try 'pyspy-tui --help'." and len(lines) == 2
    for word in words:
        assert word in done.stderr
    assert os.listdir(tmp_path) == []


def test_outputs_that_cannot_be_written_are_known_before(busy, tmp_path):
    begin = time.monotonic()
    done = run("record", "-d", 30, "-o", tmp_path / "good.svg", "-o", tmp_path / "no" / "x.svg", "--pid", busy.pid, check=1)
    assert time.monotonic() - begin < 10 and "no/x.svg" in done.err
    assert "directory" in run("record", "-d", 30, "-o", tmp_path, "--pid", busy.pid, check=1).err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix, check", [
    (".svg", lambda t: "</svg>" in t), (".txt", lambda t: t == ""), (".json", json.loads),
    (".speedscope.json", lambda t: json.loads(t)["shared"]), (".trace.json", lambda t: json.loads(t) is not None)])
def test_nothing_seen_is_a_valid_file_and_a_sentence(any_interpreter, tmp_path, suffix, check):
    out = tmp_path / ("x" + suffix)
    p = subprocess.Popen([*any_interpreter.argv, "-c", "import time; print('ready', flush=True); time.sleep(1000)"],
                         stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline() == b"ready\n"
        time.sleep(0.2)
        done = run("record", "-d", 0.5, "-o", out, "--pid", p.pid, check=0)
    finally:
        p.kill()
        p.wait()
    assert "is empty" in done.err and "--idle" in done.err
    assert check(out.read_text()) not in (None, False)


# ---- dump


def importing(any_interpreter, victim_folder):
    (victim_folder / "imported.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(1000)\n")
    (victim_folder / "importer.py").write_text("def load():\n    import imported\nload()\n")
    p = subprocess.Popen([*any_interpreter.argv, str(victim_folder / "importer.py")], stdout=subprocess.PIPE)
    assert p.stdout.readline() == b"ready\n"
    return p


def test_full_stack(any_interpreter, tmp_path):
    p = importing(any_interpreter, tmp_path)
    try:
        plain = [f["name"] for f in dump_json(p.pid)[0]["frames"]]
        assert plain == ["<module>", "load", "<module>"]
        full = dump_json(p.pid, "--full-stack")[0]["frames"]
        names = [f["name"] for f in full]
        assert "_find_and_load" in names
        assert [n for n in names if n in ("<module>", "load")] == plain
        shims = [f for f in full if f["is_shim_entry"]]
        assert bool(shims) == (any_interpreter.version >= (3, 12))
        text = run("dump", "--full-stack", "--pid", p.pid, check=0).out
        assert "called from C" in text and "importlib._bootstrap" in text
        text = run("dump", "--pid", p.pid, check=0).out
        assert "importlib" not in text and "shim" not in text and "called from C" not in text
    finally:
        p.kill()
        p.wait()


def test_a_thread_that_waits_for_an_import_shows_that(any_interpreter, tmp_path):
    """Two modules that import each other in two threads: what they wait in is the import itself."""
    code = """
import sys, threading, time
sys.path.insert(0, %r)
t = threading.Thread(target=lambda: __import__("slow"), daemon=True)
t.start()
time.sleep(0.5)
t = threading.Thread(target=lambda: __import__("slow"), daemon=True)
t.start()
time.sleep(0.5)
print("ready", flush=True)
time.sleep(1000)
""" % str(tmp_path)
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(1000)\n")
    p = subprocess.Popen([*any_interpreter.argv, "-c", code], stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline() == b"ready\n"
        leaves = [t["frames"][0]["filename"] for t in dump_json(p.pid)]
        assert any("importlib" in f for f in leaves), leaves
    finally:
        p.kill()
        p.wait()
