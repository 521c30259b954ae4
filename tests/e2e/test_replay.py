"""Recordings: written while a process is sampled, read afterwards, whatever became of the writer."""
import json
import os
import re
import signal
import struct
import subprocess
import time
import zlib

import pytest

from conftest import binary, run, wait_for
from test_record import Recording, folded, function
from test_top import terminal  # noqa: F401 (fixture)


def replay(*args, check=0, **kwargs):
    return run("replay", *args, check=check, **kwargs)


def raw(path, *args):
    return folded(replay(path, "-o", "-", "-f", "raw", *args).out)


def blocks(data):
    """Offset, kind, ticks of each block, checked as docs/FORMAT.md says."""
    assert data[:8] == b"\x89PYSPY\r\n"
    version, length = struct.unpack_from("<II", data, 8)
    assert (version, length) == (1, 64) and struct.unpack_from("<I", data, 60)[0] == zlib.crc32(data[:60])
    at, found = 64, []
    while data[at:at + 4] == b"PSB1":
        head = data[at:at + 48]
        assert struct.unpack_from("<I", head, 44)[0] == zlib.crc32(head[:44])
        kind, packed = struct.unpack_from("<II", head, 4)
        ticks, crc = struct.unpack_from("<I4xI", head, 32)
        if at + 48 + packed > len(data):
            break
        assert zlib.crc32(data[at + 48:at + 48 + packed]) == crc
        found.append((at, kind, ticks))
        at += 48 + packed
    return found, data[at:]


@pytest.fixture
def spinning(any_interpreter, victim):
    return victim(any_interpreter, "spin.py")


@pytest.fixture
def recorded(spinning, tmp_path):
    """A recording of two seconds, and the stacks that the same run wrote."""
    out = tmp_path / "run.pyspy"
    run("record", "--pid", spinning.pid, "-r", 200, "-d", 2, "-i", "-o", out, "-o", tmp_path / "run.txt", check=0)
    return out


def test_says_the_same(recorded, tmp_path):
    """Every format that is made of the recording says what record itself would have written."""
    want = folded((tmp_path / "run.txt").read_text())
    assert sum(want.values()) > 200
    assert raw(recorded, "-i") == want
    out = tmp_path / "replayed.txt"
    assert replay("-i", recorded, "-o", out).err == ""
    assert out.read_bytes() == (tmp_path / "run.txt").read_bytes()


def test_formats_of_it(recorded, tmp_path):
    svg, speedscope = tmp_path / "a.svg", tmp_path / "a.speedscope.json"
    replay(recorded, "-F", "-o", svg, "-o", speedscope)
    assert "spin.py" in svg.read_text() and "outer" in svg.read_text()
    profile = json.loads(speedscope.read_text())
    assert {"outer", "middle"} <= {f["name"] for f in profile["shared"]["frames"]}


def test_file(recorded):
    found, rest = blocks(recorded.read_bytes())
    kinds = [kind for _, kind, _ in found]
    assert kinds[-1] == 2 and set(kinds[:-1]) == {1} and len(kinds) >= 3
    assert 200 < sum(ticks for _, _, ticks in found) <= 500
    assert max(ticks for _, _, ticks in found) <= 250  # a second at most
    at, crc, magic = struct.unpack("<QI4s", rest)
    assert at == found[-1][0] and magic == b"PSE1" and crc == zlib.crc32(rest[:8])


def test_small(any_interpreter, tmp_path):
    """A stack that stays the same takes three bytes a sample at most."""
    out = tmp_path / "run.pyspy"
    steady = subprocess.Popen([*any_interpreter.argv, "-c", "while True: pass"])
    try:
        time.sleep(1)
        run("record", "--pid", steady.pid, "-r", 1000, "-d", 4, "-o", out, check=0)
    finally:
        steady.kill()
        steady.wait()
    ticks = sum(n for _, _, n in blocks(out.read_bytes())[0])
    assert ticks > 1000
    assert out.stat().st_size / ticks <= 3


def test_keep(spinning, tmp_path):
    out = tmp_path / "profile.txt"
    run("record", "--pid", spinning.pid, "-d", 0.5, "--keep", "-o", out, check=0)
    assert raw(tmp_path / "profile.pyspy") == folded(out.read_text())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["profile.pyspy", "profile.txt"]
    assert "--keep puts" in run("record", "--pid", spinning.pid, "-d", 0.2, "--keep", "-o", "-", check=2).err


