"""What profilers write, as stacks: a list of (function, file, line), root first, and how often."""
import re

RAW = re.compile(r"(.*) \((.*?)(?::(\d+))?\)$")


def number(text):
    return int(text) if text and int(text) > 0 else None


def raw(text):
    """pyspy-tui and py-spy: name (file:line);… N"""
    for line in text.splitlines():
        stack, count = line.rsplit(" ", 1)
        frames = []
        for label in stack.split(";"):
            found = RAW.match(label)
            name, file, at = found.groups() if found else (label, "", None)
            frames.append((name, file, number(at)))
        yield frames, int(count)


def parts(labels):
    """file:function:line"""
    frames = []
    for label in labels:
        file, name, at = label.rsplit(":", 2)
        frames.append((name, file, number(at)))
    return frames


def tachyon(text):
    for line in text.splitlines():
        stack, count = line.rsplit(" ", 1)
        yield parts(stack.split(";")[1:]), int(count)


def austin(text):
    """One line for each sample; the number is a time."""
    for line in text.splitlines():
        if not line.startswith("P"):
            continue
        labels = line.rsplit(" ", 1)[0].split(";")[2:]
        if labels:
            yield parts(labels), 1
