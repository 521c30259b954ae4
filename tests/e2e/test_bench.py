"""The rules by which the benchmarks tell stacks that cannot have been, and what they make of each format."""
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from conftest import ROOT, run

if sys.version_info < (3, 8):
    pytest.skip("ast tells where a node ends since 3.8", allow_module_level=True)
sys.path.insert(0, str(ROOT / "bench"))

import folded  # noqa: E402
import legal  # noqa: E402
import plot  # noqa: E402
from victims_run import TIMES  # noqa: E402

RULES = legal.Legal()
FILE = legal.VICTIMS.name


def line_of(text):
    return legal.VICTIMS.read_text().splitlines().index(text) + 1


def stack(*frames):
    return [(name, FILE, line) for name, line in frames]


MODULE = ("<module>", line_of("    RUN(UNIT)"))
FIB = [MODULE, ("run_fib", line_of("        t0(10)"))]
FIB += [("t%d" % n, line_of("    return t%d(n)" % (n + 1))) for n in range(9)] + [("t9", line_of("    return fib(n)"))]
FIB_LINE = line_of("    return add(fib(n - 1), fib(n - 2))")


@pytest.mark.parametrize("frames", [
    stack(*FIB), stack(*FIB, ("fib", FIB_LINE)), stack(*FIB, ("fib", FIB_LINE), ("fib", FIB_LINE)),
    stack(*FIB, ("fib", FIB_LINE), ("add", line_of("    return ident(a) + ident(b)")), ("ident", line_of("    return x"))),
    [("_bootstrap", "threading.py", 1), ("run", "threading.py", 2)] + stack(*FIB[1:]), stack(MODULE),
    stack(*[(name, None) for name, _ in FIB]),
])
def test_legal(frames):
    assert RULES.is_legal(frames, "fib")


@pytest.mark.parametrize("frames", [
    [], stack(*FIB[1:]), stack(*FIB[:4], *FIB[5:]), stack(*FIB, ("ident", line_of("    return x"))),
    stack(*FIB, ("fib", FIB_LINE - 1), ("fib", FIB_LINE)), stack(*FIB, ("fib", FIB_LINE + 1)),
    stack(*FIB[:-1], ("t9", None), ("add", None)), stack(MODULE, ("run_steady", None)),
    stack(*FIB, ("fib", FIB_LINE), ("t0", FIB[2][1])), stack(("fib", FIB_LINE)),
    stack(*FIB) + [("wait", "threading.py", 3)],
])
def test_impossible(frames):
    assert not RULES.is_legal(frames, "fib")


def line_in(path, text):
    return path.read_text().splitlines().index(text) + 1


COROUTINES = [MODULE, ("run_coroutines", line_in(legal.ASYNC, "                if not step(c):")),
              ("step", line_in(legal.ASYNC, "        coroutine.send(None)"))]
WORK = ("work", line_in(legal.ASYNC, "        total += await nap(i)"))
NAP = ("nap", line_in(legal.ASYNC, "    await stop()"))


@pytest.mark.parametrize("kind, frames", [
    ("births", [("short", line_of("        hot_a()"))]),
    ("births", [MODULE, ("run_births", line_of("            done.acquire()"))]),
    ("collect", [MODULE, ("run_collect", line_of("            make_cycle()")), ("make_cycle", line_of("    c.me = c")),
                 ("fallen", line_of("    FALLEN.discard(ref)"))]),
    ("coroutines", [*COROUTINES, WORK, NAP]),
])
def test_what_is_called_otherwise(kind, frames):
    assert RULES.is_legal(stack(*frames), kind)
    assert not RULES.is_legal(stack(*frames), "fib")


def test_coroutines_have_an_order():
    assert not RULES.is_legal(stack(*COROUTINES, NAP), "coroutines")
    assert not RULES.is_legal(stack(*COROUTINES, NAP, WORK), "coroutines")


def test_formats():
    want = [([("<module>", "a.py", 3), ("f", "b.py", None)], 7)]
    assert list(folded.raw("<module> (a.py:3);f (b.py) 7\n")) == want
    assert list(folded.tachyon("tid:12;a.py:<module>:3;b.py:f:0 7\n")) == want
    assert list(folded.austin("# mode\nP1;T0:1;a.py:<module>:3;b.py:f:0 90\nP1;T0:1 5\n")) == [(want[0][0], 1)]


@pytest.mark.parametrize("kind", ["fib", "generators", "made", "collect", "births", "shares"])
def test_a_real_one(any_interpreter, tmp_path, kind):
    counters = tmp_path / "counters"
    counters.write_bytes(bytes(8 * (1 + TIMES)))
    out = tmp_path / "profile.txt"
    victim = subprocess.Popen([*any_interpreter.argv, str(legal.VICTIMS), kind, "1", str(counters)],
                              stdout=subprocess.PIPE)
    try:
        assert victim.stdout.readline() == b"ready\n"
        run("record", "-r", "1000", "-d", "1.5", "-o", out, "--pid", victim.pid, check=0)
    finally:
        victim.kill()
        victim.communicate()
    stacks = list(folded.raw(out.read_text()))
    assert sum(n for _, n in stacks) > 20
    assert [f for f, _ in stacks if not RULES.is_legal(f, kind)] == []


def test_plot():
    curves = [("one", [(1, 10), (1000, 20)]), ("absent", [(1, 0)])]
    drawn = plot.svg([("Title & more", "x", "y", curves)])
    root = ElementTree.fromstring(drawn)
    told = "".join(root.itertext())
    assert "Title & more" in told and "one" in told and "absent" not in told
    assert drawn.count("<circle") == 2
