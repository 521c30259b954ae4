"""The live table in a real terminal: what it shows, its keys, and the terminal after every way out."""
import os
import re
import signal
import subprocess
import time

import pexpect
import pyte
import pytest

from conftest import binary, pick


class Screen(pyte.Screen):
    """pyte's screen with what ncurses uses and pyte lacks: scroll up and down (CSI n S, T), repeat (CSI n b)."""

    last = " "

    def draw(self, data):
        self.last = data[-1:] or self.last
        super().draw(data)

    def repeat(self, count=None):
        super().draw(self.last * (count or 1))

    def scroll_up(self, count=None):
        y = self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        self.delete_lines(count or 1)
        self.cursor.y = y

    def scroll_down(self, count=None):
        y = self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        self.insert_lines(count or 1)
        self.cursor.y = y


class Stream(pyte.ByteStream):
    csi = dict(pyte.ByteStream.csi, S="scroll_up", T="scroll_down", b="repeat")
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Terminal:
    """The program in a pseudo-terminal, and the screen that a user would see."""

    def __init__(self, *args, rows=24, columns=80, env=None, command=None):
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)
        full = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", **(env or {}))
        full.pop("NO_COLOR", None)
        command = command or [binary(), *map(str, args)]
        self.child = pexpect.spawn(command[0], command[1:], dimensions=(rows, columns), env=full, timeout=20)
        self.raw = b""

    def read(self, seconds=0.1):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.child.read_nonblocking(65536, timeout=max(0.01, end - time.monotonic()))
            except (pexpect.TIMEOUT, pexpect.EOF):
                continue
            self.raw += data
            self.stream.feed(data)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def wait_for(self, pattern, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            found = re.search(pattern, self.text(), re.M)
            if found:
                return found
        raise AssertionError("never saw %r in:\n%s" % (pattern, self.text()))

    def wait_gone(self, pattern, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            if not re.search(pattern, self.text(), re.M):
                return
        raise AssertionError("still shows %r in:\n%s" % (pattern, self.text()))

    def key(self, keys):
        self.child.send(keys)

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def end(self, seconds=20):
        """Waits until the program has ended; (exit status, signal)."""
        limit = time.monotonic() + seconds
        while self.child.isalive():
            self.read(0.05)
            assert time.monotonic() < limit, "does not end:\n" + self.text()
        self.read(0.1)
        self.child.close()
        return self.child.exitstatus, self.child.signalstatus

    def restored(self):
        """Alternate screen left, cursor shown, mouse off."""
        assert b"\x1b[?1049h" in self.raw
        assert self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h")
        if b"\x1b[?25l" in self.raw:
            assert max(self.raw.rfind(b"\x1b[?25h"), self.raw.rfind(b"\x1b[?12;25h"),
                       self.raw.rfind(b"\x1b[?12l\x1b[?25h")) > self.raw.rfind(b"\x1b[?25l")
        for mode in (b"1000", b"1002"):
            assert self.raw.rfind(mode + b"l") >= self.raw.rfind(mode + b"h")


@pytest.fixture
def terminal():
    running = []

    def start(*args, **kwargs):
        t = Terminal(*args, **kwargs)
        running.append(t)
        return t

    yield start
    for t in running:
        t.child.close(force=True)


@pytest.fixture
def spinning(any_interpreter, victim):
    return victim(any_interpreter, "spin.py")


def row(t, name):
    return t.wait_for(r"^.*(?<!\S)%s(?!\S).*spin\.py.*$" % re.escape(name)).group(0)


def numbers(line):
    return [float(n) for n in re.findall(r"\d+\.\d+", line)]


def test_table_of_each_interpreter(interpreter, victim, terminal):
    v = victim(interpreter, "spin.py")
    t = terminal("--pid", v.pid, "-r", "200")
    t.wait_for(r"%Own\s+%Total")
    time.sleep(1.5)
    total = numbers(row(t, "outer"))[1]
    assert 20 <= total <= 100.5
    assert "spin.py" in t.text() and str(v.pid) in t.text()
    t.key("q")
    assert t.end() == (0, None)
    t.restored()
    assert v.alive()


def test_percentages_add_up(spinning, terminal):
    t = terminal("--pid", spinning.pid, "-r", "500", columns=120)
    t.wait_for("middle")
    time.sleep(2.5)
    t.read(0.5)
    own = {name: numbers(row(t, name))[0] for name in ("leaf", "middle", "outer", "<module>")
           if re.search(r"%s.*spin\.py" % re.escape(name), t.text())}
    assert len(own) == 4
    assert 97 <= sum(own.values()) <= 101
    assert numbers(t.wait_for(r"^.*<module>.*spin\.py.*$").group(0))[1] >= 97


@pytest.mark.parametrize("args, words", (
    ([], r"coscheduled, proved 100"),
    (["--sampling", "coscheduled"], r"coscheduled, proved 100"),
    (["--blocking"], r"paused, proved 100.*\n?.*pause p50"),
    (["--nonblocking"], r"NOT PROVED"),
    (["--sampling", "free"], r"free, proved +0"),
))
def test_header_says_how_it_reads(spinning, terminal, args, words):
    t = terminal("--pid", spinning.pid, *args, columns=120)
    t.wait_for(words)
    t.key("q")
    assert t.end() == (0, None)


def test_header_says_what_the_bound_allows(spinning, terminal):
    t = terminal("--pid", spinning.pid, "-r", "max", "--max-overhead", "1", columns=120)
    t.wait_for(r"rate +[\d.]+/[\d.]+ of max +overhead +[\d.]+% of 1%")
    t.key("q")
    assert t.end() == (0, None)


def test_as_fast_as_it_goes(spinning, terminal):
    t = terminal("--pid", spinning.pid, "-r", "max", "--nonblocking", columns=120)
    t.wait_for(r"rate +\d{3,}/max")
    t.key("-")
    t.wait_for(r"100000 samples per second are asked for now")
    t.key("q")
    assert t.end() == (0, None)


def test_help_and_back(spinning, terminal):
    t = terminal("--pid", spinning.pid)
    t.wait_for("outer")
    t.key("?")
    t.wait_for(r"(?i)help")
    t.wait_gone(r"outer.*spin\.py")
    t.key("q")
    t.wait_for(r"outer.*spin\.py")
    t.key("q")
    assert t.end() == (0, None)


def test_lines_and_functions(spinning, terminal):
    t = terminal("--pid", spinning.pid, rows=30)
    t.wait_for(r"middle.*spin\.py")
    t.key("u")
    t.wait_for(r"by line")
    t.wait_for(r"middle.*spin\.py:9\b")
    t.key("q")
    t.end()


def test_pause_stops_sampling(spinning, terminal):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer.*spin\.py")
    t.key(" ")
    t.wait_for(r"(?i)paused")
    t.read(1.5)
    before = t.text()
    t.read(2.5)
    assert t.text() == before
    t.key(" ")
    t.wait_gone("PAUSED")
    t.key("q")
    t.end()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_signals_restore_the_terminal(spinning, terminal, sig):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer")
    t.child.kill(sig)
    status, by = t.end()
    assert by == sig or status == 0, (status, by)
    t.restored()
    assert spinning.alive()


@pytest.mark.parametrize("sig", [signal.SIGSEGV, signal.SIGABRT])
def test_crash_restores_the_terminal(spinning, terminal, sig):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer")
    t.child.kill(sig)
    assert t.end()[1] == sig or os.environ.get("PST_SANITIZED")
    t.restored()
    assert spinning.alive()


def test_control_c(spinning, terminal):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer")
    t.key("\x03")
    t.end()
    t.restored()
    assert spinning.alive()


def test_terminal_settings_are_the_same_after(spinning, tmp_path):
    script = "stty -a > before; %s --pid %d -d 1; stty -a > after; echo done" % (binary(), spinning.pid)
    child = pexpect.spawn("sh", ["-c", script], cwd=str(tmp_path), dimensions=(24, 80), timeout=30,
                          env=dict(os.environ, TERM="xterm"))
    child.expect("done")
    child.close(force=True)
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()


def test_target_ends(spinning, terminal):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer.*spin\.py")
    spinning.process.kill()
    t.wait_for(r"(?i)ended|exited|gone")
    assert re.search(r"outer.*spin\.py", t.text()), "the data stays"
    t.key("q")
    assert t.end()[0] == 0
    t.restored()


def test_program_is_started_and_its_status_told(any_interpreter, tmp_path, terminal):
    script = tmp_path / "prog.py"
    script.write_text("import sys, time\nprint('said by the program')\nsys.stdout.flush()\n"
                      "end = time.time() + 2.5\nwhile time.time() < end:\n    pass\nsys.exit(7)\n")
    t = terminal("-r", "100", "--", *any_interpreter.argv, script, env={"TMPDIR": str(tmp_path)})
    t.wait_for(r"prog\.py")
    t.wait_for(r"status 7")
    t.key("q")
    t.end()
    assert b"exited with status 7" in t.raw
    outputs = [p for p in tmp_path.iterdir() if p.name.startswith("pyspy-tui-output-")]
    assert [p.read_text() for p in outputs] == ["said by the program\n"]
    assert outputs[0].name.encode() in t.raw


@pytest.mark.parametrize("rows, columns", [(5, 20), (8, 40), (24, 80), (100, 300)])
def test_sizes(spinning, terminal, rows, columns):
    t = terminal("--pid", spinning.pid, rows=rows, columns=columns)
    t.wait_for(r"%Own|outer|leaf|middle")
    t.key("jjkkG?q")
    t.read(0.5)
    t.key("q")
    assert t.end() == (0, None)


def test_resize_storm(spinning, terminal):
    t = terminal("--pid", spinning.pid)
    t.wait_for(r"outer")
    for i in range(60):
        t.resize(1 + (i * 7) % 50, 1 + (i * 13) % 200)
        t.read(0.02)
    t.resize(24, 80)
    t.wait_for(r"outer.*spin\.py")
    t.key("q")
    assert t.end() == (0, None)


def test_names_of_all_widths(victim, terminal):
    interpreter = pick((3, 11)) or pick((3, 12)) or pick((3, 10))
    if not interpreter:
        pytest.skip("needs a Python 3.10 to 3.12 outside of a chroot")
    v = victim(interpreter, "names.py")
    t = terminal("--pid", v.pid, columns=100)
    t.wait_for("\u65e5\u672c\u8a9e")
    t.wait_for("combine\u0301|combin\u00e9")
    assert "\x07" not in t.text()
    t.key("q")
    assert t.end() == (0, None)


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": ""}])
def test_no_screen(spinning, env):
    child = pexpect.spawn(binary(), ["--pid", str(spinning.pid)], env=dict(os.environ, **env), timeout=20)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    assert b"--dump" in child.before


def test_no_terminal(spinning):
    done = subprocess.run([binary(), "--pid", str(spinning.pid)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
    assert done.returncode == 1
    assert b"--dump" in done.stderr and done.stdout == b""


def test_failure_leaves_no_screen(terminal):
    p = subprocess.Popen(["sleep", "1000"])
    try:
        t = terminal("--pid", p.pid)
        assert t.end() == (1, None)
        assert b"1049h" not in t.raw
        assert b"sleep" in t.raw
    finally:
        p.kill()
        p.wait()
