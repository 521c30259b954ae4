# SPDX-License-Identifier: MIT
"""Build an interpreter from Debian's source package."""

import contextlib
import glob
import os
import re
import shutil

from .apt import KEYRINGS, apt_mirror, fetch_env
from .common import (Failure, Unavailable, cache_dir, log_since, log_size, remove_tree,
                     run)


def fetch_source(recipe, work, log):
    """Download Debian's source package with apt; returns upstream's tarball."""
    mirror = apt_mirror()
    if not mirror:
        raise Failure("apt names no Debian archive to take the source of %s from"
                      % recipe["source"])
    suites = recipe.get("suites", (recipe["suite"],))
    for suite in suites:
        start = log_size(log)
        try:
            return fetch_source_of(recipe["source"], suite, mirror, work, log)
        except Failure:
            text = log_since(log, start)
            if not re.search(r" 404 |Unable to find a source package", text):
                raise
            remove_tree(os.path.join(work, "apt"))
    raise Unavailable("the Debian archive that apt uses does not give out the source"
                      " package %s of %s (log: %s)"
                      % (recipe["source"], " or ".join(suites), log))


def fetch_source_of(package, suite, mirror, work, log):
    """With an apt of its own, so that the machine's sources stay as they are."""
    work = os.path.join(work, "apt")
    for part in ("state/lists/partial", "cache/archives/partial", "source"):
        os.makedirs(os.path.join(work, part))
    sources = os.path.join(work, "sources.list")
    with open(sources, "w", encoding="utf-8") as file:
        file.write("deb-src [signed-by=%s/debian-archive-keyring.gpg] %s %s main\n"
                   % (KEYRINGS, mirror, suite))
    status = os.path.join(work, "state/status")
    with open(status, "w", encoding="utf-8"):
        pass
    apt = ["apt-get", "-q"]
    for option in ("Dir::State=%s/state" % work, "Dir::State::status=" + status,
                   "Dir::Cache=%s/cache" % work, "Dir::Etc::sourcelist=" + sources,
                   "Dir::Etc::sourceparts=/dev/null", "Dir::Etc::preferencesparts=/dev/null",
                   "APT::Sandbox::User=root"):
        apt += ["-o", option]
    env = fetch_env()
    run(apt + ["update"], log, env=env)
    run(apt + ["source", "--download-only", package], log,
        cwd=os.path.join(work, "source"), env=env)
    found = glob.glob(os.path.join(work, "source/*.orig.tar.*"))
    found = [path for path in found if not path.endswith(".asc")]
    if len(found) != 1:
        raise Failure("the source package %s holds no single upstream tarball" % package)
    return found[0]


def make_build(recipe, target, log):
    """Build with upstream's configure; only what the tests need is kept."""
    work = target + ".work"
    remove_tree(work)
    os.makedirs(work)
    try:
        build_in(recipe, work, target, log)
    finally:
        remove_tree(work)
    return {}


def build_in(recipe, work, target, log):
    tarball = fetch_source(recipe, work, log)
    tree = os.path.join(work, "tree")
    os.makedirs(tree)
    run(["tar", "-C", tree, "--strip-components=1", "-xf", tarball], log)
    if "MODULE_BUILDTYPE=static" in recipe["configure"]:
        # configure writes Setup.stdlib; CPython takes it when it is Setup.local.
        local = os.path.join(tree, "Modules/Setup.local")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(local)
        os.symlink("Setup.stdlib", local)
    prefix = os.path.join(cache_dir(), recipe["name"])
    run(["./configure", "-q", "--prefix=" + prefix, "--libdir=" + prefix + "/lib",
         "--disable-test-modules", "--without-ensurepip", "--without-doc-strings",
         "OPT=-DNDEBUG -O2 -g0", "CFLAGS=" + recipe["cflags"],
         "LDFLAGS=" + recipe["ldflags"]] + list(recipe["configure"]), log, cwd=tree)
    jobs = "-j%d" % min(2, os.cpu_count() or 1)
    make = ["nice", "make", "-s"] + list(recipe["make"])
    run(make + [jobs], log, cwd=tree)
    stage = os.path.join(work, "stage")
    run(make + ["altbininstall", "inclinstall", "sharedinstall", "DESTDIR=" + stage],
        log, cwd=tree)
    shutil.move(stage + prefix, target)
    copy_library(tree, target, recipe["bin"])
    program = os.path.join(target, "bin", recipe["bin"])
    if recipe.get("strip"):
        run(["strip", program], log)
        cut_sections(program, program + "-bare")


def copy_library(tree, target, program):
    """What `make libinstall` does, less the tests and the byte-compiling."""
    library = os.path.join(target, "lib", program)
    skip = shutil.ignore_patterns("test", "tests", "idlelib", "turtledemo", "tkinter",
                                  "ensurepip", "lib2to3", "__pycache__", "*.pyc")
    shutil.copytree(os.path.join(tree, "Lib"), library, ignore=skip, dirs_exist_ok=True)
    with open(os.path.join(tree, "pybuilddir.txt"), encoding="utf-8") as file:
        built = os.path.join(tree, file.read().strip())
    for path in glob.glob(os.path.join(built, "_sysconfig*")):
        shutil.copy(path, library)
    os.makedirs(os.path.join(library, "lib-dynload"), exist_ok=True)


def cut_sections(program, bare):
    """Copy a 64-bit ELF file without its section headers, as sstrip does."""
    with open(program, "rb") as file:
        data = bytearray(file.read())
    data[0x28:0x30] = bytes(8)  # e_shoff
    data[0x3c:0x40] = bytes(4)  # e_shnum, e_shstrndx
    with open(bare, "wb") as file:
        file.write(data)
    os.chmod(bare, 0o755)
