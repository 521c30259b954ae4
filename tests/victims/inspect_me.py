# SPDX-License-Identifier: MIT
"""Values of every kind that can be opened, as locals of one function, and what is inside of them.

    inspect_me.py sleep|spin|churn [THREADS]

Says {"vars": {name: [repr, type, length]}, "parts": {path: [[label, repr, type, length], ...]}}, as a reader
of the program would say it.  Then each round changes `moving` and `rounds`.
"""
import collections
import functools
import sys
import threading
import time
import types

from report import say

PY2 = sys.version_info[0] == 2
if PY2:
    exec("text = unicode")
else:
    text = str
OTHERS = (collections.OrderedDict, collections.defaultdict, collections.Counter)


def shown(self):
    return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % pair for pair in attributes(self)))


class Shown(object):
    __slots__ = ()
    __repr__ = shown


class Plain(Shown):
    def __init__(self, **attributes):
        for name in sorted(attributes):
            setattr(self, name, attributes[name])


class Slotted(Shown):
    __slots__ = ("left", "right", "unset")

    def __init__(self):
        self.left = 1
        self.right = {"deep": [1, 2]}


class SlottedChild(Slotted):
    def __init__(self):
        Slotted.__init__(self)
        self.extra = None


class Grown(Shown):
    """More attributes than a shared table of keys has."""

    def __init__(self):
        for i in range(40):
            setattr(self, "a%d" % i, i)
        del self.a7
        self.last = "last"


class DictChild(dict):
    def __repr__(self):
        return "DictChild(%s)" % dict.__repr__(self)


Point = collections.namedtuple("Point", "x y")


def attributes(value):
    """As they are shown: what is in the dict, then slots, those of the most basic class first."""
    found = list(getattr(value, "__dict__", {}).items())
    for cls in reversed(type(value).__mro__):
        for name in sorted(cls.__dict__.get("__slots__", ())):
            if hasattr(value, name):
                found.append((name, getattr(value, name)))
    return found


def parts(value):
    """[(label, part)]"""
    if isinstance(value, Point):
        return [("." + name, getattr(value, name)) for name in value._fields]
    if isinstance(value, dict):
        found = [("[%r]" % (key,), item) for key, item in value.items()]
        return found + [("." + name, item) for name, item in attributes(value)
                        if not name.startswith("_OrderedDict__")]
    if isinstance(value, (list, tuple, collections.deque)):
        return [("[%d]" % i, item) for i, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        return [("{%r}" % (item,), item) for item in value]
    if isinstance(value, Exception):
        return [(".args", value.args)] + [("." + name, item) for name, item in attributes(value)]
    if isinstance(value, functools.partial):
        return [(".func", value.func), (".args", value.args), (".keywords", value.keywords)]
    if isinstance(value, types.GeneratorType):
        code, found = value.gi_code, value.gi_frame.f_locals if value.gi_frame else {}
        return [(name, found[name]) for name in code.co_varnames + code.co_cellvars if name in found]
    if isinstance(value, Shown):
        return [("." + name, item) for name, item in attributes(value)]
    return []


def facts(value):
    length = -1
    if isinstance(value, (dict, list, tuple, set, frozenset, str, text, bytes, collections.deque)):
        length = len(value)
    return [repr(value), type(value).__name__, length]


def describe(path, value, found, depth=0):
    if depth > 6:
        return
    inside = parts(value)
    if inside and path not in found:
        found[path] = [[label] + facts(part) for label, part in inside]
        for label, part in inside:
            describe(path + "|" + label, part, found, depth + 1)


def walks(where, name):
    def inner():
        return shared
    shared = ["in a cell"]
    for text in ("one", "two"):
        yield where, text
    inner()


def made():
    error = ValueError("bad", 3)
    error.note = {"why": "so"}
    child = DictChild(a=1)
    child.extra = [1]
    ordered = collections.OrderedDict([("z", 1), ("y", [2]), ("x", 3)])
    ordered["z"] = ordered.pop("z")
    removed = {}
    for i in range(30):
        removed[i] = str(i)
    for i in range(0, 30, 3):
        del removed[i]
    counts = collections.Counter()
    counts["only"] = 3
    groups = collections.defaultdict(list)
    groups["g"].append(Plain(n=1))
    started, ended = walks({"key": [1, 2]}, "b"), walks({}, "c")
    next(started)
    list(ended)
    return {
        "config": {"db": Plain(host="localhost", ports=[1, 2, {"three": 3}]), "n": 1, (1, 2): {"k": "v"}},
        "shops": [Plain(name="a", rows=[1, 2]), Plain(name="b", rows=[]), Slotted()],
        "general": {1: "one", "two": 2, None: [3]},
        "removed": removed,
        "slotted": Slotted(),
        "slotted_child": SlottedChild(),
        "grown": Grown(),
        "point": Point({"in": "x"}, [1]),
        "queue": collections.deque(range(150)),
        "numbers": {5, 6, 7},
        "frozen": frozenset([("t", 1)]),
        "ordered": ordered,
        "counts": counts,
        "groups": groups,
        "child": child,
        "error": error,
        "pair": (1, ("a", [u"caf\xe9"])),
        "call": functools.partial(divmod, 7),
        "started": started,
        "ended": ended,
        "fresh": walks({"to": [1]}, "a"),
        "empty": {},
        "plain_text": "abc",
        "long_text": "x" * 10000000,
    }


def block(kind, config, shops, general, removed, slotted, slotted_child, grown, point, queue, numbers, frozen,
          ordered, counts, groups, child, error, pair, call, started, ended,
          fresh, empty, plain_text, long_text):
    circle = [1]
    circle.append({"again": circle})
    many = list(range(1000))
    deep = []
    for i in range(200):
        deep = [deep]
    moving, rounds = {"n": 0}, 0
    local = Plain(here=True)
    if kind is not None:
        tell(locals())
    while True:
        rounds += 1
        moving["n"] = rounds
        moving[rounds % 50] = [rounds]
        if rounds % 50 == 0:
            moving.clear()
        if kind == "sleep":
            time.sleep(0.02)
        if kind == "churn":
            short = threading.Thread(target=time.sleep, args=(0.003,))
            short.start()
            time.sleep(0.001)


def tell(variables):
    found = {}
    names = [n for n in variables if n not in ("kind", "deep", "circle", "long_text", "moving", "rounds", "i", "many")]
    for name in names:
        describe(name, variables[name], found)
    say(vars={name: facts(variables[name]) for name in names}, parts=found)


def spin():
    values = {}
    while True:
        for i in range(200):
            values[i % 20] = [i, {}]


for _ in range(int((sys.argv + [0])[2] if len(sys.argv) > 2 else 0)):
    thread = threading.Thread(target=spin)
    thread.daemon = True
    thread.start()
block(sys.argv[1], **made())
