"""Variables in their order, with their kinds, and qualified names before 3.11."""
import pytest

from conftest import dump_json


def frames_of(v, *args):
    threads = dump_json(v.pid, "--locals", *args)
    return {f["co_name"]: f for f in threads[0]["frames"]}, threads[0]["frames"]


def shown(frame):
    return [(v["kind"], v["name"], v["repr"]) for v in frame["locals"]]


@pytest.fixture
def variables(interpreter, victim):
    return victim(interpreter, "variables.py")


def test_order_and_kinds(interpreter, variables):
    frames, _ = frames_of(variables)
    inner = "<function inner>" if interpreter.version < (3, 3) else "<function Shop.signature.<locals>.inner>"
    signature = [
        ("arg", "self", "Shop()"), ("arg", "first", "7"), ("arg", "second", "'b'"), ("arg", "rest", "(3, 4)"),
        ("arg", "extra", "{'key': 5}"), ("local", "local", "1.5"), ("local", "inner", inner),
        ("cell", "shared", "[7]")]
    assert shown(frames["signature"]) == signature
    got = shown(frames["inner"])
    assert got[:2] == [("arg", "step", "9"), ("local", "used", "([7], 7, Shop())")]
    assert sorted(got[2:]) == [("free", "first", "7"), ("free", "self", "Shop()"), ("free", "shared", "[7]")]
    assert shown(frames["main"]) == [("arg", "shop", "Shop()"), ("arg", "options", "{}")]
    assert shown(frames["of_class"]) == [
        ("arg", "cls", "<class '__main__.Shop'>"), ("arg", "number", "7")]
    assert shown(frames["static"]) == [("arg", "shop", "Shop()")]
    assert [v["arg"] for v in frames["signature"]["locals"]] == [True] * 5 + [False] * 3


def test_namespaces(interpreter, variables):
    """Class bodies and exec'ed code keep their names in a dict, a module does too."""
    frames, stack = frames_of(variables)
    body = shown(frames["Body"])
    assert ("local", "text", "'in a class'") in body and ("free", "number", "9") in body
    modules = [f for f in stack if f["co_name"] == "<module>"]
    assert len(modules) == 2
    executed, main = [shown(f) for f in modules]
    assert ("local", "double", "18") in executed and ("local", "number", "9") in executed
    assert ("local", "ONLY", "'a module variable'") in main
    # imports, functions and classes would bury the variables
    assert not any(name in ("Shop", "Base", "main", "sys", "time") for _, name, _ in main)
    assert not any(name.startswith("__") for _, name, _ in executed + main + body)


def test_addresses(interpreter, variables):
    frames, _ = frames_of(variables)
    address = {v["name"]: v["addr"] for v in frames["block"]["locals"]}
    assert address["text"] == variables.facts["text"]
    # an int may live in the frame itself from 3.15 on
    assert address["number"] in (variables.facts["number"], 0)
    text = {v["name"]: v["repr"] for v in frames["block"]["locals"]}["text"]
    assert text == ("u'caf\\xe9'" if interpreter.version < (3,) else "'caf\xe9'")


def test_qualified_names(interpreter, variables):
    frames, _ = frames_of(variables, "--qualnames")
    names = {"signature": "Shop.signature", "of_class": "Shop.of_class", "computed": "Shop.computed",
             "start": "Shop.start", "method": "Base.method", "__private": "Shop.__private", "main": "main"}
    for co_name, name in names.items():
        assert frames[co_name]["qualname"] == name
