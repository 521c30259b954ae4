"""Which stacks the programs of bench/victims.py and victims_async.py can have, by their source."""
import ast
from pathlib import Path

VICTIMS = Path(__file__).resolve().parent / "victims.py"
ASYNC = VICTIMS.with_name("victims_async.py")
MADE = 8  # functions of run_made
ROOTS = {"births": "short"}  # kind: what its threads begin with
ANYWHERE = {"collect": "fallen"}  # kind: what may be called from every line


class Legal:
    def __init__(self):
        self.calls = set()   # caller, line, callee
        self.lines = {}      # function: its lines
        tree = ast.parse(VICTIMS.read_text())
        for part in (ast.parse(ASYNC.read_text()), tree):
            for node in ast.walk(part):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    first = min([node.lineno] + [d.lineno for d in node.decorator_list])
                    self.lines[node.name] = range(first, node.end_lineno + 1)
                    self.function(node)
        self.made(tree)
        self.calls.update(("step", line, "work") for line in self.lines["step"])  # by send()

    def function(self, node):
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                for line in range(call.lineno, call.end_lineno + 1):
                    self.calls.add((node.name, line, call.func.id))

    def made(self, tree):
        """What the calls by other means are: space["again_3"](ident, 3), exec, f(n)."""
        for line in self.lines["call_made"]:
            self.calls.update(("call_made", line, "again_%d" % k) for k in range(MADE))
        for line in self.lines["run_made"]:
            self.calls.add(("run_made", line, "<string>"))
        for k in range(MADE):
            self.calls.update({("again_%d" % k, 4, "made_%d" % k), ("made_%d" % k, 2, "ident")})
            self.lines["again_%d" % k], self.lines["made_%d" % k] = range(3, 5), range(1, 3)
        self.lines["<string>"] = range(1, 5)
        last = tree.body[-1]
        self.lines["<module>"] = range(last.lineno, last.end_lineno + 1)

    def is_legal(self, frames, kind):
        """FRAMES: (function, file, line), root first; LINE may be None.  Threads begin in the library."""
        frames = [("<string>" if (n, f) == ("<module>", "<string>") else n.split(".")[-1], f, line)
                  for n, f, line in frames]  # of a qualified name the last part
        first = next((i for i, (_, f, _) in enumerate(frames) if f.endswith((VICTIMS.name, ASYNC.name))), None)
        if first is None:
            return bool(frames) and all("threading" in f for _, f, _ in frames)  # a thread that begins
        if any("threading" not in f for _, f, _ in frames[:first]):
            return False
        frames = frames[first:]
        if first == 0 and frames[0][0] != ROOTS.get(kind):
            if frames[0][0] != "<module>" or not self.in_lines(frames[0]):
                return False
            frames = frames[1:]
        if not frames:
            return True
        if frames[0][0] not in ("run_" + kind, ROOTS.get(kind)):
            return False
        return all(self.in_lines(f) for f in frames) and all(
            self.may_call(a, b) or b[0] == ANYWHERE.get(kind) for a, b in zip(frames, frames[1:]))

    def in_lines(self, frame):
        name, _, line = frame
        return name in self.lines and (line is None or line in self.lines[name])

    def may_call(self, caller, callee):
        if caller[2] is not None:
            return (caller[0], caller[2], callee[0]) in self.calls
        return any(a == caller[0] and b == callee[0] for a, _, b in self.calls)
