"""Flamegraph, page and speedscope in a real browser, as people use them."""
import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
import xml.etree.ElementTree

import pytest

from chromium import browser  # noqa: F401
from conftest import run
from test_export import recorded, speedscope_package, truth  # noqa: F401
from test_record import folded, function

FRAMES = "[...document.querySelectorAll('.pst-frames > g')]"
HOSTILE = ["</title><script>alert(1)</script>", "\"&;'<b onload=alert(2)>", "]]><script>alert(3)</script>",
           "${alert(4)}", "<!--", "&lt;&#39;"]


def frame(name):
    """The first frame that is shown whose label starts so."""
    return "%s.find(g => !g.hasAttribute('display') && g.pst.label.startsWith(%s))" % (FRAMES, json.dumps(name))


def box(page, name):
    return page.eval("(r => [r.x, r.y, r.width])(%s.querySelector('rect').getBoundingClientRect())" % frame(name))


def opened(browser, path):  # noqa: F811
    page = browser.page()
    page.open("file://%s" % path)
    page.wait("document.querySelector('.pst-flame').hasAttribute('data-ready')")
    return page


@pytest.fixture
def svg(browser, recorded):  # noqa: F811
    page = opened(browser, recorded["svg"])
    yield page
    assert not page.errors, page.errors
    assert all(url.startswith("file:") for url in page.requests), page.requests


def matched(page):
    text = page.eval("document.querySelector('.pst-matched').textContent")
    return float(re.fullmatch(r"Matched: ([\d.]+) %", text).group(1)) / 100 if text else None


def search(page, text):
    page.key("/")
    page.eval("document.querySelector('input').value = ''")
    page.type(text)


def test_frames_are_as_wide_as_their_time(svg, truth):  # noqa: F811
    wide = svg.eval("document.querySelector('svg').getBoundingClientRect().width")
    assert wide == svg.eval("window.innerWidth") or wide > 1000
    for name in ("most", "rest"):
        x, y, width = box(svg, name + " (")
        assert abs(width / wide - truth[name]) < 0.01
    assert box(svg, "all")[1] < box(svg, "<module>")[1] < box(svg, "most (")[1] < box(svg, "spin")[1]
    assert "most (shares.py:" in svg.eval(frame("most (") + ".querySelector('text').textContent")


def test_click_zooms_and_comes_back(svg):
    before = box(svg, "most (")
    svg.click(frame("most ("))
    zoomed = box(svg, "most (")
    assert zoomed[2] > 1.2 * before[2] and abs(zoomed[0]) < 1
    assert svg.eval("!(%s)" % frame("rest (")), "rest is not in view"
    assert svg.eval(frame("<module>") + ".classList.contains('pst-above')")
    svg.click("document.querySelector('[data-do=out]')")
    svg.key("Escape")
    svg.click(frame("rest ("))
    svg.click("document.querySelector('[data-do=reset]')")
    assert box(svg, "most (") == before


def test_search_says_how_much(svg, truth, recorded):  # noqa: F811
    stacks = folded(recorded["raw"].read_text())
    either = sum(n for s, n in stacks.items() if {"spin", "most"} & set(map(function, s))) / sum(stacks.values())
    assert matched(svg) is None
    search(svg, "^most")
    assert abs(matched(svg) - truth["most"]) < 0.002
    assert svg.eval(FRAMES + ".filter(g => g.classList.contains('pst-found')).every(g => g.pst.label.startsWith('most'))")
    fill = svg.eval("getComputedStyle(%s.querySelector('rect')).fill" % frame("most ("))
    assert fill == "rgb(228, 140, 255)"
    search(svg, "spin|most")  # spin is in most: counted once
    assert abs(matched(svg) - either) < 0.002
    search(svg, "MOST")  # smart case
    assert matched(svg) == 0
    search(svg, "most (")  # no regular expression: text
    assert abs(matched(svg) - truth["most"]) < 0.002
    svg.key("Escape")
    assert matched(svg) is None


