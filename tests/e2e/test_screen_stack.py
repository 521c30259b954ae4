"""The panes of threads and stacks on real processes: values shown, refreshed, opened; tags; what is copied and saved."""
import base64
import re
import time

import pytest

from conftest import INTERPRETERS
from test_top import terminal  # noqa: F401 (a fixture)


def one_of_each_version():
    seen = {}
    for i in INTERPRETERS:
        if not i.facts["debug"] and not i.free_threaded:
            seen.setdefault(i.version, i)
    return list(seen.values())


EACH = pytest.mark.parametrize("python", one_of_each_version(), ids=repr)


@pytest.fixture
def watched(any_interpreter, victim):
    return victim(any_interpreter, "watched.py")


def stack_of(t, pattern):
    """Goes to the pane of threads, to the thread that matches, and from there to its stack."""
    t.wait_for(r"%Own\s+%Total")
    t.key("2")
    t.wait_for(r"%Wait")
    t.wait_for(pattern)
    t.key("/" + pattern + "\r")
    t.wait_gone(r"^/")
    t.key("\r")
    t.wait_for(r"^Frames \d+/\d+")


def search(t, word):
    t.key("/" + word + "\r")
    t.read(0.3)


def count_of(t):
    return int(t.wait_for(r"\bcount = (\d+)").group(1))


def test_three_versions_at_least():
    assert len(one_of_each_version()) >= 3


@EACH
def test_values_of_each_version(python, victim, terminal):  # noqa: F811
    v = victim(python, "watched.py")
    t = terminal("--pid", v.pid, rows=40, columns=110)
    stack_of(t, "MainThread")
    t.wait_for(r"^>total .*watched\.py:\d+")
    t.wait_for(r"^Values 1/\d+ of total")
    t.wait_for(r"limit = 7\b")
    t.wait_for(r"query = '?SELECT column")
    t.wait_for(r"basket = .*Basket")
    t.wait_for(r"^ *[\d.]* +\d+> +\S")  # the source, at the line that runs
    first = count_of(t)
    end = time.monotonic() + 20
    while count_of(t) <= first:
        assert time.monotonic() < end
        t.read(0.2)
    t.key("v")
    search(t, "basket")
    t.key("\r")
    t.wait_for(r"▾basket = ")
    t.wait_for(r"\.name: '?'?basket'")
    search(t, r"\.config")
    t.key("\r")
    t.wait_for(r"\['db'\]: ")
    search(t, r"\['db'\]")
    t.key("\r")
    t.wait_for(r"\['host'\]: '?'?db\.example'")
    search(t, r"\['ports'\]")
    t.key("l")
    t.wait_for(r"\[1\]: 5433")
    t.key("h")
    t.wait_gone(r"\[1\]: 5433")
    assert v.alive()
    t.key("q")
    assert t.end() == (0, None)


def test_caller_and_other_threads(watched, terminal):  # noqa: F811
    t = terminal("--pid", watched.pid)
    stack_of(t, "worker-1")
    t.wait_for(r"^worker-1\b")
    t.wait_for(r"^>worker ")
    t.wait_for(r"jobs = \[1, 2, 3\]")
    t.key("j")
    t.wait_for(r"^Values .* of (Thread\.)?run")
    t.wait_for(r"\bself = ")
    t.key("\x1b")
    t.wait_for(r"%Wait")


def test_from_a_function_to_its_variable(watched, terminal):  # noqa: F811
    t = terminal("--pid", watched.pid, "--idle")
    t.wait_for(r"(?<!\S)main\s.*watched\.py")
    t.key("/^main$\r")
    t.read(0.3)
    t.key("t")
    t.wait_for(r"^>MainThread")
    t.wait_for("1 thread is in that function")
    t.key("\r")
    t.wait_for(r"^>main .*watched\.py:\d+")
    t.wait_for(r"second = .*Thread")
    t.key("\x1b")
    t.wait_for(r"%Wait")


def test_frozen_stays_and_goes_on(watched, terminal):  # noqa: F811
    t = terminal("--pid", watched.pid)
    stack_of(t, "MainThread")
    count_of(t)
    t.key("a")
    t.wait_for("FROZEN")
    before = count_of(t)
    t.read(1.5)
    assert count_of(t) == before
    t.key("a")
    t.wait_gone("FROZEN")
    end = time.monotonic() + 20
    while count_of(t) == before:
        assert time.monotonic() < end
        t.read(0.2)


