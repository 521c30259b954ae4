"""What a victim knows about itself: printed as one line of JSON, for the test to compare with.

Runs on Python 2.7 and on every 3.x.  `here()` and the call that blocks stand on one line of the
victim, so that every line number said here is still true while the victim blocks.
"""
import json
import sys

PLAIN = (int, float, bool, type(None), str, bytes)
if sys.version_info[0] == 2:
    PLAIN += (long, unicode)  # noqa: F821


def plain(value, depth=0):
    """True for values whose repr does not depend on an address."""
    kind = type(value)
    if kind in PLAIN:
        return True
    if depth > 2:
        return False
    if kind in (list, tuple):
        return all(plain(v, depth + 1) for v in value)
    if kind is dict:
        return all(plain(k, depth + 1) and plain(v, depth + 1) for k, v in value.items())
    return False


def columns(frame, leaf):
    """Line, end line, columns of the running instruction, where the version knows them.

    Not of the leaf: it goes on to the call that blocks.
    """
    code = frame.f_code
    if leaf or not hasattr(code, "co_positions"):
        return None
    return list(list(code.co_positions())[frame.f_lasti // 2])


def stack(frame):
    frames = []
    leaf = True
    while frame is not None:
        code = frame.f_code
        frames.append({
            "co_name": code.co_name,
            "qualname": getattr(code, "co_qualname", None),
            "filename": code.co_filename,
            "line": frame.f_lineno,
            "first_line": code.co_firstlineno,
            "columns": columns(frame, leaf),
            "locals": {str(k): repr(v) for k, v in frame.f_locals.items() if plain(v)}
            if code.co_flags & 1 else None,
        })
        frame = frame.f_back
        leaf = False
    return frames


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def here(**facts):
    """Says the stack of the caller, and FACTS."""
    say(stack=stack(sys._getframe(1)), **facts)
