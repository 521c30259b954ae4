"""Code that runs in a second interpreter of the process (3.8+)."""
import sys

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

from report import say

SCRIPT = """
import time
def inside(n):
    if n:
        return inside(n - 1)
    with open(%r, "w") as f:
        f.write("ready")
    time.sleep(1000)
inside(3)
"""


def main():
    number = interpreters.create()
    say(interpreter=int(number))
    interpreters.run_string(number, SCRIPT % sys.argv[1])


main()
