"""Coroutines, asynchronous generators and comprehensions below them (3.6+)."""


class Ready:
    def __await__(self):
        return self
        yield


async def steps(block):
    for step in range(1):
        yield step


async def outer(block):
    mark = "outer"
    return await middle(block, mark)


async def middle(block, mark):
    async for step in steps(block):
        return [inner(block, mark, step) for step in [step]]


def inner(block, mark, step):
    table = {k: block("coroutine") for k in [step]}
    return table


def drive(block):
    coroutine = outer(block)
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
