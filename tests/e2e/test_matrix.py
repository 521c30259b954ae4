"""The interpreters that the project installs are there: a missing one must not pass as a skip."""
import pytest

from conftest import INTERPRETERS, MATRIX

WANTED = [(2, 7), (3, 6), (3, 7), (3, 8), (3, 9), (3, 10), (3, 11), (3, 12), (3, 13), (3, 14), (3, 15)]


@pytest.mark.parametrize("entry", [m for m in MATRIX if m["expected"]], ids=lambda m: m["name"])
def test_expected_interpreter_is_there(entry):
    if entry.get("unavailable"):
        pytest.skip(entry["reason"])
    assert entry["state"] == "ok", entry


@pytest.mark.parametrize("version", WANTED, ids=lambda v: "%d.%d" % v)
def test_version_is_there(version):
    if not any(i.version == version for i in INTERPRETERS):
        pytest.skip("no Python %d.%d on this machine" % version)
