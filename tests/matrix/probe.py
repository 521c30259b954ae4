# SPDX-License-Identifier: MIT
"""Find the interpreters and what kind each one is."""

import glob
import json
import os
import re
import subprocess

from .common import Failure, cache_dir, read_json, write_json
from .recipes import RECIPES, digest, installed, interpreter_name

PROBE = r"""
import json, os, struct, sys
import sysconfig
var = sysconfig.get_config_var
try:
    import numpy
    numpy_version = numpy.__version__
except Exception:
    numpy_version = None
print(json.dumps({
    "version": "%d.%d.%d" % tuple(sys.version_info[:3]),
    "hexversion": sys.hexversion,
    "debug": hasattr(sys, "gettotalrefcount"),
    "free_threaded": bool(var("Py_GIL_DISABLED")),
    "bits": struct.calcsize("P") * 8,
    "libdir": var("LIBDIR"),
    "numpy": numpy_version,
}))
"""


def candidates(cache):
    """Every interpreter that is there, not yet looked at: a list of dicts."""
    found = []
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    paths = glob.glob(os.path.join(pyenv, "versions/*/bin/python"))
    for path in sorted(paths, key=lambda path: [int(n) for n in re.findall(
            r"\d+", path.split("/")[-3])]):
        found.append(("pyenv-" + path.split("/")[-3], path, "pyenv"))
    for folder, label in (("/usr/bin", "system"), ("/usr/local/bin", "local")):
        for path in sorted(glob.glob(folder + "/python[23]*")):
            match = re.fullmatch(r"python([23]\.\d+)(t|d|-dbg|-nopie)?", os.path.basename(path))
            if match:
                found.append(("%s-%s%s" % (label, match.group(1), match.group(2) or ""),
                              path, "machine"))
    result, seen = [], set()
    for name, path, source in found:
        real = os.path.realpath(path)
        if real in seen or not os.access(real, os.X_OK):
            continue
        seen.add(real)
        result.append({"name": name, "source": source, "exe": real, "argv": [path],
                       "root": "/", "suite": None, "expected": False})
    return result + [entry for recipe in RECIPES for entry in from_recipe(cache, recipe)]


def from_recipe(cache, recipe):
    folder = os.path.join(cache, recipe["name"])
    stamp = installed(cache, recipe)
    if not stamp:
        return
    for key, (path, _) in recipe["pythons"].items():
        if key in stamp["missing"]:
            continue
        entry = {"name": interpreter_name(recipe, key), "suite": recipe["suite"],
                 "expected": True}
        if "source" in recipe:
            exe = os.path.join(folder, path)
            entry.update(source="build", exe=exe, argv=[exe], root="/")
        else:
            entry.update(source="debian", exe=folder + path, root=folder,
                         argv=["chroot", folder, path])
        yield entry


def elf_facts(path):
    text = subprocess.run(["readelf", "-hSdlW", path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True,
                          env=dict(os.environ, LC_ALL="C")).stdout
    loader = re.search(r"Requesting program interpreter: ([^]]+)", text)
    return {
        "pie": bool(re.search(r"Type:\s+DYN", text)),
        "sections": sorted(set(re.findall(
            r"\] (\.(?:symtab|dynsym|gnu_debugdata|PyRuntime))\s", text))),
        "needed": re.findall(r"\(NEEDED\).*\[([^]]+)\]", text),
        "loader": loader.group(1) if loader else None,
    }


def inside(root, path):
    """The host's path of a file in a chroot, whose links may be absolute."""
    for _ in range(40):
        link = root + path
        if not os.path.islink(link):
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(link)))
    return root + path


