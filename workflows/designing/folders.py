"""A procedure's folder (``bpmn/<key>/``) read into a bundle: its own artefacts and those of what it calls."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from workflows import spiff
from workflows.catalogue import Bundle
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN_DIAGRAM = "process.bpmn"
DESCRIPTION = "procedure.toml"
SCENARIOS = "scenarios.toml"
DECISIONS = "decisions.dmn"
MOST_BYTES = 2_000_000

OWN_FILES = frozenset({DESCRIPTION, OWN_DIAGRAM, DECISIONS, SCENARIOS})
"""What a procedure's folder holds."""

_KEY = re.compile(r"[^\W_]\w{0,59}")
_FORM = re.compile(r"""\bform(?:Id|Key)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ID = re.compile(r"""\bid\s*=\s*["']([^"']+)["']""")


class Unusable(Refusal):
    """A procedure's folder cannot be read as one."""

    code = "procedure.unusable"
    sentence = "{file}：{why}"


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
    meta = description(root, key)
    diagrams, decisions = {OWN_DIAGRAM: _text(root / key / OWN_DIAGRAM, root)}, _decisions(root, key)
    parameters, apart = list(meta.get("parameters", ())), list(meta.get("apart", ()))
    for called in _all_calls(root, key):
        diagrams[f"{called}/{OWN_DIAGRAM}"] = _text(root / called / OWN_DIAGRAM, root)
        decisions.update(_decisions(root, called))
        known = {parameter["name"] for parameter in parameters}
        brought = description(root, called)
        parameters += [each for each in brought.get("parameters", ()) if each["name"] not in known]
        apart += brought.get("apart", ())
    return Bundle(
        key=key,
        meta={**meta, "parameters": parameters, **({"apart": apart} if apart else {})},
        diagrams=diagrams,
        decisions=decisions,
        forms=_forms(diagrams.values(), forms, root),
    )


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
    file = f"{key}/{DESCRIPTION}"
    try:
        meta = tomllib.loads(_text(root / key / DESCRIPTION, root))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unusable(file=file, why=f"不是有效的 TOML：{error}") from error
    missing = [name for name in _REQUIRED if meta.get(name) in (None, "")]
    if missing:
        raise Unusable(file=file, why=f"缺少 {'、'.join(missing)}")
    for name, (fits, words) in _SHAPES.items():
        if name in meta and not fits(meta[name]):
            raise Unusable(file=file, why=f"{name} 应为{words}")
    return meta


_REQUIRED = ("name", "locality", "division", "category", "start_roles")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_keys(value: Any) -> bool:
    return _is_words(value) and all(_KEY.fullmatch(item) for item in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_parameters(value: Any) -> bool:
    if not _is_tables(value):
        return False
    names = [item.get("name") for item in value]
    whole = all(isinstance(name, str) and _KEY.fullmatch(name) for name in names)
    return whole and len(set(names)) == len(names) and all("default" in item for item in value)


def _is_apart(value: Any) -> bool:
    return _is_tables(value) and all(_is_words(item.get("steps")) for item in value)


_SHAPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "key": (_is_text, "文字"),
    "name": (_is_text, "文字"),
    "locality": (_is_text, "文字"),
    "division": (lambda value: bool(re.fullmatch(r"\d{12}", str(value))), "12 位区划代码"),
    "category": (_is_text, "文字"),
    "start_roles": (_is_words, "一列角色"),
    "calls": (_is_keys, "一列事项编号"),
    "parameters": (_is_parameters, "一列参数，各有不重复的 name 和 default"),
    "documents": (_is_tables, "一列文件"),
    "apart": (_is_apart, "一列，每项有 steps（一列环节编号）"),
    "start": (_is_table, "一组键值"),
    "subject": (_is_table, "一组键值"),
    "case": (_is_table, "一组键值"),
    "campaign": (_is_table, "一组键值"),
    "terms": (_is_table, "一组键值"),
    "roles": (_is_table, "一组键值"),
}


def _decisions(root: Path, key: str) -> dict[str, str]:
    path = root / key / DECISIONS
    return {f"{key}/{DECISIONS}": _text(path, root)} if path.exists() else {}


def _forms(diagrams: Any, forms: Path, root: Path) -> dict[str, str]:
    """The forms the diagrams ask for, as far as they exist; names that leave the folder do not."""
    # Read as text, since a broken diagram must still be reportable with its forms.
    wanted = {one or other for text in diagrams for one, other in _FORM.findall(text)}
    paths = {name: forms / f"{name}.json" for name in sorted(wanted) if _KEY.fullmatch(name)}
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
