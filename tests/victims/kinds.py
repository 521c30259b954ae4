# SPDX-License-Identifier: MIT
"""A value of every kind that values.py knows, each a local variable of one function.

Says {"values": {name of the variable: expected}} and sleeps.
"""
import time

import report

sleep, say = time.sleep, report.say
told = []
time.sleep, report.say = (lambda seconds: None), (lambda values: told.extend(values))
import values  # noqa: E402 - it says and sleeps where it is imported

time.sleep, report.say = sleep, say


def first_of_each(told):
    """{name of a variable: (index, expected)}, the first value of each name."""
    chosen = {}
    for index, (_, name, expected) in enumerate(told):
        chosen.setdefault("v_" + name.replace("-", "_"), (index, expected.replace("__main__.", "values.")))
    return chosen


chosen = first_of_each(told)
lines = ["def block(kept):"]
lines += ["    %s = kept[%d]" % (name, index) for name, (index, _) in sorted(chosen.items())]
lines += ["    say(values=expected); sleep(1000)"]
scope = {"say": say, "sleep": sleep, "expected": {name: text for name, (_, text) in chosen.items()}}
exec("\n".join(lines), scope)
scope["block"](values.kept)
