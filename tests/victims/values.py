# SPDX-License-Identifier: MIT
"""Values of every kind, with what repr() makes of them.

Says one line of JSON, {"values": [[address, name, expected], ...]}, and sleeps.  Runs on every
Python from 2.7 on.
"""

import array
import collections
import datetime
import decimal
import fractions
import functools
import json
import os
import re
import sys
import time
import uuid

from report import say

PY2 = sys.version_info[0] == 2
if PY2:
    exec("text = unicode; char = unichr; big_range = xrange")
else:
    text, char, big_range = str, chr, range

kept = []  # all values, so that they stay alive


said = []


def put(name, value, expected=None):
    """EXPECTED: where repr() shows an address, or hides what we show."""
    kept.append(value)
    said.append([id(value), name, repr(value) if expected is None else expected])


class Plain(object):
    def __init__(self):
        self.name = "n"
        self.count = 3

    def method(self):
        return self.name

    @classmethod
    def of_class(cls):
        return cls


class Empty(object):
    pass


class Slotted(object):
    __slots__ = ("left", "right", "unset")

    def __init__(self):
        self.left = 1
        self.right = [2]


class SlottedChild(Slotted):
    def __init__(self):
        Slotted.__init__(self)
        self.extra = None


class Classic:
    def __init__(self):
        self.a = 1


class IntChild(int):
    pass


class ListChild(list):
    pass


class DictChild(dict):
    pass


class StrChild(str):
    pass


class FloatChild(float):
    pass


class TupleChild(tuple):
    pass


class SetChild(set):
    pass


class OwnError(ValueError):
    pass


class Meta(type):
    pass


Metaed = Meta("Metaed", (object,), {})
Point = collections.namedtuple("Point", "x y")


def function(a, b=2):
    return a


def generator():
    yield 1


def numbers():
    for value in (0, 1, -1, 255, -255, 2 ** 15 - 1, 2 ** 15, 2 ** 30 - 1, 2 ** 30, -2 ** 30,
                  2 ** 31, 2 ** 60 - 1, 2 ** 60, 2 ** 62, 2 ** 63 - 1, 2 ** 63, -2 ** 63,
                  -2 ** 63 - 1, 2 ** 64 - 1, 2 ** 64, 10 ** 18, 10 ** 19, 10 ** 27, -10 ** 27,
                  10 ** 100, 3 ** 2000, -7 ** 1500, 2 ** 10000, 10 ** 4000 + 1):
        put("int", value)
    put("int-long", 10 ** 5000, "<int with 5001 digits>" + ("L" if PY2 else ""))
    put("int-long", 10 ** 5000 - 10 ** 4995, "<int with 5000 digits>" + ("L" if PY2 else ""))
    put("int-long", -7 ** 7000, "<int with 5916 digits>" + ("L" if PY2 else ""))
    put("bool", True)
    put("bool", False)
    put("none", None)
    put("ellipsis", Ellipsis)
    put("notimplemented", NotImplemented)
    for value in ("0", "-0.0", "1", "-1", "0.1", "0.5", "1.5", "3.14", "1e15", "1e16", "1e17", "123456789012345678",
                  "9999999999999998", "1e-4", "1e-5", "0.00012345", "1e100", "1e-100", "1.7976931348623157e308",
                  "2.2250738585072014e-308", "5e-324", "4.4e-323", "1e-310", "0.30000000000000004", "1e22", "1e23",
                  "inf", "-inf", "nan", "100", "1e5", "123456.789", "5.684341886080802e-14", "-5.684341886080802e-14", "9.5367431640625e-07", "1.1102230246251565e-16", "9007199254740993"):
        put("float", float(value))
    for value in (0j, 1j, 1 + 2j, -1j, complex(-0.0, 1), complex(1, -0.0), complex("nan"), complex("inf"),
                  complex(float("nan"), float("nan")), complex(0.1, -2e16), complex(0, float("-inf"))):
        put("complex", value)


def texts():
    plain = ["", "abc", "it's", 'say "hi"', "both ' and \"", "tab\tnl\ncr\rback\\", "\x00\x01\x1f\x7f", "x" * 300]
    for value in plain:
        put("str", value)
        put("bytes", value.encode("ascii") if not PY2 else value)
        put("bytearray", bytearray(value.encode("ascii")))
    put("bytes", bytes(bytearray(range(256))))
    put("bytearray", bytearray(range(256)))
    shifted = bytearray(b"abcdef")
    del shifted[:2]
    put("bytearray", shifted)
    put("bytearray", bytearray())
    for value in (u"caf\xe9", u"\xa0\xad\x85\xff", u"\u4e2d\u6587", u"\u200b\u2028\ufeff\ue000", u"\U0001f600 smile",
                  u"a\U0001f600\u4e2d\xe9'", u"\U000e0001\U0010ffff", u"\u0378", u"ascii", u"e\u0301",
                  u"\u0440\u0443\u0441", char(0xd800), u"a" + char(0xdfff) + u"b", char(0xd800) + u"\U0001f600"):
        put("unicode", value)


