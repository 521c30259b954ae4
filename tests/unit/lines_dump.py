# SPDX-License-Identifier: MIT
"""Prints line tables of this interpreter and what it makes of them, for test_interp_lines.c.

Run by lines_collect, on every version from 2.7 on.
"""
from __future__ import print_function

import dis
import sys

# Long gaps, lines that go back, calls over several lines, code without a line, wide columns.
SAMPLE = (
    "def first(a, b=(\n    1, 2)):\n"
    "    x = [i\n         for i in\n         a]\n"
    "    for y in x:\n        if y:\n            continue\n        b = (y +\n             x[\n  0])\n"
    "    try:\n        first(\n            1,\n            b)\n    except ValueError:\n        pass\n"
    "    finally:\n        del x\n"
    + "\n" * 300 +
    "    return a(b,\n" + "\n" * 140 + "             a)\n"
    "class C(object):\n    def m(self):\n        with self:\n            return "
    + "f(" * 20 + "x" + ")" * 20 + "\n"
    "def gen():\n    while True:\n        y = yield (\n            1)\n        if y: y = " + "+".join(["y"] * 200) + "\n"
    "def cols():\n    " + " " * 100 + "a = bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccccccccccccccccccc\n"
    .replace("    " + " " * 100, "    " + "aaaaaaaaaa = " * 12)
    + "lam = lambda: (\n\n  1 //\n  0)\n"
)


def codes(code):
    yield code
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            for inner in codes(const):
                yield inner


def positions(code):
    """(lasti, line, end_line, col, end_col) per instruction word; 0 and -1: none."""
    if hasattr(code, "co_positions"):
        for i, (line, end_line, col, end_col) in enumerate(code.co_positions()):
            yield (2 * i, line or 0, end_line or 0, -1 if col is None else col, -1 if end_col is None else end_col)
    elif hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            for lasti in range(start, end, 2):
                yield (lasti, line or 0, line or 0, -1, -1)
    else:
        starts = dict(dis.findlinestarts(code))
        line = code.co_firstlineno
        for lasti in range(len(code.co_code)):
            line = starts.get(lasti, line)
            yield (lasti, line, line, -1, -1)


def runs(code):
    """The same, instructions in a row that have one position put together."""
    out = []
    for at in positions(code):
        if out and out[-1][1:] == at[1:]:
            continue
        out.append(at)
    return out


def fmt():
    v = sys.version_info
    return ("PST_LINES_311" if v >= (3, 11) else "PST_LINES_310" if v >= (3, 10) else
            "PST_LINES_LNOTAB_SIGNED" if v >= (3, 6) else "PST_LINES_LNOTAB_UNSIGNED")


def main():
    version = "%d.%d.%d" % sys.version_info[:3]
    for code in codes(compile(SAMPLE, "sample.py", "exec")):
        table = bytearray(code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab)
        if sys.version_info < (3, 10):
            table = bytearray(code.co_lnotab)
        if not table:
            continue
        expect = runs(code)
        size = len(code.co_code)
        print('\t{"%s %s", %s, %d, %d, %d, (const uint8_t[]){%s}, %d, (const struct expect[]){%s}},' % (
            version, code.co_name.strip("<>"), fmt(), code.co_firstlineno, size, len(table),
            ",".join(str(b) for b in table), len(expect),
            ",".join("{%d,%d,%d,%d,%d}" % e for e in expect)))


main()