def test_keyboard(svg):
    here = "document.querySelector('.pst-here').pst.label"
    svg.key("ArrowDown")
    assert svg.eval(here).startswith("<module>")
    svg.key("j")
    if not svg.eval(here).startswith("most"):  # another line of the module
        svg.key("j")
    name = svg.eval(here)
    svg.key("Enter")
    assert abs(box(svg, name)[0]) < 1
    svg.key("u")
    svg.key("Escape")
    flat = box(svg, "all")[1]
    svg.key("f")
    assert box(svg, "all")[1] > flat and box(svg, "spin")[1] < box(svg, "<module>")[1]
    svg.key("r")
    assert box(svg, "all")[1] == flat
    search(svg, "most")
    svg.key("Enter")
    svg.key("n")
    assert svg.eval(here).startswith("most")


def test_hover_tells_details(svg):
    svg.hover(frame("most ("))
    said = svg.eval("document.querySelector('.pst-details').textContent")
    assert re.match(r"most \(shares\.py:\d+\) — [\d.]+ %, [\d.]+ s, \d+ samples", said), said


def test_callers_first(svg, truth):  # noqa: F811
    svg.key("i")
    above = ("%s.filter(g => g.pst.label.startsWith('<module>')).map(g => {"
             " const l = []; for (let n = g.pst; n; n = n.parent) l.push(n.label.split(' (')[0]); return l; })" % FRAMES)
    assert ["<module>", "most", "spin", "all"] in svg.eval(above)
    total = svg.eval(FRAMES + ".filter(g => g.pst.label.startsWith('most')).reduce((s, g) => s + g.pst.total, 0)"
                     " / %s.pst.total" % frame("all"))
    assert abs(total - truth["most"]) < 0.02
    svg.key("i")
    assert svg.eval(frame("<module>") + ".pst.depth") == 1


def test_dark(svg):
    back = "getComputedStyle(document.querySelector('.pst-back')).fill"
    light = svg.eval(back)
    svg.dark(True)
    dark = svg.eval(back)
    svg.dark(False)
    assert light == "rgb(252, 252, 249)" and dark == "rgb(23, 24, 28)"


def test_it_is_a_picture_without_its_script(recorded):  # noqa: F811
    root = xml.etree.ElementTree.parse(str(recorded["svg"])).getroot()
    ns = "{http://www.w3.org/2000/svg}"
    texts = [e.text or "" for e in root.iter(ns + "text") if e.get("display") != "none"]
    assert any("shares.py" in t for t in texts) and any(t.startswith("most (") for t in texts)
    assert any("pid %d" % recorded["pid"] in t and "Python" in t and "200 looks/s" in t and "coscheduled" in t for t in texts)
    rects = [e for e in root.iter(ns + "rect") if e.get("fill")]
    assert len(rects) > 4 and all(e.get("width") and e.get("height") for e in rects)
    assert 0 < float(root.get("height")) < 1000 and float(root.get("width")) == 1200
    assert not re.search(r"""(?:href|src)\s*=|url\(|@import|https?://(?!www\.w3\.org/)""", recorded["svg"].read_text())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Functions, files and a thread with names that want to be more than names."""
    from conftest import INTERPRETERS, pick
    interpreter = next((i for i in (pick(v, debug=False) for v in ((3, 11), (3, 12), (3, 13), (3, 10))) if i), None)
    if not interpreter:
        pytest.skip("no interpreter with code.replace() of %d" % len(INTERPRETERS))
    folder = tmp_path_factory.mktemp("hostile")
    program = folder / "hostile.py"
    program.write_text("""
import threading, types
names = %r
def spin():
    for _ in range(200000): pass
def wrap(name, inner):
    code = compile("def f(inner):\\n    inner()\\n", name + ".py", "exec").co_consts[0]
    change = {"co_name": name}
    if hasattr(code, "co_qualname"):
        change["co_qualname"] = name
    function = types.FunctionType(code.replace(**change), {})
    return lambda: function(inner)
inner = spin
for name in names:
    inner = wrap(name, inner)
def forever():
    while True: inner()
