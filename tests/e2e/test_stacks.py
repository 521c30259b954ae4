"""The dump is what the victim knows about itself, on every interpreter."""
import json

import pytest

from conftest import dump_json, pick, run


def main_thread(threads):
    mains = [t for t in threads if t["main"]]
    assert len(mains) == 1, threads
    return mains[0]


def same_frames(dumped, said, version):
    assert [f["co_name"] for f in dumped] == [f["co_name"] for f in said]
    for d, s in zip(dumped, said):
        assert (d["filename"], d["line"], d["first_line"]) == (s["filename"], s["line"], s["first_line"]), d
        assert d["qualname"] == s["qualname"]
        assert d["name"] == (s["qualname"] or s["co_name"])
        if s["columns"]:
            assert [d["line"], d["end_line"], d["column"], d["end_column"]] == s["columns"], d
    if version >= (3, 11):
        assert sum(1 for s in said if s["columns"]) > 5


def same_locals(dumped, said):
    compared = 0
    for d, s in zip(dumped, said):
        if s["locals"] is None:
            continue
        shown = {v["name"]: v["repr"] for v in d["locals"]}
        for name, text in s["locals"].items():
            assert shown.get(name) == text, (d["name"], name, text, shown)
            compared += 1
    assert compared > 20


def test_every_shape_of_frame(interpreter, victim):
    v = victim(interpreter, "shapes.py", settled=True)
    thread = main_thread(dump_json(v.pid, "--locals", "--locals"))
    same_frames(thread["frames"], v.facts["stack"], interpreter.version)
    same_locals(thread["frames"], v.facts["stack"])
    assert thread["state"] == "idle"
    assert not thread["owns_gil"]
    assert v.alive() and v.state() in "SR"


def test_nonblocking_is_the_same(interpreter, victim):
    v = victim(interpreter, "shapes.py", settled=True)
    thread = main_thread(dump_json(v.pid, "--nonblocking"))
    same_frames(thread["frames"], v.facts["stack"], interpreter.version)


def test_running_stack_is_possible(interpreter, victim):
    """A stack that changes all the time, read under the pause, is one that the program can have."""
    v = victim(interpreter, "spin.py")
    legal = {("<module>",), ("outer", "<module>"), ("middle", "outer", "<module>"),
             ("leaf", "middle", "outer", "<module>")}
    for _ in range(20):
        thread = main_thread(dump_json(v.pid))
        assert tuple(f["co_name"] for f in thread["frames"]) in legal
        assert thread["state"] == "active"
        if not interpreter.free_threaded:
            assert thread["owns_gil"]
    assert v.alive()


@pytest.mark.parametrize("depth", [300, 5000])
def test_deep_recursion(interpreter, victim, depth):
    v = victim(interpreter, "deep.py", depth, settled=True)
    deep = [t for t in dump_json(v.pid) if t["thread_name"] == "deep"]
    assert len(deep) == 1
    assert sum(1 for f in deep[0]["frames"] if f["co_name"] == "down") == depth
    assert not deep[0]["truncated"] and not deep[0]["broken"]


def test_text_dump(any_interpreter, victim):
    v = victim(any_interpreter, "shapes.py", settled=True)
    out = run("--dump", "--pid", v.pid, "-l", "-l", check=0).out
    lines = out.splitlines()
    assert lines[0].startswith("Process %d: " % v.pid)
    assert lines[1].startswith("Python v%d.%d" % any_interpreter.version)
    assert lines[3] == 'Thread %d (idle): "MainThread" main thread' % v.pid
    leaf = v.facts["stack"][0]
    assert lines[4] == "    block (shapes.py:%d)" % leaf["line"]
    assert "        Arguments:" in lines and "        Locals:" in lines
    assert "            how: 'coroutine'" in lines
    assert "\x1b" not in out
    forced = run("dump", "--pid", v.pid, check=0, env={"CLICOLOR_FORCE": "1"}).out
    assert "\x1b[" in forced
    assert "\x1b" not in run("dump", "--pid", v.pid, env={"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}).out


def test_json_has_the_known_keys(any_interpreter, victim):
    v = victim(any_interpreter, "shapes.py", settled=True)
    for thread in dump_json(v.pid):
        assert {"pid", "thread_id", "thread_name", "os_thread_id", "active", "owns_gil", "frames",
                "process_info"} <= set(thread)
        for frame in thread["frames"]:
            assert {"name", "filename", "module", "short_filename", "line", "locals", "is_entry",
                    "is_shim_entry"} <= set(frame)
            assert frame["locals"] is None
    json.dumps(thread)


def test_source_lines(any_interpreter, victim):
    v = victim(any_interpreter, "shapes.py", settled=True)
    out = run("--dump", "--pid", v.pid, "--source", check=0).out
    assert "        here(how=how); time.sleep(1000)" in out.splitlines()


@pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 11), (3, 13)], ids=lambda v: "%d.%d" % v)
@pytest.mark.parametrize("depth", [99990, 120000])
def test_hundred_thousand_frames(victim, version, depth):
    """All of them up to 100,000; beyond, the root end is cut and that is said."""
    interpreter = pick(version, debug=False, free_threaded=False)
    if not interpreter:
        pytest.skip("no Python %d.%d outside of a chroot" % version)
    v = victim(interpreter, "deep.py", depth, settled=True)
    out = run("--dump", "--pid", v.pid, check=0).out
    assert out.count("    down (deep.py:") == min(depth, 100000)
    assert ("(deeper than 100000 frames: the rest is left out)" in out) == (depth > 100000)
    assert v.alive()
