# SPDX-License-Identifier: MIT
"""What is installed: chroots of Debian suites, and builds."""

import hashlib
import json
import os

from .common import STAMP, Failure, read_json

# Part of every recipe's digest: raise it when installed files must be redone.
REVISION = 1

# What is installed. A chroot's "pythons" maps the end of an interpreter's name
# to the file that is run and the Debian packages that it needs; "also" are
# packages that the chroot is still useful without.
RECIPES = (
    {
        "name": "debian-bullseye",
        "suite": "bullseye",
        "arch": "amd64",
        "pythons": {
            "2.7": ("/usr/bin/python2.7", ("python2.7",)),
            "2.7-dbg": ("/usr/bin/python2.7-dbg", ("python2.7-dbg",)),
            "3.9": ("/usr/bin/python3.9", ("python3.9",)),
            "3.9-dbg": ("/usr/bin/python3.9-dbg", ("python3.9-dbg",)),
        },
        "also": ("python3-numpy",),
    },
    {
        "name": "debian-trixie",
        "suite": "trixie",
        "arch": "amd64",
        "pythons": {
            "3.13": ("/usr/bin/python3.13", ("python3.13",)),
            "3.13-dbg": ("/usr/bin/python3.13-dbg", ("python3.13-dbg",)),
            "3.13-shared": ("/usr/bin/python3.13-shared", ("libpython3.13",)),
        },
        "also": ("python3-numpy",),
    },
    {
        "name": "debian-forky",
        "suite": "forky",
        "arch": "amd64",
        "pythons": {
            "3.14": ("/usr/bin/python3.14", ("python3.14",)),
            "3.14-dbg": ("/usr/bin/python3.14-dbg", ("python3.14-dbg",)),
            "3.14-shared": ("/usr/bin/python3.14-shared", ("libpython3.14",)),
            "3.15": ("/usr/bin/python3.15", ("python3.15",)),
            "3.15-dbg": ("/usr/bin/python3.15-dbg", ("python3.15-dbg",)),
            "3.15-shared": ("/usr/bin/python3.15-shared", ("libpython3.15",)),
        },
        "also": ("python3-numpy",),
    },
    {
        "name": "build-3.14t",
        "suite": "forky",
        "suites": ("forky", "sid"),
        "source": "python3.14",
        "bin": "python3.14t",
        "configure": ("--disable-gil",),
        "cflags": "",
        "ldflags": "",
        "make": (),
        "pythons": {"3.14t": ("bin/python3.14t", ())},
    },
    {
        # Many archives keep no sources of a suite that still moves; this one stands.
        "name": "build-3.13t",
        "suite": "trixie",
        "source": "python3.13",
        "bin": "python3.13t",
        "configure": ("--disable-gil",),
        "cflags": "",
        "ldflags": "",
        "make": (),
        "pythons": {"3.13t": ("bin/python3.13t", ())},
    },
    {
        # Modules are built in and nothing is exported to them, so no dynamic
        # symbol gives the runtime away; the -bare copy has no section headers.
        "name": "build-3.11-static",
        "suite": "bookworm",
        "source": "python3.11",
        "bin": "python3.11",
        "configure": ("--disable-shared", "MODULE_BUILDTYPE=static"),
        "cflags": "-fno-pie",
        "ldflags": "-no-pie",
        "make": ("LINKFORSHARED=", "BLDSHARED=gcc -shared", "LDSHARED=gcc -shared"),
        "strip": True,
        "pythons": {
            "3.11-static": ("bin/python3.11", ()),
            "3.11-static-bare": ("bin/python3.11-bare", ()),
        },
    },
    {
        "name": "debian-bookworm",
        "suite": "bookworm",
        "arch": "amd64",
        "pythons": {
            "3.11": ("/usr/bin/python3.11", ("python3.11",)),
            "3.11-dbg": ("/usr/bin/python3.11-dbg", ("python3.11-dbg",)),
        },
        "also": (),
    },
    {
        "name": "debian-bookworm-i386",
        "suite": "bookworm",
        "arch": "i386",
        "pythons": {"3.11": ("/usr/bin/python3.11", ("python3.11",))},
        "also": (),
    },
)

# The smallest program that is an interpreter with a shared libpython.
LAUNCHER = """\
extern int Py_BytesMain(int argc, char **argv);
int main(int argc, char **argv) { return Py_BytesMain(argc, argv); }
"""


def digest(recipe):
    text = json.dumps([REVISION, recipe, LAUNCHER], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def interpreter_name(recipe, key):
    return ("build-" if "source" in recipe else recipe["name"] + "-") + key


def installed(cache, recipe):
    """The stamp of a finished install of just this recipe, or None."""
    stamp = read_json(os.path.join(cache, recipe["name"], STAMP))
    return stamp if stamp and stamp.get("digest") == digest(recipe) else None


def select(only):
    """The recipes with these names, or that make interpreters with them."""
    if not only:
        return list(RECIPES)
    chosen = []
    for wanted in only:
        matching = [recipe for recipe in RECIPES if wanted == recipe["name"] or wanted in
                    (interpreter_name(recipe, key) for key in recipe["pythons"])]
        if not matching:
            raise Failure("%s is not known; known are: %s" % (
                wanted, " ".join(recipe["name"] for recipe in RECIPES)))
        chosen += [recipe for recipe in matching if recipe not in chosen]
    return chosen
