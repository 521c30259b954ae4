"""Coroutines and asynchronous generators that are linked and unlinked all the time (3.6+).

Usage: hard_async.py KIND; says its edges as JSON.
"""
import asyncio
import sys
import types

import report


def ident(x):
    return x


@types.coroutine
def pause(x):
    yield ident(x)


async def leaf(n):
    await pause(n)
    return ident(n)


async def chain(n):
    if n:
        return await chain(n - 1)
    return await leaf(n)


async def broken(n):
    if not n:
        await pause(n)
        raise KeyError(n)
    try:
        await broken(n - 1)
    finally:
        ident(n)


async def counting(n):
    for i in range(n):
        await pause(i)
        yield ident(i)


async def doubling(n):
    async for i in counting(n):
        yield ident(i)


async def consume(n):
    async for _ in doubling(n):
        ident(n)


class Around:
    async def __aenter__(self):
        await leaf(1)

    async def __aexit__(self, *what):
        ident(what)
        await leaf(2)


async def inside():
    async with Around():
        await leaf(3)


def step(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass


def throw(coroutine):
    coroutine.send(None)
    try:
        coroutine.throw(KeyError())
    except KeyError:
        ident(0)


def once():
    step(chain(12))
    step(consume(3))
    step(inside())
    throw(chain(5))
    try:
        step(broken(8))
    except KeyError:
        pass
    many = [chain(k) for k in range(6)]
    for c in many:
        c.send(None)
    for c in many:
        c.close()


def run_bare():
    while True:
        once()


def run_asyncio():
    async def sleeper(n):
        while True:
            await chain_asyncio(n)

    async def chain_asyncio(n):
        if n:
            return await chain_asyncio(n - 1)
        await asyncio.sleep(0)
        return ident(n)

    async def tasks():
        await asyncio.gather(*[sleeper(n) for n in range(8)])

    asyncio.get_event_loop_policy().new_event_loop().run_until_complete(tasks())


# Closing starts at the innermost: its frame is then linked to whoever closes.
CLOSED = ["once pause", "once leaf"]
# So does throwing, before 3.9.
THROWN = ["throw pause", "throw leaf"] if sys.version_info < (3, 9) else []
KINDS = {
    "bare": (run_bare, ["run_bare once", "once step", "once throw", "step chain", "throw chain", "once chain",
                        "chain chain", "chain leaf", "__aenter__ leaf", "__aexit__ leaf", "inside leaf",
                        "inside __aenter__", "inside __aexit__", "step broken", "broken broken", "step consume",
                        "step inside", "consume doubling", "doubling counting", "leaf pause", "broken pause",
                        "counting pause"]
             + [name + " ident" for name in ("pause leaf broken counting doubling consume __aexit__ throw").split()]
             + CLOSED + THROWN),
    "asyncio": (run_asyncio, ["_run sleeper", "sleeper chain_asyncio", "chain_asyncio chain_asyncio", "_run tasks",
                              "chain_asyncio ident", "_step sleeper", "_step_run_and_handle_result sleeper",
                              "__step sleeper", "run_asyncio run_until_complete", "chain_asyncio sleep"]),
}


def main():
    run, edges = KINDS[sys.argv[1]]
    report.say(edges=edges + ["- <module>"])
    run()


if __name__ == "__main__":
    main()
