"""Burns the CPU in a chain of calls that never holds still."""
from report import say


def leaf(n):
    return n + 1


def middle(n):
    return leaf(n) + leaf(n)


def outer(n):
    return middle(n) + 1


say(ready=True)
i = 0
while True:
    i = outer(i) & 0xFFFF
