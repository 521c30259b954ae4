# SPDX-License-Identifier: MIT
"""The machine's own apt: its packages, its archive, its proxy."""

import os
import re
import shutil
import subprocess

from .common import Failure, run, say

KEYRINGS = "/usr/share/keyrings"


def ensure_packages(wanted, log):
    """wanted: (package, command or file that shows that it is there) pairs."""
    lacking = [package for package, shows in wanted
               if not (os.path.exists(shows) if "/" in shows else shutil.which(shows))]
    if not lacking:
        return
    if not shutil.which("apt-get"):
        raise Failure("these packages are needed: %s" % " ".join(lacking))
    say("installing packages: %s" % " ".join(lacking))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600",
               "--no-install-recommends", "install"] + lacking
    try:
        run(install, log, env=env)
    except Failure:
        run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", "update"], log, env=env)
        run(install, log, env=env)


def apt_mirror():
    """The archive that apt takes this machine's Debian from, or None."""
    if os.environ.get("PST_DEBIAN_MIRROR"):
        return os.environ["PST_DEBIAN_MIRROR"]
    try:
        lines = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(SITE)|$(ORIGIN)|$(LABEL)",
             "Created-By: Packages"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            check=False).stdout.splitlines()
    except OSError:
        return None
    rows = [line.split("|") for line in lines if line.count("|") == 2]
    for site, origin, label in rows:
        if origin == "Debian" and label == "Debian":
            return site
    for site, _, _ in rows:  # before the first apt-get update there are no labels
        if site.rstrip("/").endswith("/debian"):
            return site
    return None


def fetch_env():
    """The environment for programs that fetch, with apt's proxy if it has one."""
    env = dict(os.environ, LC_ALL="C.UTF-8", DEBIAN_FRONTEND="noninteractive")
    for scheme in ("http", "https"):
        text = subprocess.run(
            ["apt-config", "shell", "PROXY", "Acquire::%s::Proxy" % scheme],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            check=False).stdout
        match = re.match(r"PROXY='([^']+)'", text)
        if match and match.group(1) != "DIRECT":
            env.setdefault(scheme + "_proxy", match.group(1))
    return env