def by_loader(entry, facts):
    """How a chroot's interpreter is run from outside of the chroot."""
    if entry["root"] == "/" or not facts["loader"]:
        return None
    loader = inside(entry["root"], facts["loader"])
    folders = [folder for pattern in ("lib/*-linux-gnu", "usr/lib/*-linux-gnu",
                                      "usr/lib/*-linux-gnu/blas",
                                      "usr/lib/*-linux-gnu/lapack")
               for folder in glob.glob(os.path.join(entry["root"], pattern))]
    return [loader, "--library-path", ":".join(folders), entry["exe"]]


def probe(entry):
    """Run the interpreter and read its ELF files; the entry's other fields."""
    facts = elf_facts(entry["exe"])
    loader = by_loader(entry, facts)
    argv = entry["argv"] if entry["root"] == "/" or os.geteuid() == 0 else loader
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    child = subprocess.run(argv + ["-c", PROBE], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                           timeout=120, check=False, env=env, cwd="/")
    if child.returncode:
        raise Failure("it does not run: %s" % (child.stderr.strip().splitlines() or ["?"])[-1])
    said = json.loads(child.stdout)
    libraries = [name for name in facts["needed"] if name.startswith("libpython")]
    holder = entry["exe"]
    if libraries:
        root = "" if entry["root"] == "/" else entry["root"]
        places = glob.glob(root + "/usr/lib/*-linux-gnu") + [root + said["libdir"]]
        paths = [os.path.join(place, libraries[0]) for place in places]
        holder = next(filter(os.path.exists, paths), None)
        if not holder:
            raise Failure("its %s is not found" % libraries[0])
        facts["sections"] = elf_facts(holder)["sections"]
    said.pop("libdir")
    return dict(said, runtime=holder, shared=bool(libraries), pie=facts["pie"],
                stripped=".symtab" not in facts["sections"],
                sections=facts["sections"], argv_ldso=loader)


def stamp_of(path):
    info = os.stat(path)
    return [info.st_mtime_ns, info.st_size, info.st_ino]


def matrix():
    """Every interpreter, with what was found by running it; cached."""
    cache = cache_dir()
    path = os.path.join(cache, "probe.json")
    known = read_json(path) or {}
    with open(__file__, encoding="utf-8") as file:  # other code finds other things
        script = digest(file.read())
    result, fresh, failed = [], {}, {}
    for entry in candidates(cache):
        key = "%s %s" % (entry["name"], entry["exe"])
        old = known.get(key)
        try:
            stamp = stamp_of(entry["exe"]) + [script]
            facts = old["facts"] if old and old["stamp"] == stamp else probe(entry)
        except (Failure, OSError, ValueError, subprocess.SubprocessError) as error:
            failed[entry["name"]] = (entry["expected"], str(error))
            continue
        fresh[key] = {"stamp": stamp, "facts": facts}
        result.append(finish(entry, facts))
    if fresh != known and os.path.isdir(cache) and os.access(cache, os.W_OK):
        write_json(path, fresh)
    return result + missing_entries(cache, {entry["name"] for entry in result}, failed)


def finish(entry, facts):
    """Add how this user runs it, and where a script for it is put."""
    entry = dict(entry, **facts)
    entry["state"] = "ok"
    if entry["root"] != "/" and os.geteuid() != 0:
        entry.update(argv=entry["argv_ldso"], root="/")
    root = entry["root"].rstrip("/")
    entry["share"] = {"host": root + "/tmp", "inside": "/tmp"}
    return entry


def missing_entries(cache, have, failed):
    noted = read_json(os.path.join(cache, "missing.json")) or {}
    rows = [(name, expected, False, why) for name, (expected, why) in failed.items()]
    names = [interpreter_name(recipe, key) for recipe in RECIPES for key in recipe["pythons"]]
    for name in names:
        if name not in have and name not in failed:
            note = noted.get(name, {"reason": "not installed: run `tests/interpreters install`",
                                    "unavailable": False})
            rows.append((name, True, note["unavailable"], note["reason"]))
    return [{"name": name, "state": "missing", "expected": expected,
             "unavailable": unavailable, "reason": why}
            for name, expected, unavailable, why in rows]
