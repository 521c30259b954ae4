"""The screen in a real terminal, on a real process: panes, search, filter, time, mouse, clipboard, setup."""
import base64
import os
import re
import shlex
import shutil
import subprocess
import time

import pytest

from conftest import binary
from test_top import Terminal, spinning, terminal  # noqa: F401 (fixtures)


def watch(terminal, spinning, **kwargs):  # noqa: F811
    t = terminal("--pid", spinning.pid, "-r", "200", **kwargs)
    t.wait_for(r"outer.*spin\.py")
    return t


def leave(t):
    t.key("q")
    assert t.end() == (0, None)
    t.restored()


def click(t, row, column, button=0):
    """At the cell ROW, COLUMN of the screen, from 0."""
    t.key("\x1b[<%d;%d;%dM" % (button, column + 1, row + 1))
    if button < 64:
        t.key("\x1b[<%d;%d;%dm" % (button, column + 1, row + 1))


def drag(t, row, columns):
    t.key("\x1b[<0;%d;%dM" % (columns[0] + 1, row + 1))
    for column in columns[1:]:
        t.key("\x1b[<32;%d;%dM" % (column + 1, row + 1))
    t.key("\x1b[<0;%d;%dm" % (columns[-1] + 1, row + 1))


def place(t, text):
    """Row and column at which TEXT stands."""
    for row, line in enumerate(t.screen.display):
        if text in line:
            return row, line.index(text)
    raise AssertionError("no %r in:\n%s" % (text, t.text()))


def tab(t):
    """The name of the pane that the line of tabs shows as the one in use; "" without such a line."""
    if "5 Callers" not in t.text():
        return ""
    row = place(t, "5 Callers")[0]
    cells = t.screen.buffer[row]
    return "".join(cells[i].data for i in range(t.screen.columns) if cells[i].underscore).strip()


def wait_tab(t, name, seconds=10):
    end = time.monotonic() + seconds
    while name not in tab(t):
        assert time.monotonic() < end, "%s is not in use:\n%s" % (name, t.text())
        t.read(0.1)


