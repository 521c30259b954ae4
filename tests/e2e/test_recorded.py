"""Recorded targets: those in tests/recordings without privileges, and each interpreter there and back."""
import json
import lzma
import os
import shutil
import subprocess
import tempfile

import pytest

from conftest import ROOT, TESTS, binary, dump_json, run
from test_stacks import main_thread, same_frames, same_locals

SHAPES = sorted((TESTS / "recordings").glob("shapes-*.xz"))
KINDS = sorted((TESTS / "recordings").glob("kinds-*.xz"))
VERSIONS = {(2, 7)} | {(3, minor) for minor in range(6, 16)}


def facts_of(recording):
    with open(str(recording)[:-3] + ".json", encoding="utf-8") as f:
        return json.load(f)


def version_of(facts):
    return tuple(int(n) for n in facts["version"].split(".")[:2])


@pytest.fixture(scope="module")
def unprivileged():
    """A function that replays a recording as a user who may nothing."""
    drop = ()
    if os.geteuid() == 0:
        drop = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs")
    # The build folder may be in a home that others cannot enter.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program, target = os.path.join(folder, "pyspy-tui"), os.path.join(folder, "target")
        shutil.copy(binary(), program)
        os.chmod(program, 0o755)

        def replay(raw, *args):
            with open(target, "wb") as f:
                f.write(raw)
            os.chmod(target, 0o644)
            return run("--dump", "--target", target, *args, prefix=drop, program=program)
        yield replay


def test_there_is_one_of_each_version():
    facts = [facts_of(r) for r in SHAPES]
    assert {version_of(f) for f in facts} == VERSIONS
    assert any(f["free_threaded"] for f in facts)


@pytest.mark.parametrize("recording", SHAPES, ids=lambda r: r.stem)
def test_recording_is_what_the_victim_said(recording, unprivileged):
    facts = facts_of(recording)
    done = unprivileged(lzma.decompress(recording.read_bytes()), "--json", "-l", "-l")
    assert done.returncode == 0, done.err
    thread = main_thread(json.loads(done.out))
    said = facts["said"]["stack"]
    same_frames(thread["frames"], said, version_of(facts))
    same_locals(thread["frames"], said)
    assert thread["process_info"]["python_version"] == facts["version"]
    assert thread["state"] == "idle" and not thread["broken"]


@pytest.mark.parametrize("recording", KINDS, ids=lambda r: r.stem)
def test_recorded_values(recording, unprivileged):
    done = unprivileged(lzma.decompress(recording.read_bytes()), "--json", "-l", "-l")
    assert done.returncode == 0, done.err
    frame = [f for f in main_thread(json.loads(done.out))["frames"] if f["co_name"] == "block"][0]
    shown = {v["name"]: v["repr"] for v in frame["locals"]}
    said = facts_of(recording)["said"]["values"]
    assert len(said) > 70
    assert {name: shown.get(name) for name in said} == said


def put_together(shown):
    """What repr() makes of such parts."""
    labels = [label[1:-1] for label, _ in shown["parts"]]
    texts = [text for _, text in shown["parts"]]
    pairs = ["%s: %s" % pair for pair in zip(labels, texts)]
    named = ["%s=%s" % (label[1:], text) for label, text in shown["parts"]]
    kind = shown["type"].split(".")[-1]
    ordered = ["(%s, %s)" % pair for pair in zip(labels, texts)]
    return {"[%s]" % ", ".join(texts), "(%s)" % ", ".join(texts), "(%s,)" % ", ".join(texts),
            "{%s}" % ", ".join(texts), "{%s}" % ", ".join(pairs), "%s({%s})" % (kind, ", ".join(pairs)),
            "%s([%s])" % (kind, ", ".join(ordered)), "%s([%s])" % (kind, ", ".join(texts)),
            "%s({%s})" % (kind, ", ".join(texts)), "%s(%s)" % (kind, ", ".join(named)),
            "%s((%s))" % (kind, ", ".join(texts)), "set([%s])" % ", ".join(texts), "namespace(%s)" % ", ".join(named),
            "defaultdict(<class 'int'>, {%s})" % ", ".join(pairs), "defaultdict(<type 'int'>, {%s})" % ", ".join(pairs)}


OPENED = ("counter dataclass_slots deque_turned defaultdict dict_child dict_holes dict_large dict_mixed "
          "dict_keys dict_values frozenset list_child namedtuple namespace odict odict_moved plain plain_dict "
          "plain_lots plain_reordered set_child set_holes slots slots_dict tuple_child mappingproxy classic list "
          "tuple dict set deque").split()


@pytest.mark.parametrize("recording", KINDS, ids=lambda r: r.stem)
def test_recorded_parts(recording, tmp_path):
    """Parts of values, put together, are what the whole prints as."""
    build = os.environ.get("PST_BUILD", str(ROOT / "build"))
    name = "tests/unit/parts_tool"
    subprocess.run(["make", "-s", "-C", build, name], check=True, stdout=subprocess.DEVNULL)
    (tmp_path / "target").write_bytes(lzma.decompress(recording.read_bytes()))
    done = subprocess.run([os.path.join(build, name), str(tmp_path / "target"), "block"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    shown, said = json.loads(done.stdout), facts_of(recording)["said"]["values"]
    checked = 0
    for name in OPENED:
        whole = said.get("v_" + name)
        if whole is None or "..." in whole:
            continue
        found = shown["v_" + name]
        assert not found["cut"] and found["can_open"] == bool(found["parts"]), name
        if found["parts"]:
            checked += 1
            assert whole in put_together(found), (name, found)
        if found["length"] >= 0:
            assert found["length"] == len(found["parts"]), name
    assert checked >= 15
    assert not any(shown["v_" + name]["parts"] for name in ("int", "str", "float", "none"))
    assert [label for label, _ in shown["v_bound"]["parts"]][:2] == [".__self__", ".__func__"]
    if "v_dataclass" in said:  # its repr() leaves a field out
        assert shown["v_dataclass"]["parts"] == [[".a", "1"], [".b", "'x'"], [".hidden", "3"]]
    assert ["[1]", "[1, [...]]"] in shown["v_list_cycle"]["parts"]


def test_damaged_recording(unprivileged):
    raw = lzma.decompress(SHAPES[0].read_bytes())
    for damaged in (b"", raw[:-1], raw[:100], raw[:5000] + b"x" + raw[5001:], b"#!/bin/sh\n"):
        done = unprivileged(damaged)
        assert done.returncode == 1
        assert done.out == ""
        assert done.err.count("\n") == 1 and "recorded target" in done.err


def test_there_and_back(interpreter, victim, tmp_path):
    """What is saved replays as what was seen."""
    v = victim(interpreter, "shapes.py", settled=True)
    path = tmp_path / "target"
    args = ("--locals", "--locals")
    live = dump_json(v.pid, "--save-target", path, *args)
    again = json.loads(run("--dump", "--json", "--target", path, *args, check=0).out)
    assert again == live
    same_frames(main_thread(again)["frames"], v.facts["stack"], interpreter.version)


def test_several_threads_there_and_back(any_interpreter, victim, tmp_path):
    v = victim(any_interpreter, "threads.py", "lock", "spin", "sleep", settled=True)
    path = tmp_path / "target"
    live = dump_json(v.pid, "--save-target", path)
    again = json.loads(run("--dump", "--json", "--target", path, check=0).out)
    assert again == live
    assert len(again) == 4
