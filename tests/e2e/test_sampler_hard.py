"""Programs that change their stacks in every way there is: no stack that cannot have been, in either mode that proves."""
import pytest

from conftest import INTERPRETERS

MODES = ("coscheduled", "paused")


def one_of_each():
    """One interpreter of each version, and the free-threaded ones; debug builds differ in nothing of this."""
    found = {}
    for i in INTERPRETERS:
        if not i.facts["debug"]:
            found.setdefault((i.version, i.free_threaded), i)
    return [found[key] for key in sorted(found)]


@pytest.fixture(params=one_of_each(), ids=repr)
def each(request):
    return request.param


def look_in_both_modes(legal, v, **how):
    found = {mode: legal(v, seconds=0.5, mode=mode, **how) for mode in MODES}
    for mode in MODES:
        assert found[mode]["stacks"] > 0 and found[mode]["unproved"] == 0, (mode, found)
    return found


@pytest.mark.parametrize("kind", ("born", "frames", "chunks", "collector", "unwind", "generators", "signals"))
def test_hard(each, victim, legal, kind):
    look_in_both_modes(legal, victim(each, "hard.py", kind))


def test_threads_are_met_when_they_are_born(each, victim, legal):
    """One without a count of its own yet does not mean that there are no counts; it is seen before it is listed."""
    found = legal(victim(each, "hard.py", "born"), seconds=1)
    assert "note:" not in found["notes"] and found["rejected"] < found["ticks"], found


def test_very_deep(each, victim, legal):
    """10,000 frames, whole in nearly all samples (the thread's way down is seen too)."""
    found = look_in_both_modes(legal, victim(each, "hard.py", "deep"), rate=100)
    assert all(f["depth"] > 5000 for f in found.values()), found


@pytest.mark.parametrize("kind", ("bare", "asyncio"))
def test_coroutines(each, victim, legal, kind):
    if each.version < (3, 6):
        pytest.skip("no asynchronous generators before 3.6")
    look_in_both_modes(legal, victim(each, "hard_async.py", kind))


@pytest.mark.parametrize("kind", ("frames", "chunks", "generators", "unwind"))
def test_several_threads_at_once(each, victim, legal, kind):
    """They take turns; in free-threaded builds they really run at once."""
    look_in_both_modes(legal, victim(each, "hard.py", kind, 3))


def test_interpreters_come_and_go(each, victim, legal):
    if each.version < (3, 8):
        pytest.skip("this Python has no module for sub-interpreters")
    look_in_both_modes(legal, victim(each, "hard_interpreters.py"))


@pytest.mark.parametrize("threads", (1, 3))
def test_forks_all_the_time(each, victim, legal, threads):
    look_in_both_modes(legal, victim(each, "forks.py", threads))