def test_panes_by_number_and_back(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    for key, name in (("2", "Threads"), ("3", "Stack"), ("4", "Flame"), ("5", "Callers"), ("1", "Functions")):
        t.key(key)
        wait_tab(t, name)
    t.key("\t")
    wait_tab(t, "Threads")
    t.key("1\r")
    wait_tab(t, "Callers")
    t.key("\x1b")
    wait_tab(t, "Functions")
    leave(t)


def test_search(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.key("/")
    t.wait_for(r"^Search:")
    t.key("midd")
    t.wait_for(r"^Search: midd")
    t.key("le\r")
    t.wait_for(r"search /middle/ +[\d.]+%")
    t.key("/zzzz\r")
    t.wait_for(r"Nothing here matches")
    t.key("/a(\r")
    t.wait_for(r"no regular expression")
    leave(t)


def test_filter(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.key("\\")
    t.wait_for(r"^Count only stacks with")
    t.key("no such function\r")
    t.wait_for(r"No stack matches the filter")
    t.key("\\\x15leaf\r")
    t.wait_for(r"filter /leaf/ +[\d.]+%")
    t.wait_for(r"leaf.*spin\.py")
    t.key("\\\x15\r")
    t.wait_gone(r"filter /")
    leave(t)


def test_a_span_of_time(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.read(4)
    t.key("{{[}]")
    t.wait_for(r"of time, .* ago")
    t.wait_for(r"outer.*spin\.py")
    t.key("L")
    t.wait_gone(r"of time, ")
    t.key("D")
    t.wait_for(r"A difference needs two spans")
    t.key("A")
    t.wait_for(r"A is .* of time now")
    t.key("BD")
    t.wait_for(r"B less A")
    t.key("L")
    t.wait_gone(r"B less A")
    leave(t)


def test_mouse(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.read(3)
    assert b"1000h" in t.raw and b"\x1b[?1002h" in t.raw
    click(t, *place(t, "2 Threads"))
    wait_tab(t, "Threads")
    click(t, *place(t, "1 Functions"))
    wait_tab(t, "Functions")
    row, column = place(t, "%Total")
    click(t, row, column + 2)
    t.wait_for(r"▼%Total")
    click(t, row, column + 2)
    t.wait_for(r"▲%Total")
    row, column = place(t, "middle")
    click(t, row, column)
    click(t, row, column)
    wait_tab(t, "Callers")
    t.wait_for("middle")
    click(t, *place(t, "F1"))
    t.wait_for("any other key returns")
    click(t, 5, 5, 65)  # the wheel
    t.key("q")
    wait_tab(t, "Callers")
    t.key("1")
    wait_tab(t, "Functions")
    strip = max(row for row, line in enumerate(t.lines()) if line.startswith("GIL "))
    drag(t, strip, (76, 77, 78))
    t.wait_for(r"of time, ")
    leave(t)


def test_copy_to_the_clipboard(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.key("/middle\r")
    t.wait_for(r"search /middle/")
    t.key("y")
    t.wait_for("Copied to the terminal's clipboard")
    found = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", t.raw)
    assert re.fullmatch(r"middle \(.*spin\.py:\d+\)", base64.b64decode(found.group(1)).decode())
    assert b"\x1bPtmux;" not in t.raw
    leave(t)


def test_copy_through_tmux(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning, env={"TMUX": "/tmp/tmux-0/default,1,0"})
    t.key("y")
    t.wait_for("Copied to the terminal's clipboard")
    assert re.search(rb"\x1bPtmux;\x1b\x1b\]52;c;[A-Za-z0-9+/=]+\x07\x1b\\", t.raw)
    leave(t)


def test_setup_is_kept(spinning, terminal, tmp_path):  # noqa: F811
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    t = watch(terminal, spinning, env=env)
    t.key("\x1bOQ")  # F2
    t.wait_for(r"Setup: Enter changes, s writes")
    t.key("\r")  # idle
    t.wait_for(r"idle +on")
    t.key("s")
    t.wait_for(r"Written to")
    t.key("\x1bOQ")
    t.wait_for("idle counted")
    leave(t)
    config = tmp_path / "pyspy-tui" / "config"
    assert "set idle on\n" in config.read_text()
    config.write_text(config.read_text() + "# mine\nset nonsense 1\nbind functions X unit\n")
    t = watch(terminal, spinning, env=env)
    t.wait_for("idle counted")
    t.wait_for(r'config:\d+: there is no option "nonsense"')
    t.key("X")
    t.wait_for("by line")
    leave(t)


def test_two_panes_where_there_is_room(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning, rows=50, columns=200)
    t.wait_for(r"outer.*spin\.py.*│")
    t.key("||")
    t.wait_gone(r"│")
    t.key("|")
    t.wait_for(r"outer.*spin\.py.*│")
    leave(t)


def test_messages_are_kept(spinning, terminal):  # noqa: F811
    t = watch(terminal, spinning)
    t.key("X")
    t.wait_for("has no meaning here")
    t.key("j")
    t.wait_gone("has no meaning here")
    t.key("M")
    t.wait_for(r"\d\d:\d\d:\d\d X has no meaning here")
    leave(t)


@pytest.mark.parametrize("name", ["xterm", "screen-256color", "tmux-256color", "linux", "vt100", "xterm-direct"])
def test_terminals(spinning, name):  # noqa: F811
    t = Terminal(command=["env", "TERM=" + name, binary(), "--pid", str(spinning.pid)])
    try:
        t.read(0.5)
        if b"No terminal of type" in t.raw:
            pytest.skip("terminfo here does not know %s" % name)
        t.wait_for("outer")
        t.key("?")
        t.read(0.3)
        t.key("q4")
        t.read(0.3)
        t.key("q")
        assert t.end() == (0, None)
        if b"1000h" in t.raw:
            assert t.raw.rfind(b"1000l") > t.raw.rfind(b"1000h")
    finally:
        t.child.close(force=True)


@pytest.mark.parametrize("colors, direct", [("truecolor", True), ("", False)])
def test_colours_as_they_are(spinning, colors, direct):  # noqa: F811
    if not os.path.exists("/usr/share/terminfo/x/xterm-direct") and not os.path.exists("/lib/terminfo/x/xterm-direct"):
        pytest.skip("terminfo here does not know xterm-direct")
    t = Terminal(command=["env", "COLORTERM=" + colors, binary(), "--pid", str(spinning.pid)])
    try:
        t.wait_for("outer")
        t.key("4")
        t.read(2)
        t.key("q")
        assert t.end() == (0, None)
        assert bool(re.search(rb"\x1b\[[0-9;]*[34]8:2:", t.raw)) == direct
        t.restored()
    finally:
        t.child.close(force=True)


class Tmux:
    """A tmux server of its own with one pane."""

    def __init__(self, name, command):
        self.argv = ["tmux", "-L", name, "-f", os.devnull]
        env = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color")
        env.pop("TMUX", None)
        subprocess.run([*self.argv, "new-session", "-d", "-x", "100", "-y", "30", command], check=True, env=env)
        self("set", "-g", "set-clipboard", "on")

    def __call__(self, *args):
        return subprocess.run([*self.argv, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              universal_newlines=True).stdout

    def wait_for(self, pattern, seconds=20):
        end = time.monotonic() + seconds
        while not re.search(pattern, self("capture-pane", "-p"), re.M):
            assert time.monotonic() < end, "never saw %r in:\n%s" % (pattern, self("capture-pane", "-p"))
            time.sleep(0.1)


def test_in_tmux(spinning, tmp_path):  # noqa: F811
    if not shutil.which("tmux"):
        pytest.skip("needs tmux")
    t = Tmux(tmp_path.name, "%s --pid %d; sleep 1000" % (shlex.quote(binary()), spinning.pid))
    try:
        t.wait_for(r"outer.*spin\.py")
        t("send-keys", "/", "middle", "Enter")
        t.wait_for(r"search /middle/")
        t("send-keys", "y")
        t.wait_for("Copied to the terminal's clipboard")
        end = time.monotonic() + 10
        while not t("show-buffer").startswith("middle ("):
            assert time.monotonic() < end, "tmux has no copy of it"
            time.sleep(0.1)
        t("send-keys", "4")
        t.wait_for("own [0-9.]+%")
        t("send-keys", "q")
        end = time.monotonic() + 10
        while "Functions" in t("capture-pane", "-p"):
            assert time.monotonic() < end, "the screen stays"
            time.sleep(0.1)
    finally:
        t("kill-server")
