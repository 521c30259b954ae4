# SPDX-License-Identifier: MIT
"""Fill a chroot with a Debian suite and its interpreters."""

import glob
import os
import re
import shutil
import subprocess

from .apt import KEYRINGS, apt_mirror, fetch_env
from .common import Failure, log_size, log_since, run
from .recipes import LAUNCHER


def own_mounts():
    """A prefix that keeps a command's mounts to itself, where that works."""
    prefix = ["unshare", "--mount", "--propagation", "private"]
    ok = shutil.which("unshare") and subprocess.run(
        prefix + ["true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return prefix if ok else []


def debootstrap(recipe, packages, keyring, target, log):
    suite = recipe["suite"]
    argv = own_mounts() + ["debootstrap", "--variant=minbase", "--arch=" + recipe["arch"],
                           "--include=" + ",".join(packages)]
    if keyring:
        argv.append("--keyring=" + keyring)
    mirror = apt_mirror()
    if recipe.get("archived"):
        mirror = os.environ["PST_DEBIAN_ARCHIVE"]
    argv += [suite, target]
    known = os.path.exists("/usr/share/debootstrap/scripts/" + suite)
    if mirror or not known:
        argv.append(mirror or "")
    if not known:  # younger than this machine's debootstrap
        argv.append("/usr/share/debootstrap/scripts/sid")
    run(argv, log, env=fetch_env())


def make_chroot(recipe, target, log):
    """Fill target; returns {interpreter key: reason} of what cannot be had."""
    wanted = [p for _, needs in recipe["pythons"].values() for p in needs]
    packages = list(dict.fromkeys(wanted + list(recipe["also"])))
    lacking = set()
    keyring = None
    while True:
        start = log_size(log)
        try:
            debootstrap(recipe, packages, keyring, target, log)
            break
        except Failure:
            text = log_since(log, start)
            gone = re.search(r"Couldn't find these debs: (.*)", text)
            removed = os.path.join(KEYRINGS, "debian-archive-removed-keys.gpg")
            if gone and set(gone.group(1).split()) & set(packages):
                lacking |= set(gone.group(1).split())
                packages = [p for p in packages if p not in lacking]
            elif "unknown key" in text and not keyring and os.path.exists(removed):
                keyring = removed  # a suite that is past its support
            elif ("getting release file" in text and not recipe.get("archived")
                  and os.environ.get("PST_DEBIAN_ARCHIVE")):
                recipe = dict(recipe, archived=True)
            else:
                raise
    missing = {}
    for key, (path, needs) in recipe["pythons"].items():
        gone = [p for p in needs if p in lacking]
        if gone:
            missing[key] = "%s has no package %s" % (recipe["suite"], " ".join(gone))
        elif key.endswith("-shared"):
            make_launcher(target, path, needs[0], log)
    trim_chroot(target)
    return missing


def make_launcher(target, path, library, log):
    """Compile, on this machine, an interpreter against the chroot's libpython."""
    source = os.path.join(target, "tmp/launcher.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(LAUNCHER)
    objects = glob.glob(os.path.join(target, "usr/lib/*-linux-gnu", library + ".so.*"))
    if not objects:
        raise Failure("package %s holds no %s.so" % (library, library))
    run(["gcc", "-O2", "-o", target + path, source, objects[0],
         "-Wl,--unresolved-symbols=ignore-in-shared-libs"], log)
    os.unlink(source)


def trim_chroot(target):
    for pattern in ("var/lib/apt/lists/*", "var/cache/apt/*", "usr/share/doc/*",
                    "usr/share/man/*", "usr/share/locale/*", "usr/share/info/*",
                    "var/log/*"):
        for path in glob.glob(os.path.join(target, pattern)):
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
    os.chmod(os.path.join(target, "tmp"), 0o1777)
