"""Spends its time in the cyclic garbage collector."""
import gc

from report import say

keep = [[i] for i in range(400000)]
for k in keep:
    k.append(k)


def collect_forever():
    while True:
        gc.collect()


say(ready=True)
collect_forever()
