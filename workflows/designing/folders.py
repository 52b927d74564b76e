"""A procedure's folder (``bpmn/<key>/``) read into a bundle: its own artefacts and those of what it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workflows import spiff
from workflows.catalogue import Bundle
from workflows.designing.parts import (
    DECISIONS,
    DESCRIPTION,
    OWN_DIAGRAM,
    SCENARIOS,
    Part,
    Unusable,
    assemble,
    described,
    forms_named,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_BYTES = 2_000_000

OWN_FILES = frozenset({DESCRIPTION, OWN_DIAGRAM, DECISIONS, SCENARIOS})
"""What a procedure's folder holds."""

_ID = re.compile(r"""\bid\s*=\s*["']([^"']+)["']""")


def keys(root: Path) -> list[str]:
    """The keys of all procedures below ``root``, called ones first; a folder that lacks a file counts too."""
    found = {path.parent.name for name in (DESCRIPTION, OWN_DIAGRAM) for path in root.glob(f"*/{name}")}
    return sorted(found, key=lambda key: (len(_all_calls(root, key)), key))


def is_procedure(folder: Path) -> bool:
    """Whether ``folder`` describes a procedure."""
    return (folder / DESCRIPTION).is_file()


def holds_procedure(folder: Path) -> bool:
    """Whether ``folder`` describes a procedure, or seems to be meant to."""
    return is_procedure(folder) or (folder / OWN_DIAGRAM).is_file()


def shelf(folder: Path, forms: Path) -> Path:
    """Where a procedure's forms are: in its own folder, as it is exported, or on the common shelf."""
    beside = folder / "forms"
    return beside if beside.is_dir() else forms


def read(root: Path, forms: Path, key: str) -> Bundle:
    """The bundle of ``key``; raises Unusable naming the file and what is wrong with it.

    A form that a diagram names and nobody wrote is left out: the lint says which step asks for it.
    """
    own = _part(root, forms, key)
    return assemble(own, [_part(root, forms, called) for called in _all_calls(root, key)])


def _part(root: Path, forms: Path, key: str) -> Part:
    meta, diagram = description(root, key), _text(root / key / OWN_DIAGRAM, root)
    return Part(key, meta, diagram, _decisions(root, key), _forms([diagram], forms, root))


def sources(root: Path, key: str) -> dict[str, str]:
    """The description and the scenarios of ``key`` as they are written, by file name."""
    paths = {name: root / key / name for name in (DESCRIPTION, SCENARIOS)}
    return {name: _text(path, root) for name, path in paths.items() if path.is_file()}


def around(path: Path, forms: Path) -> Bundle:
    """The bundle a file or folder belongs to: the procedure around it, or a lone diagram by itself."""
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    if is_procedure(folder):
        return read(folder.parent, shelf(folder, forms), folder.name)
    diagram = folder / OWN_DIAGRAM if path.is_dir() else path
    return _alone(diagram, shelf(folder, forms))


def _alone(path: Path, forms: Path) -> Bundle:
    """A diagram of somebody else's: nothing described, with the tables and forms that lie beside it."""
    text = _text(path, path.parent)
    found = list(spiff.processes(text.encode(), path.name))
    if not found:
        raise Unusable(file=path.name, why="图中没有流程（process）")
    tables = sorted(path.parent.glob("*.dmn"))[:20]
    return Bundle(
        key=found[0],
        meta={**_NOTHING_SAID, "key": found[0], "name": found[0]},
        diagrams={OWN_DIAGRAM: text},
        decisions={table.name: _text(table, path.parent) for table in tables},
        forms=_forms([text], forms, path.parent),
    )


_NOTHING_SAID: dict[str, Any] = {"locality": "", "division": "", "category": "", "start_roles": []}


def elsewhere(root: Path) -> frozenset[str]:
    """Every id any diagram below ``root`` uses: a form may name the step of another procedure."""
    found: set[str] = set()
    for path in root.glob(f"*/{OWN_DIAGRAM}"):
        try:
            found.update(_ID.findall(_text(path, root)))
        except Unusable:
            continue
    return frozenset(found)


def _calls(root: Path, key: str) -> list[str]:
    try:
        return list(description(root, key).get("calls", ()))
    except Unusable:
        return []


def _all_calls(root: Path, key: str) -> list[str]:
    found: list[str] = []
    waiting = _calls(root, key)
    while waiting:
        called = waiting.pop(0)
        if called != key and called not in found:
            found.append(called)
            waiting += _calls(root, called)
    return found


def description(root: Path, key: str) -> dict[str, Any]:
    """What ``procedure.toml`` says; raises Unusable naming what is missing or of the wrong kind."""
    return described(_text(root / key / DESCRIPTION, root), f"{key}/{DESCRIPTION}")


def _decisions(root: Path, key: str) -> dict[str, str]:
    path = root / key / DECISIONS
    return {f"{key}/{DECISIONS}": _text(path, root)} if path.exists() else {}


def _forms(diagrams: Iterable[str], forms: Path, root: Path) -> dict[str, str]:
    """The forms the diagrams ask for, as far as they exist."""
    paths = {name: forms / f"{name}.json" for name in forms_named(diagrams)}
    return {name: _text(path, root) for name, path in paths.items() if path.is_file()}


def _text(path: Path, root: Path) -> str:
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unusable(file=shown, why="文件不存在或读不到") from error
    if len(content) > MOST_BYTES:
        raise Unusable(file=shown, why="文件超过 2 MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(file=shown, why="文件不是 UTF-8 编码") from error