def test_time_is_cut(recorded):
    everything = sum(raw(recorded).values())
    middle = sum(raw(recorded, "--from", 0.5, "--to", 1.5).values())
    begin, end = sum(raw(recorded, "--to", 0.99999).values()), sum(raw(recorded, "--from", 1).values())
    assert 100 < middle <= 201 and middle < everything
    assert abs(begin + end - everything) <= 1 and begin > 100 and end > 50
    assert raw(recorded, "--from", 100) == {}
    assert "not one sample" in replay(recorded, "--from", 100, "-o", "-", "-f", "raw").err


def test_cut_into_a_recording(recorded, tmp_path):
    part = tmp_path / "part.pyspy"
    replay(recorded, "--from", 0.5, "--to", 1.5, "-o", part)
    assert raw(part) == raw(recorded, "--from", 0.5, "--to", 1.5)
    assert part.stat().st_size < recorded.stat().st_size + 2000


def test_killed(spinning, tmp_path):
    """What was written before is there, up to the last second."""
    out = tmp_path / "run.pyspy"
    r = Recording("--pid", spinning.pid, "-r", 200, "-o", out)
    r.looks(700)
    r.process.kill()
    r.process.communicate()
    found, rest = blocks(out.read_bytes())
    ticks = sum(n for _, _, n in found)
    assert all(kind == 1 for _, kind, _ in found) and ticks >= 350
    done = replay(out, "-o", tmp_path / "out.txt")
    assert "has no end" in done.err
    assert sum(folded((tmp_path / "out.txt").read_text()).values()) >= ticks * 0.9
    assert "middle" in (tmp_path / "out.txt").read_text()


def test_of_two(any_interpreter, victim, tmp_path):
    """Processes are side by side, functions of the same file are one."""
    files = []
    for name in ("one", "two"):
        v = victim(any_interpreter, "spin.py")
        files.append(tmp_path / (name + ".pyspy"))
        run("record", "--pid", v.pid, "-r", 200, "-d", 1, "-o", files[-1], check=0)
    one, two, both = raw(files[0]), raw(files[1]), raw(files[0], files[1])
    assert sum(both.values()) == sum(one.values()) + sum(two.values())
    assert {stack[1:] for stack in both} == set(one) | set(two)  # the first is the process
    assert len({stack[0] for stack in both}) == 2
    apart = raw(files[0], files[1], "-t")
    assert len({stack[0] for stack in apart}) == 2


def test_difference(any_interpreter, victim, tmp_path):
    files = {}
    for name, script in (("spin", "spin.py"), ("shares", "shares.py")):
        v = victim(any_interpreter, script)
        files[name] = tmp_path / (name + ".pyspy")
        run("record", "--pid", v.pid, "-r", 200, "-d", 1, "-o", files[name], check=0)
    out = tmp_path / "diff.svg"
    replay("--diff", files["spin"], files["shares"], "-o", out)
    text = out.read_text()
    assert "was 0.00 %" in text and re.search(r"was (9\d|100)\.\d+ %", text)
    # With itself nothing is different.
    replay("--diff", files["spin"], files["spin"], "-F", "-o", out)
    for now, was in re.findall(r"\(([\d.]+) %\)[^<]*?was ([\d.]+) %", out.read_text()):
        assert abs(float(now) - float(was)) < 0.011


