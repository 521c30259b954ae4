"""The terminal itself: gone, stopped, without colours, without UTF-8, with one that does not read."""
import os
import re
import signal
import time

import pytest

from conftest import binary
from test_top import Terminal, spinning, terminal  # noqa: F401 (fixtures)


def command_for(victim):
    return [binary(), "--pid", str(victim.pid)]


def state_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0]


def wait_state(pid, states, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if state_of(pid) in states:
            return
        time.sleep(0.05)
    raise AssertionError("process %d is in state %s, not %s" % (pid, state_of(pid), states))


def test_terminal_gone(spinning, terminal):  # noqa: F811
    t = terminal("--pid", spinning.pid)
    t.wait_for("outer")
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, t.child.child_fd)  # the last one that held the other end
    os.close(nothing)
    end = time.monotonic() + 10
    while t.child.isalive():
        assert time.monotonic() < end, "it lives on without a terminal"
        time.sleep(0.05)
    assert spinning.alive()


def test_control_z_and_back(spinning):  # noqa: F811
    t = Terminal(command=["bash", "--norc", "-i"])
    try:
        t.key("PS1='ready> '\n")
        t.wait_for(r"^ready>$")
        t.key("clear; %s\n" % " ".join(command_for(spinning)))
        t.wait_for(r"outer.*spin\.py")
        t.key("\x1a")
        t.wait_for("Stopped")
        assert b"\x1b[?1049l" in t.raw
        wait_state(spinning.pid, "RS")
        t.key("clear; fg\n")
        t.wait_for(r"outer.*spin\.py")
        t.key("q")
        t.wait_for(r"^ready>")  # over what was there: this screen has no alternate
        t.restored()
    finally:
        t.child.close(force=True)


def test_stopped_from_outside(spinning, terminal):  # noqa: F811
    t = terminal("--pid", spinning.pid)
    t.wait_for("outer")
    t.child.kill(signal.SIGSTOP)
    wait_state(t.child.pid, "T")
    t.screen.reset()
    t.child.kill(signal.SIGCONT)
    t.wait_for(r"outer.*spin\.py")
    t.key("q")
    assert t.end() == (0, None)


def leave(t):
    t.wait_for("outer")
    t.key("?")
    t.read(0.3)
    t.key("qq")
    assert t.end() == (0, None)


@pytest.mark.parametrize("setting", ["NO_COLOR=1", "TERM=vt100"])
def test_without_colours(spinning, setting):  # noqa: F811
    t = Terminal(command=["env", setting, *command_for(spinning)])
    try:
        leave(t)
        assert not re.search(rb"\x1b\[([0-9]*;)*[34][0-8][;m]", t.raw)
    finally:
        t.child.close(force=True)


def test_locale_without_utf8(spinning):  # noqa: F811
    t = Terminal(command=["env", "LC_ALL=C", *command_for(spinning)])
    try:
        leave(t)
        assert all(byte < 0x80 for byte in t.raw)
    finally:
        t.child.close(force=True)


def test_terminal_that_does_not_read(spinning, terminal):  # noqa: F811
    t = terminal("--pid", spinning.pid)
    t.wait_for("outer")
    t.key("\x13")  # Ctrl-S: nothing more is written
    time.sleep(2)
    t.child.kill(signal.SIGTERM)
    end = time.monotonic() + 10
    while t.child.isalive():
        assert time.monotonic() < end, "SIGTERM does not end it"
        time.sleep(0.05)
    assert t.child.signalstatus == signal.SIGTERM
    assert spinning.alive()


def test_keys_without_a_name_are_no_hangup(spinning, terminal):  # noqa: F811
    t = terminal("--pid", spinning.pid)
    t.wait_for("outer")
    t.key("\x1b[1;2P" * 60)
    t.read(0.5)
    t.key("j")
    t.wait_for(r"outer.*spin\.py")
    t.key("q")
    assert t.end() == (0, None)
