"""Programs with many threads, most of which sleep."""
import json
import re
import subprocess

import pytest

from conftest import ROOT, run

THREADS = 150


@pytest.fixture
def crowd(any_interpreter):
    p = subprocess.Popen([*any_interpreter.argv, str(ROOT / "tests" / "victims" / "many.py"), str(THREADS)],
                         stdout=subprocess.PIPE)
    assert p.stdout.readline() == b"ready\n"
    yield p.pid
    p.kill()
    p.communicate()


def record(pid, tmp_path, *more):
    run("record", "-r", "200", "-d", "4", "-o", tmp_path / "out.txt", "--stats", tmp_path / "stats", "--pid", pid, *more,
        check=0)
    seen = {}
    for line in (tmp_path / "out.txt").read_text().splitlines():
        stack, count = line.rsplit(" ", 1)
        for name in set(re.findall(r"(\w+) \(many\.py", stack)):
            seen[name] = seen.get(name, 0) + int(count)
    return json.loads((tmp_path / "stats").read_text()), seen


@pytest.mark.parametrize("mode", ["coscheduled", "paused", "free"])
def test_who_runs_is_seen(crowd, tmp_path, mode):
    stats, seen = record(crowd, tmp_path, "--sampling", mode)
    # Each has a quarter of the time, and an idle quarter is left.
    total = stats["looks"] / 4
    for name in ("woken", "born"):
        assert 0.5 * total < seen.get(name, 0) < 1.5 * total, (seen, stats)
    assert seen.get("main", 0) > 0.5 * total, (seen, stats)


def test_who_waits_is_seen(crowd, tmp_path):
    stats, seen = record(crowd, tmp_path, "-i")
    # Those that sleep from the start are read by turns.
    assert seen["wait"] > 0.8 * THREADS * stats["looks"], (seen, stats)
    assert seen["woken"] < 0.5 * stats["looks"], (seen, stats)


def test_a_look_asks_for_few(crowd, tmp_path):
    stats, _ = record(crowd, tmp_path)
    asked = stats["calls"]["proc"] / stats["looks"]
    assert asked < THREADS / 2, stats