def test_long_value_scrolled_copied_and_saved(watched, terminal, tmp_path):  # noqa: F811
    t = terminal("--pid", watched.pid)
    stack_of(t, "MainThread")
    t.wait_for(r"query = ")
    t.key("v")
    search(t, "query")
    for _ in range(30):
        t.key("l")
    t.wait_for(r"the_end'")
    t.key("y")
    end = time.monotonic() + 20
    while b"\x1b]52;" not in t.raw:
        assert time.monotonic() < end
        t.read(0.2)
    copied = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)", t.raw).group(1)
    text = base64.b64decode(copied).decode()
    assert text.strip("u'") == "SELECT " + "column, " * 60 + "the_end"
    path = tmp_path / "value"
    path.write_text("mine")
    t.key("W")
    t.wait_for("Write the value to")
    t.key("\x15" + str(path) + "\r")
    t.wait_for("exists")
    assert path.read_text() == "mine"
    t.key("y")
    t.wait_for("Written to")
    assert path.read_text() == "query = %s\n" % text


def test_the_editor_gets_the_line_and_gives_the_terminal_back(watched, terminal, tmp_path):  # noqa: F811
    said, editor = tmp_path / "said", tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "$@" > "%s.new"\nmv "%s.new" "%s"\n' % (said, said, said))
    editor.chmod(0o755)
    t = terminal("--pid", watched.pid, env={"VISUAL": str(editor)})
    stack_of(t, "MainThread")
    line = t.wait_for(r"^>total .*watched\.py:(\d+)").group(1)
    t.key("e")
    end = time.monotonic() + 20
    while not said.exists():
        assert time.monotonic() < end
        t.read(0.2)
    assert re.search(r"\+%s\b.*watched\.py" % line, said.read_text())
    count = count_of(t)
    end = time.monotonic() + 20
    while count_of(t) <= count:
        assert time.monotonic() < end
        t.read(0.2)
    t.key("q")
    assert t.end() == (0, None)
    t.restored()


def test_tags_are_the_filter_of_all_panes(watched, terminal):  # noqa: F811
    t = terminal("--pid", watched.pid, "--idle")
    t.wait_for(r"(?<!\S)total\s.*watched\.py")
    t.key("2")
    t.wait_for(r"%Wait")
    t.key("/worker-1\r")
    t.read(0.3)
    t.key("t")
    t.wait_for(r"^\*worker-1")
    t.key("1")
    t.wait_for(r"(?<!\S)worker\s.*watched\.py")
    t.wait_gone(r"(?<!\S)total\s.*watched\.py")
    t.key("2T1")
    t.wait_for(r"(?<!\S)total\s.*watched\.py")


def test_interpreters_are_a_tree(victim, terminal, tmp_path):  # noqa: F811
    found = [i for i in INTERPRETERS if (3, 8) <= i.version and i.root == "/" and not i.facts["debug"]]
    if not found:
        pytest.skip("no interpreter here has subinterpreters")
    ready = tmp_path / "ready"
    v = victim(found[0], "subinterpreter.py", ready)
    end = time.monotonic() + 20
    while not ready.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    t = terminal("--pid", v.pid, "--idle", columns=100)
    t.wait_for(r"%Own\s+%Total")
    t.key("2")
    t.wait_for(r"^.▾ %d " % v.pid)
    t.wait_for(r"▾ interpreter %d\b" % v.facts["interpreter"])
    t.wait_for(r"\binside\b")
    t.key("gh")
    t.wait_for(r"^.▸ %d " % v.pid)
    t.wait_gone("▾ interpreter")
    t.key("\r")
    t.wait_for(r"▾ interpreter %d\b" % v.facts["interpreter"])


def test_target_ends_and_the_stack_stays(watched, terminal):  # noqa: F811
    t = terminal("--pid", watched.pid)
    stack_of(t, "MainThread")
    count_of(t)
    watched.process.kill()
    t.wait_for("has ended")
    count_of(t)
    t.key("v")
    search(t, "limit")
    t.wait_for(r"limit = 7")
    t.key("q")
    assert t.end() == (0, None)
