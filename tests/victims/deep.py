"""A recursion of the depth that is asked for, in a thread whose C stack is big enough."""
import sys
import threading
import time

from report import say

depth = int(sys.argv[1])
sys.setrecursionlimit(depth + 1000)
threading.stack_size(min(depth * 1000 + (1 << 20), 1 << 30) // 4096 * 4096)


def down(n):
    if n:
        return down(n - 1)
    say(depth=depth)
    time.sleep(1000)


t = threading.Thread(target=down, args=(depth - 1,), name="deep")
t.daemon = True
t.start()
time.sleep(1000)
