"""Values print as the interpreter's own repr() prints them."""
import os
import subprocess

import pytest

from conftest import ROOT

DEBUG, FREE_THREADED = 1, 4
FULL = (10 ** 6, 20, 10 ** 5, 10 ** 5)  # limits: bytes, depth, items, string


@pytest.fixture(scope="session")
def repr_tool():
    """The test program of that name, built if need be."""
    build = os.environ.get("PST_BUILD", str(ROOT / "build"))
    name = "tests/unit/repr_tool"
    subprocess.run(["make", "-s", "-C", build, name], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(build, name)


def reprs(tool, v, addresses, limits=FULL, timeout=120):
    facts = v.interpreter.facts
    flags = (DEBUG if facts["debug"] else 0) | (FREE_THREADED if facts["free_threaded"] else 0)
    argv = [tool, str(v.pid), "%x" % facts["hexversion"], str(flags), *map(str, limits)]
    done = subprocess.run(argv, input="".join("%x\n" % a for a in addresses), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", env=dict(os.environ, LC_ALL="C.UTF-8"),
                          timeout=timeout)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert lines.pop() == ""
    return lines


def test_every_value(interpreter, victim, repr_tool):
    v = victim(interpreter, "values.py")
    values = v.facts["values"]
    assert len(values) > 250
    got = reprs(repr_tool, v, [address for address, _, _ in values])
    wrong = [(name, text, shown) for (_, name, text), shown in zip(values, got) if text != shown]
    assert len(got) == len(values) and not wrong, wrong


def test_no_address_does_harm(interpreter, victim, repr_tool):
    """Where no object is, or the middle of one: an answer, within the limits."""
    v = victim(interpreter, "values.py")
    places = [a + step for a, _, _ in v.facts["values"][::3] for step in (-16, 1, 8, 24)]
    places += [0, 1, 8, 0x1000, 2 ** 47 - 8, 2 ** 63, 2 ** 64 - 8]
    got = reprs(repr_tool, v, places, (200, 4, 16, 100))
    assert len(got) == len(places)
    assert all(len(line.encode()) <= 203 for line in got)
    assert v.alive()


def limited(repr_tool, v, limits):
    by_name = {}
    for (_, name, _), shown in zip(v.facts["values"], reprs(
            repr_tool, v, [address for address, _, _ in v.facts["values"]], limits)):
        by_name.setdefault(name, []).append(shown)
    return by_name


def test_limits(any_interpreter, victim, repr_tool):
    v = victim(any_interpreter, "values.py")
    got = limited(repr_tool, v, (1000, 2, 3, 5))
    assert "'xxxxx...'" in got["str"] and "b'xxxxx...'" in got["bytes"]
    assert "[1, [2, [...]]]" in got["list"]
    assert "{1: 2, 3: {4: 5}}" in got["dict"] and "{'a': [1, {...}]}" in got["dict"]
    assert "{0: 0, 1: 1, 2: 4, ...}" in got["dict"]
    assert "deque([0, 1, 2, ...])" in got["deque"]
    assert got["plain-lots"] == ["Empty(a0=0, a1=1, a2=2, ...)"]
    assert "Counter({'a': 5, 'b': 2, 'r': 2, ...})" in got["counter"]
    got = limited(repr_tool, v, (20, 9, 999, 999))
    assert "['a', None]" in got["list"]
    assert "'xxxxxxxxxxxxxxxxxxx…" in got["str"]


def test_mutated_memory(interpreter, victim, repr_tool):
    """Real objects with every 32nd word wrong: an answer for each, within the limits."""
    v = victim(interpreter, "values.py")
    addresses = [address for address, _, _ in v.facts["values"]]
    for seed in range(1, 5):
        got = reprs(repr_tool, v, addresses, (300, 6, 32, 100, seed))
        assert len(got) == len(addresses)
        assert all(0 < len(line.encode()) <= 303 for line in got)
        assert len(set(got)) > 50
