"""Where the interpreter may hide: embedded, replaced, under another root, in namespaces, behind ld.so, twice."""
import json
import os
import shutil
import subprocess
import textwrap

import pytest

from conftest import INTERPRETERS, TESTS, VICTIMS, dump_json, pick, run, settle

SHAPES_LEAF = "block"


def leaf(threads):
    return [t for t in threads if t["main"]][0]["frames"][0]["co_name"]


def system_python():
    """The distribution's own python3 with headers, or a skip."""
    for version in ((3, 11), (3, 13), (3, 12), (3, 14)):
        path = "/usr/bin/python%d.%d-config" % version
        if os.path.exists(path):
            return path
    pytest.skip("no python3-dev on this machine")


def start(argv, **kwargs):
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)
    line = p.stdout.readline()
    if not line:
        pytest.fail("the victim said nothing: " + p.stderr.read().decode())
    settle(p.pid)
    return p


def finish(p):
    p.kill()
    p.communicate()


@pytest.mark.parametrize("strip", [False, True], ids=["plain", "stripped"])
def test_embedded(tmp_path, strip):
    config = system_python()
    flags = subprocess.check_output([config, "--embed", "--cflags", "--ldflags"], universal_newlines=True).split()
    program = tmp_path / "server"
    subprocess.run(["gcc", str(TESTS / "e2e" / "embed.c"), "-o", str(program), *flags], check=True)
    if strip:
        subprocess.run(["strip", str(program)], check=True)
    p = start([str(program), str(VICTIMS / "shapes.py")])
    try:
        assert leaf(dump_json(p.pid)) == SHAPES_LEAF
    finally:
        finish(p)


def copied_interpreter(any_interpreter, tmp_path):
    """A copy of the interpreter's executable that may be deleted."""
    real = subprocess.check_output([*any_interpreter.argv, "-c", "import sys; print(sys.executable)"],
                                   universal_newlines=True).strip()
    home = subprocess.check_output([*any_interpreter.argv, "-c", "import sys; print(sys.prefix)"],
                                   universal_newlines=True).strip()
    copy = tmp_path / "bin" / "python-copy"
    copy.parent.mkdir()
    shutil.copy(os.path.realpath(real), str(copy))
    return copy, home


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_binary_is_gone(any_interpreter, tmp_path, how):
    copy, home = copied_interpreter(any_interpreter, tmp_path)
    p = start([str(copy), str(VICTIMS / "shapes.py")], env=dict(os.environ, PYTHONHOME=home))
    try:
        copy.unlink()
        if how == "replaced":
            shutil.copy("/bin/sleep", str(copy))
        assert leaf(dump_json(p.pid)) == SHAPES_LEAF
    finally:
        finish(p)


def test_libpython_is_deleted(tmp_path):
    """An upgrade removes libpython under a running process."""
    interpreter = pick((3, 13), shared=True) or pick((3, 12), shared=True) or pick((3, 10), shared=True)
    if not interpreter:
        pytest.skip("no interpreter with a shared libpython")
    code = "import sysconfig as s; print(s.get_config_var('LIBDIR') + '/' + s.get_config_var('INSTSONAME'))"
    library = subprocess.check_output([*interpreter.argv, "-c", code], universal_newlines=True).strip()
    copy = tmp_path / os.path.basename(library)
    shutil.copy(library, str(copy))
    p = start([*interpreter.argv, str(VICTIMS / "shapes.py")],
              env=dict(os.environ, LD_LIBRARY_PATH=str(tmp_path), LD_PRELOAD=str(copy)))
    try:
        with open("/proc/%d/maps" % p.pid) as maps:
            assert str(copy) in maps.read()
        copy.unlink()
        assert leaf(dump_json(p.pid)) == SHAPES_LEAF
    finally:
        finish(p)


