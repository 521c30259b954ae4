"""Threads: names, ids, states, who holds the interpreter lock."""
import time

import pytest

from conftest import dump_json, run


def by_name(threads):
    return {t["thread_name"]: t for t in threads}


def test_names_ids_and_states(interpreter, victim):
    v = victim(interpreter, "threads.py", "lock", "event", "sleep", "pipe", settled=True)
    threads = dump_json(v.pid)
    assert len(threads) == 5
    for name, known in v.facts["ids"].items():
        thread = by_name(threads)[name]
        assert thread["os_thread_id"] == known["tid"]
        assert thread["thread_id"] == known["ident"]
        assert thread["state"] == "idle", thread["thread_name"]
        assert not thread["main"] and not thread["owns_gil"] and not thread["active"]
    main = [t for t in threads if t["main"]]
    assert [t["os_thread_id"] for t in main] == [v.pid]
    assert main[0]["thread_name"] == "MainThread"
    assert threads[0]["main"], "the oldest thread comes first"


def test_one_spinning_thread(interpreter, victim):
    v = victim(interpreter, "threads.py", "spin", "lock", settled=True)
    threads = by_name(dump_json(v.pid))
    assert threads["spin-0"]["state"] == "active"
    assert threads["spin-0"]["active"]
    if not interpreter.free_threaded:
        # 2.7 gives the lock away for a moment after every hundred instructions, even when nobody wants it.
        assert threads["spin-0"]["owns_gil"] or any(
            by_name(dump_json(v.pid))["spin-0"]["owns_gil"] for _ in range(5 if interpreter.version < (3, 2) else 0))
    assert threads["lock-1"]["state"] == "idle"
    assert threads["MainThread"]["state"] == "idle"


def test_waiting_for_the_gil(interpreter, victim):
    """Of three threads that spin, at most one holds the GIL and the others wait for it."""
    if interpreter.free_threaded:
        pytest.skip("no GIL in a free-threaded build")
    v = victim(interpreter, "threads.py", "spin", "spin", "spin", settled=True)
    time.sleep(0.1)
    waits = holders = 0
    for _ in range(10):
        spinning = [t for t in dump_json(v.pid) if (t["thread_name"] or "").startswith("spin")]
        assert sum(t["owns_gil"] for t in spinning) <= 1
        holders += sum(t["owns_gil"] for t in spinning)
        waits += sum(t["state"] == "gil_wait" for t in spinning)
        assert all(t["state"] in ("active", "gil_wait") for t in spinning), spinning
    if interpreter.version >= (3, 2):  # before, the threads fight for it without sleeping
        assert holders >= 5
        assert waits >= 5


def test_text_marks_the_gil(any_interpreter, victim):
    v = victim(any_interpreter, "threads.py", "spin", settled=True)
    out = run("--dump", "--pid", v.pid, check=0).out
    known = v.facts["ids"]["spin-0"]["tid"]
    assert 'Thread %d (active+gil): "spin-0"\n' % known in out
