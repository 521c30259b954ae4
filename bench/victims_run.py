"""Starts a program of bench/victims.py and counts its work."""
import os
import struct
import tempfile
import time

import common
import legal


class Victim:
    def __init__(self, interpreter, kind, threads):
        share = interpreter["share"]
        self.threads, self.root = threads, interpreter["root"]
        self.host = tempfile.mkdtemp(prefix="bench-", dir=share["host"])
        os.chmod(self.host, 0o755)
        self.inside = os.path.join(share["inside"], os.path.basename(self.host))
        self.counters = os.path.join(self.host, "counters")
        with open(self.counters, "wb") as f:
            f.write(bytes(8 * threads))
        with open(os.path.join(self.host, legal.VICTIMS.name), "wb") as f:
            f.write(legal.VICTIMS.read_bytes())
        self.process = common.start([*interpreter["argv"], os.path.join(self.inside, legal.VICTIMS.name), kind,
                                     str(threads), self.inside + "/counters"])
        self.pid = self.process.pid

    def units(self):
        with open(self.counters, "rb") as f:
            return sum(struct.unpack("<%dQ" % self.threads, f.read()))

    def speed(self, seconds):
        """Units of work per second, from now on for so long."""
        units, begin = self.units(), time.monotonic()
        time.sleep(seconds)
        return (self.units() - units) / (time.monotonic() - begin)

    def stop(self):
        self.process.kill()
        self.process.communicate()
        for name in os.listdir(self.host):
            os.unlink(os.path.join(self.host, name))
        os.rmdir(self.host)
