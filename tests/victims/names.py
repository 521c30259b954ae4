# -*- coding: utf-8 -*-
"""Functions whose names are wide, combined, or try to harm a terminal."""
from report import say


def make(name):
    space = {}
    exec(compile("def f(n):\n    t = 0\n    for i in range(20000): t += i\n    return t\n", "names.py", "exec"), space)
    f = space["f"]
    code = f.__code__
    changes = {"co_name": name}
    if hasattr(code, "co_qualname"):
        changes["co_qualname"] = name
    f.__code__ = code.replace(**changes)
    return f


FUNCTIONS = [make(n) for n in (
    u"\u65e5\u672c\u8a9e", u"combine\u0301", u"family_\U0001f468\u200d\U0001f469\u200d\U0001f467",
    u"bell\x07\x1b]0;title\x07", u"\u202eright", u"long_" + "x" * 3000)]
say(ready=True)
while True:
    for f in FUNCTIONS:
        f(1)