def containers():
    for value in ([], [1], [1, [2, [3]]], ["a", None], (), (1,), (1, 2), ((),), ([], {}), {}, {"a": 1}, {1: 2, 3: {4: 5}},
                  {"a": [1, {"b": ()}]}, dict((i, i * i) for i in range(40)), dict((str(i), i) for i in range(300)),
                  set(), set([1]), set(range(20)), set(["a", "b", "c"]), frozenset(), frozenset([1, 2]),
                  slice(1), slice(1, 2), slice(None, None, -1), slice("a", [1])):
        put(type(value).__name__, value)
    holes = dict((i, i) for i in range(50))
    for i in range(0, 50, 3):
        del holes[i]
    put("dict-holes", holes)
    mixed = {"a": 1, "b": 2}
    mixed[3] = 4
    put("dict-mixed", mixed)
    gone = set(range(30))
    for i in range(0, 30, 2):
        gone.discard(i)
    put("set-holes", gone)
    big = dict((i, None) for i in range(1000))
    for i in range(990):
        del big[i]
    put("dict-large", big)
    put("dict-__dict__", Plain().__dict__)
    ranges = [(0,), (5,), (1, 5), (0, 10, 3), (10, 0, -2), (-3, 3)]
    for arguments in ranges:
        put("range", big_range(*arguments))
    if not PY2:
        put("range", range(10 ** 30, 10 ** 31, 10 ** 25))
        put("dict_keys", {"a": 1, "b": 2}.keys())
        put("dict_values", {"a": 1}.values())
        put("dict_items", {"a": 1}.items())
        put("dict_keys", {}.keys())
    loop = [1]
    loop.append(loop)
    put("list-cycle", loop)
    ring = {}
    ring["self"] = ring
    put("dict-cycle", ring)
    knot = ([],)
    knot[0].append(knot)
    put("tuple-cycle", knot)


def collections_():
    for value in (collections.deque(), collections.deque([1]), collections.deque(range(200)),
                  collections.deque([1, 2], maxlen=5), collections.deque([], 0)):
        put("deque", value)
    turned = collections.deque(range(150))
    turned.rotate(40)
    for i in range(100):
        turned.popleft()
    put("deque-turned", turned)
    own = collections.deque([1])
    own.append(own)
    put("deque-cycle", own)
    put("defaultdict", collections.defaultdict(int, {"a": 1}))
    put("defaultdict", collections.defaultdict(list))
    put("defaultdict", collections.defaultdict(None, {1: 2}))
    put("defaultdict", collections.defaultdict(function, a=1), "defaultdict(<function function>, {'a': 1})")
    ordered = collections.OrderedDict()
    put("odict", collections.OrderedDict())
    for key in ("c", "a", "b", "d"):
        ordered[key] = key.upper()
    put("odict", ordered)
    moved = collections.OrderedDict((i, i) for i in range(20))
    del moved[3]
    moved[3] = "again"
    if not PY2:
        moved.move_to_end(5)
        moved.move_to_end(7, last=False)
    put("odict-moved", moved)
    put("counter", collections.Counter())
    put("counter", collections.Counter("abracadabra" if sys.version_info >= (3, 7) else "aab"))
    put("counter", collections.Counter(x=-1))
    put("namedtuple", Point(1, [2]))


def times():
    from datetime import date, time, timedelta
    from datetime import datetime as dt
    for value in (date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31), time(), time(1), time(1, 2, 3), time(1, 2, 0, 4),
                  time(23, 59, 59, 999999), dt(2024, 1, 2), dt(2024, 1, 2, 3, 4), dt(2024, 1, 2, 3, 4, 5),
                  dt(2024, 1, 2, 3, 4, 0, 6), timedelta(0), timedelta(1), timedelta(0, 1), timedelta(-1, 2, 3),
                  timedelta(microseconds=1), timedelta(days=999999999)):
        put(type(value).__name__, value)
    if not PY2:
        from datetime import timezone
        utc, named = timezone.utc, timezone(timedelta(hours=1), "CET")
        for value in (utc, named, timezone(timedelta(hours=-5)), timezone(timedelta(0), "zero"), dt(2024, 1, 2, tzinfo=utc),
                      time(1, tzinfo=named), dt(2024, 1, 2, 3, 4, 5, 6, named), dt(2024, 1, 2, fold=1),
                      time(1, 2, fold=1), dt(2024, 1, 2, fold=1, tzinfo=utc), time(1, fold=1, tzinfo=utc)):
            put(type(value).__name__, value)


