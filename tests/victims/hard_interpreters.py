"""Interpreters that are made, run something, and go away again, in two threads (3.8+; a GIL of their own: 3.12+).

Usage: hard_interpreters.py; says its edges as JSON.
"""
import threading

import report

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

SCRIPT = """
def leaf(n):
    return n

def go(n):
    if n:
        return go(n - 1)
    for _ in range(20000):
        leaf(n)

go(10)
"""


def leaf_of_main(n):
    return n


def one():
    number = interpreters.create()
    interpreters.run_string(number, SCRIPT)
    interpreters.destroy(number)
    for _ in range(2000):
        leaf_of_main(number)


def forever():
    while True:
        one()


if __name__ == "__main__":
    thread = threading.Thread(target=forever)
    thread.daemon = True
    thread.start()
    # What an interpreter does while it is set up may begin with any function.
    report.say(edges=["forever one", "one leaf_of_main", "go go", "<module> go", "go leaf"])
    forever()
