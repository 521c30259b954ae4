"""py-spy's command lines with the program's name replaced: each is run, and does what is meant there."""
import json
import os
import re
import signal
import subprocess
import time

import pexpect
import pyte
import pytest

from conftest import binary, run

# Waits for a while, so that options about time can be seen to work.
PROGRAM = """
import sys, time
def work():
    end = time.time() + float(sys.argv[1])
    while time.time() < end:
        sum(range(50))
work()
"""


@pytest.fixture
def here(tmp_path, any_interpreter):
    """The folder in which the lines are run: python and py-spy are in its bin, myprogram.py beside it."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "python").symlink_to(any_interpreter.argv[0])
    (tools / "py-spy").symlink_to(binary())
    (tools / "pyspy-tui").symlink_to(binary())
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "myprogram.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def pid(any_interpreter, victim):
    return victim(any_interpreter, "shares.py").pid


def environment(here):
    return dict(os.environ, PATH="%s:%s" % (here.parent / "bin", os.environ["PATH"]), LC_ALL="C.UTF-8")


def shell(here, line, status=0, timeout=60):
    done = subprocess.run(line, shell=True, cwd=str(here), env=environment(here), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, universal_newlines=True, timeout=timeout)
    assert done.returncode == status, "%s: exit %d\n%s\n%s" % (line, done.returncode, done.stdout, done.stderr)
    return done


def known(command):
    return set(re.findall(r"^  (?:-., |    )(--[a-z-]+)", run(command, "--help", check=0).out, re.M))


def needs(line):
    """Lines whose option another part of the program brings: run as soon as it is there."""
    command = line.split()[1]
    if re.search(r" (-s|--subprocesses)\b", line) and "--subprocesses" not in known(command):
        pytest.skip("%s does not know --subprocesses yet" % command)


NAMES = pytest.mark.parametrize("name", ["py-spy", "pyspy-tui"])

# Line, file it writes (None: what it is called by itself), what must be in the file.
RECORD = [
    # its README
    ("record -o profile.svg --pid {pid} -d 1", "profile.svg", "most"),
    ("record -o profile.svg -- python myprogram.py 1", "profile.svg", "work"),
    ("record -o profile.svg -d 1 --subprocesses -- python myprogram.py 1", "profile.svg", "work"),
    ("record --native -o profile.svg -- python myprogram.py 1", "profile.svg", "work"),
    ("record --format speedscope -o profile.speedscope.json -- python myprogram.py 1", "profile.speedscope.json", "work"),
    ("record -d 1 --rate 250 --gil -o profile.svg --pid {pid}", "profile.svg", "most"),
    ("record -d 1 --idle -o profile.svg --pid {pid}", "profile.svg", "most"),
    ("record -d 1 --nonblocking -o profile.svg --pid {pid}", "profile.svg", "most"),
    ("record -d 1 --function -o profile.svg --pid {pid}", "profile.svg", "most"),
    # each option of the table
    ("record -p {pid} -d 1 -o x", "x", "<svg"),
    ("record -p {hex} -d 1 -o x.svg", "x.svg", "<svg"),
    ("record -p {pid} -r 50 -d 1 -o x.svg", "x.svg", "<svg"),
    ("record -s -p {pid} -d 1 -o x.svg", "x.svg", "<svg"),
    ("record --full-filenames -p {pid} -d 1 -f raw -o x", "x", "/shares.py:"),
    ("record -n -p {pid} -d 1 -f raw -o x", "x", "most"),
    ("record --nonblocking -p {pid} -d 1 -f raw -o x", "x", "most"),
    ("record -g -p {pid} -d 1 -f raw -o x", "x", "most"),
    ("record -i -p {pid} -d 1 -f raw -o x", "x", "most"),
    ("record --pid {pid} --duration 1 --format flamegraph --output x", "x", "<svg"),
    ("record --pid {pid} --duration 1 --format raw --output x", "x", "most"),
    ("record --pid {pid} --duration 1 --format RAW --output x", "x", "most"),
    ("record --pid {pid} --duration 1 --format speedscope --output x", "x", "\"$schema\""),
    ("record --pid {pid} --duration 1 --format chrometrace --output x", "x", "\"ph\""),
    ("record --pid {pid} -d 1 -f raw", None, "most"),
    ("record --pid {pid} -d 1", None, "<svg"),
    ("record -d 1 -F -p {pid} -f raw -o x", "x", "most"),
    ("record -d 1 --nolineno -p {pid} -f raw -o x", "x", "most (shares.py)"),
    ("record -d 1 -t -p {pid} -f raw -o x", "x", "hread"),
    ("record -d 1 --threads -p {pid} -f raw -o x", "x", "hread"),
    ("record --hideprogress -d 1 -p {pid} -o x.svg", "x.svg", "<svg"),
    ("record --capture -o x.svg -- python myprogram.py 1", "x.svg", "work"),
    ("record -d unlimited -o x.svg -- python myprogram.py 1", "x.svg", "work"),
    ("record -o x.svg python myprogram.py 1", "x.svg", "work"),
    ("r -d 1 -p {pid} -o x.svg", "x.svg", "<svg"),
    ("rec -d 1 -p {pid} -o x.svg", "x.svg", "<svg"),
]


@pytest.mark.parametrize("line, file, words", RECORD, ids=[r[0] for r in RECORD])
def test_record(here, pid, line, file, words):
    line = "py-spy " + line.format(pid=pid, hex=hex(pid))
    needs(line)
    before = set(os.listdir(here))
    done = shell(here, line)
    new = set(os.listdir(here)) - before
    assert len(new) == 1 and (file is None or new == {file}), done.stderr
    assert words in (here / new.pop()).read_text()
    assert done.stdout == ""


DUMP = [
    ("dump --pid {pid}", "shares.py:"),
    ("dump -p {pid}", "shares.py:"),
    ("dump --locals --pid {pid}", "shares.py:"),
    ("dump -l -l -p {pid}", "shares.py:"),
    ("dump --json --pid {pid}", "\"frames\""),
    ("dump -j -p {pid}", "\"owns_gil\""),
    ("dump --nonblocking --pid {pid}", "shares.py:"),
    ("dump --full-filenames --pid {pid}", "/shares.py:"),
    ("dump --native --pid {pid}", "shares.py:"),
    ("dump -s --pid {pid}", "shares.py:"),
    ("d -p {pid}", "shares.py:"),
]


@NAMES
@pytest.mark.parametrize("line, words", DUMP, ids=[d[0] for d in DUMP])
def test_dump(here, pid, name, line, words):
    done = shell(here, name + " " + line.format(pid=pid))
    assert words in done.stdout
    if "-j" in line:
        assert json.loads(done.stdout)


TOP = [
    "top --pid {pid}",
    "top -p {pid} -r 50",
    "top -s --pid {pid}",
    "top --subprocesses -- python myprogram.py 30",
    "top --native --pid {pid}",
    "top --nonblocking --pid {pid}",
    "top -g -i --full-filenames --delay 0.5 --pid {pid}",
    "top -- python myprogram.py 30",
    "t -p {pid}",
]


@pytest.mark.parametrize("line", TOP)
def test_top(here, pid, line):
    line = "py-spy " + line.format(pid=pid)
    needs(line)
    command, _, program = line.partition("-- ")
    line = command + ("--kill -- " + program if program else "")  # no process is to be left behind
    child = pexpect.spawn("/bin/sh", ["-c", line], cwd=str(here), env=dict(environment(here), TERM="xterm-256color"),
                          encoding="utf-8", dimensions=(30, 120), timeout=30)
    screen = pyte.Screen(120, 30)
    stream, end, wanted = pyte.Stream(screen), time.monotonic() + 30, "work" if program else "most"
    while not any(wanted in row for row in screen.display[5:-4]):  # below the command line
        assert time.monotonic() < end, "\n".join(screen.display)
        try:
            stream.feed(child.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            pass
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@NAMES
def test_what_is_not_there_yet_is_said(here, pid, name):
    for line in ("record --native -d 0.3 -f raw -o x --pid %d", "dump -n --pid %d"):
        err = shell(here, name + " " + line % pid).stderr
        assert "Only Python frames are shown" in err and "--native" in err and err.startswith(name + ": ")
    err = shell(here, name + " dump -c core.123", status=1).stderr
    assert "core.123" in err and "core files" in err


def test_duration_is_time_also_when_the_rate_cannot_be_had(here, pid):
    begin = time.monotonic()
    shell(here, "py-spy record -r 20000 -d 2 -o x.svg --pid %d" % pid)
    assert 2 <= time.monotonic() - begin < 4.5


def test_the_program_is_not_killed_and_its_status_can_be_had(here):
    err = shell(here, "py-spy record -d 0.5 -o x.svg -- python myprogram.py 30").stderr
    pid = int(re.search(r"process (\d+)", err).group(1))
    os.kill(pid, signal.SIGKILL)
    shell(here, "py-spy record --exit-status -o x.svg -- python -c 'import sys, time; time.sleep(.3); sys.exit(9)'", status=9)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_write_the_file(here, pid, sig):
    child = subprocess.Popen([str(here.parent / "bin" / "py-spy"), "record", "-o", "x.txt", "-f", "raw", "--pid", str(pid)],
                             cwd=str(here), stderr=subprocess.PIPE, universal_newlines=True)
    assert child.stderr.readline().startswith("py-spy: Sampling process %d" % pid)
    time.sleep(0.7)
    child.send_signal(sig)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 0, err
    assert "most" in (here / "x.txt").read_text()


@NAMES
def test_completions_help_and_version(here, name):
    for line in ("completions bash", "completions zsh", "completions fish", "--help", "-h", "record --help", "-V",
                 "--version"):
        assert name in shell(here, "%s %s" % (name, line)).stdout
