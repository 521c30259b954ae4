"""Variables of every kind, in frames of every shape, and names that a profiler must find out.

Says where each object of interest is, and blocks below them all.
"""
import time

from report import say

ONLY = "a module variable"


class Shop(object):
    def signature(self, first, second=2, *rest, **extra):
        local = 1.5
        shared = [first]
        unset = None
        del unset

        def inner(step):
            used = shared, first, self
            return Old().method(step, used)
        return inner(9)

    @classmethod
    def of_class(cls, number):
        return cls().signature(number, "b", 3, 4, key=5)

    @property
    def computed(self):
        return self.of_class(7)

    @staticmethod
    def static(shop):
        return shop.computed

    def __private(self):
        return self.static(self)

    def start(self):
        return self.__private()


class Base:
    def method(self, step, used):
        return namespaces(step)


class Old(Base):
    pass


def namespaces(number):
    class Body(object):
        text = "in a class"
        value = executed(number)
    return Body


def executed(number):
    scope = {"number": number, "block": block}
    exec("double = number * 2\nresult = block(double)\n", scope)


def rebound(argument):
    argument = argument + 1

    def later():
        return argument
    return later


def block(number):
    text = u"caf\xe9"
    argument = rebound(1)
    say(text=id(text), number=id(number))
    time.sleep(3600)


def main(shop, options={}):
    return shop.start()


main(Shop())
