"""What is installed is what was locked: every version fixed, every file known by its hash."""

import re
import tomllib

import pytest

from tests.guards.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.lock": PROJECT["dependencies"] + EXTRAS["install"],
    "requirements-test.lock": PROJECT["dependencies"] + EXTRAS["install"] + EXTRAS["test"],
    "requirements-node.lock": EXTRAS["node"],
}


def locked(name: str) -> dict[str, str]:
    """Each package in a lock with its version and hashes, as one text."""
    entries = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n", "", (ROOT / name).read_text()))
    return {re.split(r"==", entry)[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_every_dependency_at_its_version(name):
    entries = locked(name)
    wanted = [re.sub(r"\[.*?\]", "", dependency).lower() for dependency in LOCKS[name]]

    missing = [pin for pin in wanted if not entries.get(pin.split("==")[0], "").startswith(pin)]

    assert not missing, f"lock again: {missing}"


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name):
    assert [package for package, entry in locked(name).items() if "--hash=sha256:" not in entry] == []