def library():
    for value in ("0", "-0", "1", "1.5", "-1.5", "0.001", "1E+3", "1E-7", "1E-6", "0.000001", "123.456", "Infinity",
                  "-Infinity", "NaN", "NaN123", "sNaN", "-sNaN7", "1E+1000", "12345678901234567890.123456789012345678901",
                  "10000000000000000000", "100000000000000000000000000000000000000000", "1.00", "0E+2", "0E-10", "0.00"):
        put("decimal", decimal.Decimal(value))
    for pattern in (re.compile("a+"), re.compile("(x)(y)", re.I | re.M | re.S), re.compile("it's"), re.compile("a", re.X)):
        put("pattern", pattern, None if not PY2 else "re.compile(%r%s)" % (pattern.pattern, {
            0: "", re.I | re.M | re.S: ", re.IGNORECASE|re.MULTILINE|re.DOTALL", re.X: ", re.VERBOSE"}[pattern.flags]))
    if not PY2:
        put("pattern", re.compile(b"b", re.I))
        put("pattern", re.compile("b", re.A))
    put("fraction", fractions.Fraction(1, 2))
    put("fraction", fractions.Fraction(-(10 ** 30), 7))
    put("uuid", uuid.UUID("12345678-1234-5678-1234-567812345678"))
    put("uuid", uuid.UUID(int=5))
    put("uuid", uuid.UUID(int=2 ** 128 - 1))
    if PY2:
        return
    import pathlib
    import types
    for parts in ((), ("a",), ("a", "b.txt"), ("/",), ("/usr", "lib"), ("//srv/x",), ("///a",), ("a/./b//c/",), (".",), ("..", "x"),
                  ("a", "/b"), ("/it's",), (u"caf\xe9",)):
        put("path", pathlib.PosixPath(*parts))
        used = pathlib.PurePosixPath(*parts)
        str(used)
        put("path", used)
    put("path", pathlib.Path("/usr") / "share")
    put("namespace", types.SimpleNamespace(a=1))
    put("namespace", types.SimpleNamespace())
    put("mappingproxy", types.MappingProxyType({"a": 1}))


def enums():
    if PY2:
        return
    import enum
    import http
    import signal

    class Color(enum.Enum):
        RED = 1
        GREEN = "g"

    class Number(enum.IntEnum):
        ONE = 1

    class Perm(enum.Flag):
        R = 4
        W = 2

    class Bits(enum.IntFlag):
        A = 1

    for value in (Color.RED, Color.GREEN, Number.ONE, Perm.R, Bits.A, http.HTTPStatus.OK, signal.SIGINT, [Color.RED],
                  Color, Perm, Number):
        put("enum", value)
    put("flag", Perm.R | Perm.W)
    put("flag", Perm(0))
    put("flag", Bits.A & 0)


def instances():
    put("plain", Plain(), "Plain(name='n', count=3)" if not PY2 else "Plain(count=3, name='n')")
    put("empty", Empty(), "Empty()")
    put("slots", Slotted(), "Slotted(left=1, right=[2])")
    put("slots-dict", SlottedChild(), "SlottedChild(extra=None, left=1, right=[2])")
    put("classic", Classic(), "Classic(a=1)")
    many = Plain()
    for i in range(5):
        setattr(many, "extra%d" % i, i)
    many.__dict__  # makes the dict
    if not PY2:
        put("plain-dict", many, "Plain(name='n', count=3, %s)" % ", ".join("extra%d=%d" % (i, i) for i in range(5)))
        lots = Empty()
        for i in range(50):
            setattr(lots, "a%d" % i, i)
        put("plain-lots", lots, "Empty(%s)" % ", ".join("a%d=%d" % (i, i) for i in range(50)))
        back = Plain()
        del back.name
        back.name = "again"
        put("plain-reordered", back, "Plain(count=3, name='again')")
    own = Empty()
    own.me = own
    put("plain-cycle", own, "Empty(me=Empty(...))")
    put("int-child", IntChild(7), "IntChild(7)")
    put("list-child", ListChild([1]), "ListChild([1])")
    put("dict-child", DictChild(a=1), "DictChild({'a': 1})")
    put("str-child", StrChild("x"), "StrChild('x')")
    put("float-child", FloatChild(0.5), "FloatChild(0.5)")
    put("tuple-child", TupleChild((1, 2)), "TupleChild((1, 2))")
    put("tuple-child", TupleChild((1,)), "TupleChild((1,))")
    put("set-child", SetChild([1]))
    put("set-child", SetChild())
    if not PY2:
        child = IntChild(2 ** 70)
        child.attr = 1
        put("int-child", child, "IntChild(%r)" % (2 ** 70))


