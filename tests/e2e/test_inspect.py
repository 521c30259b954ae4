"""A thread's stack with values, asked of the sampler as the stack inspector does it."""
import json
import os
import subprocess
import time

import pytest

from conftest import ROOT, cpu_seconds

QUARANTINE = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"  # what is freed is to be gone


class Inspector:
    """A sampler that answers."""

    def __init__(self, tool, pid, rate, mode):
        self.pid = pid
        self.process = subprocess.Popen([tool, str(pid), str(rate), mode], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                                        env=dict(os.environ, LC_ALL="C.UTF-8", ASAN_OPTIONS=QUARANTINE))

    def command(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def look(self, *opened, tid=None, frame=-1, func="-", values=True):
        self.command("look", tid or self.pid, frame, func, int(values), *opened)
        return self.answer()

    def block(self, *opened, **how):
        """Values of the victim's function, wherever in the stack it is."""
        frames = self.look(values=False, **how)["frames"]
        index = [f["name"] for f in reversed(frames)].index("block")
        found = self.look(*opened, frame=index, func="block", **how)
        assert found["err"] == "OK" and found["frames"][found["frame"]]["name"] == "block"
        return found

    def stats(self):
        self.command("stats")
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=30)
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, said


@pytest.fixture(scope="session")
def tool():
    build = os.environ.get("PST_BUILD", str(ROOT / "build"))
    name = "tests/unit/inspect_tool"
    subprocess.run(["make", "-s", "-C", build, name], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(build, name)


@pytest.fixture
def inspector(tool):
    """A function that starts samplers; each must end well."""
    running = []

    def start(v, rate=100, mode="coscheduled"):
        running.append(Inspector(tool, v.pid, rate, mode))
        return running[-1]

    yield start
    for i in running:
        status, said = i.stop()
        assert status == 0, said


def tree(found):
    """{path: row} and {path: [paths of the parts]}"""
    rows, parts, trail = {}, {}, []
    for row in found["rows"]:
        del trail[row["depth"]:]
        path = "|".join(trail + [row["label"]])
        assert path not in rows
        rows[path] = row
        if trail:
            parts.setdefault("|".join(trail), []).append(path)
        trail.append(row["label"])
    return rows, parts


def said(row):
    return [row["text"], row["type"], row["length"]]


def same(expected, row):
    """As the victim's repr(), as far as it is shown."""
    text, kind, length = expected
    if " at 0x" in text:  # repr() of 2.7 shows less than we do
        assert said(row)[1:] == [kind, length]
    elif len(text) <= 250:
        assert said(row) == [text, kind, length]
    else:
        assert said(row)[1:] == [kind, length] and row["text"][:50] == text[:50]


def kind_of_long(interpreter, rows):
    assert rows["long_text"]["length"] == 10000000
    assert len(rows["long_text"]["text"].encode()) <= 4096


@pytest.mark.parametrize("kind", ("sleep", "spin"))
def test_values_and_parts(interpreter, victim, inspector, kind):
    v = victim(interpreter, "inspect_me.py", kind)
    i = inspector(v)
    expected = v.facts["parts"]
    found = i.block(*expected)
    rows, parts = tree(found)
    assert found["proved"] and found["why"] == ""
    assert found["pause_ns"] < 250e6  # how long threads take to stop is the machine's
    for name, facts in v.facts["vars"].items():
        same(facts, rows[name])
        assert rows[name]["can_open"] == (name in expected), name
    for path, inside in expected.items():
        assert rows[path]["can_open"] and rows[path]["is_open"] and not rows[path]["cut"], path
        assert [rows[p]["label"] for p in parts[path]] == [label for label, *_ in inside], path
        for p, (_, *facts) in zip(parts[path], inside):
            same(facts, rows[p])
            assert rows[p]["can_open"] == (p in expected or "|" in p and p.count("|") > 6), p
    kind_of_long(interpreter, rows)
    assert rows["config"]["kind"] == "arg" and rows["local"]["kind"] == "local"
    assert v.alive()


def test_nothing_is_opened_unasked(interpreter, victim, inspector):
    v = victim(interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    found = i.block("shops|[0]", "no such", "config|['gone']", "")
    assert all(row["depth"] == 0 and not row["is_open"] for row in found["rows"])
    rows, parts = tree(i.block("shops", "shops|[1]"))
    assert sorted(parts["shops|[1]"]) == ["shops|[1]|.name", "shops|[1]|.rows"]
    assert "shops|[0]" not in parts


def test_changes_are_seen(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    seen = set()
    for _ in range(5):
        rows, _ = tree(i.block("moving"))
        seen.add(rows["rounds"]["text"])
        if "moving|['n']" in rows:
            assert rows["moving|['n']"]["text"] in (rows["rounds"]["text"], str(int(rows["rounds"]["text"]) - 1))
        time.sleep(0.1)
    assert len(seen) == 5


def test_of_one_moment(interpreter, victim, inspector):
    """
    What changes together is seen together, also where others run meanwhile; but for the moments in which the
    interpreter itself is about to change it (a dict whose new table is not filled yet).
    """
    v = victim(interpreter, "inspect_me.py", "spin", 2)
    i = inspector(v, rate=200)
    proved = torn = 0
    for _ in range(40):
        found = i.look("moving")
        assert found["err"] == "OK", found
        if found["frame"] < 0 or found["frames"][found["frame"]]["name"] != "block":
            continue
        rows, _ = tree(found)
        proved += found["proved"]
        number = int(rows["rounds"]["text"])
        if found["proved"] and "moving|['n']" in rows:
            assert number - int(rows["moving|['n']"]["text"]) in (0, 1)
        items = {int(p[len("moving|["):-1]): row["text"] for p, row in rows.items()
                 if p.startswith("moving|[") and p.count("|") == 1 and "'" not in p}
        if found["proved"]:
            since = number - number % 50 if number % 50 else number - 50
            torn += not all(text == "[%d]" % (since + (key or 50)) and since + (key or 50) <= number
                            for key, text in items.items())
    assert proved >= 30 and torn <= 2
    assert i.stats()["rejected"] <= 5


def test_frames_without_values(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    found = i.look(values=False)
    assert found["rows"] == [] and found["frame"] == -1
    assert [f["name"] for f in found["frames"]][-2:] == ["block", "<module>"]
    assert found["frames"][-1]["file"] == "inspect_me.py" and found["frames"][-1]["full_file"].startswith("/")
    found = i.look(frame=1, func="other")
    assert found["err"] == "OK" and found["frame"] == -1 and found["rows"] == []
    found = i.look(frame=0, func="<module>")
    assert found["frame"] == len(found["frames"]) - 1
    assert any(row["label"] == "OTHERS" for row in found["rows"])
    found = i.look(frame=99)
    assert found["frame"] == -1


def test_hostile_values(interpreter, victim, inspector):
    v = victim(interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    circle = ["circle" + "|[1]|['again']" * n for n in range(40)]
    circle += [path + "|[1]" for path in circle]
    deep = ["deep" + "|[0]" * n for n in range(100)]
    found = i.block("many", *circle, *deep)
    rows, parts = tree(found)
    assert rows["circle"]["text"] == "[1, {'again': [...]}]"
    assert len(parts["many"]) == 300 and rows["many"]["cut"] and rows["many"]["length"] == 1000
    assert max(row["depth"] for row in found["rows"]) == 64
    assert rows["deep" + "|[0]" * 64]["depth"] == 64 and not rows["deep" + "|[0]" * 64]["is_open"]
    assert found["pause_ns"] < 250e6  # how long threads take to stop is the machine's


def test_thread_that_ends(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    found = i.look(tid=1)
    assert found["err"] == "NOTFOUND" and "1" in found["why"] and found["frames"] == []
    assert i.look()["err"] == "OK"


def test_threads_come_and_go(interpreter, victim, inspector):
    v = victim(interpreter, "inspect_me.py", "churn")
    i = inspector(v)
    seen = set()
    for n in range(60):
        tids = sorted(map(int, os.listdir("/proc/%d/task" % v.pid)))
        found = i.look(tid=tids[n % len(tids)])
        assert found["err"] in ("OK", "NOTFOUND"), found
        seen.add(found["err"])
    assert "OK" in seen
    assert i.block()["proved"]


def test_values_that_change_while_they_are_read(interpreter, victim, inspector):
    """Nothing is held, nothing proved: whatever is read must do no harm."""
    v = victim(interpreter, "inspect_me.py", "spin")
    i = inspector(v, mode="free")
    answers = [i.look("moving", "moving|[1]", "many", "shops") for _ in range(40)]
    assert all(a["err"] in ("OK", "CHANGED") and not a["proved"] and a["pause_ns"] == 0 for a in answers)
    assert sum(a["err"] == "OK" for a in answers) >= 20
    assert v.alive()


def test_target_that_is_killed(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "spin")
    i = inspector(v)
    assert i.look()["err"] == "OK"
    i.command("flood", 50000, v.pid)
    time.sleep(0.1)
    v.process.kill()
    assert i.answer()["err"] in ("GONE", "OK")
    v.stop()
    found = i.look()
    assert found["err"] == "GONE" and str(v.pid) in found["why"]
    assert i.look()["err"] == "GONE"


def test_thousand_requests(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    i.command("burst", 300, v.pid)
    assert i.answer()["err"] == "OK"
    before = memory(i.process.pid)
    i.command("burst", 1000, v.pid)
    assert i.answer()["err"] == "OK"
    i.command("flood", 1000, v.pid)
    assert i.answer()["err"] == "OK"
    stats = i.stats()
    assert stats["rejected"] == 0 and stats["ticks"] > 20
    assert memory(i.process.pid) < before + (4 << 20)


def memory(pid):
    with open("/proc/%d/statm" % pid) as f:
        return int(f.read().split()[1]) * 4096


def test_while_it_is_sampled_quickly(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "spin")
    i = inspector(v, rate=2000)
    for _ in range(20):
        assert i.look("config")["err"] == "OK"
        time.sleep(0.05)
    stats = i.stats()
    assert stats["rejected"] <= 0.05 * stats["ticks"], stats
    used = cpu_seconds(v.pid)
    time.sleep(0.2)
    assert cpu_seconds(v.pid) > used


def test_while_sampling_is_paused(any_interpreter, victim, inspector):
    v = victim(any_interpreter, "inspect_me.py", "sleep")
    i = inspector(v)
    i.command("pause")
    assert i.look()["err"] == "OK"
    ticks = i.stats()["ticks"]
    assert i.look("config")["err"] == "OK"
    assert i.stats()["ticks"] == ticks
    i.command("go")
    assert i.look()["err"] == "OK"


@pytest.mark.parametrize("mode", ("paused", "free"))
def test_other_modes(interpreter, victim, inspector, mode):
    v = victim(interpreter, "inspect_me.py", "sleep")
    i = inspector(v, mode=mode)
    found = i.look("config")
    assert found["err"] == "OK"
    assert found["proved"] == (mode == "paused")
    assert mode == "paused" or found["pause_ns"] == 0


def test_traced_by_another_one(any_interpreter, victim, inspector):
    """It cannot be held: it is read as it is, and that is said."""
    v = victim(any_interpreter, "inspect_me.py", "spin")
    tracer = subprocess.Popen(["strace", "-f", "-q", "-e", "trace=none", "-o", "/dev/null", "-p", str(v.pid)],
                              stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while "TracerPid:\t0\n" in open("/proc/%d/status" % v.pid).read():
            assert time.monotonic() < deadline and tracer.poll() is None
            time.sleep(0.02)
        found = inspector(v).look("config")
        assert found["err"] in ("OK", "CHANGED")
        assert not found["proved"] and found["why"] and found["pause_ns"] == 0
    finally:
        tracer.terminate()
        tracer.wait()
