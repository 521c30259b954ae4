"""Files that the screen writes while it goes on: s and S."""
import json
import os
import re
import xml.etree.ElementTree

from conftest import run
from test_record import folded, function
from test_screen import leave, watch
from test_top import spinning, terminal  # noqa: F401 (fixtures)

CLEAR = "\x15"  # Ctrl-U: the name that is proposed


def write_as(t, format, path, *answers):
    """By the menu; then the answers to what is asked."""
    t.key("S")
    t.wait_for(r"Write what is shown as")
    number, = t.wait_for(r"^\W*(\d+) %s\b" % format).groups()
    for _ in range(int(number) - 1):
        t.key("j")
    t.key("\r")
    t.wait_for(r"Write %s to" % format)
    t.key(CLEAR + str(path) + "\r")
    for seen, answer in answers:
        t.wait_for(seen)
        t.key(answer)


def written(t, path):
    t.wait_for(r"Written to")
    return path.read_text()


def test_s_writes_a_flamegraph(spinning, terminal, tmp_path):  # noqa: F811
    t = watch(terminal, spinning, columns=120)
    t.key("s")
    t.wait_for(r"Write svg to")
    t.wait_for(r"pyspy-%d-functions-[\d-]+\.svg" % spinning.pid)
    out = tmp_path / "a.svg"
    t.key(CLEAR + str(out) + "\r")
    root = xml.etree.ElementTree.fromstring(written(t, out))
    texts = [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("spin.py" in x and x.startswith("outer (") for x in texts), texts
    assert os.listdir(str(tmp_path)) == ["a.svg"]
    t.wait_for(r"outer.*spin\.py")
    leave(t)


def test_the_default_name_is_here(spinning, terminal, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(str(tmp_path))
    t = watch(terminal, spinning)
    t.key("s")
    t.wait_for(r"Write svg to")
    t.key("\r")
    t.wait_for(r"Written to")
    name, = os.listdir(str(tmp_path))
    assert re.fullmatch(r"pyspy-%d-functions-\d{8}-\d{6}\.svg" % spinning.pid, name)
    leave(t)


def test_menu_writes_each_format(spinning, terminal, tmp_path):  # noqa: F811
    t = watch(terminal, spinning, columns=110, rows=40)
    raw, scope, told, note = (tmp_path / n for n in ("a.txt", "a.speedscope.json", "a.json", "a.md"))
    write_as(t, "raw", raw)
    stacks = folded(written(t, raw))
    assert any("outer" in map(function, s) for s in stacks), stacks
    t.key("1")  # a message goes with the next key
    t.wait_gone(r"Written to")
    write_as(t, "speedscope", scope)
    profiles = json.loads(written(t, scope))["profiles"]
    assert any(p["name"].startswith("Thread %d" % spinning.pid) for p in profiles)
    t.key("1")
    t.wait_gone(r"Written to")
    write_as(t, "json", told)
    assert json.loads(written(t, told))["pid"] == spinning.pid
    t.key("1")
    t.wait_gone(r"Written to")
    write_as(t, "markdown", note)
    text = written(t, note)
    assert "## The screen" in text and "%Own" in text.split("## The screen")[1]
    leave(t)


def test_what_is_there_is_not_replaced_unasked(spinning, terminal, tmp_path):  # noqa: F811
    out = tmp_path / "a.svg"
    out.write_text("old")
    t = watch(terminal, spinning, columns=120)
    t.key("s")
    t.wait_for(r"Write svg to")
    t.key(CLEAR + str(out) + "\r")
    t.wait_for(r"exists already. Replace it\?")
    t.key("n")
    t.wait_gone(r"Replace it")
    t.read(0.5)
    assert out.read_text() == "old"
    t.key("s")
    t.wait_for(r"Write svg to")
    t.key(CLEAR + str(out) + "\r")
    t.wait_for(r"Replace it\?")
    t.key("y")
    assert "</svg>" in written(t, out)
    assert os.listdir(str(tmp_path)) == ["a.svg"]
    leave(t)


def test_what_cannot_be_written_is_said(spinning, terminal, tmp_path):  # noqa: F811
    t = watch(terminal, spinning, columns=120)
    t.key("s")
    t.wait_for(r"Write svg to")
    t.key(CLEAR + str(tmp_path / "none" / "a.svg") + "\r")
    t.wait_for(r"cannot be written: No such file")
    t.key("s")
    t.wait_for(r"Write svg to")
    t.key(CLEAR + "/dev/full\r")
    t.wait_for(r"Replace it\?")
    t.key("y")
    t.wait_for(r"No space left on device")
    t.wait_for(r"outer.*spin\.py")
    leave(t)


def test_filter_and_unit_count(spinning, terminal, tmp_path):  # noqa: F811
    """What the screen filters is what the file holds; lines and functions as they are shown."""
    t = watch(terminal, spinning, columns=120)
    t.key("\\leaf\r")
    t.wait_for(r"filter /leaf/")
    filtered = tmp_path / "f.txt"
    write_as(t, "raw", filtered)
    stacks = folded(written(t, filtered))
    assert stacks and all("leaf" in map(function, s) for s in stacks)
    functions = {label for s in stacks for label in s}
    assert len({function(x) for x in functions}) == len(functions), "by function: one line each"
    leave(t)


def test_after_the_target_ended(spinning, terminal, tmp_path):  # noqa: F811
    t = watch(terminal, spinning, columns=120)
    spinning.process.kill()
    t.wait_for(r"ended|exited|gone")
    out = tmp_path / "a.txt"
    write_as(t, "raw", out)
    assert folded(written(t, out))
    leave(t)


def test_record_and_screen_say_the_same(spinning, terminal, tmp_path):  # noqa: F811
    t = watch(terminal, spinning, columns=120)
    t.read(2)
    out, recorded = tmp_path / "a.txt", tmp_path / "b.txt"
    write_as(t, "raw", out)
    screen = folded(written(t, out))
    leave(t)
    run("record", "-F", "--pid", spinning.pid, "-r", 200, "-d", 1.5, "-o", recorded, check=0)
    names = [{tuple(map(function, s)) for s in stacks} for stacks in (screen, folded(recorded.read_text()))]
    assert names[0] & names[1]
