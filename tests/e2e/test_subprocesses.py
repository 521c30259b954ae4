"""--subprocesses: the whole tree; children that are not Python are named and skipped."""
import json
import os
import signal
import subprocess
import textwrap

import pytest

from conftest import run


@pytest.fixture
def family(any_interpreter, victim):
    v = victim(any_interpreter, "children.py", settled=True)
    yield v
    for name in ("grandchild", "child", "other"):
        try:
            os.kill(v.facts[name], signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_text(family):
    out = run("--dump", "-s", "--pid", family.pid, check=0).out
    assert "Process %d:" % family.pid in out and "parent_waits (children.py:" in out
    assert "Process %d:" % family.facts["child"] in out and "child_waits (children.py:" in out
    assert "Process %d:" % family.facts["grandchild"] in out and "grandchild_sleeps (children.py:" in out
    assert "Parent Process %d:" % family.facts["child"] in out
    assert "Process %d: sleep 1000\nNot a Python process, skipped.\n" % family.facts["other"] in out


def test_json(family):
    done = run("--dump", "-s", "-j", "--pid", family.pid, check=0)
    threads = json.loads(done.out)
    assert [t["pid"] for t in threads] == [family.pid, family.facts["child"], family.facts["grandchild"]]
    assert threads[2]["process_info"]["ppid"] == family.facts["child"]
    assert [t["frames"][-1]["name"] for t in threads] == ["<module>"] * 3


def test_without_the_option(family):
    assert {t["pid"] for t in json.loads(run("--dump", "-j", "--pid", family.pid, check=0).out)} == {family.pid}


def test_a_shell_that_starts_python(any_interpreter):
    """The process that was asked for is no Python; its children are."""
    script = textwrap.dedent("""
        import sys, time
        sys.stdout.write('ready\\n'); sys.stdout.flush()
        time.sleep(1000)
    """)
    shell = subprocess.Popen(["sh", "-c", '"$@" & echo $!; wait', "sh", *any_interpreter.argv, "-c", script],
                             stdout=subprocess.PIPE)
    child = int(shell.stdout.readline())
    shell.stdout.readline()
    try:
        out = run("--dump", "-s", "--pid", shell.pid, check=0).out
        assert "Process %d:" % child in out and "<module> (<string>" in out
    finally:
        os.kill(child, signal.SIGKILL)
        shell.kill()
        shell.communicate()
