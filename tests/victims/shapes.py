# -*- coding: utf-8 -*-
"""One thread that blocks below every shape of Python frame there is on this version."""
import sys
import time

from report import here

PAD = ["x"] * 3


class Shop(object):
    kind = "corner"

    def __init__(self, name):
        self.name = name

    def open(self, first, second=2, *rest, **extra):
        total = first + second
        label = u"total %d" % total
        return self.serve(label, total)

    def serve(self, label, total):
        big = 2 ** 100
        return [self.count(label, n) for n in range(total, total + 1)]

    def count(self, label, n):
        ratio = 1.5
        return next(self.items(label, n, ratio))

    def items(self, label, n, ratio):
        word = "item"
        yield self.close_over(n)
        yield word, label, ratio

    def close_over(self, n):
        seen = {"n": n, "half": n / 2.0}
        deep = [1, (2, [3, None]), True]

        def inner(step):
            both = (n, step)
            return self.from_c(lambda item: self.run(item, seen, both))
        return inner(-7)

    def from_c(self, key):
        things = ["only"]
        return sorted(things, key=key)

    def run(self, item, seen, both):
        names = {"run": self.in_class_body, "item": item}
        exec(compile("def made(arg):\n    local = arg * 2\n    return run(local)\nmade('ab')\n",
                     "<made up>", "exec"), names)

    def in_class_body(self, local):
        shop = self

        class Body(object):
            attribute = 1
            value = shop.recurse(5, attribute)
        return Body

    def recurse(self, depth, attribute):
        if depth:
            return self.recurse(depth - 1, attribute)
        return self.multi(
            depth,
            [attribute,
             attribute],
        )

    def multi(self, depth, pair):
        if sys.version_info >= (3, 6):
            from coro import drive
            return drive(block)
        return block("plain")


def block(how):
    wide = u"\u65e5\u672c \xe9 \U0001f600"
    empty, text = "", "it's \"quoted\"\n\ttab"
    negative, zero = -(10 ** 30), 0
    nothing, yes = None, True
    here(how=how); time.sleep(1000)


Shop("s").open(1, 2, 3, key="v")
