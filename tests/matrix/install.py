# SPDX-License-Identifier: MIT
"""Install the recipes that the cache lacks."""

import concurrent.futures
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time

from .apt import KEYRINGS, ensure_packages
from .build import make_build
from .chroot import make_chroot
from .common import (STAMP, Failure, Unavailable, cache_dir, end_children, inherited, read_json,
                     remove_tree, say, say_lock, write_json)
from .probe import matrix
from .recipes import digest, installed, interpreter_name, select

# Seconds for which an archive that does not have something is not asked again.
RETRY_AFTER = 6 * 3600


def install_one(cache, recipe):
    """Install a recipe; {interpreter key: reason} of what its suite does not have."""
    name = recipe["name"]
    log = os.path.join(cache, "logs", name + ".log")
    target = os.path.join(cache, "tmp." + name)
    final = os.path.join(cache, name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(log)
    remove_tree(target)
    begin = time.monotonic()
    say("%s: installing…" % name)
    missing = (make_build if "source" in recipe else make_chroot)(recipe, target, log)
    write_json(os.path.join(target, STAMP), {"digest": digest(recipe), "missing": missing})
    remove_tree(final)
    os.rename(target, final)
    say("%s: ready after %.0f s" % (name, time.monotonic() - begin))
    return missing


def try_install(cache, recipe):
    """install_one, with its failure told and noted for `list`."""
    failed = None
    missing = {}
    try:
        missing = install_one(cache, recipe)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        failed = error
        say("%s: failed: %s" % (recipe["name"], error))
        tell_log(os.path.join(cache, "logs", recipe["name"] + ".log"))
    with say_lock:
        noted = read_json(os.path.join(cache, "missing.json")) or {}
        for key in recipe["pythons"]:
            name = interpreter_name(recipe, key)
            noted.pop(name, None)
            if failed or key in missing:
                noted[name] = {
                    "reason": str(failed) if failed else missing[key],
                    "unavailable": not failed or isinstance(failed, Unavailable),
                    "time": int(time.time()), "digest": digest(recipe)}
        write_json(os.path.join(cache, "missing.json"), noted)


def tell_log(log):
    with contextlib.suppress(FileNotFoundError):
        with open(log, encoding="utf-8", errors="replace") as file:
            say("".join("    | " + line for line in file.readlines()[-15:]).rstrip())


def missing_of(cache, recipes):
    """{interpreter name: note} of what these recipes were to bring and did not."""
    noted = read_json(os.path.join(cache, "missing.json")) or {}
    names = [interpreter_name(recipe, key) for recipe in recipes for key in recipe["pythons"]]
    return {name: noted[name] for name in names if name in noted}


def settled(cache, recipe):
    """Installed, or found to be unavailable not long ago."""
    if installed(cache, recipe):
        return True
    notes = missing_of(cache, [recipe]).values()
    return bool(notes) and all(
        note["unavailable"] and note["digest"] == digest(recipe)
        and 0 <= time.time() - note["time"] < RETRY_AFTER for note in notes)


def become_root(argv):
    """Run ourselves by sudo, with the same cache."""
    if not shutil.which("sudo"):
        raise Failure("chroots are made by root: run this as root, or install sudo")
    os.execvp("sudo", ["sudo", "env", "PST_CACHE=" + os.path.dirname(cache_dir())]
              + ["%s=%s" % (key, os.environ[key])
                 for key in ("PST_DEBIAN_MIRROR", "PST_DEBIAN_ARCHIVE", "PYENV_ROOT")
                 if key in os.environ]
              + [os.path.abspath(sys.argv[0])] + argv)


@contextlib.contextmanager
def locked(cache):
    with open(os.path.join(cache, "lock"), "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another install to end…")
            fcntl.flock(file, fcntl.LOCK_EX)
        inherited.append(file.fileno())
        try:
            yield
        finally:
            inherited.clear()


def multiarch():
    return "%s-linux-gnu" % os.uname().machine


def prepare(cache, recipes):
    """Install the tools that the recipes need."""
    log = os.path.join(cache, "logs", "packages.log")
    wanted = [("binutils", "readelf"), ("gcc", "gcc"), ("libc6-dev", "/usr/include/stdio.h"),
              ("debian-archive-keyring", KEYRINGS + "/debian-archive-keyring.gpg")]
    if any("source" not in recipe for recipe in recipes):
        wanted.append(("debootstrap", "debootstrap"))
    if any("source" in recipe for recipe in recipes):
        wanted += [("make", "make"), ("xz-utils", "xz"),
                   ("libffi-dev", "/usr/include/%s/ffi.h" % multiarch()),
                   ("zlib1g-dev", "/usr/include/zlib.h")]
    ensure_packages(wanted, log)


def cmd_install(options, argv):
    recipes = select(options.only)
    cache = cache_dir()

    def lacking():
        if options.only:  # asked for by name: ask the archive again
            return [recipe for recipe in recipes if not installed(cache, recipe)]
        return [recipe for recipe in recipes if not settled(cache, recipe)]

    if lacking():
        if os.geteuid() != 0:
            become_root(argv)
        os.umask(0o022)
        os.makedirs(os.path.join(cache, "logs"), exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, end_children)
        with locked(cache):
            todo = lacking()  # another install may have done it while we waited
            prepare(cache, todo)
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                list(pool.map(lambda recipe: try_install(cache, recipe), todo))
            matrix()  # look at what is new while we may write to the cache
    return report(missing_of(cache, recipes))


def report(missing):
    """The exit status: 0 all there, 3 the archive lacks some, 1 some failed."""
    for name, note in sorted(missing.items()):
        say("%s: missing: %s" % (name, note["reason"]))
    if not missing:
        return 0
    return 3 if all(note["unavailable"] for note in missing.values()) else 1
