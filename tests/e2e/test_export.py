"""Formats of record, as the programs read them that they are for."""
import gzip
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import INTERPRETERS, run
from test_record import folded, function, share

FORMATS = {"svg": "a.svg", "speedscope": "a.speedscope.json", "raw": "a.txt", "chrometrace": "a.trace.json",
           "pprof": "a.pb.gz", "gecko": "a.gecko.json", "callgrind": "callgrind.out.a", "json": "a.json", "html": "a.html",
           "markdown": "a.md"}


def record_all(pid, folder, *args, seconds=2, rate=200):
    outputs = [word for name in FORMATS.values() for word in ("-o", folder / name)]
    done = run("record", "--pid", pid, "-r", rate, "-d", seconds, *outputs, *args, check=0)
    return {name: folder / file for name, file in FORMATS.items()}, done


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """All formats of one recording of shares.py: three quarters in most(), one in rest()."""
    from conftest import Victim, pick
    interpreter = next((i for i in (pick(v, debug=False) for v in ((3, 11), (3, 12), (3, 13), (3, 10))) if i),
                       INTERPRETERS[0])
    v = Victim(interpreter, "shares.py")
    try:
        files, _ = record_all(v.pid, tmp_path_factory.mktemp("export"), seconds=3)
        files["pid"] = v.pid
        yield files
    finally:
        v.stop()


def near(a, b):
    return abs(a - b) < 0.02


@pytest.fixture(scope="module")
def truth(recorded):
    """Shares of the functions by the folded stacks, which test_record holds against the truth."""
    stacks = folded(recorded["raw"].read_text())
    return {name: share(stacks, name) for name in ("most", "rest", "spin", "<module>")}


# ---- speedscope --------------------------------------------------------------------------------


def totals(frames, stacks):
    """Share of each name in (stack of indices, weight) pairs."""
    stacks = list(stacks)
    everything = sum(w for s, w in stacks if s)
    found = {}
    for stack, weight in stacks:
        for name in {frames[i]["name"] for i in stack}:
            found[name] = found.get(name, 0) + weight
    return {name: w / everything for name, w in found.items()}


