"""The drawing of the tree in pyproject.toml is the tree on disk."""

import re
import tomllib

from tests.guards.sources import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def layers() -> list[tuple[str, str, bool]]:
    """Every module in a drawing of layers: its folder, its name, whether it is only planned."""
    drawn = [contract for contract in CONTRACTS if contract["type"] == "layers" and "containers" in contract]
    return [
        (contract["containers"][0], name.strip(" ()"), name.strip().startswith("("))
        for contract in drawn
        for layer in contract["layers"]
        for name in re.split(r"[|:]", layer)
    ]


def exists(folder: str, name: str) -> bool:
    return (ROOT / folder / name / "__init__.py").exists() or (ROOT / folder / f"{name}.py").exists()


def test_a_layer_exists_unless_it_is_only_planned():
    wrong = [
        f"{folder}.{name}" for folder, name, planned in layers() if not planned and not exists(folder, name)
    ]

    assert not wrong, f"not there: {wrong}"


def test_a_planned_layer_loses_its_parentheses_when_it_comes():
    wrong = [f"{folder}.{name}" for folder, name, planned in layers() if planned and exists(folder, name)]

    assert not wrong, f"there by now: {wrong}"