threading.Thread(target=forever, name=names[0], daemon=True).start()
print("ready", flush=True)
forever()
""" % HOSTILE)
    p = subprocess.Popen([*interpreter.argv, str(program), *HOSTILE], stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline() == b"ready\n"
        files = [folder / "h.svg", folder / "h.html"]
        # The name of a thread is known within a second, of a quiet machine.
        run("record", "--pid", p.pid, "-d", 3, "-t", *[w for f in files for w in ("-o", f)], check=0)
    finally:
        p.kill()
        p.communicate()
    return files


@pytest.mark.parametrize("which", [0, 1], ids=["svg", "html"])
def test_names_are_data(browser, hostile, which):  # noqa: F811
    page = opened(browser, hostile[which])
    labels = page.eval(FRAMES + ".map(g => g.pst.label)")
    for name in HOSTILE:
        assert any(label.startswith(name + " (") for label in labels), (name, labels)
    assert any(HOSTILE[0] in label for label in labels if label.startswith("thread ("))
    scripts = page.eval("[...document.querySelectorAll('script')].length")
    assert scripts == 1 and not page.eval("document.querySelectorAll('b').length")
    for name in HOSTILE:
        search(page, re.sub(r"([.*+?^${}()|[\]\\])", r"\\\1", name))
        assert matched(page) > 0.5, name
    page.key("Escape")
    page.key("i")
    assert any(label.startswith(HOSTILE[0]) for label in page.eval(FRAMES + ".map(g => g.pst.label)"))
    assert not page.errors, page.errors


# ---- the page ----------------------------------------------------------------------------------


def test_page(browser, recorded, truth):  # noqa: F811
    page = opened(browser, recorded["html"])
    rows = "[...document.querySelectorAll('#functions tbody tr')].filter(r => !r.hidden)"
    names = page.eval(rows + ".map(r => r.lastElementChild.textContent)")
    assert names[0].startswith("spin (shares.py:")
    shares = {n.split(" (")[0]: float(t) / 100 for n, t in
              zip(names, page.eval(rows + ".map(r => r.cells[1].textContent)"))}
    assert all(abs(shares[name] - truth[name]) < 0.001 for name in truth)
    page.click("document.querySelector('#functions th:last-child')")
    assert page.eval(rows + ".map(r => r.lastElementChild.textContent)") == sorted(names)
    page.click("document.querySelector('#functions th:nth-child(2)')")
    assert page.eval(rows + "[0].cells[1].textContent") == "100.00"
    page.click("document.querySelector('#filter')")
    page.type("MOST")
    assert [n.split(" (")[0] for n in page.eval(rows + ".map(r => r.lastElementChild.textContent)")] == ["most"]
    page.click(frame("most ("))
    assert abs(box(page, "most (")[0]) < 1
    assert not page.errors and all(url.startswith("file:") for url in page.requests)


# ---- speedscope --------------------------------------------------------------------------------


@pytest.fixture
def served(recorded, speedscope_package, tmp_path):  # noqa: F811
    """speedscope and the profile from one server of our own: it will not load from files."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    shutil.copytree(speedscope_package + "/dist/release", str(tmp_path / "site"))
    shutil.copy(str(recorded["speedscope"]), str(tmp_path / "site" / "a.speedscope.json"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:%d/" % server.server_address[1]
    server.shutdown()
    server.server_close()


def test_speedscope_opens_it(browser, served, truth):  # noqa: F811
    page = browser.page()
    page.open(served + "index.html#profileURL=" + served + "a.speedscope.json")
    page.wait("document.body.innerText.includes('Sandwich')")
    page.wait("document.querySelectorAll('canvas').length > 0")
    page.key("3")  # the table of functions
    page.wait("document.querySelectorAll('tr').length > 3")
    rows = page.eval("[...document.querySelectorAll('tr')].map(r => r.innerText)")
    percents = {}
    for row in rows:
        found = [float(f) / 100 for f in re.findall(r"(\d+(?:\.\d+)?)%", row)]
        if len(found) == 2:
            percents[row.split()[-1]] = max(found)
    assert all(abs(percents[name] - truth[name]) < 0.02 for name in ("most", "rest")), (rows, truth)