def test_speedscope(recorded, truth):
    told = json.loads(recorded["speedscope"].read_text())
    assert told["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    frames = told["shared"]["frames"]
    assert all(f["line"] > 0 and os.path.isabs(f["file"]) for f in frames if f["name"] in truth)
    profile, = told["profiles"]
    assert profile["type"] == "sampled" and profile["unit"] == "seconds" and profile["startValue"] == 0
    assert profile["name"].startswith("Thread %d" % recorded["pid"])
    assert 2.9 < profile["endValue"] < 3.2
    assert abs(sum(profile["weights"]) - profile["endValue"]) < 1e-6
    assert len(profile["samples"]) == len(profile["weights"])
    seen = totals(frames, zip(profile["samples"], profile["weights"]))
    assert all(near(seen[name], truth[name]) for name in truth), (seen, truth)


def npm_package(name, version):
    """A package from the npm registry, unpacked in the cache; None when it cannot be had."""
    cache = os.path.join(os.environ.get("PST_CACHE") or os.path.expanduser("~/.cache/pyspy-tui"), "npm")
    folder = os.path.join(cache, "%s-%s" % (name, version))
    if os.path.isdir(folder):
        return folder
    if not shutil.which("npm"):
        return None
    os.makedirs(cache, exist_ok=True)
    part = folder + ".part%d" % os.getpid()
    os.makedirs(part)
    try:
        subprocess.run(["npm", "pack", "--silent", "%s@%s" % (name, version)], cwd=part, check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        archive, = [f for f in os.listdir(part) if f.endswith(".tgz")]
        subprocess.run(["tar", "xzf", archive, "--strip-components=1"], cwd=part, check=True)
        os.rename(part, folder)
    except (subprocess.SubprocessError, OSError, ValueError):
        shutil.rmtree(part, ignore_errors=True)
        return None
    return folder


SPEEDSCOPE = "1.25.0"


@pytest.fixture(scope="module")
def speedscope_package():
    folder = npm_package("speedscope", SPEEDSCOPE)
    if not folder:
        pytest.skip("speedscope is not in the cache, and npm cannot bring it")
    return folder


def test_speedscope_is_valid_by_its_schema(recorded, speedscope_package):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    path, = [os.path.join(base, n) for base, _, names in os.walk(speedscope_package) for n in names
             if n.startswith("file-format-schema") and n.endswith(".json")]
    with open(path) as f:
        schema = json.load(f)
    told = json.loads(recorded["speedscope"].read_text())
    jsonschema.validate(told, schema)
    told["profiles"][0]["unit"] = "fortnights"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)


# ---- chrometrace -------------------------------------------------------------------------------


def events_by_thread(events):
    threads = {}
    for e in events:
        if e["ph"] != "M":
            threads.setdefault((e["pid"], e["tid"]), []).append(e)
    return threads


def test_chrometrace(recorded, truth):
    events = json.loads(recorded["chrometrace"].read_text())
    named = {(e["name"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M"}
    pid = recorded["pid"]
    assert "shares.py" in named["process_name", pid] and ("thread_name", pid) in named
    (key, own), = events_by_thread(events).items()
    assert key == (pid, pid)
    stack, seen, now = [], {}, 0
    for e in own:
        assert e["ts"] >= now
        now = e["ts"]
        if e["ph"] == "B":
            assert set(e) >= {"name", "cat", "args"} and set(e["args"]) == {"filename", "line"}
            stack.append((e["name"], now))
        else:
            assert e["ph"] == "E"
            name, begin = stack.pop()
            seen[name] = seen.get(name, 0) + now - begin
    assert not stack
    assert 2.8e6 < now < 3.2e6
    assert all(near(seen[name] / seen["<module>"], truth[name]) for name in ("most", "rest")), (seen, truth)


def test_order_keeps_idle_out(any_interpreter, victim, tmp_path):
    """A thread that sleeps nine tenths of its time has no frames then, and threads line up."""
    code = ("import threading, time\n"
            "def naps():\n"
            "    while True:\n"
            "        end = time.monotonic() + 0.05\n"
            "        while time.monotonic() < end: pass\n"
            "        time.sleep(0.45)\n"
            "threading.Thread(target=naps, name='napper', daemon=True).start()\n"
            "print('ready', flush=True)\n"
            "while True: time.sleep(1)\n")
    p = subprocess.Popen([*any_interpreter.argv, "-c", code], stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline() == b"ready\n"
        files, _ = record_all(p.pid, tmp_path, seconds=2)
        with_idle = tmp_path / "idle.trace.json"
        run("record", "--pid", p.pid, "-r", 200, "-d", 1, "-i", "-o", with_idle, check=0)
    finally:
        p.kill()
        p.communicate()

    def spans(path):
        found, open_since = [], {}
        events = json.loads(path.read_text())
        napper, = [e["tid"] for e in events if e["ph"] == "M" and e["args"]["name"] == "napper"]
        depth = 0
        for e in events:
            if e.get("tid") == napper and e["ph"] == "B":
                if not depth:
                    open_since[napper] = e["ts"]
                depth += 1
            elif e.get("tid") == napper and e["ph"] == "E":
                depth -= 1
                if not depth:
                    found.append((e["ts"] - open_since[napper]) / 1e6)
        return found

    bursts = spans(files["chrometrace"])
    assert 3 <= len(bursts) <= 12 and 0.1 < sum(bursts) < 0.5 and max(bursts) < 0.2, bursts
    assert sum(spans(with_idle)) > 0.8
    told = json.loads(files["speedscope"].read_text())
    napper, = [t for t in told["profiles"] if "napper" in t["name"]]
    assert [] in napper["samples"]
    busy = sum(w for s, w in zip(napper["samples"], napper["weights"]) if s)
    assert 0.1 < busy < 0.5 and len({t["endValue"] for t in told["profiles"]}) == 1
    gecko = json.loads(files["gecko"].read_text())
    samples = [t for t in gecko["threads"] if t["name"] == "napper"][0]["samples"]
    assert 100 < sum(w for s, w in zip(samples["stack"], samples["weight"]) if s is not None) < 500


# ---- gecko -------------------------------------------------------------------------------------


def test_gecko(recorded, truth):
    told = json.loads(recorded["gecko"].read_text())
    meta, shared = told["meta"], told["shared"]
    assert meta["preprocessedProfileVersion"] == 62 and meta["interval"] == pytest.approx(5, rel=0.1)
    assert any(c["color"] == "grey" for c in meta["categories"])
    for name in ("funcTable", "frameTable", "stackTable", "sources", "resourceTable", "nativeSymbols"):
        table = shared[name]
        assert all(len(column) == table["length"] for key, column in table.items() if key != "length"), name
    stacks, frames, funcs, strings = (shared[n] for n in ("stackTable", "frameTable", "funcTable", "stringArray"))
    assert all(p is None or p < i for i, p in enumerate(stacks["prefix"]))
    thread, = told["threads"]
    assert thread["pid"] == str(recorded["pid"]) and thread["tid"] == recorded["pid"]
    samples, seen, everything = thread["samples"], {}, 0
    assert samples["weightType"] == "tracing-ms"
    assert len(samples["stack"]) == len(samples["time"]) == len(samples["weight"]) == samples["length"]
    assert samples["time"] == sorted(samples["time"])
    for stack, weight in zip(samples["stack"], samples["weight"]):
        names = set()
        while stack is not None:
            names.add(strings[funcs["name"][frames["func"][stacks["frame"][stack]]]])
            stack = stacks["prefix"][stack]
        everything += weight if names else 0
        for name in names:
            seen[name] = seen.get(name, 0) + weight
    assert all(near(seen[name] / everything, truth[name]) for name in truth), (seen, truth)


# ---- pprof -------------------------------------------------------------------------------------


def test_pprof_is_gzip(recorded):
    assert len(gzip.decompress(recorded["pprof"].read_bytes())) > 100


@pytest.mark.skipif(not shutil.which("go"), reason="go is not installed")
def test_pprof_in_go_tool_pprof(recorded, truth, tmp_path):
    def ask(*args):
        done = subprocess.run(["go", "tool", "pprof", *args, str(recorded["pprof"])], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True,
                              env=dict(os.environ, GOFLAGS="-mod=mod", PPROF_TMPDIR=str(tmp_path)))
        if "no such tool" in done.stderr:
            pytest.skip("this go has no pprof")
        assert done.returncode == 0, done.stderr
        return done.stdout

    for kind in ("wall", "cpu", "gil", "samples"):
        top = ask("-top", "-nodefraction=0", "-sample_index=" + kind)
        assert "Type: " + kind in top
        cum = {line.split()[-1]: float(line.split()[4].rstrip("%")) / 100 for line in top.splitlines()
               if re.match(r"\s*[\d.]+\w*\s+[\d.]+%", line)}
        assert all(near(cum[name], truth[name]) for name in truth), (kind, top)
    tags = ask("-tags")
    assert re.search(r"process_id: .*\n.*: %d\n" % recorded["pid"], tags), tags
    assert re.search(r"thread_id: .*\n.*: %d\n" % recorded["pid"], tags) and "thread: Total" in tags
    peek = ask("-peek", "^most$")
    assert "spin" in peek and "<module>" in peek


# ---- callgrind ---------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("callgrind_annotate"), reason="callgrind_annotate (valgrind) is not installed")
def test_callgrind_in_callgrind_annotate(recorded, truth):
    def annotate(*args):
        done = subprocess.run(["callgrind_annotate", "--auto=no", "--threshold=100", *args, str(recorded["callgrind"])],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return {m.group(2): float(m.group(1)) / 100
                for m in re.finditer(r"^ *[\d,]+ \( *([\d.]+)%\).*:(\S+)", done.stdout, re.M)}

    inclusive = annotate("--inclusive=yes")
    assert all(near(inclusive[name], truth[name]) for name in truth), (inclusive, truth)
    assert annotate()["spin"] > 0.9


# ---- json, markdown ----------------------------------------------------------------------------


def test_json(recorded, truth):
    told = json.loads(recorded["json"].read_text())
    functions = {f["name"]: f for f in told["functions"]}
    seconds = told["sampled_ns"] / 1e9
    assert all(near(functions[n]["total_seconds"] / seconds, truth[n]) for n in truth)
    assert told["pid"] == recorded["pid"] and told["version"] == 1 and "shares.py" in told["command"]
    own = total = 0
    for parent, frame, own_samples, own_ns, total_samples, total_ns in told["nodes"]:
        assert 0 <= frame < len(told["frames"]) and parent < len(told["nodes"])
        own += own_samples
        total += total_samples if parent < 0 else 0
    assert own == total == told["samples"] == sum(folded(recorded["raw"].read_text()).values())
    thread, = told["threads"]
    assert thread["samples"] == told["samples"] and thread["tid"] == recorded["pid"] and thread["main"]


def test_markdown(recorded):
    text = recorded["markdown"].read_text()
    assert text.startswith("# `") and "shares.py" in text.splitlines()[0]
    assert re.search(r"^\| [\d.]+ \| [\d.]+ \| .*`most \(shares\.py:\d+\)` \|$", text, re.M), text
    assert text.count("```") % 2 == 0 and "pid %d" % recorded["pid"] in text


# ---- which format ------------------------------------------------------------------------------


@pytest.fixture
def busy(any_interpreter, victim):
    return victim(any_interpreter, "shares.py")


def test_format_by_option_by_ending_and_default(busy, tmp_path):
    plain, named, stacks, other = (tmp_path / n for n in ("plain", "x.svg", "y.txt", "z.json"))
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", plain, check=0)
    assert "<svg" in plain.read_text()
    run("record", "--pid", busy.pid, "-d", 0.3, "-f", "RAW", "-o", named, "-o", stacks, "-o", other, check=0)
    assert folded(named.read_text()) == folded(stacks.read_text())
    assert "nodes" in json.loads(other.read_text())
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", plain, "-f", "flamegraph", check=0)
    assert "<svg" in plain.read_text()


@pytest.mark.parametrize("args, said", [
    (["-o", "x", "-f", "raw", "-f", "svg"], "more --format than --output"),
    (["-o", "-", "-o", "-"], "Only one --output"),
    (["-o", "x", "-f", "nonsense"], "no format 'nonsense'"),
    (["-o", "x"] * 17, "at most"),
    (["-o", "x", "--min-width", "101"], "--min-width takes"),
])
def test_usage(args, said):
    assert said in run("record", "--pid", 1, *args, check=2).err


def test_one_that_cannot_be_written_does_not_cost_the_others(busy, tmp_path):
    good = tmp_path / "good.txt"
    done = run("record", "--pid", busy.pid, "-d", 0.3, "-f", "svg", "-o", "/dev/full", "-o", good, check=1)
    assert "/dev/full cannot be written" in done.err
    assert folded(good.read_text())


def test_functions_and_threads(busy, tmp_path):
    lines, functions, threads = (tmp_path / n for n in ("l.txt", "f.txt", "t.txt"))
    run("record", "--pid", busy.pid, "-r", 300, "-d", 1, "-o", lines, check=0)
    run("record", "--pid", busy.pid, "-r", 300, "-d", 1, "-F", "-o", functions, check=0)
    run("record", "--pid", busy.pid, "-r", 300, "-d", 1, "-t", "-o", threads, check=0)
    places = {}
    for stack in folded(functions.read_text()):
        for label in stack:
            places.setdefault(function(label), set()).add(label)
    assert all(len(labels) == 1 for labels in places.values()), places
    assert len(folded(lines.read_text())) >= len(folded(functions.read_text()))
    assert all(re.match(r"thread \(%d\)" % busy.pid, stack[0]) for stack in folded(threads.read_text()))


def test_nothing_seen_is_a_valid_file(any_interpreter, tmp_path):
    p = subprocess.Popen([*any_interpreter.argv, "-c", "print('ready', flush=True); import time; time.sleep(60)"],
                         stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline() == b"ready\n"
        import time
        time.sleep(0.5)
        files, done = record_all(p.pid, tmp_path, "-g", seconds=0.5)
    finally:
        p.kill()
        p.communicate()
    assert "The profile is empty" in done.err
    assert files["raw"].read_text() == ""
    assert json.loads(files["chrometrace"].read_text()) is not None
    assert json.loads(files["speedscope"].read_text())["profiles"] == []
    assert json.loads(files["gecko"].read_text())["threads"] == []
    assert json.loads(files["json"].read_text())["nodes"] == []
    assert "</svg>" in files["svg"].read_text() and "</html>" in files["html"].read_text()
    assert gzip.decompress(files["pprof"].read_bytes())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is lured by links")
def test_root_follows_no_link_of_a_shared_folder(busy, tmp_path):
    """A link that somebody laid where all may write: neither its target nor a device behind it is written to."""
    shared, victim_file = tmp_path / "shared", tmp_path / "precious"
    shared.mkdir()
    shared.chmod(0o1777)
    victim_file.write_text("precious")
    for name, target in (("a.txt", victim_file), ("b.txt", "/dev/full")):
        (shared / name).symlink_to(target)
    run("record", "--pid", busy.pid, "-d", 0.3, "-o", shared / "a.txt", check=0)
    assert victim_file.read_text() == "precious"
    assert not (shared / "a.txt").is_symlink() and folded((shared / "a.txt").read_text())
    done = run("record", "--pid", busy.pid, "-d", 0.3, "-o", shared / "b.txt", check=1)
    assert "b.txt cannot be written" in done.err and "No space" not in done.err
