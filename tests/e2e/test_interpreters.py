"""More than one interpreter in a process, and the garbage collector at work."""
import os
import time

import pytest

from conftest import dump_json


def test_sub_interpreter(interpreter, victim):
    if interpreter.version < (3, 8):
        pytest.skip("this Python has no module for sub-interpreters")
    share = interpreter.facts["share"]
    flag = "victim-ready-%d" % time.monotonic_ns()
    v = victim(interpreter, "subinterpreter.py", os.path.join(share["inside"], flag), settled=True)
    path = os.path.join(share["host"], flag)
    deadline = time.monotonic() + 30
    while not (os.path.exists(path) and open(path).read()):
        assert v.alive() and time.monotonic() < deadline
        time.sleep(0.02)
    os.unlink(path)
    threads = dump_json(v.pid)
    inner = [t for t in threads if t["interpreter_id"] == v.facts["interpreter"]]
    assert len(inner) == 1
    assert [f["co_name"] for f in inner[0]["frames"]] == ["inside"] * 4 + ["<module>"]
    outer = [t for t in threads if t["interpreter_id"] == 0]
    assert [f["co_name"] for f in outer[0]["frames"]] == ["main", "<module>"]
    assert threads.index(outer[0]) < threads.index(inner[0])


def test_collector(interpreter, victim):
    v = victim(interpreter, "collect.py")
    seen = [t for _ in range(10) for t in dump_json(v.pid) if t["main"]]
    assert all(t["frames"][0]["co_name"] in ("collect_forever",) for t in seen)
    assert all(t["state"] == "active" for t in seen)
    if interpreter.version < (3, 7) and interpreter.facts["stripped"]:
        pytest.skip("the flag is a static variable without a symbol here: stacks were right, in_gc is not known")
    assert sum(t["in_gc"] for t in seen) >= 5