def test_two_libpythons(any_interpreter, tmp_path):
    """A second, dead libpython is mapped: the live one is found."""
    library = None
    for version in ((3, 12), (3, 10), (3, 9), (3, 8)):
        other = pick(version, shared=True)
        if other and other.version != any_interpreter.version:
            code = "import sysconfig as s; print(s.get_config_var('LIBDIR') + '/' + s.get_config_var('INSTSONAME'))"
            library = subprocess.check_output([*other.argv, "-c", code], universal_newlines=True).strip()
            break
    if not library:
        pytest.skip("no second shared libpython")
    script = tmp_path / "two.py"
    script.write_text(textwrap.dedent("""
        import ctypes, sys, time
        sys.path.insert(0, %r)
        from report import say
        ctypes.CDLL(%r, mode=ctypes.RTLD_LOCAL)
        def hold():
            say(ready=True); time.sleep(1000)
        hold()
    """) % (str(VICTIMS), library))
    p = start([*any_interpreter.argv, str(script)])
    try:
        with open("/proc/%d/maps" % p.pid) as maps:
            assert os.path.realpath(library) in maps.read()
        assert leaf(dump_json(p.pid)) == "hold"
    finally:
        finish(p)


def test_started_by_ld_so(any_interpreter):
    real = subprocess.check_output([*any_interpreter.argv, "-c", "import sys; print(sys.executable)"],
                                   universal_newlines=True).strip()
    loader = "/lib64/ld-linux-x86-64.so.2"
    if not os.path.exists(loader):
        pytest.skip("no glibc loader at " + loader)
    home = subprocess.check_output([*any_interpreter.argv, "-c", "import sys; print(sys.prefix)"],
                                   universal_newlines=True).strip()
    p = start([loader, os.path.realpath(real), str(VICTIMS / "shapes.py")],
              env=dict(os.environ, PYTHONHOME=home))
    try:
        assert leaf(dump_json(p.pid)) == SHAPES_LEAF
    finally:
        finish(p)


def test_pid_and_mount_namespace(any_interpreter):
    """As in a container: the thread ids are translated into our namespace."""
    if os.geteuid() != 0:
        pytest.skip("needs root to make namespaces")
    outer = subprocess.Popen(["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc",
                              *any_interpreter.argv, "-u", str(VICTIMS / "threads.py"), "sleep"],
                             stdout=subprocess.PIPE)
    try:
        facts = json.loads(outer.stdout.readline().decode())
        with open("/proc/%d/task/%d/children" % (outer.pid, outer.pid)) as f:
            inner = int(f.read().split()[0])
        assert facts["pid"] == 1
        threads = dump_json(inner)
        tids = sorted(int(t) for t in os.listdir("/proc/%d/task" % inner))
        assert sorted(t["os_thread_id"] for t in threads) == tids
        named = {t["thread_name"]: t for t in threads}
        assert named["sleep-0"]["namespace_thread_id"] == facts["ids"]["sleep-0"]["tid"]
        assert named["MainThread"]["os_thread_id"] == inner
    finally:
        outer.kill()
        outer.communicate()


def test_source_below_another_root(victim):
    """The source is read as the process sees it, not as we do."""
    inside = [i for i in INTERPRETERS if i.root != "/" and i.version >= (3, 0)]
    if not inside:
        pytest.skip("no interpreter in a root of its own")
    v = victim(inside[0], "shapes.py", settled=True)
    out = run("--dump", "--pid", v.pid, "--source", check=0).out
    assert "        here(how=how); time.sleep(1000)" in out.splitlines()


def test_changed_source_is_told(any_interpreter, tmp_path):
    script = tmp_path / "changing.py"
    script.write_text("import sys, time\nsys.stdout.write('x\\n'); sys.stdout.flush()\ntime.sleep(1000)\n")
    os.utime(str(script), (1, 1))
    p = start([*any_interpreter.argv, str(script)])
    try:
        assert "changed after" not in run("--dump", "--source", "--pid", p.pid, check=0).out
        os.utime(str(script), (4102444800, 4102444800))
        assert "changed after" in run("--dump", "--source", "--pid", p.pid, check=0).out
    finally:
        finish(p)
