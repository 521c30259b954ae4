"""Three quarters of the time in one function, one quarter in another, by the clock."""
import time

from report import say

clock = getattr(time, "perf_counter", time.time)


def spin(seconds):
    end = clock() + seconds
    while clock() < end:
        pass


def most():
    spin(0.009)


def rest():
    spin(0.003)


say(ready=True)
while True:
    most()
    rest()