def test_through_a_pipe(spinning, tmp_path):
    out = tmp_path / "out.txt"
    record = subprocess.Popen([binary(), "record", "--pid", str(spinning.pid), "-r", "200", "-d", "1", "-o", "-", "-f",
                               "pyspy"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    done = subprocess.run([binary(), "replay", "-", "-o", str(out)], stdin=record.stdout, stderr=subprocess.PIPE)
    record.stdout.close()
    assert record.wait() == 0 and done.returncode == 0 and done.stderr == b""
    assert sum(folded(out.read_text()).values()) > 100


def test_reader_of_the_pipe_goes(spinning):
    record = subprocess.Popen([binary(), "record", "--pid", str(spinning.pid), "-r", "200", "-o", "-", "-f", "pyspy"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert record.stdout.read(8) == b"\x89PYSPY\r\n"
    record.stdout.close()
    assert record.wait(timeout=20) == 1
    assert b"cannot be written" in record.stderr.read()
    record.stderr.close()
    assert spinning.alive()


# ---- what there is so far ----


@pytest.mark.parametrize("how", ["signal", "interval"])
def test_written_on_the_way(spinning, tmp_path, how):
    out, tape = tmp_path / "out.txt", tmp_path / "out.pyspy"
    r = Recording("--pid", spinning.pid, "-r", 200, "-o", out, "-o", tape,
                  *(["--write-interval", "0.5"] if how == "interval" else []))
    r.looks(100)
    if how == "signal":
        assert not out.exists()
        r.process.send_signal(signal.SIGUSR1)
    wait_for(out.exists)
    first = folded(out.read_text())
    assert sum(first.values()) > 10
    assert sum(raw(tape).values()) >= sum(first.values())
    r.looks(200)
    assert r.process.poll() is None
    if how == "interval":
        wait_for(lambda: sum(folded(out.read_text()).values()) > sum(first.values()))
    assert r.end(signal.SIGINT) == 0
    assert sum(folded(out.read_text()).values()) > sum(first.values())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.pyspy", "out.txt"]


# ---- the screen ----


def test_screen(recorded, terminal):  # noqa: F811
    t = terminal("replay", recorded, columns=120)
    t.wait_for(r"recording run\.pyspy of 20\d\d-")
    t.wait_for(r"outer +spin\.py")
    assert not re.search(r"window +0\.0", t.text())
    t.key("2")
    t.wait_for(r"MainThread")
    t.key("3")
    t.wait_for(r"Values are not in a recording")
    t.wait_for(r"<module> .*spin\.py:\d+")
    t.key("4")
    t.wait_for(r"all 100\.0%")
    t.key("5")
    t.wait_for(r"spin\.py|outer")
    for key in "p+-izPe ":  # what a recording cannot do does no harm
        t.key(key)
        t.read(0.05)
    t.key("\x1b")
    t.read(0.2)
    t.key("q")
    assert t.end() == (0, None)
    t.restored()


def test_saved_from_the_screen(recorded, tmp_path, terminal):  # noqa: F811
    """What the screen writes tells when it was recorded, not when it was looked at."""
    t = terminal("replay", recorded, columns=120)
    t.wait_for(r"outer +spin\.py")
    started = struct.unpack_from("<q", recorded.read_bytes(), 24)[0] / 1000
    time.sleep(3)
    t.key("s")
    t.wait_for(r"\.svg")
    t.key("\x15%s\r" % (tmp_path / "saved.svg"))
    wait_for((tmp_path / "saved.svg").exists)
    text = (tmp_path / "saved.svg").read_text()
    assert "outer" in text
    near = [time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(started + s)) for s in (0, 1)]
    assert any(when in text for when in near)
    t.key("q")
    assert t.end() == (0, None)


def test_screen_of_a_difference(recorded, tmp_path, terminal):  # noqa: F811
    part = tmp_path / "part.pyspy"
    replay(recorded, "--to", 0.5, "-o", part)
    t = terminal("replay", "--diff", part, recorded, columns=120)
    t.wait_for(r"compared with part\.pyspy")
    t.wait_for(r"^ *[-+]?\d+\.\d .*outer +spin\.py")
    assert re.search(r"^ *0\.0 +.*module", t.text(), re.M) or re.search(r"[+-]\d+\.\d", t.text())
    t.key("q")
    assert t.end() == (0, None)


def test_screen_of_two(any_interpreter, victim, tmp_path, terminal):  # noqa: F811
    files, pids = [], []
    for name in ("one", "two"):
        v = victim(any_interpreter, "spin.py")
        pids.append(v.pid)
        files.append(tmp_path / (name + ".pyspy"))
        run("record", "--pid", v.pid, "-r", 200, "-d", 1, "-o", files[-1], check=0)
    t = terminal("replay", *files, columns=120)
    t.wait_for(r"2 recordings")
    t.wait_for(r"2 processes")
    t.key("2")
    for pid in pids:
        t.wait_for(r"MainThread +%d" % pid)
    t.key("q")
    assert t.end() == (0, None)


def test_live_screen_of_a_pipe(spinning, terminal):  # noqa: F811
    """As through ssh: the recording on the standard input, keys from the terminal."""
    command = "%s record --pid %d -r 200 -d 600 -o - -f pyspy 2>/dev/null | %s replay -" % (
        binary(), spinning.pid, binary())
    t = terminal(command=["/bin/sh", "-c", command], columns=120)
    t.wait_for(r"outer +spin\.py")
    seen = int(re.search(r"samples +(\d+)", t.text()).group(1))
    t.wait_for(r"threads 1/1")
    end = time.monotonic() + 20
    while int(re.search(r"samples +(\d+)", t.text()).group(1)) <= seen:
        assert time.monotonic() < end
        t.read(0.2)
    t.key("2")
    t.wait_for(r"MainThread +%d" % spinning.pid)
    t.key("q")
    t.end()
    t.restored()


# ---- bad input ----


def test_without_looks(any_interpreter, victim, tmp_path):
    """Nothing ran: a valid recording without a stack."""
    v = victim(any_interpreter, "threads.py", "lock", settled=True)
    out = tmp_path / "run.pyspy"
    run("record", "--pid", v.pid, "-d", 0.5, "-o", out, check=0)
    found, _ = blocks(out.read_bytes())
    assert found[-1][1] == 2
    assert raw(out) == {}
    done = replay(out, "-o", tmp_path / "out.svg")
    assert "not one sample" in done.err and "<svg" in (tmp_path / "out.svg").read_text()


@pytest.mark.parametrize("content, said", [
    (b"", "is empty"),
    (b"\x89PYSPY\r\n", "only the beginning of one"),
    (b"main (a.py:1) 17\n" * 10, "is no recording"),
    (b"\x89PYSPY\r\n\x02\0\0\0" + b"\0" * 52, "another version"),
    (b"\x89PYSPY\r\n\x01\0\0\0" + b"\0" * 52, "is damaged"),
])
def test_not_a_recording(tmp_path, content, said):
    path = tmp_path / "bad.pyspy"
    path.write_bytes(content)
    done = replay(path, "-o", tmp_path / "out.svg", check=1)
    assert said in done.err and "bad.pyspy" in done.err and not (tmp_path / "out.svg").exists()


def test_no_file(tmp_path):
    assert "cannot be opened" in replay(tmp_path / "none", "-o", "-", check=1).err
    assert "cannot be read" in replay(tmp_path, "-o", "-", check=1).err


@pytest.mark.parametrize("args, said", [
    (["-o", "-"], "Which recording"),
    (["x", "--from", "2", "--to", "1"], "--from has to be before"),
    (["-", "-"], "Only one recording"),
    (["x", "--pid", "1"], "--pid does not go with replay"),
    (["x", "-o", "y", "-f", "nonsense"], "no format"),
])
def test_usage(args, said):
    assert said in replay(*args, check=2).err


def test_difference_wants_files(recorded, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    feeder = subprocess.Popen(["/bin/sh", "-c", 'cat "$1" >"$2"', "sh", str(recorded), str(tmp_path / "pipe")])
    done = replay("--diff", tmp_path / "pipe", recorded, "-o", "-", check=2)
    feeder.wait(timeout=20)
    assert "--diff needs" in done.err


def test_damaged(recorded, tmp_path):
    data = bytearray(recorded.read_bytes())
    found, _ = blocks(bytes(data))
    data[found[1][0] + 60] ^= 1
    bad = tmp_path / "bad.pyspy"
    bad.write_bytes(bytes(data))
    done = replay(bad, "-o", tmp_path / "out.txt", "-i")
    assert "is damaged" in done.err
    assert 50 < sum(folded((tmp_path / "out.txt").read_text()).values()) <= found[0][2]


def test_no_room(spinning, tmp_path):
    """The disk is full: we say so at once, and what was written can be read."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(disk)]).returncode:
        pytest.skip("no mounts here")
    try:
        (disk / "fill").write_bytes(b"x" * 4096)
        out = disk / "run.pyspy"
        r = Recording("--pid", spinning.pid, "-r", 2000, "-o", out)
        assert r.end(timeout=60) == 1
        assert "No space left" in r.err
        found, rest = blocks(out.read_bytes())
        assert rest == b"" and len(found) >= 1
        assert sum(n for _, _, n in found) > 100
        assert raw(out)
        assert spinning.alive()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_no_room_at_all(spinning):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    done = run("record", "--pid", spinning.pid, "-r", 200, "-f", "pyspy", "-o", "/dev/full", check=1)
    assert "No space left" in done.err


def test_old_recording_is_not_lost(tmp_path):
    out = tmp_path / "run.pyspy"
    out.write_text("precious")
    run("record", "--pid", 2 ** 22 + 1, "-o", out, check=1)
    assert out.read_text() == "precious"
