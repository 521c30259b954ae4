"""Says each signal that it gets."""
import signal
import time

from report import say

count = 0


def got(number, frame):
    global count
    count += 1
    say(got=int(number), count=count)


signal.signal(signal.SIGUSR1, got)
signal.signal(signal.SIGALRM, got)
say(ready=True)
while True:
    try:
        time.sleep(1000)
    except (IOError, OSError):  # 2.7: a signal interrupts the call
        pass