def dataclass_():
    if sys.version_info < (3, 7):
        return
    import dataclasses

    def touch(self):
        self.other = 1

    Data = dataclasses.make_dataclass("Data", [
        ("a", int), ("b", str, "x"), ("hidden", int, dataclasses.field(default=3, repr=False))],
        namespace={"touch": touch})
    put("dataclass", Data(1))
    touched = Data([1, 2])
    touched.touch()
    put("dataclass", touched)
    if sys.version_info >= (3, 10):
        slotted = dataclasses.make_dataclass("Tight", [("p", int), ("q", int)], slots=True)
        put("dataclass-slots", slotted(1, 2))


def exceptions():
    for value in (ValueError("x"), ValueError(), ValueError(1, "two"), KeyError("k"), OwnError("own"), StopIteration(),
                  OSError(2, "No such file"), SystemExit(3)):
        put("exception", value)
    nested = ValueError([1])
    nested.args = (nested,)
    put("exception-cycle", nested, "ValueError(ValueError(...),)" if sys.version_info < (3, 7) else "ValueError(ValueError(...))")


def code():
    qualified = not PY2
    put("function", function, "<function function>")
    put("lambda", lambda: 0, "<function code.<locals>.<lambda>>" if qualified else "<function <lambda>>")
    put("type", int)
    put("type", Plain)
    put("type", Metaed)
    put("type", type)
    put("type", collections.OrderedDict)
    put("type", collections.deque)
    put("type", ValueError)
    put("type", decimal.Decimal)
    if PY2:
        put("classic-class", Classic, "<class __main__.Classic>")
    put("bound", Plain().method, "<bound method Plain.method of Plain(%s)>" % (
        "name='n', count=3" if not PY2 else "count=3, name='n'"))
    put("builtin", len)
    put("builtin", [].append, "<built-in method append of list object>")
    put("partial", functools.partial(len, [1], 2), "functools.partial(<built-in function len>, [1], 2)")
    put("partial", functools.partial(function, b=1), "functools.partial(<function function>, b=1)")
    put("globals", {"a": 1, "__builtins__": {"b": 2}}, "{'a': 1, '__builtins__': {...}}")
    put("module", sys, "<module 'sys'>")
    put("module", json, "<module 'json'>")
    put("module", os.path, "<module 'posixpath'>")
    put("generator", generator(), "<generator generator>")
    put("descriptor", list.append)
    put("descriptor", object.__init__)
    put("descriptor", Slotted.left)
    put("code", function.__code__, "<code object function>")
    if not PY2:
        scope = {}
        exec("async def coro():\n    pass\nasync def agen():\n    yield 1\n", scope)
        coro = scope["coro"]()
        put("coroutine", coro, "<coroutine coro>")
        put("async-generator", scope["agen"](), "<async_generator agen>")


def unknown():
    thing = object()
    put("object", thing, "<object at 0x%x>" % id(thing))
    numbers = array.array("i", [1])
    put("array", numbers, "<array.array at 0x%x>" % id(numbers))
    if not PY2:
        view = memoryview(b"x")
        put("memoryview", view, "<memoryview at 0x%x>" % id(view))
        put("file", sys.stdin, "<_io.TextIOWrapper at 0x%x>" % id(sys.stdin))


def numpy_():
    try:
        import numpy
    except ImportError:
        return
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        put(name, getattr(numpy, name)(7), "7")
    put("int8", numpy.int8(-7), "-7")
    put("uint64", numpy.uint64(2 ** 64 - 1), str(2 ** 64 - 1))
    put("bool_", numpy.bool_(True), "True")
    for value in (0.1, 1.0, 1e16, -2.5, 100.0, 1e-7):
        for name in ("float16", "float32", "float64"):
            if name != "float16" or abs(value) < 1e5:
                scalar = getattr(numpy, name)(value)
                put(name, scalar, str(scalar))
    put("longdouble", numpy.longdouble(0.5), "0.5")
    put("complex64", numpy.complex64(1 + 2j), "(1+2j)")
    put("complex128", numpy.complex128(1 + 2j), "(1+2j)")
    put("str_", numpy.str_("abc"), "'abc'")
    put("bytes_", numpy.bytes_(b"abc"), "b'abc'")
    put("ndarray", numpy.zeros((2, 3)), "ndarray(shape=(2, 3), dtype=float64)")
    put("ndarray", numpy.zeros(4, "int32"), "ndarray(shape=(4,), dtype=int32)")
    put("ndarray", numpy.array(1), "ndarray(shape=(), dtype=int64)")
    put("ndarray", numpy.zeros(4, bool), "ndarray(shape=(4,), dtype=bool)")
    put("dtype", numpy.dtype("float64"))


def newest():
    if sys.version_info >= (3, 15):
        exec("put('frozendict', frozendict(a=1)); put('frozendict', frozendict())")


for part in (numbers, texts, containers, collections_, times, library, enums, instances, dataclass_, exceptions, code,
             unknown, numpy_, newest):
    part()
say(values=said)
time.sleep(3600)
