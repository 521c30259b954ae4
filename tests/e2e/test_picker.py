"""The list of processes: what it shows of real ones, and going from one to the other."""
import os
import pwd
import re
import shutil
import subprocess
import time

import pytest

from conftest import INTERPRETERS, binary, run
from test_top import terminal  # noqa: F401 (a fixture)

RIGHT = re.compile(r"^ *(\d+) +(~?[\d.]+|-) +(\S+) +(\S+) +(\S+) +(.*)$")


def rows(t):
    """What the list shows, by pid."""
    found = {}
    for line in t.lines():
        m = RIGHT.match(line)
        if m:
            found[int(m.group(1))] = dict(zip(("cpu", "rss", "user", "version", "command"), m.groups()[1:]))
    return found


def wait_row(t, pid, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        t.read(0.1)
        if pid in rows(t):
            return rows(t)[pid]
    raise AssertionError("no row of %d in:\n%s" % (pid, t.text()))


def local():
    """Two interpreters of this system, of different versions."""
    found = {}
    for i in INTERPRETERS:
        if i.root == "/":
            found.setdefault(i.version, i)
    if len(found) < 2:
        pytest.skip("only one version of Python here")
    return [found[v] for v in sorted(found)[-2:]]


@pytest.fixture
def marked(victim):
    """Starts a victim that no other test has: its command line holds a word of its own."""

    def start(interpreter, word, script="spin.py"):
        return victim(interpreter, script, word)

    return start


def test_shows_processes_with_versions_and_attaches(terminal, marked):
    one, two = local()
    word = "pick%d" % os.getpid()
    a, b = marked(one, word + "a"), marked(two, word + "b")
    t = terminal(rows=24, columns=160)
    t.wait_for("Watch which process")
    t.key(word)
    for v, i in ((a, one), (b, two)):
        row = wait_row(t, v.pid)
        assert row["version"] == i.facts["version"], t.text()
        assert row["user"] == pwd.getpwuid(os.getuid()).pw_name
        assert re.fullmatch(r"\d+M", row["rss"])
        assert word in row["command"]
    t.wait_for(r"2/\d+")
    # Figures of now, not since the start, from the second reading on; both burn a CPU.
    t.wait_gone("~")
    assert all(float(rows(t)[v.pid]["cpu"]) > 5 for v in (a, b))
    # The filter narrows it to one, Enter watches it.
    t.key("b")
    t.wait_for(r"1/\d+")
    t.key("\r")
    t.wait_for(r"^%d  Python %s" % (b.pid, re.escape(two.facts["version"])))
    t.wait_for("1 Functions")
    # From there to the other one: all that was seen is that one's.
    t.key("P")
    t.wait_for("Watch which process")
    t.key(word + "a")
    wait_row(t, a.pid)
    t.wait_for(r"1/\d+")
    t.key("\r")
    t.wait_for(r"^%d  Python %s" % (a.pid, re.escape(one.facts["version"])))
    t.wait_for("spin")
    t.key("q")
    assert t.end() == (0, None)
    t.restored()
    # The terminal was taken once, whatever was watched.
    assert t.raw.count(b"\x1b[?1049h") == 1
    assert a.alive() and b.alive()


def test_the_choice_stays_while_the_list_changes(terminal, marked):
    one, _ = local()
    word = "stay%d" % os.getpid()
    first = [marked(one, word) for _ in range(2)]
    t = terminal(rows=24, columns=120)
    t.key(word)
    for v in first:
        wait_row(t, v.pid)
    chosen = max(v.pid for v in first)
    # Which of them is below the other changes with their CPU: go to the last row until it is the one.
    more = [marked(one, word) for _ in range(3)]
    for v in more:
        wait_row(t, v.pid)
    t.key(" %d" % chosen)
    t.wait_for(r"1/\d+")
    t.key("\x7f" * (len(str(chosen)) + 1))
    t.wait_for(r"5/\d+")
    t.read(2.5)
    t.key("\r")
    t.wait_for(r"^%d  Python" % chosen)
    t.key("q")
    assert t.end() == (0, None)


def test_a_process_that_ends_is_gone(terminal, marked):
    one, _ = local()
    word = "gone%d" % os.getpid()
    a = marked(one, word)
    t = terminal(rows=24, columns=120)
    t.key(word)
    wait_row(t, a.pid)
    a.stop()
    t.wait_for("No process matches")
    t.key("\r")
    t.wait_for("There is no process to watch")
    t.key("\x1b")
    t.wait_gone("No process matches")
    t.key("\x1b")  # nothing to go back to
    t.read(0.5)
    assert t.child.isalive()
    t.key("\x1b[21~")  # F10
    assert t.end() == (0, None)
    t.restored()


def test_attach_fails_and_the_list_stays(terminal, marked):
    one, _ = local()
    word = "late%d" % os.getpid()
    a = marked(one, word)
    t = terminal(rows=24, columns=120)
    t.key(word)
    wait_row(t, a.pid)
    a.stop()
    t.key("\r")  # before the list is read again, or after
    t.wait_for("There is no process")
    t.wait_for("Watch which process")
    t.key("\x03")
    t.end()


def test_slow_attach_is_shown_and_cancelled(terminal, tmp_path):
    """A program that is called python, in which no interpreter is to be found."""
    fake = tmp_path / "python3.9"
    shutil.copy(shutil.which("sleep"), str(fake))
    p = subprocess.Popen([str(fake), "1000"])
    try:
        t = terminal(rows=24, columns=160)
        t.key(str(fake))
        assert wait_row(t, p.pid)["version"] == "3.9"
        t.key("\r")
        t.wait_for("Looking for the interpreter of process %d" % p.pid, seconds=3)
        t.wait_for("Process %d.* Python" % p.pid)  # what is wrong
        t.wait_gone("Looking for")
        t.key("\r")
        t.wait_for("Looking for the interpreter of process %d" % p.pid, seconds=3)
        t.key("\x1b")
        t.wait_gone("Looking for", seconds=1)
        t.wait_for("Watch which process")
        t.key("\x03")
        t.end()
        t.restored()
    finally:
        p.kill()
        p.wait()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to be somebody else")
def test_why_not(terminal, marked):
    """As somebody who may not look into the process of another user."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("no setpriv")
    word = "other%d" % os.getpid()
    v = marked(local()[0], word)
    # Where everybody may read it.
    copy = "/tmp/pyspy-tui-%d" % os.getpid()
    shutil.copy(binary(), copy)
    os.chmod(copy, 0o755)
    try:
        t = terminal(rows=24, columns=120, env={"HOME": "/"},
                     command=[setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups", copy])
        t.key(word)
        assert wait_row(t, v.pid)["user"] == "root"
        t.wait_for(r"Process %d belongs to root \(uid 0\), and you are uid 65534: run this" % v.pid)
        t.key("\r")
        t.wait_for("(?s)Process %d belongs.*Process %d belongs" % (v.pid, v.pid))
        t.wait_for("Watch which process")
        t.key("\x03")
        t.end()
    finally:
        os.unlink(copy)


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to make namespaces")
def test_another_pid_namespace(terminal):
    """As in a container: it is said to be elsewhere, and can be watched."""
    one, _ = local()
    word = "inner%d" % os.getpid()
    outer = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", *one.argv, "-c",
                              "import time\nwhile True: time.sleep(0.001)", word])
    try:
        t = terminal(rows=24, columns=160)
        t.key(word)
        line = t.wait_for(r"^ *(\d+) .* %s +pidns +.*%s" % (re.escape(one.facts["version"]), word))
        inner = int(line.group(1))
        assert inner != outer.pid
        t.key("\r")
        t.wait_for(r"^%d  Python" % inner)
        t.key("q")
        assert t.end() == (0, None)
    finally:
        outer.kill()
        outer.wait()


def test_embedded_and_renamed(terminal, tmp_path):
    """A program of another name that has a Python mapped, as the loader that starts one."""
    one, _ = local()
    real = os.path.realpath(subprocess.run([*one.argv, "-c", "import sys; print(sys.executable)"], check=True,
                                           stdout=subprocess.PIPE, encoding="utf-8").stdout.strip())
    loader = "/lib64/ld-linux-x86-64.so.2"
    if not os.path.exists(loader):
        pytest.skip("no loader here")
    home = subprocess.run([*one.argv, "-c", "import sys; print(sys.base_prefix)"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    word = "loaded%d" % os.getpid()
    p = subprocess.Popen([loader, real, "-c", "import time\nwhile True: time.sleep(0.001)", word],
                         env=dict(os.environ, PYTHONHOME=home))
    try:
        t = terminal(rows=24, columns=160)
        t.key(word)
        assert wait_row(t, p.pid)["version"] == one.facts["version"]
        t.key("\x03")
        t.end()
    finally:
        p.kill()
        p.wait()


def test_switch_away_from_a_program_that_was_started(terminal, marked, tmp_path):
    one, two = local()
    word = "launch%d" % os.getpid()
    a = marked(one, word)
    t = terminal("--", *two.argv, "-c", "import time\nwhile True: time.sleep(0.01)", rows=24, columns=120,
                 env={"TMPDIR": str(tmp_path)})
    t.wait_for("Python " + re.escape(two.facts["version"]))
    t.key("P" + word)
    wait_row(t, a.pid)
    t.key("\r")
    t.wait_for(r"^%d  Python" % a.pid)
    assert "output in" not in t.text()
    t.key("q")
    assert t.end() == (0, None)
    # It runs on, and that is said when the screen is gone, not on it.
    told = re.search(rb"The program \(process (\d+)\) runs on", t.raw)
    assert told and told.start() > t.raw.rfind(b"\x1b[?1049l")
    os.kill(int(told.group(1)), 9)


def test_no_terminal_no_list():
    done = run(check=2)
    assert "Which process?" in done.err
    assert "Which process?" in run("dump", check=2).err
    assert "Which process?" in run("record", "-o", "-", check=2).err


def test_a_dumb_terminal_gets_a_sentence(terminal):
    t = terminal(command=["env", "TERM=dumb", binary()])
    status, _ = t.end()
    assert status == 2 and b"Which process?" in t.raw


def test_many_processes_are_listed_quickly(terminal):
    """Hundreds of processes; the time is that from the start to the list on the screen."""
    running = [subprocess.Popen(["sleep", "100"]) for _ in range(300)]
    try:
        begin = time.monotonic()
        t = terminal(rows=24, columns=120)
        t.wait_for(r"\d+/\d+", seconds=10)
        assert time.monotonic() - begin < 5
        t.key("\x03")
        t.end()
    finally:
        for p in running:
            p.kill()
        for p in running:
            p.wait()
