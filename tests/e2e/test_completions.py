"""Completions in real shells: what a user who presses Tab is offered."""
import os
import re
import shutil
import subprocess
import time

import pexpect
import pytest

from conftest import binary, run


@pytest.fixture
def folder(tmp_path):
    """A folder with the program under its own name, first in PATH."""
    os.symlink(binary(), tmp_path / "pyspy-tui")
    os.symlink(binary(), tmp_path / "py-spy")
    return tmp_path


def need(shell):
    path = shutil.which(shell)
    if not path:
        pytest.skip("%s is not installed" % shell)
    return path


def script(shell, program=None):
    return run("completions", shell, check=0, program=program).out


def environment(folder):
    return dict(os.environ, PATH="%s:%s" % (folder, os.environ["PATH"]), LC_ALL="C.UTF-8", TERM="xterm",
                HOME=str(folder), XDG_CONFIG_HOME=str(folder), XDG_DATA_HOME=str(folder))


class Bash:
    def __init__(self, folder, program="pyspy-tui"):
        self.path, self.folder, self.program = need("bash"), folder, program
        self.script = script("bash", program=str(folder / program))

    def offers(self, line):
        """COMPREPLY of bash's own call of the function for LINE."""
        words = line.split(" ")
        function = self.script.strip().splitlines()[-1].split()[-2]
        code = "%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=%d\n%s\nprintf '%%s\\n' \"${COMPREPLY[@]}\"" % (
            self.script, " ".join("'%s'" % w for w in words), len(words) - 1, function)
        done = subprocess.run([self.path, "--norc", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, env=environment(self.folder), cwd=str(self.folder), timeout=60)
        assert done.stderr == "" and done.returncode == 0, done.stderr
        return set(done.stdout.split())


class Fish:
    def __init__(self, folder, program="pyspy-tui"):
        self.path, self.folder, self.program = need("fish"), folder, program
        self.file = folder / "c.fish"
        self.file.write_text(script("fish", program=str(folder / program)))

    def offers(self, line):
        code = "source '%s'; complete -C '%s'" % (self.file, line)
        done = subprocess.run([self.path, "--no-config", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, env=environment(self.folder), cwd=str(self.folder), timeout=60)
        assert done.stderr == "" and done.returncode == 0, done.stderr
        return {offer.split("\t")[0] for offer in done.stdout.splitlines()}


class Zsh:
    """An interactive zsh: its completion works in the line editor alone."""

    def __init__(self, folder, program="pyspy-tui"):
        path = need("zsh")
        functions = folder / "functions"
        functions.mkdir()
        (functions / ("_" + program)).write_text(script("zsh", program=str(folder / program)))
        self.child = pexpect.spawn(path, ["-f", "-i"], env=environment(folder), cwd=str(folder), encoding="utf-8",
                                   dimensions=(400, 200), timeout=60)
        for line in ("PS1='ready> '", "unsetopt zle_bracketed_paste prompt_cr prompt_sp", "LISTMAX=10000",
                     "fpath=('%s' $fpath)" % functions, "autoload -U compinit", "compinit -u -D",
                     "setopt no_auto_menu no_list_beep", "zstyle ':completion:*' list-colors ''",
                     "bindkey '^X' list-choices", "echo is-set-''up"):
            self.child.sendline(line)
        self.child.expect("is-set-up\r")
        self.child.expect("ready> ")

    def offers(self, line):
        """The words of the list that C-x shows under LINE."""
        self.child.send(line + "\x18")
        text, end = "", time.monotonic() + 20
        while time.monotonic() < end:
            try:
                text += self.child.read_nonblocking(65536, timeout=1)
            except pexpect.TIMEOUT:
                if text.count("\n") > 1:
                    break
        self.child.send("\x15\r")
        self.child.expect("ready> ")
        plain = re.sub(r"\x1b\[\d*A.*", "", text, flags=re.S)  # then it goes up and draws the line again
        for mark in ("\x1b[J", "\x1b[K", "\x1b[m", "\x1b[0m"):
            plain = plain.replace(mark, "")
        lines = plain.replace("\r", "").split("\n")[1:]
        # "--format -f    -- what it means"
        return {word for item in lines for word in item.split(" -- ")[0].split()}


SHELLS = pytest.mark.parametrize("shell", [Bash, Zsh, Fish], ids=lambda s: s.__name__.lower())


def of_table(command):
    table = [line.split("\t") for line in run("--print-options", check=0).out.splitlines()]
    return {"--" + name for name, _, _, commands, shown in table if shown == "shown" and command in commands.split(", ")}


@SHELLS
def test_commands(folder, shell):
    offers = shell(folder).offers("pyspy-tui ")
    assert {"record", "top", "dump", "completions", "help"} <= offers


@SHELLS
@pytest.mark.parametrize("command", ["record", "top", "dump", "replay"])
def test_options_of_each_command(folder, shell, command):
    offers = shell(folder).offers("pyspy-tui %s --" % command)
    wanted = of_table(command)
    assert len(wanted) > 8
    assert wanted == {o.rstrip("=") for o in offers if o.startswith("--") and o != "--"}


@SHELLS
def test_options_without_a_command_are_those_of_the_screen(folder, shell):
    offers = shell(folder).offers("pyspy-tui --")
    assert of_table("top") == {o.rstrip("=") for o in offers if o.startswith("--") and o != "--"}


@SHELLS
def test_formats(folder, shell):
    offers = shell(folder).offers("pyspy-tui record --format ")
    assert {"svg", "speedscope", "raw", "chrometrace"} <= offers
    assert not offers & {"record", "--output", "paused"}


@SHELLS
def test_modes(folder, shell):
    offers = shell(folder).offers("pyspy-tui --sampling ")
    assert {"coscheduled", "paused", "free"} <= offers


@SHELLS
def test_files(folder, shell):
    (folder / "profile-of-mine.svg").touch()
    assert any("profile-of-mine.svg" in o for o in shell(folder).offers("pyspy-tui record -o prof"))


@SHELLS
def test_processes(folder, shell):
    assert any(str(os.getpid()) in o for o in shell(folder).offers("pyspy-tui dump --pid %d" % os.getpid()))


@SHELLS
def test_under_the_name_of_py_spy(folder, shell):
    assert "--format" in {o.rstrip("=") for o in shell(folder, "py-spy").offers("py-spy record --f")}


def test_bash_knows_values_behind_an_equals_sign(folder):
    # bash takes --format=s apart into three words
    assert "svg" in Bash(folder).offers("pyspy-tui record --format = s")


def test_bash_completes_the_program_behind_two_dashes(folder):
    (folder / "data.txt").touch()
    assert "ls" in Bash(folder).offers("pyspy-tui record -- l")
    assert Bash(folder).offers("pyspy-tui record -- ls dat") == {"data.txt"}


def test_other_shells_are_refused():
    done = run("completions", "powershell", check=2)
    assert done.out == "" and "bash, zsh, fish" in done.err
    run("completions", check=2)
