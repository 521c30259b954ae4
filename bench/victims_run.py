"""Starts a program of bench/victims.py and counts its work."""
import os
import shutil
import struct
import tempfile
import time

import common
import legal


TIMES = 4  # of functions that run_shares times, in ns, behind the counters


class Victim:
    """Program KIND in THREADS threads, at DEPTH where it has one, with so many NATIVES beside it."""

    def __init__(self, interpreter, kind, threads, depth=20, natives=0):
        share = interpreter["share"]
        self.threads, self.root = threads, interpreter["root"]
        self.host = tempfile.mkdtemp(prefix="bench-", dir=share["host"])
        os.chmod(self.host, 0o755)
        self.inside = os.path.join(share["inside"], os.path.basename(self.host))
        self.counters = os.path.join(self.host, "counters")
        with open(self.counters, "wb") as f:
            f.write(bytes(8 * (threads + TIMES)))
        for source in (legal.VICTIMS, legal.ASYNC):
            with open(os.path.join(self.host, source.name), "wb") as f:
                f.write(source.read_bytes())
        self.process = common.start([*interpreter["argv"], os.path.join(self.inside, legal.VICTIMS.name), kind,
                                     str(threads), self.inside + "/counters", str(depth), str(natives)])
        self.pid = self.process.pid

    def counts(self):
        with open(self.counters, "rb") as f:
            return struct.unpack("<%dQ" % (self.threads + TIMES), f.read())

    def units(self):
        return sum(self.counts()[:self.threads])

    def times(self):
        """ns so far in tiny, brief, lengthy and in_c, of one thread of run_shares."""
        return self.counts()[self.threads:]

    def speed(self, seconds):
        """Units of work per second, from now on for so long."""
        units, begin = self.units(), time.monotonic()
        time.sleep(seconds)
        return (self.units() - units) / (time.monotonic() - begin)

    def stop(self):
        self.process.kill()
        self.process.communicate()
        shutil.rmtree(self.host)
