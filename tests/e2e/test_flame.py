"""The flamegraph and the callers of a function in a real terminal, on a process of known shares."""
import re

import pytest

from conftest import binary, pick
from test_top import terminal  # noqa: F401

VERSIONS = [(3, 8), (3, 11), (3, 13)]


@pytest.fixture(params=VERSIONS, ids=lambda v: "%d.%d" % v)
def shares(request, victim):
    found = pick(request.param, debug=False)
    if not found:
        pytest.skip("no Python %d.%d here" % request.param)
    return victim(found, "shares.py")


def boxes_of(t, name):
    """(row, first column, width) of what carries the label, by its background."""
    for y, line in enumerate(t.screen.display):
        x = line.find(name)
        if x < 0 or t.screen.buffer[y][x].bg == "default":
            continue
        color, first, last = t.screen.buffer[y][x].bg, x, x
        while first > 0 and t.screen.buffer[y][first - 1].bg == color:
            first -= 1
        while last + 1 < t.screen.columns and t.screen.buffer[y][last + 1].bg == color:
            last += 1
        yield y, first, last - first + 1


def test_boxes_are_as_wide_as_shares(shares, terminal):  # noqa: F811
    t = terminal("--pid", shares.pid, "-r", "500", rows=30, columns=120)
    t.wait_for(r"spin.*shares\.py")
    t.read(2)
    t.key("4")
    found = t.wait_for(r"most (\d+\.\d)%")
    share = float(found.group(1))
    assert 30 <= share <= 95  # by the clock: a busy machine moves it
    t.key("jj")
    t.read(0.3)
    (row, first, width), = list(boxes_of(t, "most"))
    assert abs(100 * width / 120 - share) <= 3
    under = [b for b in boxes_of(t, "spin") if b[0] == row + 1]
    assert under and under[0][1] == first


def test_zoom_search_and_callers(shares, terminal):  # noqa: F811
    t = terminal("--pid", shares.pid, "-r", "500", rows=30, columns=100)
    t.wait_for(r"spin.*shares\.py")
    t.read(2)
    t.key("4")
    t.wait_for(r"most \d+\.\d%")
    t.key("/rest\r")
    t.wait_for(r"found \d\d\.\d%")
    t.wait_for(r"^rest +shares\.py:\d+")
    t.key("\r")
    t.wait_for(r"all › <module> › rest")
    t.wait_gone(r"most \d")
    t.key("\x7f")
    t.wait_for(r"most \d+\.\d%")
    t.key("v")  # inverted: what ran first
    t.wait_for(r"inverted")
    t.wait_for(r"^ spin ")
    t.key("v")
    t.wait_gone("inverted")
    t.key("/spin\r")
    t.wait_for(r"^spin +shares\.py:\d+")
    t.key("c")
    callers = t.wait_for(r"^ +(\d\d\.\d) .*most .*\n +(\d\d\.\d) .*rest ")
    assert 99 <= float(callers.group(1)) + float(callers.group(2)) <= 100.2
    t.key("\r")  # MOST is the focus
    t.wait_for(r"total +[3-9]\d\.\d%")
    t.key("\x1b")
    t.wait_for(r"total +(9\d|100)\.\d%")
    t.key("q")
    assert t.end() == (0, None)
    assert shares.alive()


@pytest.mark.parametrize("env", ("NO_COLOR=1 TERM=screen", "TERM=vt100", "LC_ALL=C TERM=screen-256color"))
def test_borders_where_colours_or_blocks_lack(any_interpreter, victim, terminal, env):  # noqa: F811
    v = victim(any_interpreter, "shares.py")
    t = terminal(rows=30, columns=100,
                 command=["/usr/bin/env", *env.split(), binary(), "--pid", str(v.pid), "-r", "200"])
    t.wait_for(r"spin.*shares\.py")
    t.key("4")
    t.wait_for(r"^\|all 100\.0%-+$")
    t.wait_for(r"^\|most [^|]*-+\|rest [^|]*-+")
    assert not re.search("[▏▎▍▌▋▊▉]", t.text())
