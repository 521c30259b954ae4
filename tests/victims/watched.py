"""A loop whose variables are known: one that grows, a dict in a dict in an object, a long text, and a second thread."""
import threading
import time

from report import say


class Basket(object):
    def __init__(self):
        self.name = "basket"
        self.config = {"db": {"host": "db.example", "ports": [5432, 5433]}, "debug": False}


def worker(jobs):
    done = 0
    while True:
        done += 1
        time.sleep(0.05)


def total(basket, limit=7):
    count = 0
    query = "SELECT " + "column, " * 60 + "the_end"
    ready = say
    while True:
        count += 1
        if ready:
            ready(ready=True)
            ready = None
        time.sleep(0.02)


def main():
    second = threading.Thread(target=worker, args=([1, 2, 3],), name="worker-1")
    second.daemon = True
    second.start()
    total(Basket())


main()
