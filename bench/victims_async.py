"""The programs of victims.py that Python 2.7 cannot read: coroutines, and generators among them (3.6)."""
import types


def same(x):
    return x


@types.coroutine
def stop():
    yield


async def nap(x):
    await stop()
    return same(x)


async def numbers(n):
    for i in range(n):
        await stop()
        yield same(i)


async def work(n):
    total = 0
    for i in range(n):
        total += await nap(i)
        async for k in numbers(3):
            total += k
    return total


def step(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        return False
    return True


def run_coroutines(unit):
    while True:
        some = [work(5), work(6), work(7)]
        while some:
            for c in list(some):
                if not step(c):
                    some.remove(c)
        unit()
