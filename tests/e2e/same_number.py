"""Runs in a pid namespace of its own: gives the number of a sampled process to another one.

Usage: same_number.py PROGRAM MODE DIRECTORY PYTHON…; says what became of it as JSON.
"""
import json
import os
import signal
import subprocess
import sys
import time

VICTIMS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "victims")


def start(python, script):
    p = subprocess.Popen([*python, "-u", os.path.join(VICTIMS, script)], stdout=subprocess.PIPE, cwd="/")
    p.stdout.readline()
    return p


def state(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0]


def tracer(pid):
    with open("/proc/%d/status" % pid) as f:
        return [int(line.split()[1]) for line in f if line.startswith("TracerPid:")][0]


def wait_looks(pid, n):
    """Until the thread of PID that samples, its second one, has slept so many times."""
    while True:
        with open("/proc/%d/task/%s/status" % (pid, os.listdir("/proc/%d/task" % pid)[1])) as f:
            if any(line.startswith("voluntary") and int(line.split()[1]) >= n for line in f):
                return
        time.sleep(0.01)


def stop_between_looks(recorder, target):
    """Who is traced by a process that stands still cannot be waited for."""
    while True:
        os.kill(recorder, signal.SIGSTOP)
        while state(recorder) != "T":
            time.sleep(0.01)
        if not tracer(target):
            return
        os.kill(recorder, signal.SIGCONT)
        time.sleep(0.02)


def main():
    program, mode, directory = sys.argv[1:4]
    python = sys.argv[4:]
    target = start(python, "spin.py")
    time.sleep(0.3)
    recorder = subprocess.Popen([program, "record", "--pid", str(target.pid), "-r", "200", "--sampling", mode, "-o",
                                 os.path.join(directory, "profile.txt")], stderr=subprocess.PIPE, universal_newlines=True)
    recorder.stderr.readline()
    wait_looks(recorder.pid, 100)
    stop_between_looks(recorder.pid, target.pid)
    target.kill()
    target.wait()
    try:
        with open("/proc/sys/kernel/ns_last_pid", "w") as f:
            f.write(str(target.pid - 1))
    except OSError as e:
        sys.stderr.write("the number of the next process cannot be chosen: %s\n" % e)
        return 77
    stranger = start(python, "shares.py")
    if stranger.pid != target.pid:
        sys.stderr.write("the next process got another number\n")
        return 77
    os.kill(recorder.pid, signal.SIGCONT)
    said = recorder.communicate(timeout=20)[1]
    time.sleep(0.1)
    print(json.dumps({"status": recorder.returncode, "said": said, "stranger": state(stranger.pid)}))
    stranger.kill()
    stranger.wait()
    return 0


sys.exit(main())
